package pledge

import "fmt"

// Code names a reason to refuse. Codes are API: clients branch on them, so a
// code never changes its meaning and is never reused.
type Code string

// The refusal codes, in the order of the contract.
const (
	Malformed             Code = "malformed"
	Unsigned              Code = "unsigned"
	UnknownParty          Code = "unknown_party"
	UnknownKey            Code = "unknown_key"
	RevokedKey            Code = "revoked_key"
	WrongRole             Code = "wrong_role"
	WrongChannel          Code = "wrong_channel"
	Stale                 Code = "stale"
	NotFound              Code = "not_found"
	NotOwner              Code = "not_owner"
	Duplicate             Code = "duplicate"
	Disputed              Code = "disputed"
	DeclarationIncomplete Code = "declaration_incomplete"
	CustodyMissing        Code = "custody_missing"
	TermsMismatch         Code = "terms_mismatch"
	SequenceChanged       Code = "sequence_changed"
	AlreadyPledged        Code = "already_pledged"
	WrongState            Code = "wrong_state"
	Frozen                Code = "frozen"
	ObjectionOpen         Code = "objection_open"
	MaturityTooLate       Code = "maturity_too_late"
	Expired               Code = "expired"
	CheckMissing          Code = "check_missing"
	ConsentMissing        Code = "consent_missing"
	TooLarge              Code = "too_large"
	Fenced                Code = "fenced"
	Forked                Code = "forked"
	OverlapFound          Code = "overlap_found"
	NotDue                Code = "not_due"
	TitleMissing          Code = "title_missing"
	AmendmentBarred       Code = "amendment_barred"
	SumMismatch           Code = "sum_mismatch"
	Inconsistent          Code = "inconsistent"
	ClosingOnly           Code = "closing_only"
)

var codes = []Code{
	Malformed, Unsigned, UnknownParty, UnknownKey, RevokedKey, WrongRole, WrongChannel, Stale,
	NotFound, NotOwner, Duplicate, Disputed, DeclarationIncomplete, CustodyMissing, TermsMismatch,
	SequenceChanged, AlreadyPledged, WrongState, Frozen, ObjectionOpen, MaturityTooLate, Expired,
	CheckMissing, ConsentMissing, TooLarge, Fenced, Forked, OverlapFound,
	NotDue, TitleMissing, AmendmentBarred, SumMismatch, Inconsistent, ClosingOnly,
}

// Codes lists every refusal code. Tables keyed by Code are tested against it,
// so that a new code breaks a test until each of them knows it.
func Codes() []Code { return append([]Code(nil), codes...) }

// Error makes a Code usable as the target of errors.Is.
func (c Code) Error() string { return string(c) }

// Error is a refusal: the request was understood and turned down. Detail is
// written for the asker: it names the record and says what can be done.
type Error struct {
	Code   Code
	Detail string
}

// Errorf makes a refusal.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Detail }

// Unwrap lets errors.Is(err, pledge.Duplicate) see the code.
func (e *Error) Unwrap() error { return e.Code }
