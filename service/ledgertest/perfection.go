package ledgertest

import (
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// perfection: a statutory registration is filed, verified by somebody else,
// and over when the ledger's own time says so.
func perfection(s *stage) {
	commands, _, id, terms := s.Story(s.name("a"), s.Enterprise, s.Bank)
	s.apply(commands...)
	s.apply(s.Register(s.Bank, id, terms, 0))
	r := s.perfected(id)
	s.refuse(pledge.WrongState, s.Perfect(s.Notary, id, pledge.StepVerify, r))
	f := s.pledge(id).Perfection
	if f.State != pledge.PerfectionVerified || f.Filing != nil || f.Lapsed != nil || f.EffectiveRankTime == "" {
		s.Fatalf("verified: %+v", f)
	}
	if v := f.Verified; v.Registration != r || v.Filed.By != s.Bank.USCC || v.Verified.By != s.Notary.USCC || v.Filed.At > v.Verified.At {
		s.Errorf("verified: %+v, want %+v filed by the bank and found by the notary", v, r)
	}
	at := s.lapsed(id)
	if end, err := time.Parse(time.RFC3339Nano, r.TermEnd); err != nil || at.Before(end) {
		s.Errorf("lapsed at %s, before the end %s of the term", at, r.TermEnd)
	}
	s.refuse(pledge.WrongState, s.Lapse(s.Court, id))
	if p := s.pledge(id); p.State != pledge.Active || p.Perfection.Verified == nil || p.Perfection.EffectiveRankTime != "" {
		s.Errorf("lapsed: %+v, want the record of it on a pledge that goes on", p)
	}
}

// perfected files a registration that ends soon and has it verified. Where
// that took longer than its term lasts, it is filed again with more time.
func (s *stage) perfected(id string) pledge.Registration {
	s.Helper()
	for term := time.Second; term < time.Hour; term *= 2 {
		r := s.Registration(s.Enterprise)
		r.TermEnd = time.Now().UTC().Add(term).Format(time.RFC3339Nano)
		if !s.done(s.Perfect(s.Bank, id, pledge.StepFile, r)) {
			continue
		}
		s.refuse(pledge.WrongRole, s.Perfect(s.Bank, id, pledge.StepVerify, r))
		if s.done(s.Perfect(s.Notary, id, pledge.StepVerify, r)) {
			return r
		}
	}
	s.Fatal("no registration was verified within its term")
	return pledge.Registration{}
}

// done says whether a command came in time.
func (s *stage) done(command string) bool {
	s.Helper()
	o := s.submit(command)[0]
	if o.Status != pledge.Applied && o.Code != pledge.Expired {
		s.Fatalf("got %+v, want applied or expired", o)
	}
	return o.Status == pledge.Applied
}

// lapsed has somebody say that the term is over until the ledger agrees, and
// returns when that was.
func (s *stage) lapsed(id string) time.Time {
	s.Helper()
	for end := time.Now().Add(time.Hour); ; time.Sleep(10 * time.Millisecond) {
		switch o := s.submit(s.Lapse(s.Court, id))[0]; {
		case o.Status == pledge.Applied:
			p := s.pledge(id)
			at, err := time.Parse(time.RFC3339Nano, p.Perfection.Lapsed.At)
			if p.Perfection.State != pledge.PerfectionLapsed || err != nil {
				s.Errorf("lapsed: %+v, %v", p.Perfection, err)
			}
			return at
		case o.Code != pledge.WrongState || time.Now().After(end):
			s.Fatalf("got %+v, want that the term runs or is over", o)
		}
	}
}

func (s *stage) pledge(id string) pledge.Pledge {
	s.Helper()
	values, _ := s.get(pledge.KeyPledge(id))
	p, err := pledge.DecodePledge(values[0])
	if err != nil {
		s.Fatalf("reading %s: %v", id, err)
	}
	return p
}
