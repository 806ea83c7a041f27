package sketches

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/datapledge/datapledge/service"
)

// Bounds of what is taken at once, and of the pauses between attempts.
const (
	batchBlocks  = 256
	batchAssets  = 64
	queued       = 64
	firstPause   = time.Second
	longestPause = time.Minute
)

// Conditions after which everything, or what segments lack, is made again.
var (
	errForked = errors.New("the ledger is another than the one that was followed")
	errLate   = errors.New("many sketches came late: segments are made again with them")
)

func absent(err error) bool { return errors.Is(err, service.ErrNotFound) }

// Run follows the ledger until ctx ends. Whatever fails is tried again.
func (ix *Index) Run(ctx context.Context) {
	for pause := firstPause; ctx.Err() == nil; {
		before := ix.shown.Load()
		err := ix.run(ctx)
		if ctx.Err() != nil {
			return
		}
		if ix.shown.Load() != before {
			pause = firstPause
		}
		ix.log.WarnContext(ctx, "the index of content stopped; it is tried again", "error", err)
		ix.o.Wait(ctx, pause/2+rand.N(pause))
		pause = min(2*pause, longestPause)
	}
}

// run makes the folder whole, and follows. A folder that cannot be made whole,
// or of another ledger, is emptied.
func (ix *Index) run(ctx context.Context) error {
	err := ix.once(ctx)
	if errors.Is(err, errTorn) {
		ix.store.suspect()
	}
	if !errors.Is(err, errDamaged) && !errors.Is(err, errForked) {
		return err
	}
	ix.state.set(nil)
	ix.shown.Store(0)
	if err := ix.store.wipe(); err != nil {
		return err
	}
	ix.count()
	return err
}

func (ix *Index) once(ctx context.Context) error {
	if err := ix.store.reopen(); err != nil {
		return err
	}
	select {
	case <-ix.damaged: // what a search met before is looked at now
	default:
	}
	if err := ix.store.belongs(ix.o.Ledger.Info()); err != nil {
		return err
	}
	if err := ix.store.repair(ctx); err != nil {
		return err
	}
	ix.count()
	from, last, err := ix.resume(ctx)
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	blocks, grown := make(chan service.Block, queued), make(chan struct{}, 1)
	g.Go(func() error {
		return ix.o.Ledger.Follow(ctx, from, func(b service.Block) error {
			ix.ledger.Store(max(ix.ledger.Load(), b.Number))
			select {
			case blocks <- b:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
	})
	g.Go(func() error { return ix.take(ctx, blocks, last, grown) })
	g.Go(func() error { return ix.join(ctx, grown) })
	g.Go(func() error { ix.store.warm(ctx); return nil })
	return g.Wait()
}

// join keeps segments few.
func (ix *Index) join(ctx context.Context, grown <-chan struct{}) error {
	for {
		if err := ix.store.compact(ctx); err != nil {
			return err
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// resume finds where to go on: at the newest block that was seen, which must
// still be the same one.
func (ix *Index) resume(ctx context.Context) (from uint64, last *service.Head, err error) {
	if last, err = ix.store.head(); err != nil {
		return 0, nil, err
	}
	head, err := ix.o.Ledger.Head(ctx)
	if err != nil {
		return 0, nil, fmt.Errorf("asking for the ledger's head: %w", err)
	}
	ix.ledger.Store(head.Height)
	if last == nil {
		return 0, nil, nil
	}
	if head.Height < last.Height {
		return 0, nil, fmt.Errorf("%w: it ends with block %d, block %d was followed", errForked, head.Height, last.Height)
	}
	return last.Height, last, nil
}
