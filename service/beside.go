package service

import "context"

// TimeStamp says that a time-stamping authority (RFC 3161) saw a batch of
// blocks, from First to Last, at Time (RFC 3339, as in its token).
type TimeStamp struct {
	Time      string `json:"time"`
	Authority string `json:"authority"` // the name in its certificate
	First     uint64 `json:"first"`
	Last      uint64 `json:"last"`
}

// TimeStamps knows the time stamps of blocks. Of answers ErrNotFound for a
// block that has none, or none yet.
type TimeStamps interface {
	Of(ctx context.Context, block uint64) (TimeStamp, error)
}

// ImprintReceipt says that an institution has received the records up to and
// with those of a block (imprint 印刻).
type ImprintReceipt struct {
	Sink  string `json:"sink"`
	Party string `json:"party,omitempty"` // USCC, when it signs as a party
	Name  string `json:"name"`
	Time  string `json:"time"` // RFC 3339, by the institution's clock
}

// Imprints knows who has received a block's records. None is no error.
type Imprints interface {
	Of(ctx context.Context, block uint64) ([]ImprintReceipt, error)
}

// States of an imprint's follower.
const (
	ImprintFollowing = "following" // delivering as blocks commit
	ImprintRetrying  = "retrying"  // not delivered; it is tried again
	ImprintBehind    = "behind"    // ledger or institution shows less than there are receipts for
	ImprintStopped   = "stopped"   // forked: a person must decide
)

// ImprintStatus is how one institution's imprint goes.
type ImprintStatus struct {
	Sink  string `json:"sink"`
	State string `json:"state"`
	// Cause and Remedy say what is wrong, empty while following.
	Cause  string `json:"cause,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// Delivered is the newest block with a receipt.
	Delivered *Head `json:"delivered,omitempty"`
	// LagBlocks counts committed blocks without a receipt, -1 when unknown;
	// LagSeconds is the age of the oldest of them.
	LagBlocks  int64 `json:"lag_blocks"`
	LagSeconds int64 `json:"lag_seconds"`
	// Receipts are all that were kept, Failures those attempts since the
	// start that failed.
	Receipts uint64 `json:"receipts"`
	Failures uint64 `json:"failures"`
}

// ImprintWatch is an Imprints that tells how its followers do. It MUST answer
// soon, without asking an institution.
type ImprintWatch interface {
	Status(ctx context.Context) []ImprintStatus
}
