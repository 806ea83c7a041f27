package pledge

// Kinds of alerts.
const (
	AlertTamper  = "TAMPER"         // a custody check failed
	AlertMissed  = "MISSED_CHECK"   // no custody check for too long
	AlertOverdue = "OVERDUE_UPDATE" // no version within the update period
	AlertLTV     = "LTV_BREACH"     // the value fell: 民法典 433
)

// AlertBody is the body of custody.alert, about a pledge.
type AlertBody struct {
	PledgeID string `json:"pledge_id"`
	Kind     string `json:"kind"`
	Evidence string `json:"evidence,omitempty"`
	Detail   string `json:"detail,omitempty"`
}

// Grounds of objections.
var grounds = []string{"OWNERSHIP", "FORGERY", "DUPLICATE", "CONSENT", "AMOUNT", "RELEASE", "OTHER"}

// ObjectBody is the body of objection.file 异议, against an asset or a pledge.
type ObjectBody struct {
	RecordID string `json:"record_id"`
	Ground   string `json:"ground"`
	Evidence string `json:"evidence"`
	Detail   string `json:"detail,omitempty"`
}

// NotifyBody is the body of objection.notify: the objector told the other side.
type NotifyBody struct {
	RecordID    string `json:"record_id"`
	ObjectionID string `json:"objection_id"`
	Notice      string `json:"notice"`
}

// LodgeBody is the body of objection.lodge: the objector went to court.
type LodgeBody struct {
	RecordID    string `json:"record_id"`
	ObjectionID string `json:"objection_id"`
	Court       string `json:"court"`
	CaseNumber  string `json:"case_number"`
	Proof       string `json:"proof"`
}

// DecideBody is the body of objection.decide, equal from all who must sign.
type DecideBody struct {
	RecordID    string `json:"record_id"`
	ObjectionID string `json:"objection_id"`
	Ruling      string `json:"ruling"` // Upheld or Dismissed
	Number      string `json:"number"`
	Document    string `json:"document"`
}

// ExpireBody is the body of objection.expire.
type ExpireBody struct {
	RecordID    string `json:"record_id"`
	ObjectionID string `json:"objection_id"`
}

// FreezeBody is the body of order.freeze, with the fields that registries of
// security interests ask of a court order. Until may be empty: no end.
type FreezeBody struct {
	RecordID  string `json:"record_id"`
	Court     string `json:"court"`
	Registry  string `json:"registry,omitempty"`
	FileNo    string `json:"file_no"`
	OrderDate string `json:"order_date"`
	Effect    string `json:"effect"`
	Until     string `json:"until,omitempty"`
	Document  string `json:"document"`
}

// UnfreezeBody is the body of order.unfreeze: the order under FileNo ends.
type UnfreezeBody struct {
	RecordID string `json:"record_id"`
	FileNo   string `json:"file_no"`
	Document string `json:"document"`
}

// RevokeBody is the body of order.revoke, equal from all who must sign.
type RevokeBody struct {
	RecordID string `json:"record_id"`
	Number   string `json:"number"`
	Document string `json:"document"`
	Reason   string `json:"reason"`
}

// CorrectBody is the body of record.correct: From is what stands there now.
type CorrectBody struct {
	RecordID string `json:"record_id"`
	Field    string `json:"field"`
	From     string `json:"from"`
	To       string `json:"to"`
	Reason   string `json:"reason"`
}

// ClosingBody is the body of closing.execute: the signed commands of a plan in
// their order.
type ClosingBody struct {
	Commands []string `json:"commands"`
}
