package imprint

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/datapledge/datapledge/service"
)

// deliver hands over a batch, keeps the receipts, and only then counts it as
// done: a crash between any two steps ends in a delivery that is repeated.
func (c *carrier) deliver(ctx context.Context, blocks []service.Block) error {
	var list []Delivery
	for _, b := range blocks {
		d, err := DeliveryOf(c.info, b)
		if err != nil {
			return err
		}
		list = append(list, d)
	}
	receipts, err := c.receipts(ctx, list)
	if err != nil {
		return err
	}
	if err := covers(receipts, list); err != nil {
		return err
	}
	if err := c.store.keep(receipts); err != nil {
		return err
	}
	last := list[len(list)-1]
	c.kept = checkpoint{V: Version, Channel: c.info.Channel, Number: last.Number, Hash: last.Hash, Receipts: c.kept.Receipts + uint64(len(receipts))}
	if err := c.store.setCheckpoint(c.kept); err != nil {
		return fmt.Errorf("keeping how far receipts reach: %w", err)
	}
	c.done(service.Head{Height: last.Number, Hash: last.Hash}, c.kept.Receipts)
	return nil
}

// receipts asks for those of blocks that the sink has already, where it can
// tell, and delivers the others.
func (c *carrier) receipts(ctx context.Context, list []Delivery) ([]Receipt, error) {
	r, ok := c.o.Sink.(Recaller)
	if ok && c.held != nil && list[len(list)-1].Number <= c.held.Height {
		receipts, err := r.Recall(ctx, list)
		if !errors.Is(err, service.ErrNotFound) {
			return receipts, err
		}
	}
	return c.o.Sink.Deliver(ctx, list)
}

// covers wants a receipt for each block, and none that names another hash.
func covers(receipts []Receipt, list []Delivery) error {
	for _, d := range list {
		found := false
		for _, r := range receipts {
			if r.Last == d.Number && r.Hash != d.Hash {
				return &Fork{Number: d.Number, Ours: d.Hash, Theirs: r.Hash}
			}
			found = found || r.First <= d.Number && d.Number <= r.Last
		}
		if !found {
			return fmt.Errorf("the sink gave no receipt for block %d", d.Number)
		}
	}
	for _, r := range receipts {
		if r.First > r.Last || r.Last-r.First >= bucketBlocks {
			return fmt.Errorf("a receipt for blocks %d to %d is none", r.First, r.Last)
		}
	}
	return nil
}

// behind: the ledger lacks a block that was delivered. It went backwards, or
// the copy of a consortium's that this replica keeps is still being read.
type behind struct{ head, want uint64 }

func (b *behind) Error() string {
	return fmt.Sprintf("the ledger ends at block %d, but block %d was delivered", b.head, b.want)
}

func (b *behind) Unwrap() error { return service.ErrRegressed }

// short: the sink shows less than there are receipts for. That proves nothing:
// the address may lead elsewhere, or somebody on the way may answer, so it is
// asked again. Only what is signed can contradict (Fork).
type short struct {
	held *service.Head
	want uint64
}

func (s *short) Error() string {
	if s.held == nil {
		return fmt.Sprintf("the institution shows no block, but there is its receipt for block %d", s.want)
	}
	return fmt.Sprintf("the institution shows block %d as its newest, but there is its receipt for block %d", s.held.Height, s.want)
}

// halted: a fork was found before, and nobody decided yet.
type halted struct{ stopped }

func (h *halted) Error() string { return h.Why }

// failed says what went wrong: in the log, and in the status that everybody
// may see.
func (f *Follower) failed(ctx context.Context, err error) {
	fork, old, was, less := (*Fork)(nil), (*halted)(nil), (*behind)(nil), (*short)(nil)
	if !errors.As(err, &old) {
		f.count()
	}
	switch {
	case errors.As(err, &fork):
		f.stop(ctx, fork)
	case old != nil:
		f.still(ctx, old)
	case errors.As(err, &was):
		f.state(service.ImprintBehind, "the ledger lacks a block that the institution holds", "if the copy of the ledger is not being rebuilt, it went backwards: restore it; nothing is delivered until then")
		f.log.LogAttrs(ctx, slog.LevelError, "imprint: the ledger is behind what was delivered", slog.Any("error", err))
	case errors.As(err, &less):
		f.state(service.ImprintBehind, "the institution shows less than it has signed for", shortRemedy)
		f.log.LogAttrs(ctx, slog.LevelError, "imprint: the institution is behind what it signed for; asking again", slog.Any("error", err))
	default:
		cause, remedy := "the institution gives no receipt", "it is tried again and nothing is lost; the log says why"
		if t := (*service.Trouble)(nil); errors.As(err, &t) {
			cause, remedy = t.Cause, t.Remedy
		}
		f.state(service.ImprintRetrying, cause, remedy)
		f.log.LogAttrs(ctx, slog.LevelWarn, "imprint: not delivered; trying again", slog.Any("error", err))
	}
}

const (
	stopCause  = "ledger and institution hold different blocks of one number"
	stopRemedy = "find out with the institution which of the two was changed; when that is put right: datapledge imprint resume"

	shortRemedy = "see whether the address leads to the institution's receiver, and whether that one's folder was put back to an older state; nothing is delivered until it shows its newest receipt again. When it begins anew: datapledge imprint resume -again"
)

// stop is for people to undo: whichever side is wrong, going on would bury it.
func (f *Follower) stop(ctx context.Context, fork *Fork) {
	st := stopped{V: Version, At: f.o.Now().UTC().Format(time.RFC3339), Number: fork.Number, Ledger: fork.Ours, Sink: fork.Theirs, Why: fork.Error()}
	err := f.store.setStopped(st)
	f.state(service.ImprintStopped, stopCause, stopRemedy)
	f.log.LogAttrs(ctx, slog.LevelError, "imprint: FORK: nothing more is delivered until a person decides",
		slog.Uint64("block", fork.Number), slog.String("ledger", orNone(fork.Ours)), slog.String("held", orNone(fork.Theirs)), slog.Any("not_noted", err))
}

func (f *Follower) state(state, cause, remedy string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.State, f.status.Cause, f.status.Remedy = state, cause, remedy
}

func (f *Follower) count() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Failures++
}

// still stopped: said once after each start.
func (f *Follower) still(ctx context.Context, h *halted) {
	if f.Status(ctx).State != service.ImprintStopped {
		f.log.LogAttrs(ctx, slog.LevelError, "imprint: stopped before this start, for a person to decide", slog.String("since", h.At), slog.Any("error", h))
	}
	f.state(service.ImprintStopped, stopCause, stopRemedy)
}

func (f *Follower) following() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.State, f.status.Cause, f.status.Remedy = service.ImprintFollowing, "", ""
}

func (f *Follower) done(last service.Head, receipts uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Delivered, f.status.Receipts = &last, receipts
}

func (f *Follower) setOldest(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.oldest = t
}

// Status is how far the sink is behind, and what is wrong.
func (f *Follower) Status(ctx context.Context) service.ImprintStatus {
	head, err := f.o.Ledger.Head(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.status
	if err != nil {
		s.LagBlocks = -1
	} else {
		s.LagBlocks = int64(head.Height) + 1
		if s.Delivered != nil {
			s.LagBlocks = int64(head.Height) - int64(s.Delivered.Height)
		}
	}
	if !f.oldest.IsZero() {
		s.LagSeconds = max(0, int64(f.o.Now().Sub(f.oldest)/time.Second))
	}
	return s
}
