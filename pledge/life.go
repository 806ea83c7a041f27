package pledge

import "slices"

// event is what happens to a record: mostly an act; the reasons of
// pledge.release and the steps of pledge.perfect and pledge.default are
// different ones each.
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
	evAgree    event = "consent to an act"
	evRegister event = "register"
	evReject   event = "reject"
	evFile     event = "file"
	evVerify   event = "verify"
	evTermOver event = "term over"

	evAmend       event = "amend"
	evExtend      event = "extend"
	evAssign      event = "assign"
	evSubordinate event = "subordinate"
	evNotice      event = "default notice"
	evDefault     event = "default"
	evCure        event = "cure"
	evEnforce     event = "enforce"
	evRealize     event = "realize"
	evRelease     event = "release"
	evDemand      event = "demand"
	evForce       event = "force"
	evLapse       event = "lapse"
	evKey         event = "custody.release"
	evAlert       event = "custody.alert"

	evObject   event = "objection.file"
	evNotify   event = "objection.notify"
	evLodge    event = "objection.lodge"
	evDecide   event = "objection.decide"
	evExpire   event = "objection.expire"
	evFreeze   event = "order.freeze"
	evUnfreeze event = "order.unfreeze"
	evRevoke   event = "order.revoke"
	evCorrect  event = "record.correct"

	evVersion       event = "asset.add_version"
	evTransfer      event = "asset.transfer"
	evLicense       event = "asset.license"
	evAssetAttest   event = "asset.attest"
	evAssetWithdraw event = "asset.withdraw"
	evResolve       event = "asset.resolve_dispute"
)

// none is the state of a pledge that does not exist yet; same as a next
// state leaves it as it is.
const (
	none = ""
	same = ""
)

// transition is a line of the life of a pledge or of an asset. Either who
// signs it alone, or several do: sides lists the quorums of which one must be
// complete, and the signature that completes it takes effect.
type transition struct {
	law    string // its number in the table of transitions of the law of a pledge
	from   []string
	to     string
	who    guard
	sides  sides
	guards []guard
	effect func(*motion) error
}

var (
	inForce    = []string{Active, Defaulted, Enforcing}
	custodians = []string{Pending, Active, Defaulted, Enforcing}
	live       = []string{Proposed, Pending, Active, Defaulted, Enforcing}
	// open are the states of a pledge, and of an asset, that have not ended.
	open     = append(slices.Clone(live), Notarized)
	anyState = append(slices.Clone(open), Withdrawn, Rejected, Released, Realized, Lapsed, Revoked)
)

