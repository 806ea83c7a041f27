package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// Limits of a page.
const (
	defaultLimit = 50
	maxLimit     = 200
)

// The views: a record, and the head that it was read at.
type (
	// PartyView is a party's record.
	PartyView struct {
		pledge.Party
		Head Head `json:"head"`
	}
	// AssetView is an asset's record with the files of its newest version then.
	AssetView struct {
		pledge.Asset
		FileList []pledge.File `json:"file_list,omitempty"`
		Head     Head          `json:"head"`
	}
	// PledgeView is a pledge's record; Rank is its place among those in force.
	PledgeView struct {
		pledge.Pledge
		Rank int  `json:"rank,omitempty"`
		Head Head `json:"head"`
	}
	// FingerprintView is who notarized some content.
	FingerprintView struct {
		Fingerprint string             `json:"fingerprint"`
		Assets      []FingerprintAsset `json:"assets"`
		AsFile      []pledge.Holder    `json:"as_file"`
		AsFileCount int                `json:"as_file_count"`
		Head        Head               `json:"head"`
	}
	// FingerprintAsset is an asset under a fingerprint.
	FingerprintAsset struct {
		AssetID   string       `json:"asset_id"`
		Owner     string       `json:"owner"`
		Name      string       `json:"name"`
		Notarized pledge.Stamp `json:"notarized"`
		Status    string       `json:"status"`
		Disputed  bool         `json:"disputed"`
	}
)

// Party returns a party's record.
func (s *Service) Party(ctx context.Context, c Caller, uscc string) (PartyView, error) {
	if err := c.may(UsePartyRead, "a party's record"); err != nil {
		return PartyView{}, err
	}
	var p *pledge.Party
	head, err := snapshot(ctx, s.o.Ledger, func(v *view) (err error) {
		p, err = v.party(uscc)
		return err
	})
	if err != nil {
		return PartyView{}, err
	}
	if p == nil {
		return PartyView{}, pledge.Errorf(pledge.NotFound, "no party %s", uscc)
	}
	return PartyView{*p, head}, nil
}

// from is the ledger, or the index when a past state is asked for.
func (s *Service) from(ctx context.Context, asOf string) (source, error) {
	if asOf == "" {
		return s.o.Ledger, nil
	}
	head, err := s.resolve(ctx, asOf)
	return newPast(s.o.Index, head), err
}

// Asset returns an asset, now or as of a height or time.
func (s *Service) Asset(ctx context.Context, c Caller, id, asOf string) (AssetView, error) {
	a, head, err := s.assetAt(ctx, c, UseAssetRead, id, asOf)
	if err != nil {
		return AssetView{}, err
	}
	versions, err := s.o.Index.Versions(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return AssetView{}, fmt.Errorf("listing the files of %s: %w", id, err)
	}
	v := AssetView{Asset: a, Head: head}
	if n := len(a.Contents()); n <= len(versions) {
		v.FileList = versions[n-1]
	}
	return v, nil
}

func (s *Service) assetAt(ctx context.Context, c Caller, u Use, id, asOf string) (pledge.Asset, Head, error) {
	from, err := s.from(ctx, asOf)
	if err != nil {
		return pledge.Asset{}, Head{}, err
	}
	var a *pledge.Asset
	head, err := snapshot(ctx, from, func(v *view) (err error) {
		a, err = v.asset(id)
		return err
	})
	if err != nil {
		return pledge.Asset{}, Head{}, err
	}
	if a == nil {
		return pledge.Asset{}, Head{}, pledge.Errorf(pledge.NotFound, "no asset %s", id)
	}
	return *a, head, c.may(u, "asset "+id, c.toAsset(*a)...)
}

// Pledge returns a pledge, now or as of a height or time.
func (s *Service) Pledge(ctx context.Context, c Caller, id, asOf string) (PledgeView, error) {
	from, err := s.from(ctx, asOf)
	if err != nil {
		return PledgeView{}, err
	}
	var p *pledge.Pledge
	var a *pledge.Asset
	head, err := snapshot(ctx, from, func(v *view) (err error) {
		if p, err = v.pledge(id); err != nil || p == nil {
			return err
		}
		a, err = v.asset(p.AssetID)
		return err
	})
	if err != nil {
		return PledgeView{}, err
	}
	if p == nil {
		return PledgeView{}, pledge.Errorf(pledge.NotFound, "no pledge %s", id)
	}
	return PledgeView{*p, rank(a, id), head}, c.may(UsePledgeRead, "pledge "+id, c.toPledge(*p, "")...)
}

