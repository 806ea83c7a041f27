package pledge

import (
	"encoding/json"
	"time"
)

// State is all that the rules see of a ledger. Get returns nil without an
// error for a key that is absent. Neither caller nor State may change a
// value after it was handed over.
type State interface {
	Get(key string) ([]byte, error)
	Put(key string, value []byte) error
}

// Write is one key and its new value, as a command left them.
type Write struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// Tx is what the ledger says about the transaction that carries commands.
// Time is the proposer's word: it can make the rules refuse, never choose.
type Tx struct {
	Channel string
	Time    time.Time
}

// Position is a command's place on the ledger.
type Position struct {
	Block uint64 `json:"block"`
	Tx    int    `json:"tx"`
	Index int    `json:"index"`
}

// Status values of an Outcome. Unknown is never written by the rules: a
// ledger answers it when it cannot tell whether a command took effect.
const (
	Applied = "applied"
	Refused = "refused"
	Unknown = "unknown"
)

// Outcome is what became of one command. Position is filled in by the ledger.
type Outcome struct {
	CommandID string          `json:"command_id"`
	Status    string          `json:"status"`
	Code      Code            `json:"code,omitempty"`
	Detail    string          `json:"detail,omitempty"`
	RecordID  string          `json:"record_id,omitempty"`
	Record    json.RawMessage `json:"record,omitempty"`
	Position  *Position       `json:"position,omitempty"`
	Duplicate bool            `json:"duplicate"`
}

// Result is an Outcome together with what the command wrote, in key order.
// A refused or repeated command wrote nothing.
type Result struct {
	Outcome Outcome
	Writes  []Write
}
