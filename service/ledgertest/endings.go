package ledgertest

import (
	"context"
	"errors"
	"sync"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// goneAway: a caller that goes away is told "none took effect" only when
// that is so, and "unknown" otherwise; asking again settles it.
func goneAway(s *stage) {
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	s.goneWith(ctx, s.many(10))
	for range 20 {
		ctx, cancel := context.WithCancel(s.ctx)
		var all sync.WaitGroup
		all.Go(func() { s.one(s.Fence(s.Enterprise, Unused)); cancel() })
		s.goneWith(ctx, s.many(20))
		all.Wait()
		cancel()
	}
}

// Unused is the id of a command that nobody signed.
const Unused = "cmd_0000000000000000000000000000000000000000000000000000000000000000"

func (s *stage) goneWith(ctx context.Context, commands []string) {
	s.Helper()
	out, err := s.ledger.Submit(ctx, commands)
	if err == nil && len(out) != len(commands) {
		s.Errorf("%d outcomes for %d commands", len(out), len(commands))
		return
	}
	for i, again := range s.submit(commands...) {
		switch {
		case again.Status != pledge.Applied:
			s.Errorf("command %d, asked again: %+v", i, again)
		case err != nil && again.Duplicate:
			s.Errorf("command %d took effect, the answer was %v", i, err)
		case err == nil && out[i].Status == pledge.Applied:
			out[i].Duplicate = true
			s.same(out[i], again)
		case err == nil && out[i].Status != pledge.Unknown:
			s.Errorf("command %d: %+v", i, out[i])
		case err == nil && out[i].CommandID != actors.CommandID(commands[i]):
			s.Errorf("command %d: %+v", i, out[i])
		}
	}
}

// closed: nothing hangs and nothing panics after Close, which waits for what
// was accepted.
func closed(s *stage) {
	var all sync.WaitGroup
	commands := s.many(100)
	for _, c := range commands {
		all.Go(func() {
			out, err := s.ledger.Submit(s.ctx, []string{c})
			if err != nil && !errors.Is(err, service.ErrUnavailable) {
				s.Errorf("while closing: %v", err)
			}
			if err == nil && out[0].Status != pledge.Applied {
				s.Errorf("while closing: %+v", out[0])
			}
		})
	}
	waiting, far := make(chan error, 1), s.head().Height+1000
	go func() {
		waiting <- s.ledger.Follow(s.ctx, far, func(service.Block) error { return nil })
	}()
	if err := s.ledger.Close(); err != nil {
		s.Fatalf("closing: %v", err)
	}
	all.Wait()
	if err := <-waiting; !errors.Is(err, service.ErrUnavailable) {
		s.Errorf("a waiting follower: %v, want %v", err, service.ErrUnavailable)
	}
	_, submitErr := s.ledger.Submit(s.ctx, commands)
	_, _, getErr := s.ledger.Get(s.ctx, pledge.KeyChannel())
	_, headErr := s.ledger.Head(s.ctx)
	_, proveErr := s.ledger.Prove(s.ctx, pledge.Position{})
	for i, err := range []error{submitErr, getErr, headErr, proveErr} {
		if !errors.Is(err, service.ErrUnavailable) {
			s.Errorf("call %d after closing: %v, want %v", i, err, service.ErrUnavailable)
		}
	}
	if err := s.ledger.Close(); err != nil {
		s.Errorf("closing again: %v", err)
	}
	s.ledger = s.open(s.T)
	for i, o := range s.submit(commands...) {
		if o.Status != pledge.Applied {
			s.Errorf("command %d after reopening: %+v", i, o)
		}
	}
}
