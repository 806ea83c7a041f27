package pledge

// guard is a condition of a transition: what it is called, why it is there,
// and the codes that it refuses with. holds is asked when a command comes.
type guard struct {
	name   string
	clause string
	codes  []Code
	holds  func(*motion) error
}

// Who may sign: roles were asked by the table of acts, these ask for the place
// in the record at hand. T and a number is a line of the table of transitions.
var (
	anybody        = guard{"anybody", "CLOCK: the guards decide", nil, anybodyHolds}
	theOwner       = guard{"owner", "T1", []Code{NotOwner}, theOwnerHolds}
	thePledgor     = guard{"pledgor, or owner after a transfer", "T17", []Code{WrongRole}, thePledgorHolds}
	thePledgee     = guard{"pledgee", "T3, T14", []Code{WrongRole}, thePledgeeHolds}
	eitherSide     = guard{"pledgor or pledgee", "T2", []Code{WrongRole}, eitherSideHolds}
	neitherSide    = guard{"somebody independent", "T4, invariant iv", []Code{WrongRole}, neitherSideHolds}
	theCustodian   = guard{"custodian", "T4c; 担保制度解释 art. 55", []Code{WrongRole}, theCustodianHolds}
	aSenior        = guard{"pledgee of a senior pledge", "T5; 民法典 409, 414", []Code{WrongRole}, aSeniorHolds}
	notaryOrCentre = guard{"notary or IP centre", "T17", []Code{WrongRole}, notaryOrCentreHolds}
	registerReader = guard{"notary or IP centre", "T6", []Code{WrongRole}, registerReaderHolds}
	theObjector    = guard{"objector", "T13", []Code{NotFound, WrongRole}, theObjectorHolds}
	theAuthority   = guard{"the authority that ordered", "T20", []Code{NotFound, WrongRole}, theAuthorityHolds}
	alerter        = guard{"custodian, exchange or, by the clock, anybody", "T21", []Code{WrongRole}, alerterHolds}
)

// Proposal to registration.
var (
	pledgeeIsBank       = guard{"the pledgee is another party and a bank", "T1, T3 KYC", []Code{WrongRole, UnknownParty}, pledgeeIsBankHolds}
	assetNotarized      = guard{"the asset is notarized", "T1, T5", []Code{WrongState}, assetNotarizedHolds}
	undisputed          = guard{"the asset is not disputed", "LAW Asset", []Code{Disputed}, undisputedHolds}
	notFrozen           = guard{"no order freezes it", "T20; 民事诉讼法 (查封、扣押、冻结)", []Code{Frozen}, notFrozenHolds}
	kinNotFrozen        = guard{"no order freezes what counts as one with it", "T5, T12, T20", []Code{Frozen}, kinNotFrozenHolds}
	kinUncontested      = guard{"no objection is open against what counts as one with it", "T5, T13", []Code{ObjectionOpen}, kinUncontestedHolds}
	noObjection         = guard{"no objection is open", "T13", []Code{ObjectionOpen}, noObjectionHolds}
	termRuns            = guard{"the term runs", "T18", []Code{Expired}, termRunsHolds}
	dueLater            = guard{"the debt is due later", "T1", []Code{Expired}, dueLaterHolds}
	sameTerms           = guard{"the terms signed are the terms recorded", "T3, T5, invariant iv", []Code{TermsMismatch}, sameTermsHolds}
	offerOpen           = guard{"the offer stands for 30 days", "T1", []Code{Expired}, offerOpenHolds}
	valuedRecently      = guard{"the base date is at most 90 days back", "T4b", []Code{Expired, Malformed}, valuedRecentlyHolds}
	sameCurrency        = guard{"one currency", "T4b", []Code{TermsMismatch}, sameCurrencyHolds}
	receiptFits         = guard{"the receipt is for this content", "T4c", []Code{CustodyMissing}, receiptFitsHolds}
	overlapsAnswered    = guard{"somebody answers for like content", "T4d", []Code{OverlapFound, Malformed, NotFound}, overlapsAnsweredHolds}
	consentOnce         = guard{"not consented before", "T5", []Code{Duplicate}, consentOnceHolds}
	checksDone          = guard{"the checks of the terms are done", "T5", []Code{CheckMissing, OverlapFound}, checksDoneHolds}
	custodyFresh        = guard{"custody was checked in the last 24 hours", "T4c; 担保制度解释 art. 55", []Code{CustodyMissing}, custodyFreshHolds}
	certificateOutlasts = guard{"the certificate outlasts the debt by 30 days", "T5", []Code{MaturityTooLate}, certificateOutlastsHolds}
	sequenceSeen        = guard{"nothing happened since the search", "T5", []Code{SequenceChanged}, sequenceSeenHolds}
	roomInRank          = guard{"exclusive alone, ranked with the seniors' consent", "T5; 民法典 414", []Code{AlreadyPledged, ConsentMissing}, roomInRankHolds}
	stillOwner          = guard{"the pledgor owns the asset", "T1, T5", []Code{NotOwner}, stillOwnerHolds}
	codeGiven           = guard{"a reason code is given", "T5r", []Code{Malformed}, codeGivenHolds}
)

