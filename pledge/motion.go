package pledge

import (
	"slices"
	"strings"
)

// eventOf finds the event that a command means.
func eventOf(body any, a Act) event {
	switch b := body.(type) {
	case *ReceiptBody:
		return evCustody
	case *AgreeBody:
		if b.Act != "" {
			return evAgree
		}
	case *ReleaseBody:
		switch b.Reason {
		case Demand:
			return evDemand
		case Forced:
			return evForce
		}
	case *PerfectBody:
		return map[string]event{StepFile: evFile, StepVerify: evVerify, StepLapse: evTermOver}[b.Step]
	case *DefaultBody:
		return map[string]event{StepNotice: evNotice, StepDeclare: evDefault}[b.Step]
	}
	if subject, name, _ := cutAct(a); subject == "pledge" {
		return event(name)
	}
	return event(a)
}

// motion is a record in motion: one command about one pledge and its asset,
// or about an asset alone; then p has no ID.
type motion struct {
	*change
	p     Pledge
	asset Asset
	// kin of the asset, loaded by whoever needs them.
	kin []Asset
	// other is the second asset of a dispute.
	other *Asset
	// settled is who signed an act of several, once all have.
	settled Settled
}

func (m *motion) ofAsset() bool { return m.p.ID == "" }

func (m *motion) id() string {
	if m.ofAsset() {
		return m.asset.ID
	}
	return m.p.ID
}

func (m *motion) state() string {
	if m.ofAsset() {
		return m.asset.Status
	}
	return m.p.State
}

// side: a party that gives or takes something here is no witness of it; nor is
// who bought what is pledged.
func (m *motion) side(party string) bool {
	if m.ofAsset() {
		return party == m.asset.Owner || m.other != nil && party == m.other.Owner
	}
	return party == m.p.Pledgor || party == m.p.Pledgee || party == m.asset.Owner
}

// step applies an act to a record.
func (ch *change) step() (Outcome, error) {
	t, ok := life[eventOf(ch.c.body, ch.c.Payload.Act)]
	if !ok {
		return Outcome{}, Errorf(WrongState, "%s is not part of the life of a pledge", ch.c.Payload.Act)
	}
	m, err := ch.subject()
	if err != nil {
		return Outcome{}, err
	}
	if err := m.allowed(t); err != nil {
		return Outcome{}, err
	}
	if err := m.take(t); err != nil {
		return Outcome{}, err
	}
	return Outcome{RecordID: m.id()}, m.save()
}

// take lets a transition take effect, or keeps a signature until the others are there.
func (m *motion) take(t transition) error {
	if t.sides.of != nil {
		if all, err := m.agree(t); err != nil || !all {
			return err
		}
	}
	if err := t.effect(m); err != nil || t.to == same {
		return err
	}
	m.move(t.to)
	return nil
}

// move changes the state. What waited for signatures in the old one is void.
func (m *motion) move(to string) {
	if m.ofAsset() {
		m.asset.Status, m.asset.Agreements = to, nil
		return
	}
	m.p.State, m.p.Agreements = to, nil
}

func (m *motion) save() error {
	if m.ofAsset() {
		return m.putAsset(m.asset)
	}
	return m.putPledge(m.p)
}

func (ch *change) putPledge(p Pledge) error {
	p.V, p.UpdatedAt = p.version(), ch.now
	return put(ch.batch, KeyPledge(p.ID), p)
}

func (m *motion) allowed(t transition) error {
	if err := m.mayTake(t); err != nil {
		return err
	}
	if !slices.Contains(t.from, m.state()) {
		return Errorf(WrongState, "%s is %s; %s is possible in %v", m.id(), m.state(), m.c.Payload.Act, t.from)
	}
	for _, id := range []struct{ id, updated string }{{m.p.ID, m.p.UpdatedAt}, {m.asset.ID, m.asset.UpdatedAt}} {
		if err := m.forward(id.id, id.updated); err != nil {
			return err
		}
	}
	for _, g := range t.guards {
		if err := g.holds(m); err != nil {
			return err
		}
	}
	return nil
}

func (m *motion) mayTake(t transition) error {
	if t.sides.of == nil {
		return t.who.holds(m)
	}
	return m.hasSeat(t)
}

// subject loads what the command is about. A proposal brings its own pledge.
func (ch *change) subject() (*motion, error) {
	switch b := ch.c.body.(type) {
	case *ProposeBody:
		m := &motion{change: ch, p: Pledge{V: Version, ID: ch.c.RecordID("pl_"), AssetID: b.AssetID, Pledgee: b.Pledgee}}
		return m, m.loadAsset(NotFound)
	case assetBody:
		return ch.ofAsset(b.about())
	case recordBody:
		if id := b.record(); strings.HasPrefix(id, "as_") {
			return ch.ofAsset(id)
		}
		return ch.ofPledge(b.record())
	}
	return ch.ofPledge(ch.c.body.(pledgeBody).pledge())
}

func (ch *change) ofAsset(id string) (*motion, error) {
	m := &motion{change: ch, p: Pledge{AssetID: id}}
	return m, m.loadAsset(NotFound)
}

func (ch *change) ofPledge(id string) (*motion, error) {
	if id == "" {
		return nil, Errorf(Malformed, "a receipt that is a command of its own names its pledge_id")
	}
	p, ok, err := ch.pledge(id)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, Errorf(NotFound, "there is no pledge %s", id)
	}
	m := &motion{change: ch, p: p}
	return m, m.loadAsset("")
}

// loadAsset: that a command names no asset is its fault, that a pledge does is ours.
func (m *motion) loadAsset(missing Code) (err error) {
	if missing == "" {
		m.asset, err = m.knownAsset(m.p.AssetID)
		return err
	}
	a, ok, err := m.batch.asset(m.p.AssetID)
	if err == nil && !ok {
		return Errorf(missing, "there is no asset %s", m.p.AssetID)
	}
	m.asset = a
	return err
}
