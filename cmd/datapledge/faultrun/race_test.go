package faultrun

import (
	"sync"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// contest is one asset that two banks hold a prepared exclusive pledge of.
type contest struct {
	asset    string
	pledges  [2]string
	register [2]string
	answers  [2]Entry
}

// race: two replicas of the service, each with data of its own, get one
// registration for each asset. Exactly one wins, and both tell the same.
func (s *site) race() {
	other := s.replica(pledge.RoleExchange)
	other.mustStart()
	defer other.kill()
	both := [2]*replica{s.service, other}
	list := s.prepare(choose(100, 1000))
	began := time.Now()
	s.compete(list[:len(list)/2], both, 1)
	s.compete(list[len(list)/2:], both, 50)
	took := time.Since(began)
	seen := s.ledger()
	t := Tally{Name: "race of two replicas", Settled: s.decided(list, both)}
	for _, c := range list {
		t.contest(c, seen)
	}
	*s.runs = append(*s.runs, t)
	s.Logf("%d assets contested in %.1f s: %v", len(list), took.Seconds(), t)
	if err := t.Err(); err != nil {
		s.Error(err)
	}
	s.sameAnswers(list, both)
	s.peersAgree()
}

// prepare has everything signed that a registration needs, for n assets.
func (s *site) prepare(n int) []*contest {
	s.Helper()
	if !s.bank2 {
		s.must(s.Enroll(s.Bank2))
		s.bank2 = true
	}
	terms, banks := s.Terms(), [2]*actors.Actor{s.Bank, s.Bank2}
	terms.Checks = []string{}
	list := make([]*contest, n)
	stages := [4][]string{}
	for i := range list {
		d := actors.NewDataset(s.Own(random(8)), 1)
		notarize := s.Notarize(s.Enterprise, d)
		c := &contest{asset: actors.AssetID(notarize)}
		stages[0] = append(stages[0], notarize)
		for j, bank := range banks {
			p := s.Propose(s.Enterprise, c.asset, bank, terms)
			c.pledges[j] = actors.PledgeID(p)
			c.register[j] = s.Register(bank, c.pledges[j], terms, 0)
			stages[1] = append(stages[1], p)
			stages[2] = append(stages[2], s.Accept(bank, c.pledges[j], terms))
			stages[3] = append(stages[3], s.CustodyCheck(s.Enterprise, d, c.pledges[j]))
		}
		list[i] = c
	}
	for _, commands := range stages { // each needs the one before
		s.must(commands...)
	}
	return list
}

// compete sends both replicas their registrations at the same time, so many
// in one request.
func (s *site) compete(list []*contest, both [2]*replica, size int) {
	s.Helper()
	free := make(chan struct{}, 8)
	var all sync.WaitGroup
	for len(list) > 0 {
		group := list[:min(size, len(list))]
		list = list[len(group):]
		for j, v := range both {
			free <- struct{}{}
			all.Go(func() { defer func() { <-free }(); s.enter(group, v, j) })
		}
	}
	all.Wait()
}

func (s *site) enter(group []*contest, v *replica, j int) {
	commands := make([]string, len(group))
	for i, c := range group {
		commands[i] = c.register[j]
	}
	for i, e := range sendLines(s.Context(), v.url(), commands) {
		group[i].answers[j] = e
	}
}

// decided sends again what came to no end.
func (s *site) decided(list []*contest, both [2]*replica) time.Duration {
	s.Helper()
	began := time.Now()
	for _, c := range list {
		for j, v := range both {
			for (c.answers[j].Fate == Unknown || c.answers[j].Fate == Untaken) && time.Since(began) < mustSettle {
				c.answers[j] = send(s.Context(), v.url(), c.register[j])
			}
		}
	}
	return time.Since(began)
}

// contest holds the answers of both replicas against the ledger, read before
// anything was sent again.
func (t *Tally) contest(c *contest, ledger map[string][]pledge.Position) {
	winners := 0
	for _, e := range c.answers {
		t.Sent++
		switch {
		case e.Fate == Refused && e.Code != pledge.SequenceChanged && e.Code != pledge.AlreadyPledged:
			t.blame(&e, "lost for another reason: %s %s", e.Code, e.Detail)
		case e.Fate == Applied:
			winners++
		}
		t.add(&e, ledger[e.ID])
	}
	if winners != 1 {
		t.blame(&c.answers[0], "%s has %d winners", c.asset, winners)
	}
}
