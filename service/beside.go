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
