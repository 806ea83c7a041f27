package service

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// startNamed begins a search at every record in which a name or a number
// stands, or stood: the assets of a party, an asset, the asset of a pledge.
func (s *Service) startNamed(ctx context.Context, q SearchRequest, m *Matching, from past) (func(*finding) error, error) {
	via, look := ViaName, s.o.Index.Named
	if q.Number != "" {
		via, look = ViaNumber, s.o.Index.Numbered
	}
	found, err := look(ctx, m.Asked, from.head.Height, maxSearched+1)
	if err != nil {
		return nil, fmt.Errorf("looking for %s: %w", via, err)
	}
	if len(found) > maxSearched {
		return nil, pledge.Errorf(pledge.TooLarge, "more than %d records bear this %s: search by asset or by party", maxSearched, via)
	}
	m.found(found)
	if err := s.ownNumber(ctx, q.Number, m, from); err != nil {
		return nil, err
	}
	ids, how, err := s.assetsBehind(ctx, m.Found, from)
	return func(f *finding) error {
		f.how, f.several = how, len(ids) > 1 || q.Name != ""
		return f.addAll(ids, via)
	}, err
}

// found tells each text of a record once, as it stands there now if it does.
func (m *Matching) found(list []Spelled) {
	m.Found = []Matched{}
	slices.SortStableFunc(list, func(a, b Spelled) int { return oneIf(a.Former) - oneIf(b.Former) })
	for _, s := range list {
		_, id, _ := pledge.ParseKey(s.Key)
		same := func(o Matched) bool { return o.RecordID == id && o.Text == s.Text }
		if !slices.ContainsFunc(m.Found, same) {
			m.Found = append(m.Found, Matched{id, s.Member, s.Text, m.ComparedAs, spelledAs(m.Asked, s.Text), s.Former})
		}
	}
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// ownNumber adds the record whose certificate has the number, here.
func (s *Service) ownNumber(ctx context.Context, number string, m *Matching, from past) error {
	n, err := parseNumber(Folded(number))
	if err != nil || n.kind == CertificateSearch {
		return nil
	}
	values, _, err := from.Get(ctx, pledge.RecordKey(n.record))
	if err != nil || values[0] == nil {
		return err
	}
	m.Found = append(m.Found, Matched{n.record, "certificate", n.number, m.ComparedAs, spelledAs(m.Asked, n.number), false})
	return nil
}

// assetsBehind follows what was found to assets, in the order in which it was
// found, and says of each how it matched: EXACT where any way to it is.
func (s *Service) assetsBehind(ctx context.Context, found []Matched, from past) (ids []string, how map[string]string, err error) {
	how = map[string]string{}
	for _, m := range found {
		behind, err := s.assetsOf(ctx, m.RecordID, from)
		if err != nil {
			return nil, nil, err
		}
		for _, id := range behind {
			if how[id] == "" {
				ids = append(ids, id)
			}
			if how[id] != MatchExact {
				how[id] = m.Match
			}
		}
		if len(ids) > maxSearched {
			return nil, nil, pledge.Errorf(pledge.TooLarge, "more than %d assets are behind this: search by asset", maxSearched)
		}
	}
	return ids, how, nil
}

// assetsOf are the assets that a record is about: a party's, itself, a pledge's.
func (s *Service) assetsOf(ctx context.Context, record string, from past) ([]string, error) {
	switch {
	case strings.HasPrefix(record, "as_"):
		return []string{record}, nil
	case strings.HasPrefix(record, "pl_"):
		values, _, err := from.Get(ctx, pledge.KeyPledge(record))
		if err != nil || values[0] == nil {
			return nil, err
		}
		p, err := pledge.DecodePledge(values[0])
		return []string{p.AssetID}, err
	}
	ids, err := s.o.Index.AssetsOf(ctx, record, from.head.Height)
	if err != nil {
		err = fmt.Errorf("listing the assets of %s: %w", record, err)
	}
	return ids, err
}
