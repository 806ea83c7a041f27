package imprint

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/anchor"
)

// ChannelOptions of a channel of courts and regulators. Name, Checkpoints and
// Ledger are needed.
type ChannelOptions struct {
	Name        string
	Checkpoints service.Checkpoints
	// Ledger gives the blocks that a member's checkpoint is compared with
	// when those that are delivered are not all of them.
	Ledger Ledger
	// Interval is between two checkpoints of this sink (2 s; negative: none).
	// Blocks for a whole one do not wait for it.
	Interval time.Duration
	Logger   *slog.Logger // nil: silent
	Now      func() time.Time
	// Wait pauses, as that of Options.
	Wait func(ctx context.Context, d time.Duration)
}

func (o *ChannelOptions) setDefaults() {
	if o.Interval == 0 {
		o.Interval = checkpointInterval
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = wait
	}
}

// Channel is a Sink that has members of another channel hold checkpoints of
// the blocks. Several members may send them: what one finds held it compares
// with its own ledger, so each is a witness of the others.
type Channel struct {
	o ChannelOptions

	mu       sync.Mutex
	proofs   map[pledge.Position]service.CheckpointProof
	recorded time.Time     // of the newest checkpoint that was sent from here
	read     *anchor.Batch // what was read last; its blocks come in several deliveries
}

// NewChannel makes a sink; nothing is sent yet.
func NewChannel(o ChannelOptions) *Channel {
	o.setDefaults()
	return &Channel{o: o, proofs: map[pledge.Position]service.CheckpointProof{}}
}

// Name implements Sink.
func (s *Channel) Name() string { return s.o.Name }

// Last implements Sink.
func (s *Channel) Last(ctx context.Context) (service.Head, error) {
	h, err := s.o.Checkpoints.Newest(ctx)
	return service.Head{Height: h.Last, Hash: h.Hash}, err
}

// maxRaces is how often another member may be faster.
const maxRaces = 10

// Deliver implements Sink.
func (s *Channel) Deliver(ctx context.Context, blocks []Delivery) ([]Receipt, error) {
	last := blocks[len(blocks)-1].Number
	if _, err := s.o.Checkpoints.Over(ctx, last); err == nil {
		return s.receipts(ctx, blocks) // what others sent, or what went with blocks before
	}
	if err := s.pace(ctx, last); err != nil {
		return nil, err
	}
	for races := 0; ; {
		next, err := s.next(ctx)
		if err != nil {
			return nil, err
		}
		if next > last {
			return s.receipts(ctx, blocks)
		}
		end, err := s.upTo(ctx, next, last)
		if err != nil {
			return nil, err
		}
		err = s.record(ctx, next, end, blocks)
		if races++; err != nil && (!errors.Is(err, pledge.SequenceChanged) || races == maxRaces) {
			return nil, err
		}
	}
}

// next is the first block that is under no checkpoint.
func (s *Channel) next(ctx context.Context) (uint64, error) {
	h, err := s.o.Checkpoints.Newest(ctx)
	switch {
	case errors.Is(err, service.ErrNotFound):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("asking for the newest checkpoint: %w", err)
	}
	return h.Last + 1, nil
}

// record has the next checkpoint held.
func (s *Channel) record(ctx context.Context, first, last uint64, blocks []Delivery) error {
	b, err := s.batch(ctx, first, last, blocks)
	if err != nil {
		return err
	}
	_, err = s.o.Checkpoints.Record(ctx, pointOf(s.o.Checkpoints.Of(), b))
	if errors.Is(err, pledge.Forked) {
		return s.fork(ctx, b, err)
	}
	s.sent()
	if err != nil {
		return fmt.Errorf("recording a checkpoint of blocks %d to %d: %w", first, last, err)
	}
	return nil
}

func pointOf(channel string, b *anchor.Batch) pledge.Checkpoint {
	root := b.Root()
	return pledge.Checkpoint{Channel: channel, First: b.First, Last: b.Last, Hash: b.Hash(b.Last), Root: hex.EncodeToString(root[:])}
}

// fork names what the channel holds instead.
func (s *Channel) fork(ctx context.Context, b *anchor.Batch, err error) error {
	f := &Fork{Number: b.Last, Ours: b.Hash(b.Last)}
	if h, herr := s.o.Checkpoints.Over(ctx, b.Last); herr == nil && h.Last == b.Last {
		f.Theirs = h.Hash
	}
	s.o.Logger.ErrorContext(ctx, "imprint: the members hold another history", slog.String("sink", s.o.Name), slog.Any("error", err))
	return f
}

// receipts are one for each checkpoint that the blocks are under, compared
// with the ledger. They are cut to the blocks that were delivered.
func (s *Channel) receipts(ctx context.Context, blocks []Delivery) ([]Receipt, error) {
	first, last := blocks[0].Number, blocks[len(blocks)-1].Number
	var list []Receipt
	for n := first; n <= last; {
		h, err := s.o.Checkpoints.Over(ctx, n)
		if err != nil {
			return nil, fmt.Errorf("reading the checkpoint of block %d: %w", n, err)
		}
		r, err := s.receipt(ctx, h, blocks)
		if err != nil {
			return nil, err
		}
		r.First, r.Last = n, min(h.Last, last)
		r.Hash = blocks[r.Last-first].Hash
		list, n = append(list, r), h.Last+1
	}
	return list, nil
}

func (s *Channel) receipt(ctx context.Context, h service.HeldCheckpoint, blocks []Delivery) (Receipt, error) {
	b, err := s.batch(ctx, h.First, h.Last, blocks)
	if err != nil {
		return Receipt{}, err
	}
	if ours := pointOf(h.Channel, b); ours.Hash != h.Hash {
		return Receipt{}, &Fork{Number: h.Last, Ours: ours.Hash, Theirs: h.Hash}
	} else if ours.Root != h.Root {
		return Receipt{}, &Fork{Number: h.First, Ours: "root " + ours.Root, Theirs: "root " + h.Root}
	}
	doc, err := s.document(h, b)
	return Receipt{Name: s.o.Checkpoints.Channel(), Time: h.Time.UTC().Format(time.RFC3339Nano), Document: doc}, err
}