// Statutory registration (T6).
var (
	registeredBefore = guard{"registered before now", "T6", []Code{Malformed}, registeredBeforeHolds}
	registrationRuns = guard{"its term runs", "T6", []Code{Expired}, registrationRunsHolds}
	debtorNamed      = guard{"it names the debtor as enrolled", "T6", []Code{TermsMismatch}, debtorNamedHolds}
	filingNew        = guard{"it says something new", "T6", []Code{Duplicate}, filingNewHolds}
	filingWaits      = guard{"a filing waits", "T6", []Code{WrongState}, filingWaitsHolds}
	notOwnFiling     = guard{"two pairs of eyes", "T6", []Code{WrongRole}, notOwnFilingHolds}
	sameRegistration = guard{"verified is what was filed", "T6", []Code{TermsMismatch}, sameRegistrationHolds}
	termOver         = guard{"its term is over", "T6, T18", []Code{WrongState}, termOverHolds}
)

// Changes while in force.
var (
	replacesTerms    = guard{"it replaces the terms recorded", "T7, T8, T10", []Code{TermsMismatch}, sameTermsHolds}
	amendsDownward   = guard{"no more secured, no other collateral, no later end at the old rank", "T7; 担保制度解释 art. 15", []Code{AmendmentBarred}, amendsDownwardHolds}
	aloneIfExclusive = guard{"exclusive only when alone", "T7, invariant iii", []Code{AlreadyPledged}, aloneIfExclusiveHolds}
	newCertificate   = guard{"the certificate covers the new end", "T5, T8", []Code{MaturityTooLate}, newCertificateHolds}
	windowOpen       = guard{"before the expiry, at most 180 days", "T8", []Code{Expired, NotDue}, windowOpenHolds}
	laterEnd         = guard{"the new end is later", "T8", []Code{Malformed, AmendmentBarred}, laterEndHolds}
	assigneeIsBank   = guard{"the next pledgee is another party and a bank", "T10", []Code{WrongRole, UnknownParty, Duplicate}, assigneeIsBankHolds}
	listRoom         = guard{"the record has room", "limits", []Code{TooLarge}, listRoomHolds}
)

