package fabric

import (
	"bytes"
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Newest implements service.Checkpoints.
func (c *Checkpoints) Newest(ctx context.Context) (service.HeldCheckpoint, error) {
	if err := c.catchUp(ctx); err != nil {
		return service.HeldCheckpoint{}, err
	}
	key := pledge.KeyNewestCheckpoint(c.o.Of)
	h, ok, err := c.held(func(state *bbolt.Bucket) (string, []byte) { return key, state.Get([]byte(key)) })
	if err == nil && !ok {
		err = fmt.Errorf("channel %s holds no checkpoint of %s: %w", c.o.Channel, c.o.Of, service.ErrNotFound)
	}
	return h, err
}

// Over implements service.Checkpoints. Checkpoints leave no gap, so the first
// that does not end before a block is the one.
func (c *Checkpoints) Over(ctx context.Context, block uint64) (service.HeldCheckpoint, error) {
	if err := ctx.Err(); err != nil {
		return service.HeldCheckpoint{}, err
	}
	from := []byte(pledge.KeyCheckpoint(c.o.Of, block))
	area := from[:bytes.LastIndexByte(from, '/')+1]
	newest := pledge.KeyNewestCheckpoint(c.o.Of)
	h, ok, err := c.held(func(state *bbolt.Bucket) (string, []byte) {
		key, value := state.Cursor().Seek(from)
		if !bytes.HasPrefix(key, area) || string(key) == newest {
			return "", nil
		}
		return string(key), value
	})
	if err == nil && !ok {
		err = fmt.Errorf("channel %s holds no checkpoint of block %d: %w", c.o.Channel, block, service.ErrNotFound)
	}
	return h, err
}

// held reads the entry that find picks from the values of the copy.
func (c *Checkpoints) held(find func(*bbolt.Bucket) (string, []byte)) (h service.HeldCheckpoint, ok bool, err error) {
	if _, _, err := c.chain.look(); err != nil {
		return h, false, err
	}
	err = c.chain.view(func(tx *bbolt.Tx) error {
		key, raw := find(tx.Bucket(bucketState))
		e, found, err := decodeStored(key, raw)
		if err != nil || !found {
			return err
		}
		if h.Checkpoint, err = pledge.ParseCheckpoint(e.value); err != nil {
			return fmt.Errorf("%.80q: %v: %w", key, err, errDamaged)
		}
		at := numberKey(e.at.Block)
		p, err := decodePlace(at, tx.Bucket(bucketBlocks).Get(at))
		h.At, h.Time, ok = e.at, p.time, err == nil
		return err
	})
	return h, ok, err
}
