// Package service holds the use cases of datapledge and the interfaces they
// need. Adapters live in the folders below; they import this package, and
// it imports none of them.
package service

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Conditions of a ledger that a caller acts on.
var (
	// ErrConflict: nothing took effect, another transaction came first. Retry.
	ErrConflict = errors.New("conflicting transaction")
	// ErrUnavailable: nothing took effect, the ledger or the bucket cannot be
	// reached. Answer 503 with Retry-After.
	ErrUnavailable = errors.New("unavailable")
	// ErrUnknownOutcome: it may have taken effect. Look the command up by its
	// id, or send the same command again; never sign a different one.
	ErrUnknownOutcome = errors.New("outcome unknown")
	// ErrNotFound: no such command, record or block.
	ErrNotFound = errors.New("not found")
)

// Head is the newest block: Height is its number, Hash the lowercase hex
// SHA-256 of its header.
type Head struct {
	Height uint64 `json:"height"`
	Hash   string `json:"hash"`
}

// Committed is a command that took effect, with its outcome (Position set)
// and what it wrote. Refused commands leave nothing on a ledger.
type Committed struct {
	JWS     string
	Outcome pledge.Outcome
	Writes  []pledge.Write
}

// Block is what the read model is projected from. Genesis is set in one block
// only, before any Commands: in block 0, or on a ledger that begins with its
// own configuration in a later one. Other blocks may be without Commands.
type Block struct {
	Number   uint64
	Hash     string
	Prev     string
	Time     time.Time
	Commands []Committed
	Genesis  []pledge.Write
}

// LedgerInfo says which ledger this is, for /v1/network and trust files.
type LedgerInfo struct {
	Kind    string         `json:"ledger"` // "solo" or "fabric"
	Channel string         `json:"channel"`
	Genesis pledge.Genesis `json:"genesis"`
	// GenesisHash is the hash of block 0.
	GenesisHash string `json:"genesis_hash"`
	// Operator is the public JWK that signs the blocks of a solo ledger.
	Operator json.RawMessage `json:"operator,omitempty"`
}

// Ledger is where commands take effect. Implementations MUST be safe for
// concurrent use, MUST apply a command at most once however often and from
// wherever it is submitted, and MUST NOT answer "applied" before the effect
// survives a crash. The suite in ledgertest holds every implementation to it.
type Ledger interface {
	// Submit applies commands in their order, together with those of other
	// callers, and returns one outcome each. A refusal is an outcome, not an
	// error. When the fate of a command cannot be told its outcome has
	// Status pledge.Unknown. An error means that none took effect. No commands
	// at all change nothing, and tell whether commands are taken now.
	Submit(ctx context.Context, commands []string) ([]pledge.Outcome, error)
	// Get returns the committed values (nil when absent) of keys as of one
	// and the same head.
	Get(ctx context.Context, keys ...string) ([][]byte, Head, error)
	// Head returns the newest committed block.
	Head(ctx context.Context) (Head, error)
	// Follow calls fn for every committed block from number on, in order,
	// each once, then waits for new ones. It returns the error of fn, or
	// ctx's when it ends.
	Follow(ctx context.Context, from uint64, fn func(Block) error) error
	// Prove returns what convinces a third party, offline, that the command
	// at p is on the ledger: a document in the ledger's own format, named by
	// its "kind". Block 0 proves the genesis. ErrNotFound when there is none.
	Prove(ctx context.Context, p pledge.Position) (json.RawMessage, error)
	Info() LedgerInfo
	Close() error
}
