package pledge

// Covenants that terms may hold.
const (
	// CovenantVersions lets the pledgor add versions without asking each time,
	// as long as nothing of the pledged content is left out (LAW.md T9).
	CovenantVersions = "add_version"
	// CovenantSelfSale lets the pledgee sell after default (担保制度解释 art. 45).
	CovenantSelfSale = "self_sale"
)

// AmendBody is the body of pledge.amend, equal from both sides. Replaces is
// the digest of the terms as they are, TermsDigest that of Terms.
type AmendBody struct {
	PledgeID    string `json:"pledge_id"`
	Replaces    string `json:"replaces"`
	Terms       Terms  `json:"terms"`
	TermsDigest string `json:"terms_digest"`
}

// ExtendBody is the body of pledge.extend 展期. The pledgee alone may prolong
// the registration; a debt that is due later needs Agreement, and both sides.
type ExtendBody struct {
	PledgeID    string `json:"pledge_id"`
	TermsDigest string `json:"terms_digest"`
	Expires     string `json:"expires"`
	Matures     string `json:"matures,omitempty"`
	Agreement   string `json:"agreement,omitempty"`
}

// AssignBody is the body of pledge.assign, equal from the pledgee and the next
// one. Notice is the digest of the notice to the debtor (民法典 546).
type AssignBody struct {
	PledgeID    string `json:"pledge_id"`
	TermsDigest string `json:"terms_digest"`
	To          string `json:"to"`
	Agreement   string `json:"agreement"`
	Notice      string `json:"notice"`
}

// SubordinateBody is the body of pledge.subordinate, equal from all whose rank
// it touches: PledgeID and To change places.
type SubordinateBody struct {
	PledgeID  string `json:"pledge_id"`
	To        string `json:"to"`
	Agreement string `json:"agreement"`
}

// Steps of pledge.default.
const (
	StepNotice  = "notice"
	StepDeclare = "declare"
)

// DefaultBody is the body of pledge.default: first a notice to the pledgor,
// whose digest and reason it states, and after the grace the declaration.
type DefaultBody struct {
	PledgeID string `json:"pledge_id"`
	Step     string `json:"step"`
	Reason   string `json:"reason,omitempty"`
	Notice   string `json:"notice,omitempty"`
}

// CureBody is the body of pledge.cure: the pledgee confirms the payment.
type CureBody struct {
	PledgeID string `json:"pledge_id"`
	Proof    string `json:"proof"`
}

// Paths of enforcement (LAW.md T15).
const (
	AgreedSale           = "AGREED_SALE"
	SelfSaleClause       = "SELF_SALE_CLAUSE"
	SpecialProcedure     = "SPECIAL_PROCEDURE"
	NotarialExecution    = "NOTARIAL_EXEC"
	Litigation           = "LITIGATION"
	CompulsoryManagement = "COMPULSORY_MANAGEMENT"
)

// EnforceBody is the body of pledge.enforce. Title is the digest of the
// agreement, the 执行证书 or the court's 裁定 or 判决, Number its number.
type EnforceBody struct {
	PledgeID string `json:"pledge_id"`
	Path     string `json:"path"`
	Title    string `json:"title"`
	Number   string `json:"number,omitempty"`
}

// Shares of a distribution.
const (
	ShareCosts   = "COSTS"
	SharePledgee = "PLEDGEE"
	ShareSenior  = "SENIOR"
	ShareJunior  = "JUNIOR"
	ShareSurplus = "SURPLUS"
)

// Share is a line of a distribution, in minor units of the price's currency.
// SENIOR and JUNIOR name the pledge that is paid, To is who gets the money.
type Share struct {
	Kind     string `json:"kind"`
	To       string `json:"to"`
	PledgeID string `json:"pledge_id,omitempty"`
	Amount   int64  `json:"amount"`
}

// RealizeBody is the body of pledge.realize, equal from the pledgee and the
// exchange or the court. Claim is what was owed, Shortfall what stays owed, in
// minor units of the price's currency.
type RealizeBody struct {
	PledgeID     string  `json:"pledge_id"`
	Price        Amount  `json:"price"`
	Date         string  `json:"date"`
	Method       string  `json:"method"`
	BuyerType    string  `json:"buyer_type"`
	Report       string  `json:"report"`
	Claim        int64   `json:"claim"`
	Shortfall    int64   `json:"shortfall"`
	Distribution []Share `json:"distribution"`
}

// LapseBody is the body of pledge.lapse.
type LapseBody struct {
	PledgeID string `json:"pledge_id"`
}

// KeyReleaseBody is the body of custody.release: the custodian hands the
// asset's key to the pledgee. Envelope is the digest of the age file that holds
// it, Recipient the age recipient that alone opens it.
type KeyReleaseBody struct {
	PledgeID  string `json:"pledge_id"`
	To        string `json:"to"`
	Recipient string `json:"recipient"`
	Envelope  string `json:"envelope"`
}
