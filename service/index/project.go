package index

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/datapledge/datapledge/service"
)

// batchCommands is how many commands one transaction takes at most when the
// read model is behind.
const batchCommands = 4096

// errReplaced says that the file was replaced and the projection starts over.
var errReplaced = errors.New("read model was replaced")

// Project follows the ledger from where the file ends until ctx does, and
// returns ctx's error, or the fault that stopped it; the caller may start it
// again. Blocks are written many to a transaction while it is behind, and at
// once when it is not.
//
// It first compares the newest block of the file with the ledger's. When the
// ledger has another one there, or ends before it, the ledger went backwards:
// this is logged, told by Regressed, and everything is projected from block 0.
func (ix *Index) Project(ctx context.Context, ledger service.Ledger) error {
	if !ix.projecting.TryLock() {
		return errors.New("read model is being projected already")
	}
	defer ix.projecting.Unlock()
	for {
		err := ix.project(ctx, ledger)
		if err = asDamage(err); errors.Is(err, errDamaged) {
			ix.log.WarnContext(ctx, "read model is rebuilt", slog.String("path", ix.path), slog.Any("error", err))
			err = ix.restart(ctx)
		}
		if !errors.Is(err, errReplaced) {
			return err
		}
	}
}

// restart replaces the file even when ctx has ended: stopped half-way it would
// leave nothing to go on from.
func (ix *Index) restart(ctx context.Context) error {
	if err := ix.replace(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	return errReplaced
}

func (ix *Index) project(ctx context.Context, ledger service.Ledger) error {
	stored, _, closed := ix.state.look()
	if closed {
		return errClosed
	}
	from := uint64(0)
	if stored != nil {
		head, err := ledger.Head(ctx)
		if err != nil {
			return fmt.Errorf("comparing with the ledger: %w", err)
		}
		if head.Height < stored.Height {
			return ix.wentBackwards(ctx, service.Regression{Lost: *stored, Found: head})
		}
		from = stored.Height
	}
	err := ix.follow(ctx, ledger, from, stored)
	if fork := (*forkError)(nil); errors.As(err, &fork) {
		return ix.wentBackwards(ctx, service.Regression{Lost: *stored, Found: fork.found, Forked: true})
	}
	return err
}

// wentBackwards notes which block was lost, and starts over.
func (ix *Index) wentBackwards(ctx context.Context, r service.Regression) error {
	ix.log.WarnContext(ctx, "ledger went backwards, read model is rebuilt",
		slog.Uint64("lost_height", r.Lost.Height), slog.String("lost_hash", r.Lost.Hash),
		slog.Uint64("found_height", r.Found.Height), slog.String("found_hash", r.Found.Hash), slog.Bool("forked", r.Forked))
	ix.state.lose(r)
	return ix.restart(ctx)
}

// forkError says that the ledger has another block where the file ends.
type forkError struct{ found service.Head }

func (e *forkError) Error() string { return "ledger has another block " + e.found.Hash }

// follow runs the follower, the writer and the inspection side by side.
func (ix *Index) follow(ctx context.Context, ledger service.Ledger, from uint64, stored *service.Head) error {
	q := newQueue()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		defer close(q.blocks)
		return ledger.Follow(ctx, from, func(b service.Block) error {
			if stored != nil && b.Number == stored.Height {
				return compare(b, *stored)
			}
			ready, err := decodeBlock(b)
			if err != nil {
				return fmt.Errorf("decoding block %d: %w", b.Number, err)
			}
			return q.put(ctx, ready)
		})
	})
	g.Go(func() error { return ix.writeAll(ctx, q) })
	g.Go(func() error { return ix.inspect(ctx) })
	return g.Wait()
}

func (ix *Index) inspect(ctx context.Context) error {
	if err := ix.db.inspect(ctx); err != nil {
		return fmt.Errorf("inspecting read model: %w", err)
	}
	ix.log.DebugContext(ctx, "read model is sound", slog.String("path", ix.path))
	return nil
}

func compare(b service.Block, stored service.Head) error {
	if b.Hash != stored.Hash {
		return &forkError{found: service.Head{Height: b.Number, Hash: b.Hash}}
	}
	return nil
}

// writeAll runs until the queue is closed. A batch that was begun is brought
// to its end when ctx ends: it is short, and then nothing is done twice.
func (ix *Index) writeAll(ctx context.Context, q *queue) error {
	w, err := newWriter(ctx, ix.db.write)
	if err != nil {
		return fmt.Errorf("reading the head: %w", err)
	}
	defer w.close()
	damaged := ix.state.mark()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-damaged:
			return fmt.Errorf("a query failed: %w", errDamaged)
		case b, ok := <-q.blocks:
			if !ok {
				return nil
			}
			if err := ix.writeBatch(context.WithoutCancel(ctx), w, q, b); err != nil {
				return err
			}
		}
	}
}

// writeBatch stores first and what else is there already in one transaction.
func (ix *Index) writeBatch(ctx context.Context, w *writer, q *queue, first block) error {
	if err := w.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("projecting: %w", err)
	}
	back, err := ix.writeBlocks(ctx, w, q, first)
	if err == nil {
		err = w.exec(ctx, "COMMIT")
	}
	if err != nil {
		_ = w.exec(ctx, "ROLLBACK") // fails when SQLite has done it already
		return fmt.Errorf("projecting block %d: %w", first.number, err)
	}
	for _, h := range back {
		ix.log.InfoContext(ctx, "ledger has the lost block again", slog.Uint64("height", h.Height))
		ix.state.find(h)
	}
	ix.state.publish(w.last)
	return nil
}

// writeBlocks also tells which lost blocks came back.
func (ix *Index) writeBlocks(ctx context.Context, w *writer, q *queue, b block) (back []service.Head, err error) {
	lost := ix.state.regressions()
	for n, ok := 0, true; ok; {
		err := w.block(ctx, b)
		q.done(b)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(lost, func(r service.Regression) bool { return r.Lost == w.last }) {
			back = append(back, w.last)
			if err := w.exec(ctx, delLost, int64(b.number), b.hash); err != nil {
				return nil, err
			}
		}
		if n += len(b.commands) + 1; n >= batchCommands {
			break
		}
		b, ok = q.poll()
	}
	return back, nil
}
