package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Record implements service.Checkpoints. Nothing is kept for a crash: what
// was sent is held or not, and the same checkpoint may be given again.
func (c *Checkpoints) Record(ctx context.Context, point pledge.Checkpoint) (service.HeldCheckpoint, error) {
	text, err := pledge.CanonicalJSON(point)
	if err != nil {
		return service.HeldCheckpoint{}, fmt.Errorf("printing a checkpoint: %w", err)
	}
	for tries := 1; ; tries++ {
		e, err := c.endorse(ctx, [][]byte{[]byte("checkpoint"), text})
		if err != nil {
			return service.HeldCheckpoint{}, err
		}
		if !e.Writes {
			return c.asHeld(ctx, point)
		}
		v, err := c.order(ctx, e)
		switch code := peer.TxValidationCode(v.Code); {
		case err != nil:
			return service.HeldCheckpoint{}, err
		case code == peer.TxValidationCode_VALID:
			return c.asHeld(ctx, point)
		case code != peer.TxValidationCode_MVCC_READ_CONFLICT || tries == 5:
			return service.HeldCheckpoint{}, fmt.Errorf("channel %s: block %d holds the checkpoint as invalid: %s", c.o.Channel, v.Block, code)
		} // another member was faster: see what comes of it
	}
}

// endorse asks again when members differ for a moment, or when their peers do
// not have the newest of the blocks yet.
func (c *Checkpoints) endorse(ctx context.Context, args [][]byte) (endorsed, error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.EndorseTimeout)
	defer cancel()
	for tries := 1; ; tries++ {
		e, err := c.wire.Endorse(ctx, args)
		var refused *pledge.Error
		switch {
		case err == nil:
			return e, nil
		case errors.As(err, &refused) && refused.Code != pledge.NotFound:
			return e, refused
		case refused == nil && !errors.Is(err, service.ErrConflict) && !(errors.Is(err, service.ErrUnavailable) && tries < 3):
			return e, unable("having a checkpoint endorsed", err)
		}
		if sleep(ctx, backOff(20*time.Millisecond, tries)) != nil {
			return e, unable("having a checkpoint endorsed", err)
		}
	}
}

// order sends a transaction until a block tells its fate. An error leaves
// that open, unless no orderer could be reached at all.
func (c *Checkpoints) order(ctx context.Context, e endorsed) (verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.CommitTimeout)
	defer cancel()
	seen, forget := c.chain.watch(e.TxID)
	defer forget()
	for {
		again := time.NewTimer(c.o.resend)
		err := c.wire.Broadcast(ctx, e.Envelope)
		if err != nil {
			c.o.Logger.Warn("a checkpoint was not taken by enough orderers", slog.String("tx_id", e.TxID), slog.Any("error", err))
		}
		select {
		case v, ok := <-seen:
			again.Stop()
			return verdictOr(v, ok)
		case <-ctx.Done():
			again.Stop()
			return verdict{}, unable("waiting for the block of a checkpoint", errors.Join(ctx.Err(), err))
		case <-again.C:
		}
	}
}

// asHeld is a checkpoint that stands in a block, or will any moment.
func (c *Checkpoints) asHeld(ctx context.Context, point pledge.Checkpoint) (service.HeldCheckpoint, error) {
	ctx, cancel := context.WithTimeout(ctx, c.o.CommitTimeout)
	defer cancel()
	for {
		_, grown, _ := c.chain.look()
		h, err := c.Over(ctx, point.Last)
		if err == nil && h.Checkpoint != point {
			return h, fmt.Errorf("channel %s holds %+v, and its members answered %+v", c.o.Channel, h.Checkpoint, point)
		}
		if err == nil || !errors.Is(err, service.ErrNotFound) && c.chain.over(err) != nil {
			return h, err
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return h, unable("waiting for the block of a checkpoint", fmt.Errorf("%w (%v)", ctx.Err(), err))
		}
	}
}
