package service

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
)

const (
	folderClosings   = "closings"
	folderSignatures = "closing-signatures"
	// maxSigned is how often a step may be signed anew.
	maxSigned = 32
	// maxClosingBytes keeps the closing's own command below pledge.MaxCommand:
	// its payload holds the others', and is longer by a third when encoded.
	maxClosingBytes = 180 << 10
)

// OpenClosing opens a room for a plan, for one of its parties. Whoever opens
// the same plan again finds the room that is there.
func (s *Service) OpenClosing(ctx context.Context, c Caller, p ClosingPlan) (Closing, error) {
	r, err := s.openClosing(ctx, c, p)
	s.auditAct(ctx, "closing.open", c, err, "closing", r.Closing)
	return r, err
}

func (s *Service) openClosing(ctx context.Context, c Caller, p ClosingPlan) (Closing, error) {
	if err := c.may(UseClosing, "this closing", p.relation(c)...); err != nil {
		return Closing{}, err
	}
	id, err := p.digest()
	if err != nil {
		return Closing{}, err
	}
	text, err := pledge.CanonicalJSON(p)
	if err != nil {
		return Closing{}, fmt.Errorf("writing the closing %s: %w", id, err)
	}
	if len(text) > maxClosingBytes/2 {
		return Closing{}, pledge.Errorf(pledge.TooLarge, "the steps have %d bytes, a closing at most %d", len(text), maxClosingBytes/2)
	}
	if _, err := s.o.Vault.Keep(ctx, folderClosings, hexOf(id), text); err != nil {
		return Closing{}, fmt.Errorf("keeping the closing %s: %w", id, refused(err))
	}
	return s.Closing(ctx, c, id)
}

func (p ClosingPlan) digest() (string, error) {
	steps, err := p.Read()
	if err != nil {
		return "", err
	}
	return pledge.PlanDigest(steps)
}

func (p ClosingPlan) relation(c Caller) []Who {
	if slices.Contains(p.parties(), c.Party) {
		return []Who{Participant}
	}
	return nil
}

// Closing shows a room to the parties of its plan.
func (s *Service) Closing(ctx context.Context, c Caller, id string) (Closing, error) {
	p, err := s.closingPlan(ctx, id)
	if err != nil {
		return Closing{}, err
	}
	if err := c.may(UseClosing, "this closing", p.relation(c)...); err != nil {
		return Closing{}, err
	}
	r, _, err := s.closingState(ctx, id, p)
	return r, err
}

// closingPlan reads a plan back, and believes its digest, not the store.
func (s *Service) closingPlan(ctx context.Context, id string) (p ClosingPlan, err error) {
	if err := checkDigest(id); err != nil {
		return p, err
	}
	text, err := s.o.Vault.Document(ctx, folderClosings, hexOf(id))
	if errors.Is(err, storage.ErrNotExist) {
		return p, pledge.Errorf(pledge.NotFound, "there is no closing %s", id)
	}
	if err != nil {
		return p, fmt.Errorf("reading the closing %s: %w", id, refused(err))
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("closing %s: %w: %w", id, storage.ErrCorrupt, err)
	}
	if got, err := p.digest(); err != nil || got != id {
		return p, fmt.Errorf("%w: the closing kept as %s is %s (%v)", storage.ErrCorrupt, id, got, err)
	}
	return p, nil
}

// signature is the newest command that was handed in for a step; nil without
// an error when there is none. next is the place of one more.
func (s *Service) signature(ctx context.Context, id string, step int) (c *pledge.Command, next int, err error) {
	for ; next < maxSigned; next++ {
		text, err := s.o.Vault.Document(ctx, folderSignatures, signatureName(id, step, next))
		if errors.Is(err, storage.ErrNotExist) {
			return c, next, nil
		}
		if err != nil {
			return nil, next, fmt.Errorf("reading step %d of the closing %s: %w", step, id, refused(err))
		}
		if c, err = pledge.ParseCommand(string(text)); err != nil {
			return nil, next, fmt.Errorf("%w: step %d of the closing %s: %w", storage.ErrCorrupt, step, id, err)
		}
	}
	return c, next, nil
}

func signatureName(id string, step, n int) string {
	return fmt.Sprintf("%s-%02d-%02d", hexOf(id), step, n)
}
