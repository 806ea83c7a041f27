package pledge

import (
	"slices"
	"time"
)

// T14: the grace begins when the notice is on the ledger, and the pledgor was
// told; when a letter was delivered elsewhere is one side's word.
func graceOverHolds(m *motion) error {
	n := m.p.DefaultNotice
	if n == nil {
		return Errorf(CheckMissing, "no notice of default was given for %s; sign pledge.default with step %s first", m.p.ID, StepNotice)
	}
	if m.now < n.GraceEnds {
		return Errorf(NotDue, "the grace of %s ends at %s; default can be declared from then on", m.p.ID, n.GraceEnds)
	}
	return nil
}

// T15: each path has its title. 强制执行 by a notary needs the debtor's consent in
// the notarial instrument (公证法 art. 37).
func titleFitsHolds(m *motion) error {
	b := m.c.body.(*EnforceBody)
	switch {
	case b.Path == SelfSaleClause && !slices.Contains(m.p.Terms.Covenants, CovenantSelfSale):
		return Errorf(TitleMissing, "the terms of %s hold no covenant %s; choose another path", m.p.ID, CovenantSelfSale)
	case b.Path == SelfSaleClause && b.Title != m.p.Terms.Agreement:
		return Errorf(TitleMissing, "the clause of %s stands in the agreement %s, not in %s", m.p.ID, m.p.Terms.Agreement, b.Title)
	case b.Path == NotarialExecution && (m.p.Attestation == nil || !m.p.Attestation.EnforcementConsent):
		return Errorf(CheckMissing, "%s was not notarized with the debtor's consent to enforcement; choose another path", m.p.ID)
	}
	return nil
}

func soldBeforeHolds(m *motion) error {
	if at := m.c.body.(*RealizeBody).Date; day(at).After(m.tx.Time.Add(MaxAhead)) {
		return Errorf(Malformed, "date %s is in the future", at)
	}
	return nil
}

// T16: a clause that was signed with the terms lets the pledgee sell (拍卖、变卖).
// To take the thing itself by it, at a price of its own, would be the forfeiture
// that 民法典 428 voids; an agreement after default may.
func clauseSellsHolds(m *motion) error {
	b := m.c.body.(*RealizeBody)
	if e := m.p.Enforcement; e == nil || e.Path != SelfSaleClause || b.Method != "APPROPRIATION" && b.BuyerType != "PLEDGEE" {
		return nil
	}
	return Errorf(TitleMissing, "the clause of %s lets %s sell to others; to take the asset itself it needs an agreement after default, or a court", m.p.ID, m.p.Pledgee)
}

// T16, 民法典 438: the pledgee gets what is owed to it, and no more than is
// secured; those before it are not passed over; what is left is the pledgor's.
func addsUpHolds(m *motion) error {
	b := m.c.body.(*RealizeBody)
	if was := m.p.Terms.SecuredMax.Currency; b.Price.Currency != was {
		return Errorf(TermsMismatch, "%s is secured in %s, the price is in %s", m.p.ID, was, b.Price.Currency)
	}
	paid, surplus, costs := b.total(SharePledgee), b.total(ShareSurplus), b.costsOf(m.p.Pledgee)
	most := max(min(b.Claim, m.p.Terms.SecuredMax.Amount-costs), 0)
	switch {
	case b.total("") != b.Price.Amount:
		return Errorf(SumMismatch, "the distribution adds up to %d, the price is %d", b.total(""), b.Price.Amount)
	case paid > most || costs > m.p.Terms.SecuredMax.Amount:
		return Errorf(SumMismatch, "the pledgee gets %d and %d of costs; owed are %d, secured at most %d with its costs", paid, costs, b.Claim, m.p.Terms.SecuredMax.Amount)
	case b.Shortfall != b.Claim-paid:
		return Errorf(SumMismatch, "of %d owed, %d are paid: the shortfall is %d, not %d", b.Claim, paid, b.Claim-paid, b.Shortfall)
	case surplus > 0 && paid < most:
		return Errorf(SumMismatch, "%d is called surplus while the pledgee misses %d", surplus, most-paid)
	}
	return m.sharesFit(b)
}

// costsOf are what a party gets as costs: the registered maximum covers a
// pledgee's as well (担保制度解释 art. 15).
func (b *RealizeBody) costsOf(party string) (sum int64) {
	for _, s := range b.Distribution {
		if s.Kind == ShareCosts && s.To == party {
			sum += s.Amount
		}
	}
	return sum
}

// total adds the shares of a kind; of all for "".
func (b *RealizeBody) total(kind string) (sum int64) {
	for _, s := range b.Distribution {
		if kind == "" || s.Kind == kind {
			sum += s.Amount
		}
	}
	return sum
}

func (m *motion) sharesFit(b *RealizeBody) error {
	for _, s := range b.Distribution {
		switch {
		case s.Kind == SharePledgee && s.To != m.p.Pledgee:
			return Errorf(SumMismatch, "the pledgee of %s is %s, not %s", m.p.ID, m.p.Pledgee, s.To)
		case s.Kind == ShareSurplus && s.To != m.asset.Owner:
			return Errorf(SumMismatch, "the surplus is for the owner of what was pledged, %s, not for %s (民法典 438)", m.asset.Owner, s.To)
		}
	}
	return m.ranksFit(b)
}

