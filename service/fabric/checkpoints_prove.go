package fabric

import (
	"context"
	"fmt"
	"math"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Prove implements service.Checkpoints.
func (c *Checkpoints) Prove(ctx context.Context, h service.HeldCheckpoint) (service.CheckpointProof, error) {
	p := service.CheckpointProof{Blocks: map[uint64][]byte{}}
	raw, err := c.blockOf(ctx, h)
	if err != nil {
		return p, err
	}
	if p.Attestation, err = c.attested(ctx, h); err != nil {
		return p, err
	}
	if err := c.configs(p.Blocks); err != nil {
		return p, err
	}
	p.Blocks[h.At.Block] = raw
	return p, nil
}

// blockOf reads the checkpoint's block anew, and finds it in there.
func (c *Checkpoints) blockOf(ctx context.Context, h service.HeldCheckpoint) (raw []byte, err error) {
	head, err := c.chain.head()
	if err != nil {
		return nil, err
	}
	missing := fmt.Errorf("block %d of channel %s holds no such checkpoint: %w", h.At.Block, c.o.Channel, service.ErrNotFound)
	if h.At.Block > head.Height {
		return nil, missing
	}
	err = c.chain.replayRaw(ctx, h.At.Block, h.At.Block, func(b *common.Block, d *decoded) error {
		if h.At.Tx < 0 || h.At.Tx >= len(d.txs) || !holds(d.txs[h.At.Tx], h.Checkpoint) {
			return missing
		}
		raw, err = marshal(b)
		return err
	})
	return raw, err
}

func holds(tx transaction, point pledge.Checkpoint) bool {
	if len(tx.held) == 0 {
		return false
	}
	held, err := pledge.ParseCheckpoint(tx.held[0].Value)
	return err == nil && held == point
}

// attested is an endorsed read of the checkpoint's key, which is written once.
func (c *Checkpoints) attested(ctx context.Context, h service.HeldCheckpoint) ([]byte, error) {
	key := pledge.KeyCheckpoint(h.Channel, h.Last)
	e, err := c.endorse(ctx, [][]byte{[]byte("get"), []byte(key)})
	if err != nil {
		return nil, fmt.Errorf("asking members to attest %s: %w", key, err)
	}
	if err := checkAttestation(c.chain.decoder(), e.Envelope, key, h.At); err != nil {
		return nil, fmt.Errorf("members attest %s otherwise than the blocks say: %v: %w", key, err, service.ErrUnavailable)
	}
	return e.Envelope, nil
}

// configs adds all configurations: those until the checkpoint say who signed
// its block, and those since who attests it today.
func (c *Checkpoints) configs(to map[uint64][]byte) error {
	c.chain.dbMu.RLock()
	defer c.chain.dbMu.RUnlock()
	list, err := c.chain.db.configs(math.MaxUint64)
	if err != nil {
		return c.chain.noteDamage(err)
	}
	for _, raw := range list {
		b := &common.Block{}
		if err := unmarshal(raw, b); err != nil {
			return fmt.Errorf("reading a configuration of the copy: %w", err)
		}
		to[b.GetHeader().GetNumber()] = raw
	}
	return nil
}
