package service

import (
	"context"

	"github.com/datapledge/datapledge/pledge"
)

// readable is the version of an asset that the caller reads: 0 asks for the
// newest. The owner may read them all; a pledgee with a key release those that
// its pledge covers.
func (s *Service) readable(ctx context.Context, c Caller, assetID string, version int) (pledge.AssetContent, error) {
	var none pledge.AssetContent
	a, held, err := s.assetAndKey(ctx, c, assetID)
	if err != nil {
		return none, err
	}
	who := c.toAsset(a)
	if held != nil {
		who = append(who, KeyHolder)
	}
	if err := c.may(UseContentRead, "the content of "+assetID, who...); err != nil {
		return none, err
	}
	list := a.Contents()
	if a.Owner != c.Party {
		list = held.Covers(a)
	}
	return versionOf(list, assetID, version)
}

func versionOf(list []pledge.AssetContent, assetID string, version int) (pledge.AssetContent, error) {
	for _, v := range list {
		if v.Number == version {
			return v, nil
		}
	}
	if version == 0 && len(list) > 0 {
		return list[len(list)-1], nil
	}
	return pledge.AssetContent{}, pledge.Errorf(pledge.NotFound, "%s has no version %d that you may read", assetID, version)
}

// assetAndKey reads an asset and the pledge on it by which the caller holds its
// key now; nil when there is none.
func (s *Service) assetAndKey(ctx context.Context, c Caller, assetID string) (pledge.Asset, *pledge.Pledge, error) {
	var a *pledge.Asset
	var held *pledge.Pledge
	_, err := snapshot(ctx, s.o.Ledger, func(v *view) (err error) {
		held = nil
		if a, err = v.asset(assetID); err != nil || a == nil {
			return err
		}
		held, err = s.keyOn(v, c, a)
		return err
	})
	if err != nil {
		return pledge.Asset{}, nil, err
	}
	if a == nil {
		return pledge.Asset{}, nil, pledge.Errorf(pledge.NotFound, "no asset %s", assetID)
	}
	return *a, held, nil
}

func (s *Service) keyOn(v *view, c Caller, a *pledge.Asset) (held *pledge.Pledge, err error) {
	for _, f := range a.InForce {
		if f.Pledgee != c.Party {
			continue
		}
		p, err := v.pledge(f.PledgeID)
		if err != nil {
			return nil, err
		}
		holds := p != nil && (security{pledge: p, asset: a}).released(c.Party, s.now()) == nil
		if holds && (held == nil || p.Seq > held.Seq) { // the later one covers more
			held = p
		}
	}
	return held, nil
}
