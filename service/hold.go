package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

// While a pledge is in force the custodian must not lose what was pledged: the
// content of the asset is under legal hold. A dataset that was notarized is
// retained as long as the bucket was told to, pledged or not. Both follow the
// ledger; no command waits for them.

// subject is a dataset in the vault.
type subject struct{ fingerprint, owner string }

// claim is what the ledger asks for a subject: known, when this custodian has
// a notarized asset of it; pledged, when a pledge on one is in force.
// Owners and former are whose the assets are and were.
type claim struct {
	known, pledged bool
	owners, former []string
}

// take adds an asset that the subject is a content of.
func (c *claim) take(a pledge.Asset) {
	c.known, c.pledged = true, c.pledged || len(a.InForce) > 0
	c.owners = append(c.owners, a.Owner)
	for _, t := range a.Transfers {
		c.former = append(c.former, t.From)
	}
}

// claimOn reads the index, once that has what the ledger has: what members
// would answer is nobody's evidence here, and every notarization asks.
func (s *Service) claimOn(ctx context.Context, sub subject) (claim, error) {
	var c claim
	now, err := s.indexed(ctx)
	if err != nil {
		return c, err
	}
	_, err = snapshot(ctx, now, func(v *view) error {
		c = claim{}
		ids, err := v.fingerprint(strings.TrimPrefix(sub.fingerprint, "sha256:"))
		for _, id := range ids {
			a, err := v.asset(id)
			if err != nil {
				return err
			}
			if a != nil && slices.Contains(s.subjects(*a), sub) {
				c.take(*a)
			}
		}
		return err
	})
	return c, err
}

// indexed is the index as far as the ledger has come.
func (s *Service) indexed(ctx context.Context) (past, error) {
	head, err := s.o.Ledger.Head(ctx)
	if err != nil {
		return past{}, err
	}
	if err := s.o.Index.WaitFor(ctx, head.Height); err != nil {
		return past{}, err
	}
	head, err = s.o.Index.Head(ctx)
	return newPast(s.o.Index, head), err
}

// subjects are what this service keeps of an asset: each version, under who
// sealed it, whoever owns the asset now.
func (s *Service) subjects(a pledge.Asset) []subject {
	var list []subject
	for _, c := range a.Contents() {
		if c.Custodian == s.o.Custodian.Party() {
			list = append(list, kept(c))
		}
	}
	return list
}

func kept(c pledge.AssetContent) subject { return subject{c.Fingerprint, c.Recorded.By} }

// Hold brings the hold and the retention of a dataset to what the ledger says
// now. It may be run again, at any time, by any replica. A dataset that the
// ledger does not know is left alone: the ledger may be the wrong one.
func (s *Service) Hold(ctx context.Context, fingerprint, owner string) error {
	sub := subject{fingerprint, owner}
	c, err := s.claimOn(ctx, sub)
	if err != nil || !c.known {
		return err
	}
	if err := s.setHold(ctx, sub, c.pledged); err != nil {
		return err
	}
	if err := s.handOver(ctx, sub, c); err != nil {
		return err
	}
	err = s.o.Vault.Retain(ctx, fingerprint, owner)
	if errors.Is(err, storage.ErrNotExist) {
		return nil // never was here, or its owner's copy went; nobody lends on it
	}
	if err != nil {
		return fmt.Errorf("retaining %s: %w", fingerprint, err)
	}
	return nil
}

// setHold looks at the ledger again after it let go: another replica may have
// held, for a pledge that was registered meanwhile, what this one then freed.
func (s *Service) setHold(ctx context.Context, sub subject, on bool) error {
	if err := s.o.Vault.Hold(ctx, sub.fingerprint, sub.owner, on); err != nil || on {
		return s.holdFault(sub, on, err)
	}
	c, err := s.claimOn(ctx, sub)
	if err != nil || !c.pledged {
		return err
	}
	return s.holdFault(sub, true, s.o.Vault.Hold(ctx, sub.fingerprint, sub.owner, true))
}

func (s *Service) holdFault(sub subject, on bool, err error) error {
	switch {
	case err == nil, errors.Is(err, storage.ErrNoHold) && !on:
		return nil
	case on:
		return fmt.Errorf("holding the content of %s, on which a pledge is in force: %w", sub.fingerprint, err)
	}
	return fmt.Errorf("letting go of %s: %w", sub.fingerprint, err)
}

// surveyLife is after what time every hold is looked at again, whatever the
// ledger did: somebody else may have changed them.
const surveyLife = 24 * time.Hour

// RunHolds keeps holds and retention as the ledger says until ctx ends: first
// of every asset, then as blocks come, and of everything again once a day. What
// fails is logged and tried again at the next tick.
func (s *Service) RunHolds(ctx context.Context, ticks <-chan time.Time) {
	k := newKeeper(s)
	done := make(chan struct{})
	go func() {
		defer close(done)
		k.follow(ctx, ticks)
	}()
	k.work(ctx)
	<-done
}

// survey finds every subject: no asset ever leaves the ledger, so what was
// held for one is found by it.
func (s *Service) survey(ctx context.Context, found func(subject)) error {
	q := AssetQuery{Page: Page{Limit: maxLimit}}
	for {
		page, next, err := s.o.Index.Assets(ctx, q)
		if err != nil {
			return fmt.Errorf("listing the assets: %w", err)
		}
		for _, raw := range page {
			if err := s.found(raw, found); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		q.Cursor = next
	}
}

func (s *Service) found(raw json.RawMessage, found func(subject)) error {
	a, err := pledge.DecodeAsset(raw)
	if err != nil {
		return fmt.Errorf("decoding an asset: %w", err)
	}
	for _, sub := range s.subjects(a) {
		found(sub)
	}
	return nil
}
