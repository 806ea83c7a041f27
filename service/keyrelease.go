package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// A pledgee that enforces with its title gets the key of what is pledged, by
// the custodian's command and on record (LAW.md T15, RELIABILITY.md). The age file is
// made first, then the ledger says its digest: until it does nobody is handed it.

// security is a pledge with all that a release of its key depends on.
type security struct {
	pledge  *pledge.Pledge
	asset   *pledge.Asset
	pledgee *pledge.Party
}

func (s *Service) security(ctx context.Context, pledgeID string) (x security, err error) {
	_, err = snapshot(ctx, s.o.Ledger, func(v *view) (err error) {
		if x.pledge, err = v.pledge(pledgeID); err != nil || x.pledge == nil {
			return err
		}
		if x.pledgee, err = v.party(x.pledge.Pledgee); err != nil {
			return err
		}
		x.asset, err = v.asset(x.pledge.AssetID)
		return err
	})
	if err == nil && (x.pledge == nil || x.asset == nil || x.pledgee == nil) {
		err = pledge.Errorf(pledge.NotFound, "no pledge %s", pledgeID)
	}
	return x, err
}

// enforced refuses unless the pledge is being enforced and nothing stops it:
// what the rules ask of a release, and what is asked again whenever it is used.
func (x security) enforced(now time.Time) error {
	if x.pledge.State != pledge.Enforcing {
		return pledge.Errorf(pledge.WrongState, "%s is %s; its key is for a pledgee that enforces with its title", x.pledge.ID, x.pledge.State)
	}
	for _, orders := range [][]pledge.Order{x.asset.Frozen, x.pledge.Frozen} {
		if o := pledge.Standing(orders, now); o != nil {
			return pledge.Errorf(pledge.Frozen, "%s is frozen by order %s of %s", x.pledge.ID, o.FileNo, o.Court)
		}
	}
	for _, o := range []string{x.asset.Objection, x.pledge.Objection} {
		if o == pledge.ObjectionOpenState || o == pledge.InCourt {
			return pledge.Errorf(pledge.ObjectionOpen, "an objection against %s is %s; it must be decided first", x.pledge.ID, o)
		}
	}
	return nil
}

// released refuses unless party is who the key was released to, and may have it now.
func (x security) released(party string, now time.Time) error {
	k := x.pledge.KeyRelease
	switch {
	case k == nil:
		return pledge.Errorf(pledge.WrongState, "the key of %s was not released; its custodian does that while the pledge is enforced", x.pledge.ID)
	case k.To != party || x.pledge.Pledgee != party:
		return pledge.Errorf(pledge.WrongRole, "the key of %s is not for %s", x.pledge.ID, party)
	}
	return x.enforced(now)
}

// ReleaseKey hands the key of what a pledge covers to its pledgee, by the
// custodian's command. Done before, it answers what came of it then. Of two at
// once the ledger takes one; the file of the other is handed to nobody.
func (s *Service) ReleaseKey(ctx context.Context, c Caller, pledgeID string) (pledge.Outcome, error) {
	o, err := s.releaseKey(ctx, c, pledgeID)
	s.auditAct(ctx, "key.release", c, err, "pledge_id", pledgeID, "command_id", o.CommandID, "status", o.Status)
	return o, err
}

func (s *Service) releaseKey(ctx context.Context, c Caller, pledgeID string) (pledge.Outcome, error) {
	x, err := s.security(ctx, pledgeID)
	if err != nil {
		return pledge.Outcome{}, err
	}
	if err := c.may(UseKeyRelease, "the release of the key of "+pledgeID, c.to(map[Who]string{Custodian: s.o.Custodian.Party()})...); err != nil {
		return pledge.Outcome{}, err
	}
	if x.pledge.KeyRelease != nil {
		return s.releasedBefore(ctx, c, x)
	}
	body, err := s.keyFor(ctx, x)
	if err != nil {
		return pledge.Outcome{}, err
	}
	o, err := s.signAndSubmit(ctx, pledge.CustodyRelease, body)
	if err == nil && o.Code == pledge.Duplicate { // another replica was first
		if x, err = s.security(ctx, pledgeID); err == nil && x.pledge.KeyRelease != nil {
			return s.releasedBefore(ctx, c, x)
		}
	}
	return o, err
}

func (s *Service) releasedBefore(ctx context.Context, c Caller, x security) (pledge.Outcome, error) {
	o, err := s.Outcome(ctx, c, x.pledge.KeyRelease.Command)
	o.Duplicate = true
	return o, err
}

// keyFor makes the age file, and what the custodian then signs.
func (s *Service) keyFor(ctx context.Context, x security) (pledge.KeyReleaseBody, error) {
	b := pledge.KeyReleaseBody{PledgeID: x.pledge.ID, To: x.pledge.Pledgee, Recipient: x.pledgee.Recipient}
	if err := x.enforced(s.now()); err != nil {
		return b, err
	}
	if b.Recipient == "" {
		return b, pledge.Errorf(pledge.CustodyMissing, "%s has no recipient on the ledger to which a key could be sealed", b.To)
	}
	datasets, err := s.coveredBy(x)
	if err != nil {
		return b, err
	}
	b.Envelope, err = s.o.Vault.Release(ctx, b.Recipient, datasets...)
	if errors.Is(err, storage.ErrNotExist) {
		return b, pledge.Errorf(pledge.CustodyMissing, "the content of %s is not in this custodian's vault", x.asset.ID)
	}
	if err != nil {
		return b, fmt.Errorf("sealing the key of %s: %w", x.asset.ID, refused(err))
	}
	return b, nil
}

// coveredBy lists the datasets that the pledge extends to: nothing that came
// later without being added to it.
func (s *Service) coveredBy(x security) ([]storage.DatasetID, error) {
	var list []storage.DatasetID
	for _, v := range x.pledge.Covers(*x.asset) {
		if v.Custodian != s.o.Custodian.Party() {
			return nil, pledge.Errorf(pledge.CustodyMissing, "version %d of %s is kept by %s; ask there", v.Number, x.asset.ID, v.Custodian)
		}
		sub := kept(v)
		list = append(list, storage.DatasetID{Fingerprint: sub.fingerprint, Owner: sub.owner})
	}
	return list, nil
}

// ReleasedKey is the age file with the key of what a pledge covers, for its
// pledgee, while it enforces.
func (s *Service) ReleasedKey(ctx context.Context, c Caller, pledgeID string) ([]byte, error) {
	file, err := s.releasedKey(ctx, c, pledgeID)
	s.auditAct(ctx, "key.read", c, err, "pledge_id", pledgeID)
	return file, err
}

func (s *Service) releasedKey(ctx context.Context, c Caller, pledgeID string) ([]byte, error) {
	x, err := s.security(ctx, pledgeID)
	if err != nil {
		return nil, err
	}
	if err := c.may(UseKeyRead, "the key of "+pledgeID, c.to(map[Who]string{Pledgee: x.pledge.Pledgee})...); err != nil {
		return nil, err
	}
	if err := x.released(c.Party, s.now()); err != nil {
		return nil, err
	}
	file, err := s.o.Vault.Released(ctx, x.pledge.KeyRelease.Envelope)
	if err != nil {
		return nil, fmt.Errorf("reading the key of %s that was released as %s: %w", pledgeID, x.pledge.KeyRelease.Envelope, err)
	}
	return file, nil
}
