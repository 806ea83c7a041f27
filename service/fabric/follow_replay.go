package fabric

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/service"
)

// replay reads blocks from..to of the copy from the peers again, and calls
// fn for each once, in order. It goes on with another peer when one fails or
// lies, and returns fn's error, ctx's, or ErrUnavailable after close.
func (c *chain) replay(ctx context.Context, from, to uint64, fn func(*decoded) error) error {
	return c.replayRaw(ctx, from, to, func(_ *common.Block, d *decoded) error { return fn(d) })
}

func (c *chain) replayRaw(ctx context.Context, from, to uint64, fn func(*common.Block, *decoded) error) error {
	ctx, cancel := joined(ctx, c.ctx)
	defer cancel()
	r := &replaying{chain: c, next: from, to: to, fn: fn}
	for pause := newPause(); ; {
		before := r.next
		err := r.run(ctx)
		switch {
		case r.stopped != nil:
			return r.stopped
		case errors.Is(err, errEnough):
			return nil
		case c.ctx.Err() != nil:
			return errClosed
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, errDamaged), errors.Is(err, errFault):
			return err
		}
		if r.next != before {
			pause = newPause()
		}
		c.log.WarnContext(ctx, "reading old blocks; trying again", slog.Uint64("block", r.next), slog.Any("error", err))
		if err := pause.wait(ctx); err != nil && c.ctx.Err() == nil {
			return err
		}
	}
}

// replaying is one replay under way.
type replaying struct {
	chain    *chain
	next, to uint64
	fn       func(*common.Block, *decoded) error
	stopped  error // what fn returned
}

func (r *replaying) run(ctx context.Context) error {
	w := r.chain.currentWire()
	if w == nil {
		return fmt.Errorf("no peer is known yet: %w", service.ErrUnavailable)
	}
	err := w.Blocks(ctx, r.next, func(b *common.Block) error {
		d, err := r.chain.again(b, r.next)
		if err != nil {
			return err
		}
		r.next++
		if r.stopped = r.fn(b, d); r.stopped != nil {
			return r.stopped
		}
		if r.next > r.to {
			return errEnough
		}
		return nil
	})
	if err == nil {
		err = errors.New("the stream of blocks ended")
	}
	return err
}

func (c *chain) currentWire() wire {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wire
}

// again verifies a block that was verified before: its hash is known, and so
// are the validation codes, which no hash covers.
func (c *chain) again(b *common.Block, number uint64) (*decoded, error) {
	c.dbMu.RLock()
	p, err := c.db.block(number)
	c.dbMu.RUnlock()
	if err != nil {
		return nil, c.noteDamage(err)
	}
	if err := checkData(b); err != nil {
		return nil, err
	}
	if hash := headerHash(b.GetHeader()); b.GetHeader().GetNumber() != number || hash != p.head.Hash {
		return nil, fmt.Errorf("got block %d %s, want block %d %s: %w", b.GetHeader().GetNumber(), hash, number, p.head.Hash, errForged)
	}
	if filter := metadataOf(b, common.BlockMetadataIndex_TRANSACTIONS_FILTER); !bytes.Equal(filter, p.filter) {
		return nil, fmt.Errorf("block %d has the verdicts %x, it had %x: %w", number, filter, p.filter, errForged)
	}
	d, err := c.decoder().block(b, p.filter)
	if err != nil {
		return nil, err
	}
	d.block.Time = p.time
	return d, nil
}
