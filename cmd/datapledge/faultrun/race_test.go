package faultrun

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
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
	other := newReplica(s, s.program, s.net, pledge.RoleExchange, s.custodian)
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
	s.Logf("%d assets contested in %.1f s: %+v", len(list), took.Seconds(), t)
	if err := t.Err(); err != nil {
		s.Errorf("%v; all: %q", err, t.Faults)
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

// sameAnswers asks both replicas the same questions.
func (s *site) sameAnswers(list []*contest, both [2]*replica) {
	s.Helper()
	for _, v := range both {
		s.upToDate(v)
	}
	free := make(chan struct{}, 4)
	var all sync.WaitGroup
	for i, c := range list {
		free <- struct{}{}
		all.Go(func() { defer func() { <-free }(); s.sameOf(c, both, i%5 == 0) })
	}
	all.Wait()
}

// sameOf compares outcomes, and records and searches when all is asked for.
func (s *site) sameOf(c *contest, both [2]*replica, all bool) {
	var said [2][]any
	for i, v := range both {
		as := s.client(v, s.Regulator)
		say := func(raw json.RawMessage, err error) { said[i] = append(said[i], plain(raw, err)) }
		for j := range c.register {
			out, err := as.Command(s.Context(), actors.CommandID(c.register[j]))
			say(out.Raw, err)
			if all {
				p, err := as.Pledge(s.Context(), c.pledges[j], "")
				say(p.Raw, err)
			}
		}
		if all {
			a, err := as.Asset(s.Context(), c.asset, "")
			say(a.Raw, err)
			found, err := as.Search(s.Context(), client.SearchQuery{AssetID: c.asset})
			say(found.Raw, err)
		}
	}
	for i := range said[0] {
		if one, other := said[0][i], said[1][i]; !reflect.DeepEqual(one, other) {
			s.Errorf("the replicas differ on %s:%s", c.asset, difference("", one, other))
		}
	}
}

// difference names the members of two answers that differ.
func difference(path string, one, other any) (out string) {
	a, isMap := one.(map[string]any)
	b, areMaps := other.(map[string]any)
	if !isMap || !areMaps {
		return fmt.Sprintf("\n  %s: %v, %v", path, one, other)
	}
	for _, k := range slices.Sorted(maps.Keys(a)) {
		if !reflect.DeepEqual(a[k], b[k]) {
			out += difference(path+"/"+k, a[k], b[k])
		}
	}
	return out
}

// plain is an answer without what is each answer's own.
func plain(raw json.RawMessage, err error) any {
	if err != nil {
		return err.Error()
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		return err.Error()
	}
	for _, k := range []string{"number", "at", "report"} { // of a search; the report is what is signed of it
		delete(v, k)
	}
	if asOf, ok := v["as_of"].(map[string]any); ok {
		delete(asOf, "at")
	}
	return v
}
