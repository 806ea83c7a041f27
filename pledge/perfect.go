package pledge

import (
	"slices"
	"time"
)

// The guards and effects of pledge.perfect (LAW.md T6).

func (m *motion) registration() Registration { return m.c.body.(*PerfectBody).Registration }

// day reads a date that a body's check has let through.
func day(s string) time.Time {
	t, _ := parseDay(s)
	return t
}

// T6: nothing can have been registered in the future.
func registeredBeforeHolds(m *motion) error {
	if at := m.registration().RegisteredAt; day(at).After(m.tx.Time.Add(MaxAhead)) {
		return Errorf(Malformed, "registered_at %s is in the future", at)
	}
	return nil
}

// T6: a registration has effect to the end of its term only.
func registrationRunsHolds(m *motion) error {
	if end := m.registration().TermEnd; !day(end).After(m.tx.Time) {
		return Errorf(Expired, "the term of registration %s ended at %s; register anew and file that", m.registration().Number, end)
	}
	return nil
}

// T6: the registers are searched by the debtor's name, and one under another
// name is found by nobody. Compared to the letter, as the registers do.
func debtorNamedHolds(m *motion) error {
	p, ok, err := m.party(m.p.Pledgor)
	if err != nil {
		return err
	}
	if named := m.registration().DebtorName; !ok || p.Name != named {
		return Errorf(TermsMismatch, "the registration names the debtor %q; the pledgor %s is enrolled as %q", clip(named), m.p.Pledgor, p.Name)
	}
	return nil
}

// T6: a filing that says nothing new would only take the verifier's time. A
// renewal prolongs; what is not verified yet may be replaced.
func filingNewHolds(m *motion) error {
	f, r := m.p.Perfection, m.registration()
	if f.Filing != nil && f.State != PerfectionLapsed && f.Filing.Registration == r {
		return Errorf(Duplicate, "this registration of %s was filed at %s already and waits to be verified", m.p.ID, f.Filing.Filed.At)
	}
	if f.State == PerfectionVerified && !day(r.TermEnd).After(day(f.Verified.TermEnd)) {
		return Errorf(Duplicate, "registration %s of %s is verified until %s; a renewal must end later", f.Verified.Number, m.p.ID, f.Verified.TermEnd)
	}
	return nil
}

func filingWaitsHolds(m *motion) error {
	if f := m.p.Perfection; f.Filing == nil || f.State == PerfectionLapsed {
		return Errorf(WrongState, "no registration of %s waits to be verified: its perfection is %s", m.p.ID, f.State)
	}
	return nil
}

// T6: two pairs of eyes.
func notOwnFilingHolds(m *motion) error {
	if f := m.p.Perfection.Filing; f.Filed.By == m.by.ID {
		return Errorf(WrongRole, "%s filed the registration of %s itself; somebody else verifies it", m.by.ID, m.p.ID)
	}
	return nil
}

// T6: the verifier signs the facts and the proof that he has seen himself,
// and they must be those filed.
func sameRegistrationHolds(m *motion) error {
	if filed, seen := m.p.Perfection.Filing.Registration, m.registration(); filed != seen {
		return Errorf(TermsMismatch, "filed for %s is registration %s with the proof %s, from %s to %s; the command says %s, %s, %s, %s",
			m.p.ID, filed.Number, filed.Proof, filed.RegisteredAt, filed.TermEnd, seen.Number, seen.Proof, seen.RegisteredAt, seen.TermEnd)
	}
	return nil
}

// T6, T18: anybody may say that a term is over, and the ledger's time decides.
func termOverHolds(m *motion) error {
	f := m.p.Perfection
	if f.State != PerfectionFiled && f.State != PerfectionVerified {
		return Errorf(WrongState, "%s has no registration whose term runs: its perfection is %s", m.p.ID, f.State)
	}
	if s := f.Standing(); day(s.TermEnd).After(m.tx.Time) {
		return Errorf(WrongState, "the term of registration %s runs until %s", s.Number, s.TermEnd)
	}
	return nil
}

func file(m *motion) error {
	old := m.p.Perfection
	f := &Filing{Registration: m.registration(), Filed: m.stamp}
	f.Warnings = m.warnings(f.Registration, old)
	next := Perfection{State: PerfectionFiled, Filing: f}
	if old.State == PerfectionVerified {
		next.State, next.Verified, next.EffectiveRankTime = old.State, old.Verified, old.EffectiveRankTime
		if !day(f.RegisteredAt).After(day(old.Verified.TermEnd)) {
			f.Continues = old.EffectiveRankTime
		}
	}
	m.p.Perfection = next
	return nil
}

func (m *motion) warnings(r Registration, old Perfection) (list []string) {
	switch {
	case r.Registry == RegistryOther:
		list = append(list, WarnUnlisted)
	case !slices.Contains(registries[r.Registry], m.p.Terms.LegalCharacterization):
		list = append(list, WarnMismatch)
	}
	if m.late(old) {
		list = append(list, WarnLate)
	}
	return list
}

// late: five working days after registration here. A filing that replaces
// another is as late as that one was; a renewal is not late.
func (m *motion) late(old Perfection) bool {
	switch {
	case old.State == PerfectionFiled:
		return slices.Contains(old.Filing.Warnings, WarnLate)
	case old.State != PerfectionNone || m.p.Registered == nil:
		return false
	}
	return m.tx.Time.After(m.p.filingDue())
}

// verify: the rank time is the earliest verified one that never broke off.
func verify(m *motion) error {
	f := *m.p.Perfection.Filing
	at := day(f.RegisteredAt).Format(stampForm)
	if f.Continues != "" {
		at = min(at, f.Continues)
	}
	m.p.Perfection = Perfection{State: PerfectionVerified, Verified: &VerifiedFiling{f, m.stamp}, EffectiveRankTime: at}
	return nil
}

// lapse leaves what is over in the record. A renewal that waits is the filing
// from then on.
func lapse(m *motion) error {
	f := &m.p.Perfection
	f.Lapsed, f.EffectiveRankTime = &m.stamp, ""
	switch {
	case f.State == PerfectionVerified && f.Filing != nil && day(f.Filing.TermEnd).After(m.tx.Time):
		f.State, f.Verified = PerfectionFiled, nil
	case f.State == PerfectionVerified:
		f.State, f.Filing = PerfectionLapsed, nil
	default:
		f.State = PerfectionLapsed
	}
	return nil
}
