package service

import (
	"context"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// overlooks refuses a pledge.scan that does not state what the index of content
// shows, and a pledge.register whose scan was made before something else like it
// was registered: the ledger sees only what is stated. What the ledger refuses
// by itself passes here, so that nobody learns from us what is like what without
// a signature; so does what was applied before. ErrUnavailable when content can
// be compared, but not now.
func (s *Service) overlooks(ctx context.Context, jws string) (*pledge.Error, error) {
	act, _ := peek(jws)
	if s.o.Content == nil || act != pledge.PledgeScan && act != pledge.PledgeRegister && act != pledge.ClosingExecute {
		return nil, nil
	}
	c, err := pledge.ParseCommand(jws)
	if err != nil {
		return nil, nil
	}
	for _, inner := range append([]*pledge.Command{c}, c.Closing()...) {
		if refusal, err := s.overlooked(ctx, inner); refusal != nil || err != nil {
			return refusal, err
		}
	}
	return nil, nil
}

func (s *Service) overlooked(ctx context.Context, c *pledge.Command) (*pledge.Error, error) {
	switch body := c.Body().(type) {
	case *pledge.ScanBody:
		look, err := s.lookFor(ctx, c, body.PledgeID, (*view).scans)
		if err != nil || look == nil {
			return nil, err
		}
		return look.leftOut(body), nil
	case *pledge.RegisterBody:
		look, err := s.lookFor(ctx, c, body.PledgeID, (*view).registers)
		if err != nil || look == nil {
			return nil, err
		}
		return look.since(), nil
	}
	return nil, nil
}

// lookFor compares when a command may be given at all; nil otherwise.
func (s *Service) lookFor(ctx context.Context, c *pledge.Command, pledgeID string, may func(*view, *pledge.Command, string) (bool, error)) (*look, error) {
	wanted := false
	look, err := s.lookAt(ctx, pledgeID, func(v *view) (_ bool, err error) {
		wanted, err = may(v, c, pledgeID)
		return wanted, err
	})
	if err != nil || !wanted || look.asset == nil {
		return nil, err
	}
	return &look, look.unavailable(s.o.Custodian.Party())
}

// scans says whether a command is new and bears the signature of an IP centre.
func (v *view) scans(c *pledge.Command, _ string) (bool, error) {
	return v.takes(c, pledge.RoleIPCentre)
}

// takes says whether a command is new and bears the signature of a party with a
// role.
func (v *view) takes(c *pledge.Command, role pledge.Role) (bool, error) {
	p, err := v.party(c.Payload.By)
	if err != nil || v.get(pledge.KeyCommand(c.Payload.By, c.ID)) != nil || p == nil || !slices.Contains(p.Roles, role) {
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
	if least, why := l.required(); pledge.ScanWeight(body.Result) < pledge.ScanWeight(least) {
		return pledge.Errorf(pledge.OverlapFound, "%s is not to be let through as %s: %s; a person must answer for it: result %s, with the key id of that person", l.asset.ID, body.Result, why.EN, least)
	}
	return nil
}
