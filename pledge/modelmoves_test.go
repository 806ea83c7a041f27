package pledge_test

import (
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// step is a move that took effect: the rules' own guards are asked nothing
// here, what they must have seen to is worked out once more.
type step struct {
	x        *explorer
	from, to *point
	c        *pledge.Command
	now      time.Time
}

// checkMove compares the states before and after a command.
func (x *explorer) checkMove(from, to *point, c *pledge.Command, e *effect) {
	if e.out.Status != pledge.Applied || e.out.Duplicate {
		x.fail("%s was %s (duplicate: %v) and wrote", x.spell(c), e.out.Status, e.out.Duplicate)
	}
	s := &step{x, from, to, c, x.m.clock[from.tick]}
	s.checkRecord()
	s.checkAge(pledge.MaxAge)
	for i := range x.cells {
		if from.at[i] != to.at[i] {
			s.checkCell(i)
		}
	}
	for _, in := range c.Closing() {
		(&step{x, from, to, in, s.now}).checkMember()
	}
	if len(c.Closing()) == 0 {
		s.checkAct()
	}
}

// checkRecord: what takes effect leaves its record, which was not there.
func (s *step) checkRecord() {
	if f, ok := s.c.Body().(*pledge.FenceBody); ok {
		if tomb := s.record(s.to, f.CommandID); tomb == nil || tomb.Status != pledge.StatusFenced {
			s.fail("a fence left no tombstone")
		}
	}
	if r := s.record(s.to, s.c.ID); s.record(s.from, s.c.ID) != nil || r == nil || r.Status != "applied" {
		s.fail("there is not exactly one record of it")
	}
}

// checkMember: a closing takes effect as a whole.
func (s *step) checkMember() {
	s.checkRecord()
	s.checkAge(pledge.MaxClosingAge)
}

func (s *step) checkAge(most time.Duration) {
	if age := s.now.Sub(s.c.At()); age > most || -age > pledge.MaxAhead {
		s.fail("it was signed at %s and took effect at %s", s.c.At(), s.now)
	}
	if s.c.Payload.Closing != "" && most == pledge.MaxAge {
		s.fail("a member of a closing took effect alone")
	}
	if s.x.m.keysChange && !slices.ContainsFunc(s.party().Keys, func(k pledge.PartyKey) bool { return k.KID == s.c.KID && k.Revoked == nil }) {
		s.fail("its key was revoked")
	}
}

// party is who signed, as it was.
func (s *step) party() *pledge.Party {
	return s.x.value(s.from, s.x.index[pledge.KeyParty(s.c.Payload.By)]).rec.(*pledge.Party)
}

// record is what the ledger says of a command that was signed here.
func (s *step) record(p *point, id string) *pledge.CommandRecord {
	r, _ := s.x.value(p, s.x.commands[id]).rec.(*pledge.CommandRecord)
	return r
}

func (s *step) fail(format string, args ...any) {
	s.x.t.Helper()
	s.x.fail(s.x.spell(s.c)+"\n"+format, args...)
}

// checkCell: records never go back, what has ended stays as it is, and the
// sequence tells every change of the liens (invariants i, ii, 3, 5).
func (s *step) checkCell(i int) {
	old, is := s.x.value(s.from, i), s.x.value(s.to, i)
	if is.rec == nil && s.x.cells[i].kind != "fingerprint" && s.x.cells[i].kind != "file" {
		s.fail("%s is gone, or is nothing that is known", s.x.cells[i].key)
	}
	switch a := old.rec.(type) {
	case *pledge.CommandRecord:
		s.fail("the outcome of %s changed", s.x.cells[i].key)
	case *pledge.Asset:
		s.checkAsset(a, is.rec.(*pledge.Asset))
	case *pledge.Pledge:
		s.checkPledge(a, is.rec.(*pledge.Pledge))
	}
}

const stampForm = "2006-01-02T15:04:05.000Z"

func (s *step) checkAsset(a, b *pledge.Asset) {
	act := s.c.Payload.Act
	switch {
	case b.Seq < a.Seq, b.UpdatedAt < a.UpdatedAt, b.UpdatedAt != s.now.Format(stampForm):
		s.fail("%s goes back, or does not say when it changed", a.ID)
	case b.Seq == a.Seq && !slices.Equal(a.InForce, b.InForce), b.Seq == a.Seq && len(a.Frozen) != len(b.Frozen):
		s.fail("the liens on %s changed and its sequence did not", a.ID)
	case a.Owner != b.Owner && act != pledge.AssetTransfer && act != pledge.ClosingExecute:
		s.fail("the owner of %s changed (invariants v, 5)", a.ID)
	case a.Fingerprint != b.Fingerprint && act != pledge.AssetAddVersion && act != pledge.ClosingExecute:
		s.fail("the content of %s changed", a.ID)
	case a.Status != "NOTARIZED" && act != pledge.RecordCorrect:
		s.fail("%s is %s and changed (invariant i)", a.ID, a.Status)
	}
	for _, k := range a.Kin {
		if was, is := s.x.asset(s.from, k), s.x.asset(s.to, k); (b.Seq != a.Seq) != (is.Seq != was.Seq) {
			s.fail("the sequence of %s moved and not that of its kin %s", a.ID, k)
		}
	}
}

func (s *step) checkPledge(a, b *pledge.Pledge) {
	act := s.c.Payload.Act
	switch {
	case b.UpdatedAt < a.UpdatedAt, b.UpdatedAt != s.now.Format(stampForm):
		s.fail("%s goes back, or does not say when it changed", a.ID)
	case slices.Contains(terminal, a.State) && act != pledge.RecordCorrect:
		s.fail("%s was %s and changed (invariant i)", a.ID, a.State)
	case a.Pledgor != b.Pledgor || a.AssetID != b.AssetID || a.Seq != 0 && a.Seq != b.Seq:
		s.fail("%s became another pledge", a.ID)
	case a.Pledgee != b.Pledgee && act != pledge.PledgeAssign:
		s.fail("%s has another pledgee", a.ID)
	case a.TermsDigest != b.TermsDigest && act != pledge.PledgeAmend && act != pledge.PledgeExtend:
		s.fail("%s has other terms", a.ID)
	case a.State != b.State && !slices.Contains(ways[act], a.State+" "+b.State):
		s.fail("%s went from %s to %s", a.ID, a.State, b.State)
	case a.KeyRelease != nil && (b.KeyRelease == nil || *a.KeyRelease != *b.KeyRelease):
		s.fail("%s: the key was released twice", a.ID)
	case a.KeyRelease == nil && b.KeyRelease != nil && (a.State != "ENFORCING" || b.KeyRelease.To != b.Pledgee):
		s.fail("%s is %s, and its key was released to %s", a.ID, a.State, b.KeyRelease.To)
	}
}

// ways are LAW.md's transitions once more, by hand.
var ways = map[pledge.Act][]string{
	pledge.PledgeWithdraw:  {"PROPOSED WITHDRAWN", "PENDING WITHDRAWN"},
	pledge.PledgeAccept:    {"PROPOSED PENDING"},
	pledge.PledgeRegister:  {"PENDING ACTIVE"},
	pledge.PledgeReject:    {"PENDING REJECTED"},
	pledge.PledgeDefault:   {"ACTIVE DEFAULTED"},
	pledge.PledgeCure:      {"DEFAULTED ACTIVE"},
	pledge.PledgeEnforce:   {"DEFAULTED ENFORCING"},
	pledge.PledgeRealize:   {"ENFORCING REALIZED"},
	pledge.PledgeRelease:   {"ACTIVE RELEASED", "DEFAULTED RELEASED", "ENFORCING RELEASED"},
	pledge.PledgeLapse:     {"ACTIVE LAPSED"},
	pledge.ObjectionDecide: {"PROPOSED REVOKED", "PENDING REVOKED", "ACTIVE REVOKED", "DEFAULTED REVOKED", "ENFORCING REVOKED"},
	pledge.OrderRevoke:     {"PROPOSED REVOKED", "PENDING REVOKED", "ACTIVE REVOKED", "DEFAULTED REVOKED", "ENFORCING REVOKED"},
	pledge.ClosingExecute:  {"ACTIVE RELEASED", "PENDING ACTIVE", "PROPOSED PENDING"},
}
