package service

import (
	"context"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// closingState reads the signatures and what the ledger says of them. The
// commands are those that count, in order; complete only of a READY closing.
func (s *Service) closingState(ctx context.Context, id string, p ClosingPlan) (Closing, []string, error) {
	commands := make([]*pledge.Command, len(p.Steps))
	for i := range p.Steps {
		c, _, err := s.signature(ctx, id, i)
		if err != nil {
			return Closing{}, nil, err
		}
		commands[i] = c
	}
	verdicts, err := s.verdicts(ctx, commands)
	if err != nil {
		return Closing{}, nil, err
	}
	return s.told(id, p, commands, verdicts)
}

func (s *Service) verdicts(ctx context.Context, commands []*pledge.Command) ([]verdict, error) {
	list := make([]verdict, len(commands))
	_, err := snapshot(ctx, s.o.Ledger, func(v *view) error {
		for i, c := range commands {
			if c == nil {
				continue
			}
			var err error
			if list[i], err = v.counts(c); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

func (s *Service) told(id string, p ClosingPlan, commands []*pledge.Command, verdicts []verdict) (Closing, []string, error) {
	r := Closing{Closing: id, Title: p.Title, State: ClosingReady, Steps: make([]SignedStep, len(p.Steps)), WaitsFor: []string{}}
	steps, err := p.Read()
	if err != nil {
		return r, nil, err
	}
	var jws []string
	applied := 0
	for i, c := range commands {
		step := SignedStep{ClosingStep: p.Steps[i]}
		if step.Digest, err = pledge.ActDigest(steps[i].Act, steps[i].Body); err != nil {
			return r, nil, fmt.Errorf("step %d of the closing %s: %w", i, id, err)
		}
		if c != nil {
			step.CommandID, step.SignedAt, step.Void = c.ID, c.Payload.At, s.void(c, verdicts[i])
			jws = append(jws, c.JWS)
		}
		if verdicts[i].applied {
			applied++
		}
		if c == nil || step.Void != "" {
			r.State, r.WaitsFor = ClosingWaits, appendNew(r.WaitsFor, p.Steps[i].By)
		}
		r.Steps[i] = step
	}
	if applied == len(steps) {
		r.State, r.WaitsFor = ClosingDone, []string{}
	}
	return r, jws, nil
}

// void says why a signature does not count any more.
func (s *Service) void(c *pledge.Command, v verdict) string {
	switch {
	case v.applied:
		return ""
	case v.refusal != nil:
		return v.refusal.Error()
	case s.tooOld(c):
		return fmt.Sprintf("%s: signed at %s, too long ago", pledge.Stale, c.Payload.At)
	}
	return ""
}

// tooOld: the rules take a command of a closing for so long only.
func (s *Service) tooOld(c *pledge.Command) bool { return s.now().Sub(c.At()) > pledge.MaxClosingAge }

func appendNew(list []string, v string) []string {
	if slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}
