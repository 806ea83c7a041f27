package service

import (
	"context"

	"github.com/datapledge/datapledge/pledge"
)

// ExecuteClosing tries once more to apply a closing that has all signatures:
// what stood in its way when the last one came may be gone.
func (s *Service) ExecuteClosing(ctx context.Context, c Caller, id string) (Closing, error) {
	p, err := s.closingPlan(ctx, id)
	if err != nil {
		return Closing{}, err
	}
	if err := c.may(UseClosing, "this closing", p.relation(c)...); err != nil {
		return Closing{}, err
	}
	r, err := s.finish(ctx, id, p)
	if err == nil && r.State == ClosingWaits {
		err = pledge.Errorf(pledge.ConsentMissing, "the closing waits for the signatures of %v", r.WaitsFor)
	}
	s.auditAct(ctx, "closing.execute", c, err, "closing", id, "state", r.State)
	return r, err
}

// finish applies a closing as soon as it is ready. Two replicas may both try:
// the rules let one of them, and the other reads that it is done.
func (s *Service) finish(ctx context.Context, id string, p ClosingPlan) (Closing, error) {
	r, commands, err := s.closingState(ctx, id, p)
	if err != nil || r.State != ClosingReady {
		return r, err
	}
	total := 0
	for _, jws := range commands {
		total += len(jws)
	}
	if total > maxClosingBytes {
		return r, pledge.Errorf(pledge.TooLarge, "the commands of the closing have %d bytes together, at most %d fit; make two closings", total, maxClosingBytes)
	}
	o, err := s.signAndSubmit(ctx, pledge.ClosingExecute, pledge.ClosingBody{Commands: commands})
	if err != nil {
		return r, err
	}
	after, _, err := s.closingState(ctx, id, p)
	after.Outcome = &o
	return after, err
}
