package pledge

import (
	"slices"
	"strings"
)

// cutAct splits "pledge.propose".
func cutAct(a Act) (subject, name string, ok bool) { return strings.Cut(string(a), ".") }

// terms are those of the proposal that is being made, or of the pledge.
func (m *motion) terms() Terms {
	if b, ok := m.c.body.(*ProposeBody); ok {
		return b.Terms
	}
	return m.p.Terms
}

func offer(m *motion) error {
	m.p.Pledgor, m.p.Terms, m.p.TermsDigest = m.by.ID, m.terms(), m.c.terms
	m.p.Proposed = m.stamp
	m.p.OfferExpires = m.tx.Time.Add(offerValid).Format(stampForm)
	// Registration here makes no statutory lien (担保制度解释 art. 63).
	m.p.Perfection = Perfection{State: PerfectionNone}
	return nil
}

func accept(m *motion) error {
	m.p.Accepted = &m.stamp
	return nil
}

func attest(m *motion) error {
	b := m.c.body.(*AttestBody)
	m.p.Attestation = &Attestation{m.stamp, b.Number, b.Certificate, b.EnforcementConsent}
	return nil
}

func value(m *motion) error {
	b := m.c.body.(*ValueBody)
	// Rounded up: the ratio never looks better than it is.
	ltv := ratio(m.p.Terms.SecuredMax.Amount, b.Value.Amount, true)
	m.p.Valuation = &Valuation{m.stamp, b.Report, b.Method, b.Value, b.BaseDate, ltv}
	return nil
}

func custodyChecked(m *motion) error {
	m.p.Custody = &CustodyCheck{m.stamp, m.c.body.(*ReceiptBody).Depth}
	m.p.Alerts = cleared(m.p.Alerts, m.stamp, AlertTamper, AlertMissed)
	return nil
}

func scanned(m *motion) error {
	b := m.c.body.(*ScanBody)
	m.p.Scan = &Scan{m.stamp, b.Result, b.Report, b.WaivedBy, b.ReviewedBy, b.Overlaps}
	return nil
}

func consent(m *motion) error {
	m.p.Consents = with(m.p.Consents, m.stamp)
	return nil
}

func end(m *motion) error {
	b := m.c.body.(*EndBody)
	m.p.Ended = &Ending{Stamp: m.stamp, Code: b.Code, Reason: b.Reason}
	return nil
}

// register takes the next sequence number of the asset: rank comes from
// the ledger's order and from no clock (LAW.md, Time and rank).
func register(m *motion) error {
	m.p.Registered = &m.stamp
	m.p.Seq = m.asset.Seq + 1
	m.asset.InForce = with(m.asset.InForce, InForce{m.p.ID, m.p.Pledgee, m.p.Seq, m.p.Terms.Mode})
	m.asset.dealsOver()
	return m.advance()
}

func release(m *motion) error {
	b := m.c.body.(*ReleaseBody)
	m.p.Ended = &Ending{Stamp: m.stamp, Reason: b.Reason, Proof: b.Proof}
	return m.leave()
}

// leave takes the pledge from the asset's liens.
func (m *motion) leave() error {
	left := slices.DeleteFunc(slices.Clone(m.asset.InForce), func(f InForce) bool { return f.PledgeID == m.p.ID })
	if len(left) == len(m.asset.InForce) {
		return nil
	}
	m.asset.InForce = left
	return m.advance()
}

func demand(m *motion) error {
	b := m.c.body.(*ReleaseBody)
	m.p.ReleaseDemand = &Ending{Stamp: m.stamp, Reason: b.Reason, Proof: b.Proof}
	return nil
}

// advance moves the sequence of the asset and of all kin: whoever looked at
// any of them before must look again.
func (m *motion) advance() error {
	if _, err := m.group(); err != nil {
		return err
	}
	m.asset.Seq++
	for i := range m.kin {
		m.kin[i].Seq++
	}
	for _, a := range append([]Asset{m.asset}, m.kin...) {
		if err := m.putAsset(a); err != nil {
			return err
		}
	}
	return nil
}
