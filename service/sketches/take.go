package sketches

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/service"
)

// take adds blocks, as many at once as there are, up to a bound.
func (ix *Index) take(ctx context.Context, blocks <-chan service.Block, last *service.Head, grown chan<- struct{}) error {
	again := time.NewTicker(ix.o.Again)
	defer again.Stop()
	t, todo := taker{Index: ix, last: last, seen: last == nil}, ix.store.missing()
	for {
		var err error
		if len(todo) > 0 && len(blocks) == 0 {
			if todo, err = ix.lookAgain(ctx, todo); err != nil {
				return err
			}
		}
		select {
		case <-ready(todo):
		case b := <-blocks:
			if err := t.batch(ctx, b, blocks); err != nil {
				return err
			}
			select {
			case grown <- struct{}{}:
			default:
			}
		case <-again.C:
			if len(todo) == 0 {
				todo = ix.store.missing()
			}
		case err := <-ix.damaged:
			return err
		case <-ctx.Done():
			return errors.Join(t.checkpoint(), ctx.Err())
		}
	}
}

// taker is one run: from where it resumed until something fails.
type taker struct {
	*Index
	last *service.Head
	seen bool // the block at which it resumed was the same
	kept uint64
}

// batch adds first and what else is there.
func (t *taker) batch(ctx context.Context, first service.Block, blocks <-chan service.Block) error {
	var list []entry
	for b, n := first, 0; ; n++ {
		if err := t.links(b); err != nil {
			return err
		}
		more, err := assetsOf(b)
		if err != nil {
			return err
		}
		list = append(list, t.store.new(more)...)
		t.last = &service.Head{Height: b.Number, Hash: b.Hash}
		if n == batchBlocks || len(list) >= batchAssets || len(blocks) == 0 {
			break
		}
		b = <-blocks
	}
	return t.add(ctx, list)
}

// links holds each block to the one before.
func (t *taker) links(b service.Block) error {
	switch {
	case !t.seen && (b.Number != t.last.Height || b.Hash != t.last.Hash):
		return fmt.Errorf("%w: block %d is %.64s, was %.64s", errForked, b.Number, b.Hash, t.last.Hash)
	case t.seen && t.last != nil && (b.Number != t.last.Height+1 || b.Prev != t.last.Hash):
		return fmt.Errorf("%w: block %d follows %.64s, not %.64s", errForked, b.Number, b.Prev, t.last.Hash)
	}
	t.seen = true
	return nil
}

// add fetches and keeps, a part after the other, and then shows the blocks.
func (t *taker) add(ctx context.Context, list []entry) error {
	for len(list) > 0 {
		part := list[:min(len(list), batchAssets)]
		list = list[len(part):]
		found, why, err := t.fetchAll(ctx, part)
		if err != nil {
			return err
		}
		if err := t.store.add(ctx, part, found); err != nil {
			return err
		}
		t.tell(ctx, part, why)
		t.count()
	}
	t.state.set(t.last)
	t.shown.Store(t.last.Height + 1)
	if t.last.Height-t.kept >= checkpointBlocks {
		return t.checkpoint()
	}
	return nil
}

// checkpointBlocks come between two checkpoints: so many are read again after
// a crash, at most.
const checkpointBlocks = 1024

func (t *taker) checkpoint() error {
	if t.last == nil || !t.seen {
		return nil
	}
	t.kept = t.last.Height
	return t.store.setCheckpoint(*t.last)
}

// ready is not nil when there is more to do.
func ready(todo []uint32) <-chan struct{} {
	if len(todo) == 0 {
		return nil
	}
	done := make(chan struct{})
	close(done)
	return done
}

// askedAtOnce is how many missing sketches are asked for between two blocks:
// those of another custodian may be thousands, and never come.
const askedAtOnce = 16

// lookAgain asks for some of the sketches that were missing, and gives the rest.
func (ix *Index) lookAgain(ctx context.Context, todo []uint32) ([]uint32, error) {
	part, rest := todo[:min(len(todo), askedAtOnce)], todo[min(len(todo), askedAtOnce):]
	for _, n := range part {
		e, err := ix.store.cat.line(n)
		if err != nil {
			return nil, err
		}
		s, key, err := fetch(ctx, ix.o.Vault, e.digest)
		if absent(err) {
			continue
		}
		if err == nil {
			err = ix.store.found(ctx, n, *s, key)
		}
		if err != nil {
			return nil, err
		}
		ix.log.InfoContext(ctx, "a sketch that was missing is there", "asset", e.asset)
		ix.count()
	}
	return rest, nil
}

func headOf(e entry) *service.Head {
	return &service.Head{Height: e.block, Hash: hex.EncodeToString(e.hash[:])}
}
