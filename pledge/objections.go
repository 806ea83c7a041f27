package pledge

import "slices"

// objections are those of the record at hand.
func (m *motion) objections() []Objection {
	if m.ofAsset() {
		return m.asset.Objections
	}
	return m.p.Objections
}

// setObjections keeps the list, and in one word what it means: one that is
// open or in court blocks, else the newest says how it ended.
func (m *motion) setObjections(list []Objection) {
	word := list[len(list)-1].State
	for _, s := range []string{InCourt, ObjectionOpenState} {
		if slices.ContainsFunc(list, func(o Objection) bool { return o.State == s }) {
			word = s
		}
	}
	if m.ofAsset() {
		m.asset.Objections, m.asset.Objection = list, word
		return
	}
	m.p.Objections, m.p.Objection = list, word
}

func (m *motion) objection(id string) (Objection, error) {
	for _, o := range m.objections() {
		if o.ID == id {
			return o, nil
		}
	}
	return Objection{}, Errorf(NotFound, "%s has no objection %s", m.id(), id)
}

// changeObjection replaces one of them.
func (m *motion) changeObjection(id string, change func(*Objection)) {
	list := slices.Clone(m.objections())
	for i := range list {
		if list[i].ID == id {
			change(&list[i])
		}
	}
	m.setObjections(list)
}

// objectionID is which objection a command is about.
func (m *motion) objectionID() string {
	switch b := m.c.body.(type) {
	case *NotifyBody:
		return b.ObjectionID
	case *LodgeBody:
		return b.ObjectionID
	case *DecideBody:
		return b.ObjectionID
	case *ExpireBody:
		return b.ObjectionID
	}
	return ""
}

func theObjectorHolds(m *motion) error {
	o, err := m.objection(m.objectionID())
	if err == nil && o.By != m.by.ID {
		return Errorf(WrongRole, "%s is the objection of %s", o.ID, o.By)
	}
	return err
}

// T13: who had its say does not get a second one by asking again.
func groundNewHolds(m *motion) error {
	ground := m.c.body.(*ObjectBody).Ground
	for _, o := range m.objections() {
		if o.By == m.by.ID && o.Ground == ground {
			return Errorf(Duplicate, "%s objected to %s on the ground %s at %s (%s, %s)", o.By, m.id(), ground, o.At, o.ID, o.State)
		}
	}
	return nil
}

func stillOpenHolds(m *motion) error {
	o, err := m.objection(m.objectionID())
	if err == nil && o.State != ObjectionOpenState {
		return Errorf(WrongState, "%s is %s", o.ID, o.State)
	}
	return err
}

func undecidedHolds(m *motion) error {
	o, err := m.objection(m.objectionID())
	if err == nil && o.State != ObjectionOpenState && o.State != InCourt {
		return Errorf(WrongState, "%s is %s already", o.ID, o.State)
	}
	return err
}

func inNoticeTimeHolds(m *motion) error {
	o, err := m.objection(m.objectionID())
	switch {
	case err != nil:
		return err
	case o.Notified != nil:
		return Errorf(Duplicate, "the other side was notified of %s at %s", o.ID, o.Notified.At)
	case m.now > o.NotifyBy:
		return Errorf(Expired, "the other side had to be notified of %s by %s", o.ID, o.NotifyBy)
	}
	return nil
}

func inLodgeTimeHolds(m *motion) error {
	o, err := m.objection(m.objectionID())
	switch {
	case err != nil:
		return err
	case o.Notified == nil:
		return Errorf(CheckMissing, "the other side was not notified of %s; sign objection.notify first", o.ID)
	case m.now > o.LodgeBy:
		return Errorf(Expired, "%s had to be lodged with a court by %s", o.ID, o.LodgeBy)
	}
	return nil
}

// T13: an objection whose clocks ran out is over when somebody says so.
func clocksOverHolds(m *motion) error {
	o, err := m.objection(m.objectionID())
	if err != nil {
		return err
	}
	due := o.LodgeBy
	if o.Notified == nil {
		due = min(o.NotifyBy, o.LodgeBy)
	}
	if m.now <= due {
		return Errorf(NotDue, "%s runs until %s", o.ID, due)
	}
	return nil
}

func object(m *motion) error {
	b := m.c.body.(*ObjectBody)
	o := Objection{Stamp: m.stamp, ID: m.c.RecordID("ob_"), Ground: b.Ground, Evidence: b.Evidence, Detail: b.Detail, State: ObjectionOpenState,
		NotifyBy: m.tx.Time.Add(notifyWithin).Format(stampForm), LodgeBy: m.tx.Time.Add(lodgeWithin).Format(stampForm)}
	m.setObjections(with(m.objections(), o))
	return nil
}

func notify(m *motion) error {
	b := m.c.body.(*NotifyBody)
	m.changeObjection(b.ObjectionID, func(o *Objection) { o.Notified = &Proven{m.stamp, b.Notice} })
	return nil
}

func lodge(m *motion) error {
	b := m.c.body.(*LodgeBody)
	m.changeObjection(b.ObjectionID, func(o *Objection) {
		o.State, o.Lodged = InCourt, &Lodged{Proven{m.stamp, b.Proof}, b.Court, b.CaseNumber}
	})
	return nil
}

func expire(m *motion) error {
	m.changeObjection(m.objectionID(), func(o *Objection) { o.State, o.Expired = ObjectionExpired, &m.stamp })
	return nil
}

// T13b with T19, T20: else a freeze is got round by an objection that all agree to.
func strikesUnfrozenHolds(m *motion) error {
	if m.c.body.(*DecideBody).Ruling != Upheld || m.by.Has(RoleCourt) && !m.side(m.by.ID) {
		return nil
	}
	return notFrozenHolds(m)
}

// decide: an objection that is upheld ends what it was raised against (T19).
func decide(m *motion) error {
	b := m.c.body.(*DecideBody)
	m.changeObjection(b.ObjectionID, func(o *Objection) {
		o.State, o.Decided = b.Ruling, &Decision{m.settled, b.Number, b.Document}
	})
	if b.Ruling != Upheld {
		return nil
	}
	return m.strike(Ending{Stamp: m.stamp, Reason: "objection " + b.ObjectionID, Proof: b.Document})
}

func revoke(m *motion) error {
	b := m.c.body.(*RevokeBody)
	return m.strike(Ending{Stamp: m.stamp, Reason: b.Reason, Proof: b.Document})
}

// strike revokes the record: a pledge loses its rank, an asset its disputes.
func (m *motion) strike(e Ending) error {
	m.move(Revoked)
	if m.ofAsset() {
		m.asset.Ended = &e
		return m.endDisputes()
	}
	m.p.Ended = &e
	return m.leave()
}
