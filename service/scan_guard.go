package service

import (
	"context"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// overlooks refuses a pledge.scan that does not state what the index of content
// shows: the ledger sees only what is stated. What the ledger refuses by itself
// passes here, so that nobody learns from us what is like what without a
// signature; so does what was applied before. ErrUnavailable when content can
// be compared, but not now.
func (s *Service) overlooks(ctx context.Context, jws string) (*pledge.Error, error) {
	if s.o.Content == nil {
		return nil, nil
	}
	if act, _ := peek(jws); act != pledge.PledgeScan {
		return nil, nil
	}
	c, err := pledge.ParseCommand(jws)
	if err != nil {
		return nil, nil
	}
	body := c.Body().(*pledge.ScanBody)
	look, err := s.lookAt(ctx, body.PledgeID, func(v *view) (bool, error) { return v.takes(c) })
	if err != nil || look.asset == nil {
		return nil, err
	}
	if err := look.unavailable(s.o.Custodian.Party()); err != nil {
		return nil, err
	}
	return look.leftOut(body), nil
}

// takes says whether a command is new and bears the signature of an IP centre.
func (v *view) takes(c *pledge.Command) (bool, error) {
	p, err := v.party(c.Payload.By)
	if err != nil || v.get(pledge.KeyCommand(c.Payload.By, c.ID)) != nil || p == nil || !slices.Contains(p.Roles, pledge.RoleIPCentre) {
		return false, err
	}
	for _, k := range p.Keys {
		if k.KID == c.KID && k.Revoked == nil {
			return c.Verify(k.JWK) == nil, nil
		}
	}
	return false, nil
}

// leftOut is what a scan does not state, or states as less than it can be. A
// scan that was not compared with everything is nobody's clean one.
func (l look) leftOut(body *pledge.ScanBody) *pledge.Error {
	said := map[string]pledge.ContentOverlap{}
	for _, o := range body.Overlaps {
		said[o.AssetID] = o
	}
	for _, m := range l.foremost() {
		o, ok := said[m.AssetID]
		if ok && o.Share >= m.Share.Low && o.OtherShare >= m.OtherShare.Low {
			continue
		}
		return pledge.Errorf(pledge.OverlapFound, "the scan leaves out, or understates, what is like %s: %s has %s of its rows, and %s of its own are in it; "+
			"ask what a scan finds (GET /v1/pledges/%s/scan) and state that", l.asset.ID, m.AssetID, m.Share.words().EN, m.OtherShare.words().EN, body.PledgeID)
	}
	if l.likes.why == nil && !l.likes.complete && body.Result == pledge.ScanClean {
		return pledge.Errorf(pledge.OverlapFound, "%s was not compared with everything: %s; a person must look: result reviewed with reviewed_by", l.asset.ID, whyCut.EN)
	}
	return nil
}
