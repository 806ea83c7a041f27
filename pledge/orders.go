package pledge

import "slices"

func (m *motion) orders() []Order {
	if m.ofAsset() {
		return m.asset.Frozen
	}
	return m.p.Frozen
}

func (m *motion) setOrders(list []Order) {
	if len(list) == 0 {
		list = nil
	}
	if m.ofAsset() {
		m.asset.Frozen = list
		return
	}
	m.p.Frozen = list
}

// standing are the orders that have not ended.
func (m *motion) standing() []Order {
	return slices.DeleteFunc(slices.Clone(m.orders()), func(o Order) bool { return o.Until != "" && !day(o.Until).After(m.tx.Time) })
}

// T20: several authorities may each have ordered; the same order counts once.
func orderNewHolds(m *motion) error {
	b := m.c.body.(*FreezeBody)
	for _, o := range m.orders() {
		if o.By == m.by.ID && o.FileNo == b.FileNo {
			return Errorf(Duplicate, "%s froze %s by order %s at %s", o.By, m.id(), o.FileNo, o.At)
		}
	}
	if b.Until != "" && !day(b.Until).After(m.tx.Time) {
		return Errorf(Expired, "the order %s ended at %s", b.FileNo, b.Until)
	}
	return nil
}

// theAuthority: who ordered lifts; a court also lifts the regulator's orders.
func theAuthorityHolds(m *motion) error {
	o, err := m.ordered()
	if err != nil || o.By == m.by.ID {
		return err
	}
	by, ok, err := m.party(o.By)
	if err != nil {
		return err
	}
	if ok && !by.Has(RoleCourt) && m.by.Has(RoleCourt) {
		return nil
	}
	return Errorf(WrongRole, "order %s against %s is of %s; that authority lifts it", o.FileNo, m.id(), o.By)
}

// ordered finds the order to lift: the signer's own before another's.
func (m *motion) ordered() (Order, error) {
	no := m.c.body.(*UnfreezeBody).FileNo
	found := slices.IndexFunc(m.orders(), func(o Order) bool { return o.FileNo == no && o.By == m.by.ID })
	if found < 0 {
		found = slices.IndexFunc(m.orders(), func(o Order) bool { return o.FileNo == no })
	}
	if found < 0 {
		return Order{}, Errorf(NotFound, "no order %s freezes %s", clip(no), m.id())
	}
	return m.orders()[found], nil
}

// freeze also makes earlier searches void: what they showed is not so any more.
func freeze(m *motion) error {
	b := m.c.body.(*FreezeBody)
	m.setOrders(with(m.standing(), Order{m.stamp, b.Court, b.Registry, b.FileNo, b.OrderDate, b.Effect, b.Until, b.Document}))
	return m.advance()
}

func unfreeze(m *motion) error {
	lifted, err := m.ordered()
	if err != nil {
		return err
	}
	m.setOrders(slices.DeleteFunc(slices.Clone(m.orders()), func(o Order) bool { return o.Command == lifted.Command }))
	return m.advance()
}

// field is a text that T22 may correct: never a sequence, a party or a digest.
// It copies what it points into, because decoded records are shared.
func (m *motion) field(name string) *string {
	if m.ofAsset() {
		return m.asset.field(name)
	}
	return m.p.field(name)
}

func (a *Asset) field(name string) *string {
	switch name {
	case "name":
		return &a.Name
	case "scenario":
		return &a.Scenario
	}
	if a.Certificate == nil {
		return nil
	}
	c := *a.Certificate
	a.Certificate = &c
	switch name {
	case "registration_certificate.registrar":
		return &c.Registrar
	case "registration_certificate.number":
		return &c.Number
	}
	return nil
}

func (p *Pledge) field(name string) *string {
	switch {
	case name == "attestation.number" && p.Attestation != nil:
		a := *p.Attestation
		p.Attestation = &a
		return &a.Number
	case name == "valuation.method" && p.Valuation != nil:
		v := *p.Valuation
		p.Valuation = &v
		return &v.Method
	}
	return nil
}

func correctableHolds(m *motion) error {
	b := m.c.body.(*CorrectBody)
	at := m.field(b.Field)
	if at == nil {
		return Errorf(Malformed, "%s has no text %q that may be corrected", m.id(), clip(b.Field))
	}
	if *at != b.From {
		return Errorf(TermsMismatch, "%s of %s is %q, not %q", b.Field, m.id(), clip(*at), clip(b.From))
	}
	return nil
}

func correct(m *motion) error {
	b := m.c.body.(*CorrectBody)
	*m.field(b.Field) = b.To
	c := Correction{m.stamp, b.Field, tagged([]byte(b.From)), tagged([]byte(b.To)), b.Reason}
	if m.ofAsset() {
		m.asset.Corrections = with(m.asset.Corrections, c)
	} else {
		m.p.Corrections = with(m.p.Corrections, c)
	}
	return nil
}
