package pledge

import (
	"slices"
	"time"
)

// T5: between offer and registration the asset may have been transferred.
func stillOwnerHolds(m *motion) error {
	if m.asset.Owner != m.p.Pledgor {
		return Errorf(NotOwner, "%s belongs to %s now, not to the pledgor %s; the new owner proposes its own pledge", m.asset.ID, m.asset.Owner, m.p.Pledgor)
	}
	return nil
}

// T7: the registered maximum governs (担保制度解释 art. 15). More of anything is a
// pledge of its own, with a rank of its own.
func amendsDownwardHolds(m *motion) error {
	was, is := m.p.Terms, m.c.body.(*AmendBody).Terms
	switch {
	case is.SecuredMax.Currency != was.SecuredMax.Currency:
		return Errorf(AmendmentBarred, "%s is secured in %s; another currency needs a pledge of its own", m.p.ID, was.SecuredMax.Currency)
	case is.SecuredMax.Amount > was.SecuredMax.Amount:
		return Errorf(AmendmentBarred, "secured_max may not rise from %d to %d at the old rank: propose another pledge for what is added", was.SecuredMax.Amount, is.SecuredMax.Amount)
	case day(is.Expires).After(day(was.Expires)) || day(is.Matures).After(day(was.Matures)):
		return Errorf(AmendmentBarred, "an amendment cannot prolong %s; use pledge.extend", m.p.ID)
	case is.SecurityType != was.SecurityType:
		return Errorf(AmendmentBarred, "%s stays a %s; another kind of security is a pledge of its own", m.p.ID, was.SecurityType)
	case is.LegalCharacterization != was.LegalCharacterization && m.p.Perfection.State != PerfectionNone:
		return Errorf(AmendmentBarred, "%s was filed as %s; what is called otherwise belongs into another register, and is a pledge of its own", m.p.ID, was.LegalCharacterization)
	case !slices.Equal(is.Checks, was.Checks):
		return Errorf(AmendmentBarred, "the checks of %s were for its registration and stay as they are", m.p.ID)
	case slices.Contains(is.Covenants, CovenantVersions) && !slices.Contains(was.Covenants, CovenantVersions):
		return Errorf(AmendmentBarred, "the covenant %s would add collateral at the old rank: consent to each version, or propose another pledge", CovenantVersions)
	}
	return nil
}

// Invariant iii.
func aloneIfExclusiveHolds(m *motion) error {
	if m.c.body.(*AmendBody).Terms.Mode != Exclusive || m.p.Terms.Mode == Exclusive {
		return nil
	}
	group, err := m.group()
	if err != nil {
		return err
	}
	for _, a := range group {
		for _, f := range a.InForce {
			if f.PledgeID != m.p.ID {
				return Errorf(AlreadyPledged, "%s cannot become exclusive beside %s of %s", m.p.ID, f.PledgeID, f.Pledgee)
			}
		}
	}
	return nil
}

// next are the terms as an amendment or an extension would leave them.
func (m *motion) next() Terms {
	t := m.p.Terms
	switch b := m.c.body.(type) {
	case *AmendBody:
		t = b.Terms
	case *ExtendBody:
		t.Expires = b.Expires
		if b.Matures != "" {
			t.Matures = b.Matures
		}
	}
	return t
}

// T5, T8: a right that ends secures nothing beyond.
func newCertificateHolds(m *motion) error {
	c, t := m.asset.Certificate, m.next()
	if c == nil {
		return nil
	}
	if ends := day(c.Expires); day(t.Matures).After(ends.Add(-certificateSlack)) {
		return Errorf(MaturityTooLate, "%s would mature %s; the certificate %s expires %s, and 30 days must lie between", m.p.ID, t.Matures, c.Number, c.Expires)
	} else if _, extends := m.c.body.(*ExtendBody); extends && day(t.Expires).After(ends) {
		return Errorf(MaturityTooLate, "%s would end %s, after the certificate %s expires, %s; renew the certificate first", m.p.ID, t.Expires, c.Number, c.Expires)
	}
	return nil
}

// T8: what has ended cannot be prolonged, and 180 days before the end is early enough.
func windowOpenHolds(m *motion) error {
	ends := m.p.RunsTo(m.asset)
	switch left := ends.Sub(m.tx.Time); {
	case left <= 0:
		return Errorf(Expired, "%s expired at %s; it can only be registered anew", m.p.ID, ends.Format(time.RFC3339))
	case left > extendWindow:
		return Errorf(NotDue, "%s runs until %s; it can be extended from %s", m.p.ID, m.p.Terms.Expires, ends.Add(-extendWindow).Format(time.RFC3339))
	}
	return nil
}

func laterEndHolds(m *motion) error {
	was, is := m.p.Terms, m.next()
	switch {
	case !day(is.Expires).After(day(was.Expires)):
		return Errorf(Malformed, "expires %s is not after %s, which it is to extend", is.Expires, was.Expires)
	case day(is.Matures).Before(day(was.Matures)):
		return Errorf(AmendmentBarred, "an extension cannot make the debt due earlier; use pledge.amend")
	case day(is.Expires).Before(day(is.Matures)):
		return Errorf(Malformed, "expires must not come before matures: the security would end before the debt is due")
	}
	return nil
}

// T10
func assigneeIsBankHolds(m *motion) error {
	to := m.c.body.(*AssignBody).To
	if to == m.p.Pledgee {
		return Errorf(Duplicate, "%s is the pledgee of %s already", to, m.p.ID)
	}
	if to == m.p.Pledgor || to == m.asset.Owner {
		return Errorf(WrongRole, "%s cannot be pledgee of its own asset", to)
	}
	p, ok, err := m.party(to)
	if err != nil {
		return err
	}
	if !ok {
		return Errorf(UnknownParty, "the next pledgee %s is not enrolled", to)
	}
	if !p.Has(RoleBank) {
		return Errorf(WrongRole, "the next pledgee %s is not a bank", to)
	}
	return nil
}
