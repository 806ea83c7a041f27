// Package imprint 印刻 hands every committed record, from the moment it
// commits, to courts and regulators, and keeps the receipts that they give.
//
// A Follower reads the ledger, one for each Sink. It delivers at least once
// and in order, never holds the ledger up, and begins after a crash where
// receipts end. When ledger and sink disagree about a block it stops and says
// so: which of the two is right is for people to decide.
package imprint

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Version is the "v" of deliveries, receipts and of what is kept of them.
const Version = 1

// Delivery is one committed block as an institution receives it. Every block
// is delivered, also one without commands: then Prev and Hash alone keep the
// chain without gaps.
type Delivery struct {
	V       int    `json:"v"`
	Channel string `json:"channel"`
	Ledger  string `json:"ledger"` // "solo" or "fabric"
	Number  uint64 `json:"number"`
	Hash    string `json:"hash"` // lowercase hex
	Prev    string `json:"prev"`
	Time    string `json:"time"` // RFC 3339, of the block
	// Genesis: the block holds what the ledger started with.
	Genesis bool `json:"genesis,omitempty"`
	// Commands that took effect, in ledger order.
	Commands []Command `json:"commands"`
	// Proofs are documents of service.Ledger.Prove, each of one command named
	// by its position. A solo ledger's proves that command; on a consortium
	// one proves its whole transaction, and with it all commands in there. A
	// follower leaves them and Block out: a sink that sends proofs asks for
	// them.
	Proofs []Proof `json:"proofs,omitempty"`
	// Block is the serialized common.Block of a consortium's channel in base64,
	// in part 1: with the orderers' signatures, also when it has no commands.
	Block string `json:"block,omitempty"`
	// Part counts from 1 to Parts where a block is too large for one request.
	// Parts hold different commands; a follower's delivery is always 1 of 1.
	Part  int `json:"part"`
	Parts int `json:"parts"`
}

// Command is a command that took effect. JWS is what the party signed.
type Command struct {
	ID       string          `json:"command_id"`
	Act      pledge.Act      `json:"act"`
	By       string          `json:"by"` // USCC
	RecordID string          `json:"record_id,omitempty"`
	Position pledge.Position `json:"position"`
	JWS      string          `json:"jws"`
}

// Proof is the ledger's proof of what stands at Position.
type Proof struct {
	Position pledge.Position `json:"position"`
	Document json.RawMessage `json:"document"`
}

// Receipt is an institution's word that it has the blocks First to Last. That
// of a sink that answers block by block has the same First and Last.
type Receipt struct {
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
	Hash  string `json:"hash"` // of block Last
	// Party is the USCC of who signed, empty where a channel vouches for it.
	Party string `json:"party,omitempty"`
	Name  string `json:"name,omitempty"`
	Time  string `json:"time"` // RFC 3339, by the institution's clock
	// Document is what the sink answered, as it makes Parts of it: a compact
	// JWS of the HTTP sink; whatever another sink needs to have kept.
	Document string `json:"document"`
}

// Sink is an institution's end. Implementations MUST be safe for concurrent
// use with those of other replicas of the service: the same block delivered
// again, alone or in another batch, is no error and gives a receipt.
type Sink interface {
	// Name is the configuration's, unique: a-z, 0-9 and "-".
	Name() string
	// Last is the newest block that the sink holds; service.ErrNotFound when
	// it holds none.
	Last(ctx context.Context) (service.Head, error)
	// Deliver hands over consecutive blocks, at least one, and returns
	// receipts that together cover each of them, verified. Nothing is to be
	// believed delivered when there is an error; ErrForked stops the follower,
	// any other error makes it try again.
	Deliver(ctx context.Context, blocks []Delivery) ([]Receipt, error)
}

// Recaller is a Sink that gives the receipts of blocks that it already holds,
// so that a replaced follower need not deliver them again. ErrNotFound: it
// does not hold them all; they are then delivered.
type Recaller interface {
	Recall(ctx context.Context, blocks []Delivery) ([]Receipt, error)
}

// Parter is a Sink whose receipts stand in evidence packages: the files that
// belong to a block, by their names (see service/evidence/FORMAT.md).
type Parter interface {
	Parts(ctx context.Context, block uint64, hash string, r Receipt) (map[string][]byte, error)
}

// ErrForked: ledger and sink hold different blocks of one number. Errors are
// of type *Fork.
var ErrForked = errors.New("ledger and sink disagree about a block")

// Fork names the block and both hashes. Both are signed for: Theirs by the
// sink.
type Fork struct {
	Number       uint64
	Ours, Theirs string
}

func (f *Fork) Error() string {
	return fmt.Sprintf("block %d: the ledger has %s, the sink %s: %v", f.Number, orNone(f.Ours), orNone(f.Theirs), ErrForked)
}

// Unwrap makes it an ErrForked.
func (f *Fork) Unwrap() error { return ErrForked }

func orNone(hash string) string {
	if hash == "" {
		return "none"
	}
	return hash
}

// DeliveryOf is a block as a follower hands it to sinks, without proofs.
func DeliveryOf(info service.LedgerInfo, b service.Block) (Delivery, error) {
	d := Delivery{V: Version, Channel: info.Channel, Ledger: info.Kind, Number: b.Number, Hash: b.Hash, Prev: b.Prev,
		Time: b.Time.UTC().Format(time.RFC3339Nano), Genesis: len(b.Genesis) > 0, Commands: []Command{}, Part: 1, Parts: 1}
	for _, c := range b.Commands {
		cmd, err := pledge.ParseCommand(c.JWS)
		if err != nil || c.Outcome.Position == nil {
			return d, fmt.Errorf("reading a command of block %d: %w", b.Number, errors.Join(err, errPosition))
		}
		d.Commands = append(d.Commands, Command{ID: cmd.ID, Act: cmd.Payload.Act, By: cmd.Payload.By,
			RecordID: c.Outcome.RecordID, Position: *c.Outcome.Position, JWS: c.JWS})
	}
	return d, nil
}

var errPosition = errors.New("a committed command needs a position")
