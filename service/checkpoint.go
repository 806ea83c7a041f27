package service

import (
	"context"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// HeldCheckpoint is a checkpoint as a channel of courts and regulators holds
// it (imprint 印刻).
type HeldCheckpoint struct {
	pledge.Checkpoint
	At   pledge.Position // of its transaction on that channel
	Time time.Time       // of that transaction; members vouch that it is theirs within 5 minutes
}

// CheckpointProof is what convinces a third party that a channel holds a
// checkpoint, as Fabric serializes it.
type CheckpointProof struct {
	// Blocks are that of the checkpoint's transaction and, from block 0 on,
	// every configuration that was in force until then, by number.
	Blocks map[uint64][]byte
	// Attestation is an envelope with an endorsed read of the checkpoint.
	Attestation []byte
}

// Checkpoints is a channel that holds checkpoints of another ledger. Reads
// answer from a copy that was verified against its orderers' signatures.
// ErrNotFound: it holds none such; ErrUnavailable: it cannot be reached.
type Checkpoints interface {
	// Channel is its own name, Of the one whose blocks it holds checkpoints of.
	Channel() string
	Of() string
	// Newest is the newest checkpoint that any of its members knows of now.
	Newest(ctx context.Context) (HeldCheckpoint, error)
	// Over is the checkpoint of the run of blocks that a block is in.
	Over(ctx context.Context, block uint64) (HeldCheckpoint, error)
	// Record has a checkpoint held, and returns it when it stands in a block.
	// Of one that is held already it returns that. Refusals are pledge.Forked
	// (members hold, or have themselves, another history) and
	// pledge.SequenceChanged (other blocks come next). After any other error it may still come to be held: the same one
	// can be given again.
	Record(ctx context.Context, c pledge.Checkpoint) (HeldCheckpoint, error)
	Prove(ctx context.Context, h HeldCheckpoint) (CheckpointProof, error)
}