// Default, enforcement and the end.
var (
	graceOver     = guard{"a notice was given and its grace is over", "T14", []Code{CheckMissing, NotDue}, graceOverHolds}
	titleFits     = guard{"the title fits the path", "T15; 公证法 37, 担保制度解释 art. 45", []Code{TitleMissing, CheckMissing}, titleFitsHolds}
	addsUp        = guard{"price and distribution add up, surplus to the pledgor (after a transfer, the owner)", "T16; 民法典 428, 438", []Code{SumMismatch, TermsMismatch}, addsUpHolds}
	clauseSells   = guard{"who sells on a clause takes nothing itself", "T15, T16; 民法典 428, 担保制度解释 art. 45", []Code{TitleMissing}, clauseSellsHolds}
	soldBefore    = guard{"sold before now", "T16", []Code{Malformed}, soldBeforeHolds}
	demandOnce    = guard{"not demanded before", "T17", []Code{WrongState}, demandOnceHolds}
	demandRipe    = guard{"five working days after the demand", "T17", []Code{WrongState}, demandRipeHolds}
	pledgeeSilent = guard{"the pledgee is silent", "T17", []Code{ObjectionOpen}, pledgeeSilentHolds}
	expiryPassed  = guard{"the expiry is over", "T18", []Code{NotDue}, expiryPassedHolds}
	forThePledgee = guard{"the key goes to the pledgee's recipient", "T15", []Code{WrongRole, CustodyMissing}, forThePledgeeHolds}
	keyOnce       = guard{"not handed over before", "T15", []Code{Duplicate}, keyOnceHolds}
	alertTrue     = guard{"what the clock says is so, and is new", "T21", []Code{NotDue, Duplicate}, alertTrueHolds}
)

// Objections, orders, corrections.
var (
	groundNew       = guard{"not the same ground again", "T13", []Code{Duplicate}, groundNewHolds}
	stillOpen       = guard{"the objection is open", "T13", []Code{WrongState}, stillOpenHolds}
	undecided       = guard{"the objection is not decided", "T13b", []Code{NotFound, WrongState}, undecidedHolds}
	strikesUnfrozen = guard{"only a court ends what an order freezes", "T13b, T19, T20", []Code{Frozen}, strikesUnfrozenHolds}
	inNoticeTime    = guard{"once, and within 7 days", "T13", []Code{Expired, Duplicate}, inNoticeTimeHolds}
	inLodgeTime     = guard{"notified, and within 30 days", "T13", []Code{CheckMissing, Expired}, inLodgeTimeHolds}
	clocksOver      = guard{"its clocks are over", "T13", []Code{NotDue}, clocksOverHolds}
	orderNew        = guard{"a new order that has not ended", "T20", []Code{Duplicate, Expired}, orderNewHolds}
	correctable     = guard{"a text that may be corrected, as it stands", "T22", []Code{Malformed, TermsMismatch}, correctableHolds}
	aDispute        = guard{"the two are disputed", "LAW Asset", []Code{WrongState}, aDisputeHolds}
	loserFree       = guard{"what gives way is not pledged, or a court says so", "LAW Asset", []Code{AlreadyPledged, Frozen}, loserFreeHolds}
)

// Acts about an asset.
var (
	nothingInForce = guard{"no pledge is in force on it", "民法典 444", []Code{AlreadyPledged}, nothingInForceHolds}
	recipientFits  = guard{"it goes to another enrolled party", "T12", []Code{WrongRole, UnknownParty}, recipientFitsHolds}
	liensFree      = guard{"no order and no objection is against a pledge on it", "T9, T12, T13, T20", []Code{Frozen, ObjectionOpen}, liensFreeHolds}
	liensConsent   = guard{"the pledgees consent", "T12; 民法典 444 para. 2, 担保制度解释 art. 43", []Code{ConsentMissing}, liensConsentHolds}
	versionHonest  = guard{"declaration and custody are complete", "T9, T1", []Code{DeclarationIncomplete, CustodyMissing, Malformed}, versionHonestHolds}
	oldWithinNew   = guard{"the version before is a part of it, but for what it says", "T9", []Code{Inconsistent}, oldWithinNewHolds}
	growthAgreed   = guard{"the pledgees consent, or their covenant does", "T9", []Code{ConsentMissing}, growthAgreedHolds}
)
