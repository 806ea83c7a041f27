package pledge_test

import "github.com/datapledge/datapledge/pledge"

// This file is the table of transitions of the law of a pledge once more, by
// hand and apart from life.go: who signs what, what is possible in which state,
// and which circumstance stops it. TestEveryCell holds the rules to it in every
// combination.
//
// What the law leaves open was decided thus:
//   - T3: that a bank knows its customer is the IP centre's enrolment of both.
//   - T5: the pledgor's signature is that under the proposal, over the same
//     terms; the IP centre endorses by running the ledger. An open objection
//     stops it as it stops T1.
//   - T6, T21: in every state in force, not in ACTIVE alone: enforcement needs
//     the statutory registration most.
//   - T13b is no T13, but a freeze stops it no more than that, with one exception:
//     UPHELD revokes (T19), so only a court upholds against what is frozen. T19 by
//     an order is stopped.
//   - T15 is not stopped by an objection; T16 and the key release are, and a
//     forced release (T17) waits while the pledgee itself objects.
//   - Proofs, which a freeze does not stop: custody receipts (T4c), alerts (T21),
//     a notary's word on an asset, the data-IP certificate of the IP centre.
//     T4a, T4b and T4d are steps to a new pledge and are stopped.
//   - A dispute stops T1 and T5 and nothing else.
//   - T22: the other party is notified by the service, which is no signature.
//   - An owner withdraws an asset that nobody has a pledge on; an objection does
//     not keep it from giving up what it had.

// line is an act: its number in the law, its name here, and who signs it. A bar
// parts what is enough, a space those who must all sign. ANY is everybody.
type line struct{ clause, act, signers string }

const everybody = "pledgor | pledgee | senior | junior | next | bank | custodian | exchange | notary | centre | court | regulator | enterprise | buyer | rival | objector"

// about a pledge and an asset alike; the objector's quarrel is with the sides.
func common(sides string) []line {
	return []line{
		{"T13", "object", everybody}, // any real-name ANY
		{"T13", "notify", "objector"},
		{"T13", "lodge", "objector"},
		{"T13", "over", everybody}, // else CLOCK → EXPIRED
		{"T13b", "uphold", "court | centre objector " + sides},
		{"T13b", "dismiss", "court | centre objector " + sides},
		{"T19", "revoke", "court | centre notary"},
		{"T20", "freeze", "court | regulator"},
		{"T20", "unfreeze", "court"},                       // the court's own order
		{"T20", "unfreeze-regulator", "court | regulator"}, // the regulator's order
		{"T22", "correct", "centre"},
	}
}

var pledgeLaw = append([]line{
	{"T2", "withdraw", "pledgor | pledgee"},
	{"T3", "accept", "pledgee"},
	{"T4a", "attest", "notary"},
	{"T4b", "value", "exchange | custodian"}, // EXCHANGE/appraiser
	{"T4c", "custody", "custodian"},
	{"T4d", "scan", "centre"},
	{"T5c", "consent", "senior"}, // mode ranked ⇒ senior pledgees' consent
	{"T5", "register", "pledgee"},
	{"T5r", "reject", "centre"},
	{"T6", "file", "pledgee"},
	{"T6", "verify", "notary | centre"},
	{"T6", "term-over", everybody},
	{"T7", "amend", "pledgor pledgee"},
	{"T8", "extend", "pledgee"},
	{"T8", "extend-debt", "pledgor pledgee"}, // +PLEDGOR agreement hash
	{"T12c", "consent-transfer", "pledgee"},
	{"T10", "assign", "pledgee next"},
	{"T11", "subordinate", "pledgee junior"},
	{"T14", "notice", "pledgee"},
	{"T14", "declare", "pledgee"},
	{"T14c", "cure", "pledgee"},
	{"T15", "sale-agreed", "pledgor pledgee"},
	{"T15", "sale-clause", "pledgee"}, // the pledgor signed it with the terms
	{"T15", "execution", "pledgee notary"},
	{"T15", "procedure", "pledgee court"},
	{"T15", "litigation", "pledgee court"},
	{"T15", "management", "pledgee court"},
	{"T15k", "key", "custodian"},
	{"T16", "realize", "pledgee exchange | pledgee custodian | pledgee court"},
	{"T17", "release", "pledgee"},
	{"T17", "demand", "pledgor"},
	{"T17", "force", "notary | centre"},
	{"T18", "lapse", everybody}, // CLOCK
	{"T21", "alert-tamper", "custodian"},
	{"T21", "alert-value", "exchange | custodian"},
	{"T21", "alert-missed", everybody},  // CLOCK
	{"T21", "alert-overdue", everybody}, // CLOCK
}, common("pledgor pledgee")...)

