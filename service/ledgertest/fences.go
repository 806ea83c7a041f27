package ledgertest

import (
	"fmt"
	"sync"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

func fenceFirst(s *stage) {
	c := s.Notarize(s.Enterprise, actors.NewDataset(s.name("a"), 1))
	s.apply(s.Fence(s.Enterprise2, actors.CommandID(c))) // another's fence is about another's command
	s.apply(s.Fence(s.Enterprise, actors.CommandID(c)))
	s.refuse(pledge.Fenced, c)
	s.reopen()
	s.refuse(pledge.Fenced, c)
}

func fenceTooLate(s *stage) {
	c := s.Notarize(s.Enterprise, actors.NewDataset(s.name("a"), 1))
	first := s.apply(c)[0]
	s.same(first, s.submit(s.Fence(s.Enterprise, actors.CommandID(c)))[0])
	s.reopen()
	s.same(first, s.submit(s.Fence(s.Enterprise, actors.CommandID(c)))[0])
	s.same(first, s.submit(c)[0])
}

// fenceAtOnce: of a command and its fence exactly one takes effect, and both
// askers are told the same.
func fenceAtOnce(s *stage) {
	var all sync.WaitGroup
	for i := range 40 {
		c := s.Notarize(s.Enterprise, actors.NewDataset(s.name(fmt.Sprint(i)), 1))
		f := s.Fence(s.Enterprise, actors.CommandID(c))
		all.Go(func() {
			var command, fence pledge.Outcome
			var two sync.WaitGroup
			two.Go(func() { command = s.one(c) })
			two.Go(func() { fence = s.one(f) })
			two.Wait()
			applied := command.Status == pledge.Applied
			late := fence.Duplicate && fence.CommandID == actors.CommandID(c)
			if fence.Status != pledge.Applied || applied != late || !applied && command.Code != pledge.Fenced {
				s.Errorf("command: %+v\nfence: %+v", command, fence)
			}
		})
	}
	all.Wait()
}

func (s *stage) one(command string) pledge.Outcome {
	out, err := s.ledger.Submit(s.ctx, []string{command})
	if err != nil || len(out) != 1 {
		s.Errorf("submitting: %d outcomes, %v", len(out), err)
		return pledge.Outcome{}
	}
	return out[0]
}
