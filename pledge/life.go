package pledge

import "slices"

// event is what happens to a pledge: mostly an act; the reasons of
// pledge.release and the steps of pledge.perfect are three different ones each.
type event string

const (
	evPropose  event = "propose"
	evWithdraw event = "withdraw"
	evAccept   event = "accept"
	evAttest   event = "attest"
	evValue    event = "value"
	evCustody  event = "custody"
	evScan     event = "scan"
	evConsent  event = "consent"
	evRegister event = "register"
	evReject   event = "reject"
	evRelease  event = "release"
	evDemand   event = "demand"
	evForce    event = "force"
	evFile     event = "file"
	evVerify   event = "verify"
	evTermOver event = "term over"
)

// none is the state of a pledge that does not exist yet; same as a next
// state leaves it as it is.
const (
	none = ""
	same = ""
)

// transition is a line of the life of a pledge.
type transition struct {
	from   []string
	to     string
	who    guard
	guards []guard
	effect func(*motion) error
}

type guard func(*motion) error

var (
	inForce    = []string{Active, Defaulted, Enforcing}
	custodians = []string{Pending, Active, Defaulted, Enforcing}
)

// life is the whole life of a pledge (LAW.md, Transitions). An event in a
// state that is not in its line is refused with wrong_state, so a terminal
// state never leaves. who is asked before the state, guards after it, in
// order; the first that objects gives the refusal.
var life = map[event]transition{
	// T1 质押承诺书
	evPropose: {from: []string{none}, to: Proposed, who: theOwner, effect: offer,
		guards: []guard{pledgeeIsBank, assetNotarized, undisputed, notFrozen, noObjection, termRuns, dueLater}},
	// T2
	evWithdraw: {from: []string{Proposed, Pending}, to: Withdrawn, who: eitherSide, effect: end,
		guards: []guard{notFrozen}},
	// T3
	evAccept: {from: []string{Proposed}, to: Pending, who: thePledgee, effect: accept,
		guards: []guard{sameTerms, notFrozen, offerOpen, termRuns}},
	// T4a
	evAttest: {from: []string{Pending}, to: same, who: neitherSide, effect: attest,
		guards: []guard{notFrozen}},
	// T4b
	evValue: {from: []string{Pending}, to: same, who: neitherSide, effect: value,
		guards: []guard{notFrozen, valuedRecently, sameCurrency}},
	// T4c; fresh checks while in force: 担保制度解释 art. 55. They are proofs, which
	// a freeze does not stop (T20).
	evCustody: {from: custodians, to: same, who: theCustodian, effect: custodyChecked,
		guards: []guard{receiptFits}},
	// T4d
	evScan: {from: []string{Pending}, to: same, who: neitherSide, effect: scanned,
		guards: []guard{notFrozen, overlapsAnswered}},
	// T5, consent of the senior pledgees
	evConsent: {from: []string{Proposed, Pending}, to: same, who: aSenior, effect: consent,
		guards: []guard{sameTerms, notFrozen, consentOnce}},
	// T5
	evRegister: {from: []string{Pending}, to: Active, who: thePledgee, effect: register,
		guards: []guard{sameTerms, assetNotarized, undisputed, notFrozen, noObjection, termRuns,
			checksDone, custodyFresh, certificateOutlasts, sequenceSeen, kinNotFrozen, roomInRank}},
	// T5r
	evReject: {from: []string{Pending}, to: Rejected, who: neitherSide, effect: end,
		guards: []guard{notFrozen, codeGiven}},
	// T17 注销
	evRelease: {from: inForce, to: Released, who: thePledgee, effect: release,
		guards: []guard{notFrozen}},
	// T17, the pledgee is silent: the pledgor demands, with proof of payment
	evDemand: {from: inForce, to: same, who: thePledgor, effect: demand,
		guards: []guard{notFrozen, demandOnce}},
	// T17, five working days later
	evForce: {from: inForce, to: Released, who: notaryOrCentre, effect: release,
		guards: []guard{notFrozen, demandRipe}},
	// T6 法定登记. What stands in a register outside is a fact that a default does
	// not change, and enforcement needs it most: hence in every state in force.
	evFile: {from: inForce, to: same, who: thePledgee, effect: file,
		guards: []guard{notFrozen, registeredBefore, registrationRuns, debtorNamed, filingNew}},
	evVerify: {from: inForce, to: same, who: registerReader, effect: verify,
		guards: []guard{notFrozen, filingWaits, notOwnFiling, sameRegistration, registrationRuns}},
	evTermOver: {from: inForce, to: same, who: anybody, effect: lapse,
		guards: []guard{notFrozen, termOver}},
}

// eventOf finds the event that a command means.
func eventOf(body any, a Act) event {
	switch b := body.(type) {
	case *ReceiptBody:
		return evCustody
	case *ReleaseBody:
		switch b.Reason {
		case Demand:
			return evDemand
		case Forced:
			return evForce
		}
	case *PerfectBody:
		return map[string]event{StepFile: evFile, StepVerify: evVerify, StepLapse: evTermOver}[b.Step]
	}
	_, name, _ := cutAct(a)
	return event(name)
}

// motion is a pledge in motion: one command about one pledge and its asset.
type motion struct {
	*change
	p     Pledge
	asset Asset
	// kin of the asset, loaded by whoever needs them.
	kin []Asset
}

// step applies an act to a pledge.
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
	if err := t.effect(m); err != nil {
		return Outcome{}, err
	}
	if t.to != same {
		m.p.State = t.to
	}
	m.p.V, m.p.UpdatedAt = m.p.version(), ch.now
	return Outcome{RecordID: m.p.ID}, put(ch.batch, KeyPledge(m.p.ID), m.p)
}

func (m *motion) allowed(t transition) error {
	if err := t.who(m); err != nil {
		return err
	}
	if !slices.Contains(t.from, m.p.State) {
		return Errorf(WrongState, "%s is %s; %s is possible in %v", m.p.ID, m.p.State, m.c.Payload.Act, t.from)
	}
	for _, id := range []struct{ id, updated string }{{m.p.ID, m.p.UpdatedAt}, {m.asset.ID, m.asset.UpdatedAt}} {
		if err := m.forward(id.id, id.updated); err != nil {
			return err
		}
	}
	for _, g := range t.guards {
		if err := g(m); err != nil {
			return err
		}
	}
	return nil
}

// subject loads what the command is about. A proposal brings its own pledge.
func (ch *change) subject() (*motion, error) {
	if b, ok := ch.c.body.(*ProposeBody); ok {
		m := &motion{change: ch, p: Pledge{V: Version, ID: ch.c.RecordID("pl_"), AssetID: b.AssetID, Pledgee: b.Pledgee}}
		return m, m.loadAsset(NotFound)
	}
	id := ch.c.body.(pledgeBody).pledge()
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

// loadAsset: that a proposal names no asset is its fault, that a pledge does is ours.
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

// pledgeBody is a body that is about an existing pledge.
type pledgeBody interface{ pledge() string }

func (b *ReceiptBody) pledge() string  { return b.PledgeID }
func (b *AgreeBody) pledge() string    { return b.PledgeID }
func (b *RegisterBody) pledge() string { return b.PledgeID }
func (b *EndBody) pledge() string      { return b.PledgeID }
func (b *AttestBody) pledge() string   { return b.PledgeID }
func (b *ValueBody) pledge() string    { return b.PledgeID }
func (b *ScanBody) pledge() string     { return b.PledgeID }
func (b *ReleaseBody) pledge() string  { return b.PledgeID }
func (b *PerfectBody) pledge() string  { return b.PledgeID }
