package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/datapledge/datapledge/service"
)

// recent are the newest blocks, so that those who keep up need no peer.
type recent struct {
	blocks []*decoded
	size   int
}

const (
	recentBlocks = 64
	recentBytes  = 16 << 20
)

func (r *recent) add(d *decoded) {
	r.blocks, r.size = append(r.blocks, d), r.size+d.size
	for len(r.blocks) > 1 && (len(r.blocks) > recentBlocks || r.size > recentBytes) {
		r.size -= r.blocks[0].size
		r.blocks[0] = nil
		r.blocks = r.blocks[1:]
	}
}

func (r *recent) block(number uint64) (*decoded, bool) {
	for _, d := range r.blocks {
		if d.block.Number == number {
			return d, true
		}
	}
	return nil, false
}

func (r *recent) tx(id string) (verdict, bool) {
	for _, d := range r.blocks {
		if v, ok := d.find(id); ok {
			return v, true
		}
	}
	return verdict{}, false
}

// look is the head of the copy, whether it is to be relied on, and what is
// closed when something changes. While the copy is shorter than what was
// seen before, nothing is answered from it.
func (c *chain) look() (service.Head, <-chan struct{}, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.newest, c.grown, c.usable()
}

// usable MUST be called with mu held.
func (c *chain) usable() error {
	seen, known := c.seen.highest()
	switch {
	case c.closed:
		return errClosed
	case c.broken != nil:
		return fmt.Errorf("channel %s: %w: %w", c.o.Channel, service.ErrUnavailable, c.broken)
	case c.empty && !known:
		return fmt.Errorf("channel %s: no block was read yet%s: %w", c.o.Channel, c.why(), service.ErrUnavailable)
	case known && (c.empty || c.newest.Height < seen.Height) && time.Since(c.moved) > c.o.StallAfter:
		return fmt.Errorf("channel %s: block %d was seen before, and no peer has more than block %d%s: %w: %w", c.o.Channel, seen.Height, c.newest.Height, c.why(), service.ErrUnavailable, service.ErrRegressed)
	case known && (c.empty || c.newest.Height < seen.Height):
		return fmt.Errorf("channel %s: the copy is being rebuilt, block %d of %d%s: %w", c.o.Channel, c.newest.Height, seen.Height, c.why(), service.ErrUnavailable)
	}
	return nil
}

func (c *chain) why() string {
	if c.trouble == nil {
		return ""
	}
	return " (" + c.trouble.Error() + ")"
}

// head is the newest block of the copy.
func (c *chain) head() (service.Head, error) {
	head, _, err := c.look()
	if err != nil {
		return service.Head{}, err
	}
	return head, nil
}

// waitFor returns when the copy has block height, or with ctx's error, or
// with ErrUnavailable when the chain is closed or cannot be believed.
func (c *chain) waitFor(ctx context.Context, height uint64) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		head, grown, err := c.look()
		if err == nil && head.Height >= height {
			return nil
		}
		if err := c.over(err); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-grown:
		}
	}
}

// over is err when waiting will not help.
func (c *chain) over(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.broken != nil {
		return err
	}
	return nil
}

// follow calls fn for every block from a number on, in order, each once, and
// waits for new ones. Older blocks are read from the peers again, and must
// be the very ones that were verified when they came. No lock and no
// transaction is held while fn runs; what it gets must not be changed.
func (c *chain) follow(ctx context.Context, from uint64, fn func(service.Block) error) error {
	for next := from; ; {
		if err := c.waitFor(ctx, next); err != nil {
			return err
		}
		d, head, ok := c.atHand(next)
		if !ok {
			err := c.replay(ctx, next, head.Height, func(d *decoded) error { next++; return fn(d.block) })
			if err != nil {
				return err
			}
			continue
		}
		if err := fn(d.block); err != nil {
			return err
		}
		next++
	}
}

func (c *chain) atHand(number uint64) (*decoded, service.Head, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, ok := c.recent.block(number)
	return d, c.newest, ok
}

// block is one block of the copy; ErrNotFound when there is none yet.
func (c *chain) block(ctx context.Context, number uint64) (service.Block, error) {
	d, err := c.decodedBlock(ctx, number)
	if err != nil {
		return service.Block{}, err
	}
	return d.block, nil
}

func (c *chain) decodedBlock(ctx context.Context, number uint64) (out *decoded, err error) {
	head, _, err := c.look()
	if err != nil {
		return nil, err
	}
	if number > head.Height {
		return nil, fmt.Errorf("block %d, the newest is %d: %w", number, head.Height, service.ErrNotFound)
	}
	if d, _, ok := c.atHand(number); ok {
		return d, nil
	}
	err = c.replay(ctx, number, number, func(d *decoded) error { out = d; return nil })
	return out, err
}

// publish shows stored blocks to all who follow, wait or watch.
func (c *chain) publish(ctx context.Context, blocks []*decoded) {
	genesis := ""
	if first := blocks[0].block; first.Number == 0 {
		genesis = first.Hash
	}
	c.seen.begins(genesis) // before anybody can ask for what block 0 holds
	last := blocks[len(blocks)-1].block
	c.set(func() {
		for _, d := range blocks {
			c.recent.add(d)
			c.tell(d)
		}
		c.newest, c.empty, c.trouble, c.moved = service.Head{Height: last.Number, Hash: last.Hash}, false, nil, time.Now()
	})
	if err := c.seen.note(service.Head{Height: last.Number, Hash: last.Hash}, genesis); err != nil {
		c.log.ErrorContext(ctx, "the newest block is not remembered", slog.Any("error", err))
	}
}

var errEnough = errors.New("enough")