// ranksFit: everybody before has a line, if of 0; everybody named is there.
func (m *motion) ranksFit(b *RealizeBody) error {
	before := true
	known := map[string]bool{}
	for _, f := range m.asset.InForce {
		if f.PledgeID == m.p.ID {
			before = false
			continue
		}
		kind := ShareJunior
		if before {
			kind = ShareSenior
		}
		known[f.PledgeID] = true
		i := slices.IndexFunc(b.Distribution, func(s Share) bool { return s.PledgeID == f.PledgeID })
		if i < 0 && before {
			return Errorf(SumMismatch, "%s of %s ranks before %s and has no share; state it, if as 0", f.PledgeID, f.Pledgee, m.p.ID)
		}
		if i >= 0 && (b.Distribution[i].Kind != kind || b.Distribution[i].To != f.Pledgee) {
			return Errorf(SumMismatch, "%s is %s of %s: its share is %s for that party", f.PledgeID, kind, m.p.ID, kind)
		}
	}
	for _, s := range b.Distribution {
		if s.PledgeID != "" && !known[s.PledgeID] {
			return Errorf(SumMismatch, "%s is no other pledge in force on %s", s.PledgeID, m.asset.ID)
		}
	}
	return nil
}

// T17: a pledgee that objects is not silent.
func pledgeeSilentHolds(m *motion) error {
	for _, o := range m.p.Objections {
		if o.By == m.p.Pledgee && (o.State == ObjectionOpenState || o.State == InCourt) {
			return Errorf(ObjectionOpen, "the pledgee objects to the release of %s (%s, %s); that is decided first", m.p.ID, o.ID, o.State)
		}
	}
	return nil
}

// T18
func expiryPassedHolds(m *motion) error {
	if at := m.p.RunsTo(m.asset); at.After(m.tx.Time) {
		return Errorf(NotDue, "%s runs until %s", m.p.ID, at.Format(time.RFC3339))
	}
	return nil
}

// T15: the envelope opens with the key that the pledgee has on the ledger.
func forThePledgeeHolds(m *motion) error {
	b := m.c.body.(*KeyReleaseBody)
	p, ok, err := m.party(m.p.Pledgee)
	if err != nil {
		return err
	}
	if b.To != m.p.Pledgee {
		return Errorf(WrongRole, "the key of %s goes to its pledgee %s, not to %s", m.asset.ID, m.p.Pledgee, b.To)
	}
	if !ok || p.Recipient == "" || p.Recipient != b.Recipient {
		return Errorf(CustodyMissing, "the envelope is for %s; %s receives at %q", clip(b.Recipient), m.p.Pledgee, p.Recipient)
	}
	return nil
}

func keyOnceHolds(m *motion) error {
	if k := m.p.KeyRelease; k != nil {
		return Errorf(Duplicate, "the key was handed to %s at %s by %s", k.To, k.At, k.Command)
	}
	return nil
}

// T21: who may say what. A missed check or update everybody can see.
func alerterHolds(m *motion) error {
	switch m.c.body.(*AlertBody).Kind {
	case AlertTamper:
		return theCustodianHolds(m)
	case AlertLTV:
		if !m.by.Has(RoleExchange) {
			return Errorf(WrongRole, "the value of %s is for an exchange to judge, not for %s", m.asset.ID, m.by.ID)
		}
		return neitherSideHolds(m)
	}
	return nil
}

func alertTrueHolds(m *motion) error {
	kind := m.c.body.(*AlertBody).Kind
	for _, a := range m.p.Alerts {
		if a.Kind == kind && a.Cleared == nil {
			return Errorf(Duplicate, "%s of %s was told at %s by %s", kind, m.p.ID, a.At, a.By)
		}
	}
	switch kind {
	case AlertMissed:
		return m.overdue("custody check", m.p.Custody.At, custodyEvery)
	case AlertOverdue:
		return m.updateOverdue()
	}
	return nil
}

func (m *motion) overdue(what, last string, every time.Duration) error {
	if !m.older(last, every) {
		return Errorf(NotDue, "the last %s of %s was at %s, which is not long enough ago", what, m.p.ID, last)
	}
	return nil
}

// updateOverdue: the update promise is the owner's own.
func (m *motion) updateOverdue() error {
	due, ok := addPeriod(stamped(m.asset.current().At), m.asset.UpdatePeriod)
	if !ok {
		return Errorf(NotDue, "%s promises no updates (update_period %q)", m.asset.ID, m.asset.UpdatePeriod)
	}
	if due.After(m.tx.Time) {
		return Errorf(NotDue, "the next version of %s is due at %s", m.asset.ID, due.Format(time.RFC3339))
	}
	return nil
}

// current is when the newest version was recorded.
func (a Asset) current() Stamp {
	if n := len(a.Versions); n > 0 {
		return a.Versions[n-1].Recorded
	}
	return a.Notarized
}