var assetLaw = append([]line{
	{"T1", "propose", "pledgor"},
	{"T9", "add-version", "pledgor"},
	{"T12", "transfer", "pledgor buyer | court buyer"},
	{"T12", "license", "pledgor bank"},
	{"proof", "notarize", "notary"},
	{"proof", "certificate", "centre"},
	{"asset", "give-up", "pledgor"},
	{"asset", "keep", "pledgor rival | centre notary | court"}, // until resolved by …
	{"asset", "give-way", "pledgor rival | centre notary | court"},
	{"asset", "both", "pledgor rival | centre notary | court"},
}, common("pledgor")...)

// What is possible in a state, and where it leads when that is elsewhere; of
// quorums that lead to different states, one after the other.
const (
	anyLive = " object notify lodge over uphold>REVOKED dismiss revoke>REVOKED freeze unfreeze unfreeze-regulator correct "
	inForce = " custody file verify term-over consent-transfer release>RELEASED demand force>RELEASED alert-tamper alert-value alert-missed alert-overdue "
	titles  = " sale-agreed>ENFORCING sale-clause>ENFORCING execution>ENFORCING procedure>ENFORCING litigation>ENFORCING management>ENFORCING "
)

var pledgeStates = map[string]string{
	"PROPOSED":  anyLive + "withdraw>WITHDRAWN accept>PENDING consent",
	"PENDING":   anyLive + "withdraw>WITHDRAWN attest value custody scan consent register>ACTIVE reject>REJECTED",
	"ACTIVE":    anyLive + inForce + "amend extend extend-debt assign subordinate notice declare>DEFAULTED lapse>LAPSED",
	"DEFAULTED": anyLive + inForce + titles + "assign cure>ACTIVE",
	"ENFORCING": anyLive + inForce + "key realize>REALIZED",
	// Terminal states never leave (invariant i); a slip of the pen in them is corrected (T22: any).
	"WITHDRAWN": "correct", "REJECTED": "correct", "RELEASED": "correct", "REALIZED": "correct", "LAPSED": "correct", "REVOKED": "correct",
}

var assetStates = map[string]string{
	"NOTARIZED": anyLive + "propose add-version transfer license notarize certificate give-up>WITHDRAWN keep give-way>WITHDRAWN/REVOKED/REVOKED both",
	"WITHDRAWN": "correct", "REVOKED": "correct",
}

// circumstance is what else may be the case, and what it stops with which code:
// clauses or acts, act@party where it depends on who signs last.
type circumstance struct {
	name  string
	set   func(*scene)
	stops map[pledge.Code]string
}

// signersIn are others than the act's line names, by circumstance and act. Who
// bought what is pledged signs where the pledgor does, or it would be sold over
// its head.
var signersIn = map[string]map[string]string{"asset sold": {
	"amend": "pledgor buyer pledgee", "extend-debt": "pledgor buyer pledgee", "sale-agreed": "pledgor buyer pledgee", "demand": "pledgor | buyer"}}

// signers of an act in a circumstance.
func (l line) in(f circumstance) string {
	if others := signersIn[f.name][l.act]; others != "" {
		return others
	}
	return l.signers
}

type stops = map[pledge.Code]string