func rank(a *pledge.Asset, id string) int {
	if a == nil {
		return 0
	}
	for i, in := range a.InForce {
		if in.PledgeID == id {
			return i + 1
		}
	}
	return 0
}

// Fingerprint tells who notarized some content, as a dataset or as a file of one.
func (s *Service) Fingerprint(ctx context.Context, c Caller, digest string) (FingerprintView, error) {
	if err := c.may(UseFingerprint, "a look-up"); err != nil {
		return FingerprintView{}, err
	}
	if err := checkDigest(digest); err != nil {
		return FingerprintView{}, err
	}
	held, err := s.held(ctx, digest)
	if err != nil {
		return FingerprintView{}, err
	}
	var f FingerprintView
	head, err := snapshot(ctx, s.o.Ledger, func(v *view) (err error) {
		f, err = v.lookUp(held)
		return err
	})
	if err != nil {
		return f, err
	}
	if len(f.Assets) == 0 && f.AsFileCount == 0 {
		return f, pledge.Errorf(pledge.NotFound, "nothing with the digest %s was notarized", digest)
	}
	f.Fingerprint, f.Head = digest, head
	return f, nil
}

func (v *view) lookUp(held held) (FingerprintView, error) {
	f := FingerprintView{Assets: []FingerprintAsset{}, AsFile: []pledge.Holder{}}
	ids, r, err := held(v)
	if err != nil {
		return f, err
	}
	for _, id := range ids {
		a, err := v.asset(id)
		if err != nil {
			return f, err
		}
		if a != nil {
			f.Assets = append(f.Assets, FingerprintAsset{a.ID, a.Owner, a.Name, a.Notarized, a.Status, len(a.DisputedWith) > 0})
		}
	}
	if r != nil {
		f.AsFile, f.AsFileCount = append(f.AsFile, r.Holders...), r.Count
	}
	return f, err
}

// Assets lists the assets that the caller may see.
func (s *Service) Assets(ctx context.Context, c Caller, q AssetQuery) ([]json.RawMessage, string, error) {
	if err := c.may(UseAssetList, "the list of assets"); err != nil {
		return nil, "", err
	}
	if !c.can(UseAssetListAll) {
		if q.Owner != "" && q.Owner != c.Party {
			return nil, "", nil
		}
		q.Owner = c.Party
	}
	q.Limit = limit(q.Limit)
	// A list that misses the newest block is wrong.
	if _, err := s.settled(ctx); err != nil {
		return nil, "", err
	}
	return s.o.Index.Assets(ctx, q)
}

// Pledges lists the pledges that the caller may see.
func (s *Service) Pledges(ctx context.Context, c Caller, q PledgeQuery) ([]json.RawMessage, string, error) {
	if err := c.may(UsePledgeList, "the list of pledges"); err != nil {
		return nil, "", err
	}
	if !c.can(UsePledgeListAll) {
		q.Involved = c.Party
	}
	q.Limit = limit(q.Limit)
	// A list that misses the newest block is wrong.
	if _, err := s.settled(ctx); err != nil {
		return nil, "", err
	}
	return s.o.Index.Pledges(ctx, q)
}

// AssetHistory lists the revisions of an asset, oldest first.
func (s *Service) AssetHistory(ctx context.Context, c Caller, id string, p Page) ([]Revision, string, error) {
	if _, _, err := s.assetAt(ctx, c, UseAssetRead, id, ""); err != nil {
		return nil, "", err
	}
	p.Limit = limit(p.Limit)
	if _, err := s.settled(ctx); err != nil {
		return nil, "", err
	}
	return s.o.Index.History(ctx, pledge.KeyAsset(id), p)
}

// PledgeHistory lists the revisions of a pledge, oldest first.
func (s *Service) PledgeHistory(ctx context.Context, c Caller, id string, p Page) ([]Revision, string, error) {
	if _, err := s.Pledge(ctx, c, id, ""); err != nil {
		return nil, "", err
	}
	p.Limit = limit(p.Limit)
	if _, err := s.settled(ctx); err != nil {
		return nil, "", err
	}
	return s.o.Index.History(ctx, pledge.KeyPledge(id), p)
}

func limit(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, maxLimit)
}
