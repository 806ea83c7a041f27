package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/datapledge/datapledge/service"
)

// CheckpointOptions say which channel holds checkpoints, and as whom to use
// it. Profile and Dir are needed; the zero value of any other means its default.
type CheckpointOptions struct {
	// Profile is the connection profile of a member of that channel, User a
	// user of its client organization ("service").
	Profile, User string
	// Channel ("imprint"), the Chaincode there ("imprint"), and the channel
	// that the checkpoints are Of ("pledge").
	Channel, Chaincode, Of string
	// GenesisHash is the hash of the channel's block 0, lowercase hex, as a
	// trust file has it; empty trusts the first that is read.
	GenesisHash string
	// Dir is a folder of this process alone, for the copy of the channel.
	Dir string
	// EndorseTimeout bounds the tries to get a transaction endorsed (10 s),
	// CommitTimeout the wait for its block (15 s).
	EndorseTimeout, CommitTimeout time.Duration
	Logger                        *slog.Logger // nil: slog.Default()

	stall  time.Duration // a copy that does not grow for so long has all it can get
	resend time.Duration // before the same bytes go again
}

func (o *CheckpointOptions) setDefaults() {
	set(&o.User, "service")
	set(&o.Channel, "imprint")
	set(&o.Chaincode, "imprint")
	set(&o.Of, "pledge")
	set(&o.EndorseTimeout, 10*time.Second)
	set(&o.CommitTimeout, 15*time.Second)
	set(&o.stall, 10*time.Second)
	set(&o.resend, 3*time.Second)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
}

// Checkpoints is the channel of courts and regulators (imprint 印刻). It is
// safe for concurrent use.
type Checkpoints struct {
	o     CheckpointOptions
	wire  wire
	chain *chain

	ctx        context.Context // ends at Close
	stop       context.CancelFunc
	background sync.WaitGroup
}

var _ service.Checkpoints = (*Checkpoints)(nil)

// OpenCheckpoints begins to copy the channel. It does not wait for the
// network: until that is there, calls fail with service.ErrUnavailable. ctx
// bounds the opening only.
func OpenCheckpoints(ctx context.Context, o CheckpointOptions) (*Checkpoints, error) {
	o.setDefaults()
	w, err := newSDKWire(context.WithoutCancel(ctx), sdkOptions{Profile: o.Profile, User: o.User, Channel: o.Channel,
		Chaincode: o.Chaincode, EndorseTimeout: o.EndorseTimeout, Logger: o.Logger})
	if err != nil {
		return nil, fmt.Errorf("joining channel %s: %w", o.Channel, err)
	}
	return openCheckpoints(o, w)
}

// openCheckpoints takes w over, and closes it when it fails.
func openCheckpoints(o CheckpointOptions, w wire) (*Checkpoints, error) {
	o.setDefaults()
	c := &Checkpoints{o: o, wire: w}
	var err error
	c.chain, err = openChain(chainOptions{Dir: o.Dir, Channel: o.Channel, Chaincode: o.Chaincode, GenesisHash: o.GenesisHash, Imprint: true, Logger: o.Logger})
	if err != nil {
		w.Close()
		return nil, err
	}
	c.ctx, c.stop = context.WithCancel(context.Background())
	c.background.Go(func() { _ = c.chain.run(c.ctx, w) }) // it says itself why it ends
	return c, nil
}

// Channel is the channel's own name.
func (c *Checkpoints) Channel() string { return c.o.Channel }

// Of is the channel whose blocks it holds checkpoints of.
func (c *Checkpoints) Of() string { return c.o.Of }

// Close lets go of everything. A checkpoint that was sent may still come to
// be held.
func (c *Checkpoints) Close() error {
	c.stop()
	err := c.chain.close()
	c.background.Wait()
	c.wire.Close()
	if err != nil {
		return fmt.Errorf("closing channel %s: %w", c.o.Channel, err)
	}
	return nil
}

// catchUp waits until the copy has what the peers have now.
func (c *Checkpoints) catchUp(ctx context.Context) error {
	p, ok := c.wire.(prober)
	if !ok {
		return nil
	}
	number, err := p.newest(ctx)
	if err != nil {
		return unable("asking how long channel "+c.o.Channel+" is", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.o.stall)
	defer cancel()
	if err := c.chain.waitFor(ctx, number); err != nil {
		_, _, why := c.chain.look()
		return unable(fmt.Sprintf("reading channel %s up to block %d", c.o.Channel, number), errors.Join(err, why))
	}
	return nil
}