const (
	// T20: blocks all but T13, T14, T20 and proofs.
	byFreeze = "T1 T2 T3 T4a T4b T4d T5c T5 T5r T6 T7 T8 T9 T10 T11 T12 T12c T14c T15 T15k T16 T17 T18 T19 T22 asset uphold@centre uphold@objector uphold@pledgor uphold@pledgee"
	// T13: blocks T7–T12, T16; does not stop T14. T1: no OPEN objection. T18: what
	// keeps a pledgee from extending must not make its pledge lapse.
	byObjection = "T1 T5 T7 T8 T9 T10 T11 T12 T12c T15k T16 T18"
)

var pledgeCircumstances = []circumstance{
	{"nothing special", func(*scene) {}, nil},
	{"asset frozen", func(s *scene) { s.freeze(&s.a.Frozen, "") }, stops{pledge.Frozen: byFreeze}},
	{"pledge frozen", func(s *scene) { s.freeze(&s.p.Frozen, "") }, stops{pledge.Frozen: byFreeze}},
	{"pledge frozen for a time", func(s *scene) { s.freeze(&s.p.Frozen, s.at(1)) }, stops{pledge.Frozen: byFreeze}},
	{"freeze is over", func(s *scene) { s.freeze(&s.p.Frozen, s.at(0)); s.freeze(&s.a.Frozen, s.at(0)) }, nil},
	{"asset objected to", func(s *scene) { s.objectAsset("OPEN") }, stops{pledge.ObjectionOpen: byObjection}},
	{"asset in court", func(s *scene) { s.objectAsset("IN_COURT") }, stops{pledge.ObjectionOpen: byObjection}},
	{"objection to the asset dismissed", func(s *scene) { s.objectAsset("DISMISSED") }, nil},
	{"pledge objected to", func(s *scene) { s.objectPledge("OPEN", s.cast["enterprise"]) }, stops{pledge.ObjectionOpen: byObjection}},
	{"pledge in court", func(s *scene) { s.objectPledge("IN_COURT", s.cast["enterprise"]) }, stops{pledge.ObjectionOpen: byObjection}},
	{"objection to the pledge dismissed", func(s *scene) { s.objectPledge("DISMISSED", s.cast["enterprise"]) }, nil},
	{"objection to the pledge expired", func(s *scene) { s.objectPledge("EXPIRED", s.cast["pledgee"]) }, nil},
	// T17: a pledgee that objects is not silent.
	{"pledgee objects", func(s *scene) { s.objectPledge("OPEN", s.cast["pledgee"]) }, stops{pledge.ObjectionOpen: byObjection + " force"}},
	{"pledgee in court", func(s *scene) { s.objectPledge("IN_COURT", s.cast["pledgee"]) }, stops{pledge.ObjectionOpen: byObjection + " force"}},
	{"asset disputed", func(s *scene) { s.dispute() }, stops{pledge.Disputed: "T1 T5"}},
	// T5, T20: kin count as one asset.
	{"kin frozen", func(s *scene) { s.kin(); s.freeze(&s.rival.Frozen, "") }, stops{pledge.Frozen: "T5"}},
	{"kin objected to", func(s *scene) { s.kin(); s.rival.Objection = "OPEN" }, stops{pledge.ObjectionOpen: "T5"}},
	{"asset withdrawn", func(s *scene) { s.a.Status = "WITHDRAWN" }, stops{pledge.WrongState: "T5"}},
	{"asset sold", func(s *scene) { s.a.Owner = s.cast["buyer"].uscc }, stops{pledge.NotOwner: "T5"}},
	{"tamper alert", func(s *scene) {
		s.p.Alerts = []pledge.Alert{{Stamp: s.stamp("custodian", -1), Kind: "TAMPER", Evidence: doc("t")}}
	},
		stops{pledge.Duplicate: "alert-tamper"}},
	{"not registered by statute", func(s *scene) { s.perfected("NONE") }, stops{pledge.WrongState: "verify term-over"}},
	{"filed, not verified", func(s *scene) { s.perfected("FILED") }, stops{pledge.WrongState: "term-over", pledge.Duplicate: "file"}},
	{"verified", func(s *scene) { s.perfected("VERIFIED") }, stops{pledge.WrongState: "verify term-over", pledge.Duplicate: "file"}},
	{"statutory term over", func(s *scene) { s.perfected("LAPSED") }, stops{pledge.WrongState: "verify term-over"}},
	{"a moment too early", func(s *scene) { s.clock = early }, stops{
		pledge.NotDue:     "declare extend extend-debt lapse over alert-missed alert-overdue", // T14, T8, T18, T13, T21
		pledge.WrongState: "force term-over",                                                  // T17: demand → 5 wd; T6
		pledge.Malformed:  "realize file value"}},                                             // what is in the future did not happen
	{"a moment too late", func(s *scene) { s.clock = late }, stops{
		pledge.Expired:        "accept extend extend-debt notify lodge file verify value freeze", // T1 ≤30 d; T8 before expiry; T13 7 d, 30 d; T6; T4b ≤ 90 d; T20
		pledge.CustodyMissing: "register"}},                                                      // T4c ≤24 h
	{"signatures of last month", func(s *scene) { s.signed = -31 * 24 * 3600 }, stops{pledge.Expired: "others"}},
}

