package service

import (
	"context"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// SignClosing takes a signed command of a closing. With the last one all of
// them are submitted: Outcome then says what became of the whole.
func (s *Service) SignClosing(ctx context.Context, id, jws string) (Closing, error) {
	r, err := s.signClosing(ctx, id, jws)
	act, by := peek(jws)
	s.auditAct(ctx, "closing.sign", Caller{Party: by}, err, "closing", id, "act", act, "command_id", commandID(jws), "state", r.State)
	return r, err
}

func (s *Service) signClosing(ctx context.Context, id, jws string) (Closing, error) {
	p, err := s.closingPlan(ctx, id)
	if err != nil {
		return Closing{}, err
	}
	c, err := pledge.ParseCommand(jws)
	if err != nil {
		return Closing{}, err
	}
	step, err := p.stepOf(id, c)
	if err != nil {
		return Closing{}, err
	}
	if err := s.signedNow(ctx, c); err != nil {
		return Closing{}, err
	}
	if err := s.keepSignature(ctx, id, step, c); err != nil {
		return Closing{}, err
	}
	return s.finish(ctx, id, p)
}

// stepOf finds the step that a command signs. Two steps may be alike; then
// they are one command, and the rules would take it once: refused by digest.
func (p ClosingPlan) stepOf(id string, c *pledge.Command) (int, error) {
	if c.Payload.Closing != id {
		return 0, pledge.Errorf(pledge.TermsMismatch, "the command was signed for the closing %q, this is %s", c.Payload.Closing, id)
	}
	signed, err := pledge.ActDigest(c.Payload.Act, c.Body())
	if err != nil {
		return 0, err
	}
	steps, err := p.Read()
	if err != nil {
		return 0, err
	}
	for i, s := range steps {
		if planned, err := pledge.ActDigest(s.Act, s.Body); err == nil && planned == signed && s.By == c.Payload.By {
			return i, nil
		}
	}
	return 0, pledge.Errorf(pledge.TermsMismatch, "no step of this closing is %s of %s with this body", c.Payload.Act, c.Payload.By)
}

// signedNow refuses what the rules would refuse of the signature alone, so
// that a room is not held up by it.
func (s *Service) signedNow(ctx context.Context, c *pledge.Command) error {
	var v verdict
	if _, err := snapshot(ctx, s.o.Ledger, func(w *view) (err error) {
		v, err = w.counts(c)
		return err
	}); err != nil {
		return err
	}
	switch {
	case c.Payload.On != s.Channel():
		return pledge.Errorf(pledge.WrongChannel, "the command is for another channel; this is %q", s.Channel())
	case v.refusal != nil:
		return v.refusal
	case s.tooOld(c) || c.At().Sub(s.now()) > pledge.MaxAhead:
		return pledge.Errorf(pledge.Stale, "the command is dated %s; sign it anew", c.Payload.At)
	}
	return nil
}

// verdict is whether a command's signature counts now, and whether it has
// taken effect.
type verdict struct {
	refusal *pledge.Error
	applied bool
}

func (v *view) counts(c *pledge.Command) (verdict, error) {
	raw := v.get(pledge.KeyCommand(c.Payload.By, c.ID))
	p, err := v.party(c.Payload.By)
	if err != nil {
		return verdict{}, err
	}
	if raw != nil {
		r, err := pledge.DecodeCommand(raw)
		if err != nil {
			return verdict{}, fmt.Errorf("the record of %s: %w", c.ID, err)
		}
		if r.Status == pledge.Applied {
			return verdict{applied: true}, nil
		}
		return verdict{refusal: pledge.Errorf(pledge.Fenced, "%s was taken back by its signer at %s", c.ID, r.At)}, nil
	}
	return verdict{refusal: keyRefusal(p, c)}, nil
}

func keyRefusal(p *pledge.Party, c *pledge.Command) *pledge.Error {
	if p == nil {
		return pledge.Errorf(pledge.UnknownParty, "%s is not enrolled", c.Payload.By)
	}
	for _, k := range p.Keys {
		switch {
		case k.KID != c.KID:
		case k.Revoked != nil:
			return pledge.Errorf(pledge.RevokedKey, "the key %s of %s was revoked at %s", k.KID, p.ID, k.Revoked.At)
		case c.Verify(k.JWK) != nil:
			return pledge.Errorf(pledge.Unsigned, "the signature under %s is not by the key %s", c.ID, k.KID)
		default:
			return nil
		}
	}
	return pledge.Errorf(pledge.UnknownKey, "%s has no key %s", p.ID, c.KID)
}

func (s *Service) keepSignature(ctx context.Context, id string, step int, c *pledge.Command) error {
	old, next, err := s.signature(ctx, id, step)
	if err != nil || old != nil && old.ID == c.ID {
		return err
	}
	if next >= maxSigned {
		return pledge.Errorf(pledge.TooLarge, "step %d was signed %d times, which is the most; open another closing", step, next)
	}
	if _, err := s.o.Vault.Keep(ctx, folderSignatures, signatureName(id, step, next), []byte(c.JWS)); err != nil {
		return fmt.Errorf("keeping step %d of the closing %s: %w", step, id, refused(err))
	}
	return nil
}
