package imprint

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"time"

	"github.com/datapledge/datapledge/service"
)

// Ledger is what a follower needs of the ledger.
type Ledger interface {
	Info() service.LedgerInfo
	Head(ctx context.Context) (service.Head, error)
	Follow(ctx context.Context, from uint64, fn func(service.Block) error) error
}

// Options of a Follower. Ledger, Sink and Dir are required.
type Options struct {
	Ledger Ledger
	Sink   Sink
	// Dir is the follower's own folder; nobody else writes there.
	Dir    string
	Logger *slog.Logger
	Now    func() time.Time
	// Wait pauses between attempts; tests need not wait. It ends with ctx.
	Wait func(ctx context.Context, d time.Duration)
}

// Bounds of a batch, and of the pauses between attempts.
const (
	batchBlocks   = 256
	batchCommands = 2000
	queued        = 16
	firstPause    = time.Second
	longestPause  = time.Minute
)

// Follower carries committed blocks to one sink. Run does the work; all other
// methods are safe for concurrent use with it.
type Follower struct {
	o     Options
	info  service.LedgerInfo
	store *store
	log   *slog.Logger

	mu     sync.Mutex
	status service.ImprintStatus
	oldest time.Time // of the first block that is not delivered; zero: unknown
}

// NewFollower opens a follower's folder.
func NewFollower(o Options) (*Follower, error) {
	if o.Ledger == nil || o.Sink == nil || o.Dir == "" {
		return nil, errors.New("a follower needs a ledger, a sink and a folder")
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
	s, err := openStore(filepath.Clean(o.Dir))
	if err != nil {
		return nil, err
	}
	f := &Follower{o: o, info: o.Ledger.Info(), store: s, log: o.Logger.With("sink", o.Sink.Name())}
	f.status = service.ImprintStatus{Sink: o.Sink.Name(), State: service.ImprintRetrying}
	cp, have, err := s.checkpoint(f.info.Channel)
	if have {
		f.status.Delivered, f.status.Receipts = &service.Head{Height: cp.Number, Hash: cp.Hash}, cp.Receipts
	}
	return f, err
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Run delivers until ctx ends. Whatever fails is tried again; a fork is not:
// nothing more is delivered until a person has decided (Resume).
func (f *Follower) Run(ctx context.Context) {
	for pause := firstPause; ctx.Err() == nil; {
		before := f.delivered()
		err := f.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		if f.delivered() != before {
			pause = firstPause
		}
		f.failed(ctx, err)
		f.o.Wait(ctx, pause/2+rand.N(pause)) // replicas should not come all at once
		pause = min(2*pause, longestPause)
	}
}

// delivered is how many receipts were kept since the beginning of time.
func (f *Follower) delivered() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.status.Receipts
}

// follow resumes, and delivers until something fails.
func (f *Follower) follow(ctx context.Context) error {
	if st, ok, err := f.store.stopped(); err != nil || ok {
		return errors.Join(err, &halted{st})
	}
	c := carrier{Follower: f}
	if err := c.resume(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	blocks := make(chan service.Block, queued)
	done := make(chan struct{})
	go func() {
		defer close(done)
		cancel(f.o.Ledger.Follow(ctx, c.next, func(b service.Block) error {
			select {
			case blocks <- b:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}))
	}()
	err := c.carry(ctx, blocks)
	cancel(err)
	<-done
	return err
}

// carrier is one run of a follower: from where it resumed until it fails.
type carrier struct {
	*Follower
	next uint64        // the block that is to come
	last *service.Head // the one before it, when it was seen
	held *service.Head // what the sink had when it was asked
	kept checkpoint
}

// resume compares both ends, and finds where to go on: after the last block
// of which there is a receipt.
func (c *carrier) resume(ctx context.Context) error {
	cp, have, err := c.store.checkpoint(c.info.Channel)
	if err != nil {
		return err
	}
	if c.kept = cp; have {
		c.next, c.last = cp.Number+1, &service.Head{Height: cp.Number, Hash: cp.Hash}
	}
	if err := c.noteOldest(ctx); err != nil {
		return err
	}
	held, err := c.o.Sink.Last(ctx)
	switch {
	case errors.Is(err, service.ErrNotFound):
	case err != nil:
		return fmt.Errorf("asking what the sink holds: %w", err)
	default:
		c.held = &held
	}
	for _, h := range []*service.Head{c.last, c.held} {
		if err := c.compare(ctx, h); err != nil {
			return err
		}
	}
	if have && (c.held == nil || c.held.Height < cp.Number) {
		return &short{c.held, cp.Number}
	}
	return nil
}

// compare looks at the ledger's block of that number.
func (c *carrier) compare(ctx context.Context, h *service.Head) error {
	if h == nil {
		return nil
	}
	b, err := blockOf(ctx, c.o.Ledger, h.Height)
	if err == nil && b.Hash != h.Hash {
		err = &Fork{Number: h.Height, Ours: b.Hash, Theirs: h.Hash}
	}
	return err
}

// errSeen ends a Follow that wanted one block.
var errSeen = errors.New("seen")

// blockOf reads one block of a ledger.
func blockOf(ctx context.Context, l Ledger, number uint64) (b service.Block, err error) {
	head, err := l.Head(ctx)
	if err != nil {
		return b, unreadable(err)
	}
	if head.Height < number {
		return b, &behind{head.Height, number}
	}
	err = l.Follow(ctx, number, func(found service.Block) error {
		b = found
		return errSeen
	})
	if !errors.Is(err, errSeen) {
		return b, unreadable(fmt.Errorf("reading block %d: %w", number, err))
	}
	return b, nil
}

// unreadable is a fault on our side: the institution is not to be blamed.
func unreadable(err error) error {
	return &service.Trouble{Cause: "the ledger cannot be read", Remedy: "see what /readyz says of it; what was committed meanwhile follows by itself", Err: err}
}

// noteOldest learns since when the sink lacks something, for the lag.
func (c *carrier) noteOldest(ctx context.Context) error {
	b, err := blockOf(ctx, c.o.Ledger, c.next)
	if none := (*behind)(nil); errors.As(err, &none) {
		c.setOldest(time.Time{})
		return nil
	}
	c.setOldest(b.Time)
	return err
}

// carry takes blocks in batches: as many as there are, up to a bound, so that
// a single one goes at once and many go together.
func (c *carrier) carry(ctx context.Context, blocks <-chan service.Block) error {
	c.following()
	for {
		batch, err := c.batch(ctx, blocks)
		if err != nil {
			return err
		}
		c.setOldest(batch[0].Time)
		if err := c.deliver(ctx, batch); err != nil {
			return err
		}
		c.setOldest(time.Time{})
	}
}

func (c *carrier) batch(ctx context.Context, blocks <-chan service.Block) (list []service.Block, err error) {
	commands := 0
	for len(list) < batchBlocks && commands < batchCommands {
		var b service.Block
		if len(list) == 0 {
			select {
			case b = <-blocks:
			case <-ctx.Done():
				return nil, context.Cause(ctx)
			}
		} else {
			select {
			case b = <-blocks:
			default:
				return list, nil
			}
		}
		if err := c.links(b); err != nil {
			return nil, err
		}
		list, commands = append(list, b), commands+len(b.Commands)
	}
	return list, nil
}

// links holds each block to the one before: a ledger that was put back to an
// older state, or replaced, goes on otherwise than it was delivered.
func (c *carrier) links(b service.Block) error {
	if b.Number != c.next {
		return fmt.Errorf("the ledger gave block %d instead of %d", b.Number, c.next)
	}
	if c.last != nil && b.Prev != c.last.Hash {
		return &Fork{Number: c.last.Height, Ours: b.Prev, Theirs: c.last.Hash}
	}
	c.next, c.last = b.Number+1, &service.Head{Height: b.Number, Hash: b.Hash}
	return nil
}