var assetCircumstances = []circumstance{
	{"nothing special", func(*scene) {}, nil},
	{"asset frozen", func(s *scene) { s.freeze(&s.a.Frozen, "") }, stops{pledge.Frozen: byFreeze}},
	{"asset frozen for a time", func(s *scene) { s.freeze(&s.a.Frozen, s.at(1)) }, stops{pledge.Frozen: byFreeze}},
	{"freeze is over", func(s *scene) { s.freeze(&s.a.Frozen, s.at(0)) }, nil},
	{"asset objected to", func(s *scene) { s.objectAsset("OPEN") }, stops{pledge.ObjectionOpen: byObjection}},
	{"asset in court", func(s *scene) { s.objectAsset("IN_COURT") }, stops{pledge.ObjectionOpen: byObjection}},
	{"objection dismissed", func(s *scene) { s.objectAsset("DISMISSED") }, nil},
	{"asset disputed", func(s *scene) { s.dispute() }, stops{pledge.Disputed: "T1"}},
	// 444 ¶2: else the ledger rejects; what is pledged is not given up.
	{"pledged, nobody asked", func(s *scene) { s.pledged(false) }, stops{pledge.ConsentMissing: "T9 T12",
		pledge.AlreadyPledged: "give-up give-way@pledgor give-way@rival give-way@centre give-way@notary"}},
	{"pledged, the pledgee consents", func(s *scene) { s.pledged(true) }, stops{
		pledge.AlreadyPledged: "give-up give-way@pledgor give-way@rival give-way@centre give-way@notary"}},
	// T13 and T20 stop T9 and T12, which are acts during a pledge, and are about the pledge.
	{"the pledge on it is objected to", func(s *scene) { s.pledged(true); s.objectPledge("OPEN", s.cast["enterprise"]) }, stops{pledge.ObjectionOpen: "T9 T12",
		pledge.AlreadyPledged: "give-up give-way@pledgor give-way@rival give-way@centre give-way@notary"}},
	{"the pledge on it is frozen", func(s *scene) { s.pledged(true); s.freeze(&s.p.Frozen, "") }, stops{pledge.Frozen: "T9 T12",
		pledge.AlreadyPledged: "give-up give-way@pledgor give-way@rival give-way@centre give-way@notary"}},
	{"a moment too late", func(s *scene) { s.pledged(true); s.clock = late }, stops{
		pledge.Expired: "T1 notify lodge freeze", pledge.CustodyMissing: "add-version", pledge.ConsentMissing: "T12",
		pledge.AlreadyPledged: "give-up give-way@pledgor give-way@rival give-way@centre give-way@notary"}},
	{"a moment too early", func(s *scene) { s.clock = early }, stops{pledge.NotDue: "over"}},
	{"signatures of last month", func(s *scene) { s.signed = -31 * 24 * 3600 }, stops{pledge.Expired: "others"}},
}