// life is the whole life of pledges and assets (the document LIFE.md is made
// of it). An event in a state that is not in its line is refused with
// wrong_state, so a terminal state never leaves. who is asked before the
// state, guards after it, in order; the first that objects gives the refusal.
var life = map[event]transition{
	// T1 质押承诺书
	evPropose: {law: "T1", from: []string{none}, to: Proposed, who: theOwner, effect: offer,
		guards: []guard{pledgeeIsBank, assetNotarized, undisputed, notFrozen, noObjection, termRuns, dueLater}},
	// T2
	evWithdraw: {law: "T2", from: []string{Proposed, Pending}, to: Withdrawn, who: eitherSide, effect: end,
		guards: []guard{notFrozen}},
	// T3
	evAccept: {law: "T3", from: []string{Proposed}, to: Pending, who: thePledgee, effect: accept,
		guards: []guard{sameTerms, notFrozen, offerOpen, termRuns}},
	// T4a
	evAttest: {law: "T4a", from: []string{Pending}, to: same, who: neitherSide, effect: attest,
		guards: []guard{notFrozen}},
	// T4b
	evValue: {law: "T4b", from: []string{Pending}, to: same, who: neitherSide, effect: value,
		guards: []guard{notFrozen, valuedRecently, sameCurrency}},
	// T4c; fresh checks while in force: 担保制度解释 art. 55. They are proofs, which
	// a freeze does not stop (T20).
	evCustody: {law: "T4c", from: custodians, to: same, who: theCustodian, effect: custodyChecked,
		guards: []guard{receiptFits}},
	// T4d
	evScan: {law: "T4d", from: []string{Pending}, to: same, who: neitherSide, effect: scanned,
		guards: []guard{notFrozen, overlapsAnswered}},
	// T5, consent of the senior pledgees
	evConsent: {law: "T5", from: []string{Proposed, Pending}, to: same, who: aSenior, effect: consent,
		guards: []guard{sameTerms, notFrozen, consentOnce}},
	// T5
	evRegister: {law: "T5", from: []string{Pending}, to: Active, who: thePledgee, effect: register,
		guards: []guard{sameTerms, assetNotarized, stillOwner, undisputed, notFrozen, noObjection, termRuns,
			checksDone, custodyFresh, certificateOutlasts, sequenceSeen, kinNotFrozen, kinUncontested, roomInRank}},
	// T5r
	evReject: {law: "T5r", from: []string{Pending}, to: Rejected, who: neitherSide, effect: end,
		guards: []guard{notFrozen, codeGiven}},

	// T6 法定登记. What stands in a register outside is a fact that a default does
	// not change, and enforcement needs it most: hence in every state in force.
	evFile: {law: "T6", from: inForce, to: same, who: thePledgee, effect: file,
		guards: []guard{notFrozen, registeredBefore, registrationRuns, debtorNamed, filingNew}},
	evVerify: {law: "T6", from: inForce, to: same, who: registerReader, effect: verify,
		guards: []guard{notFrozen, filingWaits, notOwnFiling, sameRegistration, registrationRuns}},
	evTermOver: {law: "T6", from: inForce, to: same, who: anybody, effect: lapse,
		guards: []guard{notFrozen, termOver}},

	// T7
	evAmend: {law: "T7", from: []string{Active}, to: same, sides: bothSides, effect: amend,
		guards: []guard{notFrozen, noObjection, replacesTerms, amendsDownward, aloneIfExclusive, newCertificate, listRoom}},
	// T8 展期
	evExtend: {law: "T8", from: []string{Active}, to: same, sides: extendSides, effect: extend,
		guards: []guard{notFrozen, noObjection, replacesTerms, windowOpen, laterEnd, newCertificate, listRoom}},
	// T9, T12: what the pledgee allows the owner to do with the asset
	evAgree: {law: "T9, T12", from: inForce, to: same, who: thePledgee, effect: agreeTo,
		guards: []guard{sameTerms, notFrozen, noObjection, listRoom}},
	// T10 民法典 407, 546
	evAssign: {law: "T10", from: []string{Active, Defaulted}, to: same, sides: assignSides, effect: assign,
		guards: []guard{notFrozen, noObjection, replacesTerms, assigneeIsBank, listRoom}},
	// T11
	evSubordinate: {law: "T11", from: []string{Active}, to: same, sides: rankSides, effect: subordinate,
		guards: []guard{notFrozen, noObjection, listRoom}},

	// T14: neither a freeze nor an objection stops it.
	evNotice:  {law: "T14", from: []string{Active}, to: same, who: thePledgee, effect: notice},
	evDefault: {law: "T14", from: []string{Active}, to: Defaulted, who: thePledgee, guards: []guard{graceOver}, effect: declareDefault},
	// T14c
	evCure: {law: "T14c", from: []string{Defaulted}, to: Active, who: thePledgee, effect: cure,
		guards: []guard{notFrozen, listRoom}},
	// T15
	evEnforce: {law: "T15", from: []string{Defaulted}, to: Enforcing, sides: titleSides, effect: enforce,
		guards: []guard{notFrozen, titleFits}},
	evKey: {law: "T15", from: []string{Enforcing}, to: same, who: theCustodian, effect: releaseKey,
		guards: []guard{notFrozen, noObjection, forThePledgee, keyOnce}},
	// T16
	evRealize: {law: "T16", from: []string{Enforcing}, to: Realized, sides: saleSides, effect: realize,
		guards: []guard{notFrozen, noObjection, soldBefore, clauseSells, addsUp}},
	// T17 注销
	evRelease: {law: "T17", from: inForce, to: Released, who: thePledgee, effect: release,
		guards: []guard{notFrozen}},
	// T17, the pledgee is silent: the pledgor demands, with proof of payment
	evDemand: {law: "T17", from: inForce, to: same, who: thePledgor, effect: demand,
		guards: []guard{notFrozen, demandOnce}},
	// T17, five working days later
	evForce: {law: "T17", from: inForce, to: Released, who: notaryOrCentre, effect: release,
		guards: []guard{notFrozen, demandRipe, pledgeeSilent}},
	// T18
	evLapse: {law: "T18", from: []string{Active}, to: Lapsed, who: anybody, effect: lapsePledge,
		guards: []guard{notFrozen, noObjection, expiryPassed}},
	// T21, a proof: a freeze does not stop it.
	evAlert: {law: "T21", from: inForce, to: same, who: alerter, effect: alert,
		guards: []guard{alertTrue}},

	// T13 异议
	evObject: {law: "T13", from: open, to: same, who: anybody, effect: object,
		guards: []guard{groundNew, listRoom}},
	evNotify: {law: "T13", from: open, to: same, who: theObjector, effect: notify,
		guards: []guard{stillOpen, inNoticeTime}},
	evLodge: {law: "T13", from: open, to: same, who: theObjector, effect: lodge,
		guards: []guard{stillOpen, inLodgeTime}},
	evExpire: {law: "T13", from: open, to: same, who: anybody, effect: expire,
		guards: []guard{undecided, stillOpen, clocksOver}},
	// T13b; UPHELD ends the record (T19).
	evDecide: {law: "T13b", from: open, to: same, sides: judges, effect: decide,
		guards: []guard{undecided, strikesUnfrozen}},
	// T19
	evRevoke: {law: "T19", from: open, to: Revoked, sides: revokers, effect: revoke,
		guards: []guard{notFrozen}},
	// T20
	evFreeze: {law: "T20", from: open, to: same, who: neitherSide, effect: freeze,
		guards: []guard{orderNew, listRoom}},
	evUnfreeze: {law: "T20", from: open, to: same, who: theAuthority, effect: unfreeze},
	// T22
	evCorrect: {law: "T22", from: anyState, to: same, who: neitherSide, effect: correct,
		guards: []guard{notFrozen, correctable, listRoom}},

	// T9
	evVersion: {law: "T9", from: []string{Notarized}, to: same, who: theOwner, effect: addVersion,
		guards: []guard{notFrozen, noObjection, liensFree, versionHonest, oldWithinNew, growthAgreed, listRoom}},
	// T12 民法典 444
	evTransfer: {law: "T12", from: []string{Notarized}, to: same, sides: transferSides, effect: transfer,
		guards: []guard{notFrozen, kinNotFrozen, noObjection, liensFree, recipientFits, liensConsent, listRoom}},
	evLicense: {law: "T12", from: []string{Notarized}, to: same, sides: licenceSides, effect: license,
		guards: []guard{notFrozen, kinNotFrozen, noObjection, liensFree, recipientFits, liensConsent, listRoom}},
	// 公证 of an asset, a proof
	evAssetAttest: {law: "asset", from: []string{Notarized}, to: same, who: neitherSide, effect: attestAsset,
		guards: []guard{listRoom}},
	evAssetWithdraw: {law: "asset", from: []string{Notarized}, to: AssetWithdrawn, who: theOwner, effect: withdrawAsset,
		guards: []guard{notFrozen, nothingInForce}},
	// LAW, Asset
	evResolve: {law: "asset", from: []string{Notarized}, to: same, sides: arbiters, effect: resolve,
		guards: []guard{notFrozen, aDispute, loserFree, listRoom}},
}
