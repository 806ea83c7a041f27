package pledge

import (
	"slices"
	"time"
)

// lien changes the pledge's own line among the asset's liens, and moves the
// sequence: whoever searched before must search again.
func (m *motion) lien(change func(*InForce)) error {
	list := slices.Clone(m.asset.InForce)
	for i := range list {
		if list[i].PledgeID == m.p.ID {
			change(&list[i])
		}
	}
	m.asset.InForce = list
	return m.advance()
}

// changeTerms: agreements over the old terms are void with them, and so is a
// notice of default that they made moot.
func (m *motion) changeTerms(t Terms) error {
	digest, err := t.Digest()
	if err != nil {
		return err
	}
	was := m.p.TermsDigest
	m.p.Terms, m.p.TermsDigest, m.p.Agreements = t, digest, nil
	m.p.Amendments = with(m.p.Amendments, Amendment{m.settled, was})
	return m.lien(func(f *InForce) { f.Mode = t.Mode })
}

func amend(m *motion) error {
	m.p.DefaultNotice = nil
	return m.changeTerms(m.next())
}

func extend(m *motion) error {
	if b := m.c.body.(*ExtendBody); b.Agreement != "" {
		m.p.DefaultNotice = nil
	}
	return m.changeTerms(m.next())
}

func agreeTo(m *motion) error {
	b := m.c.body.(*AgreeBody)
	kept := slices.DeleteFunc(slices.Clone(m.p.Consented), func(c Consented) bool { return c.Act == b.Act && c.Digest == b.Digest })
	m.p.Consented = with(kept, Consented{m.stamp, b.Act, b.Digest})
	return nil
}

// assign: what was agreed and consented before is the old pledgee's. A notice of
// default goes with the claim: the debtor was told, and its grace runs on.
func assign(m *motion) error {
	b := m.c.body.(*AssignBody)
	m.p.Assignments = with(m.p.Assignments, Assignment{m.settled, m.p.Pledgee, b.To, b.Notice})
	m.p.Pledgee, m.p.Agreements, m.p.Consented = b.To, nil, nil
	return m.lien(func(f *InForce) { f.Pledgee = b.To })
}

// subordinate changes two places; the sequence numbers stay as they were.
func subordinate(m *motion) error {
	b := m.c.body.(*SubordinateBody)
	from, to, err := m.places()
	if err != nil {
		return err
	}
	list := slices.Clone(m.asset.InForce)
	list[from], list[to] = list[to], list[from]
	m.asset.InForce = list
	m.p.SubordinatedTo = with(m.p.SubordinatedTo, Subordination{m.settled, b.To, b.Agreement})
	return m.advance()
}

func notice(m *motion) error {
	b := m.c.body.(*DefaultBody)
	days := m.p.Terms.GraceDays
	if days == 0 {
		days = DefaultGrace
	}
	ends := m.tx.Time.Add(time.Duration(days) * 24 * time.Hour)
	m.p.DefaultNotice = &DefaultNotice{m.stamp, b.Reason, b.Notice, ends.Format(stampForm)}
	return nil
}

func declareDefault(m *motion) error {
	m.p.Defaulted = &m.stamp
	return m.advance()
}

func cure(m *motion) error {
	m.p.Cured = with(m.p.Cured, Proven{m.stamp, m.c.body.(*CureBody).Proof})
	m.p.DefaultNotice, m.p.Defaulted = nil, nil
	return m.advance()
}

// enforce moves nothing but the state: what is pledged stays its owner's
// (民法典 428).
func enforce(m *motion) error {
	b := m.c.body.(*EnforceBody)
	m.p.Enforcement = &Enforcement{m.settled, b.Path, b.Title, b.Number}
	return m.advance()
}

func releaseKey(m *motion) error {
	b := m.c.body.(*KeyReleaseBody)
	m.p.KeyRelease = &KeyRelease{m.stamp, b.To, b.Recipient, b.Envelope}
	return nil
}

func realize(m *motion) error {
	b := m.c.body.(*RealizeBody)
	m.p.Realization = &Realization{m.settled, b.Price, b.Date, b.Method, b.BuyerType, b.Report, b.Claim, b.Shortfall, b.Distribution}
	m.p.Ended = &Ending{Stamp: m.stamp, Reason: Realized, Proof: b.Report}
	return m.leave()
}

func lapsePledge(m *motion) error {
	m.p.Ended = &Ending{Stamp: m.stamp, Reason: Lapsed}
	return m.leave()
}

func alert(m *motion) error {
	b := m.c.body.(*AlertBody)
	list := with(m.p.Alerts, Alert{Stamp: m.stamp, Kind: b.Kind, Evidence: b.Evidence, Detail: b.Detail})
	// The oldest that is over gives way: years of missed checks must not keep a
	// tampering from being told. The commands stay on the ledger.
	if i := slices.IndexFunc(list, func(a Alert) bool { return a.Cleared != nil }); len(list) > maxListed && i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	m.p.Alerts = list
	return nil
}

// cleared ends the alerts of some kinds.
func cleared(list []Alert, by Stamp, kinds ...string) []Alert {
	if len(list) == 0 {
		return list
	}
	list = slices.Clone(list)
	for i := range list {
		if list[i].Cleared == nil && slices.Contains(kinds, list[i].Kind) {
			list[i].Cleared = &by
		}
	}
	return list
}
