package service

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// maxMatches bounds the notarizations that a public look-up names.
const maxMatches = 20

// PublicMatch is a notarization 存证 that holds some content, as anybody may
// know it. It names nobody; but the certificate under its number, which is
// public too, names the owner: whoever has the content can learn who had it
// notarized. Whole: the digest is the dataset's fingerprint, else that of one
// of its files.
type PublicMatch struct {
	Number   string           `json:"number"`
	AssetID  string           `json:"asset_id"`
	Whole    bool             `json:"whole"`
	Files    int              `json:"files"`
	At       string           `json:"at"` // the transaction's time, RFC 3339
	Position *pledge.Position `json:"position,omitempty"`
	Status   string           `json:"status"`
	Disputed bool             `json:"disputed"`
	Frozen   bool             `json:"frozen"`
	// Version is which version of the asset the whole content is, from 1, and
	// Versions how many there are; 0 of a single file.
	Version  int `json:"version,omitempty"`
	Versions int `json:"versions,omitempty"`
	// Overrides is how many findings of its preflight a person answers for.
	Overrides int `json:"overrides,omitempty"`

	command string
}

// PublicLookUp is what is notarized under a digest, in ledger order: who came
// first is shown, never decided. Count is how many notarizations there are,
// also beyond those that are named.
type PublicLookUp struct {
	Digest  string        `json:"digest"`
	Matches []PublicMatch `json:"matches"`
	Count   int           `json:"count"`
	Head    Head          `json:"head"`
}

// LookUp tells anybody whether content of this digest is notarized, as a
// dataset or as a file of one. None is an answer, no error.
func (s *Service) LookUp(ctx context.Context, c Caller, digest string) (PublicLookUp, error) {
	if err := c.may(UsePublicVerify, "a public look-up"); err != nil {
		return PublicLookUp{}, err
	}
	if err := checkDigest(digest); err != nil {
		return PublicLookUp{}, err
	}
	held, err := s.held(ctx, digest)
	if err != nil {
		return PublicLookUp{}, err
	}
	from, err := s.public(ctx)
	if err != nil {
		return PublicLookUp{}, err
	}
	l := PublicLookUp{Digest: digest}
	head, err := snapshot(ctx, from, func(v *view) (err error) {
		l.Matches, l.Count, err = v.matches(held, digest, s.now())
		return err
	})
	if err != nil {
		return PublicLookUp{}, err
	}
	for i := range l.Matches {
		l.Matches[i].Position = s.positionOf(ctx, l.Matches[i].command)
	}
	slices.SortStableFunc(l.Matches, earlier)
	l.Head = head
	return l, nil
}

// public is where strangers are answered from: the verified read model, so that
// they make no work for the members; and not at all once the ledger lost
// something.
func (s *Service) public(ctx context.Context) (source, error) {
	if s.o.Index.Regressed() != nil {
		return nil, ErrRegressed
	}
	return s.present(ctx)
}

// earlier orders by ledger position; what the index does not know yet is last.
func earlier(a, b PublicMatch) int {
	if a.Position == nil || b.Position == nil {
		return cmp.Compare(boolInt(a.Position == nil), boolInt(b.Position == nil))
	}
	p, q := *a.Position, *b.Position
	return cmp.Or(cmp.Compare(p.Block, q.Block), cmp.Compare(p.Tx, q.Tx), cmp.Compare(p.Index, q.Index))
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (v *view) matches(held held, digest string, at time.Time) ([]PublicMatch, int, error) {
	whole, r, err := held(v)
	if err != nil {
		return nil, 0, err
	}
	ids, count := slices.Clone(whole), len(whole)
	if r != nil {
		count += r.Count
		for _, h := range r.Holders {
			ids = append(ids, h.AssetID)
		}
	}
	list := []PublicMatch{}
	for i, id := range ids[:min(len(ids), maxMatches)] {
		a, err := v.asset(id)
		if err != nil {
			return nil, 0, err
		}
		if a != nil {
			list = append(list, matchOf(a, i < len(whole), digest, at))
		}
	}
	return list, count, nil
}

func matchOf(a *pledge.Asset, whole bool, digest string, at time.Time) PublicMatch {
	m := PublicMatch{Number: notarizationNumber(a.ID), AssetID: a.ID, Whole: whole, Files: a.Files, At: a.Notarized.At,
		Status: a.Status, Disputed: len(a.DisputedWith) > 0, Frozen: pledge.Standing(a.Frozen, at) != nil, Overrides: len(a.Declaration.Overrides), command: a.Notarized.Command}
	if c := version(a, digest); whole && c != nil {
		m.Version, m.Versions = c.Number, len(a.Contents())
		m.Files, m.At, m.command = c.Files, c.Recorded.At, c.Recorded.Command
	}
	return m
}

// version is the newest content of an asset under a digest; nil for none.
func version(a *pledge.Asset, digest string) *pledge.AssetContent {
	for _, c := range slices.Backward(a.Contents()) {
		if c.Fingerprint == digest || c.SM3Fingerprint != "" && c.SM3Fingerprint == digest {
			return &c
		}
	}
	return nil
}
