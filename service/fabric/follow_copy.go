package fabric

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"golang.org/x/sync/errgroup"
)

// groupCommands and groupBytes are what one transaction of the file takes at
// most, when blocks come faster than they can be synced one by one.
const (
	groupCommands = 4096
	groupBytes    = 16 << 20
)

// copyBlocks reads blocks from where the copy ends, until the stream breaks.
// Verifying runs beside storing.
func (c *chain) copyBlocks(ctx context.Context, w wire) error {
	f, err := c.front()
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	blocks := make(chan *decoded, 4)
	g.Go(func() error {
		defer close(blocks)
		return c.receive(ctx, w, f, blocks)
	})
	g.Go(func() error { return c.storeAll(ctx, blocks) })
	return g.Wait()
}

// front starts where the copy ends.
func (c *chain) front() (*front, error) {
	f := &front{decoder: c.decoder(), seen: c.seen}
	c.dbMu.RLock()
	defer c.dbMu.RUnlock()
	last, ok, err := c.db.last()
	if err != nil || !ok {
		return f, err
	}
	configs, err := c.db.configs(last.head.Height)
	if err != nil {
		return nil, err
	}
	f.began, f.head, f.time = true, last.head, last.time
	f.consenters, err = configInForce(configs, c.o.Channel)
	if err != nil {
		return nil, fmt.Errorf("%v: %w", err, errDamaged)
	}
	return f, nil
}

// receive takes blocks from a peer. The first one is the last of the copy,
// so that a channel with another one there is noticed.
func (c *chain) receive(ctx context.Context, w wire, f *front, blocks chan<- *decoded) error {
	from := uint64(0)
	if f.began {
		from = f.head.Height
	}
	again := f.began
	err := w.Blocks(ctx, from, func(b *common.Block) error {
		if again {
			again = false
			return f.same(b)
		}
		d, err := f.next(b)
		if errors.Is(err, errFault) {
			err = fmt.Errorf("%w (or %w)", err, errForged) // the verdicts are the peer's word: ask another one
		}
		if err != nil {
			return err
		}
		select {
		case blocks <- d:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	if err == nil {
		err = errors.New("the stream of blocks ended")
	}
	return err
}

// storeAll stores what has come, many blocks at once when it is behind.
func (c *chain) storeAll(ctx context.Context, blocks <-chan *decoded) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-c.damaged:
			return err
		case d, ok := <-blocks:
			if !ok {
				return nil
			}
			if err := c.storeGroup(ctx, gather(d, blocks)); err != nil {
				return err
			}
		}
	}
}

func gather(first *decoded, blocks <-chan *decoded) []*decoded {
	group, commands, size := []*decoded{first}, len(first.block.Commands), first.size
	for commands < groupCommands && size < groupBytes {
		select {
		case d, ok := <-blocks:
			if !ok {
				return group
			}
			group, commands, size = append(group, d), commands+len(d.block.Commands), size+d.size
		default:
			return group
		}
	}
	return group
}

func (c *chain) storeGroup(ctx context.Context, group []*decoded) error {
	c.dbMu.RLock()
	err := c.db.put(group)
	c.dbMu.RUnlock()
	if err != nil {
		return err
	}
	c.publish(ctx, group)
	return nil
}

// pause grows from a tenth of a second to five.
type pause struct{ next time.Duration }

func newPause() *pause { return &pause{100 * time.Millisecond} }

func (p *pause) wait(ctx context.Context) error {
	t := time.NewTimer(p.next)
	defer t.Stop()
	p.next = min(2*p.next, 5*time.Second)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// joined is ctx that ends with other, too.
func joined(ctx, other context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(other, cancel)
	return ctx, func() { stop(); cancel() }
}
