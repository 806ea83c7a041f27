package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// chainOptions say which channel is copied, and to where.
type chainOptions struct {
	// Dir is the folder of the copy, which is made when absent. The copy may
	// be deleted at any time: it is read anew from the channel. The small
	// file beside it that remembers the highest block ever seen should not.
	Dir                string
	Channel, Chaincode string
	// GenesisHash is that of block 0, hex; empty trusts the first that is read.
	GenesisHash string
	// Readers is how many members must give the same answer as the copy to
	// an agreed read; 2 when zero.
	Readers int
	// AgreeWithin bounds how long differing answers are asked again; 5 s when zero.
	AgreeWithin time.Duration
	// StallAfter is how long the peers may lack a block that was seen before
	// it is called a regression; 10 s when zero.
	StallAfter time.Duration
	// Imprint: the channel holds checkpoints, and no commands.
	Imprint bool
	// Logger hears of forged blocks and members that disagree; nil is silent.
	Logger *slog.Logger
}

func (o *chainOptions) setDefaults() {
	if o.Readers == 0 {
		o.Readers = 2
	}
	if o.AgreeWithin == 0 {
		o.AgreeWithin = 5 * time.Second
	}
	if o.StallAfter == 0 {
		o.StallAfter = 10 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
}

// chain is the local copy of a channel: every block verified, what the
// commands did, and the current values. It is safe for concurrent use.
type chain struct {
	o    chainOptions
	log  *slog.Logger
	seen *seen

	ctx     context.Context // ends at close
	stop    context.CancelFunc
	running sync.WaitGroup
	damaged chan error // holds one mark from the read that met damage

	// dbMu is held for reading by whoever reads the copy, and for writing
	// while it is replaced.
	dbMu sync.RWMutex
	db   *store

	// mu guards what follows.
	mu       sync.Mutex
	wire     wire
	closed   bool
	broken   error // the channel went backwards, or makes no sense
	trouble  error // why no blocks come at the moment
	empty    bool
	newest   service.Head
	moved    time.Time // when the head moved last
	recent   recent
	watchers map[string][]chan verdict
	grown    chan struct{} // closed and replaced at every change
}

func (c *chain) decoder() decoder {
	return decoder{channel: c.o.Channel, chaincode: c.o.Chaincode, imprint: c.o.Imprint}
}

// openChain opens the copy in o.Dir, or starts an empty one. A copy that is
// damaged, or of another channel, is deleted: run fills the new one.
func openChain(o chainOptions) (*chain, error) {
	o.setDefaults()
	c := &chain{o: o, log: o.Logger, watchers: map[string][]chan verdict{}, grown: make(chan struct{}), damaged: make(chan error, 1), moved: time.Now()}
	c.ctx, c.stop = context.WithCancel(context.Background())
	var err error
	if c.seen, err = openSeen(o.Dir, o.Channel, o.GenesisHash); err != nil {
		return nil, fmt.Errorf("opening the copy of channel %s: %w", o.Channel, err)
	}
	if err = c.load(openStore); errors.Is(err, errDamaged) {
		c.log.Warn("the copy of the channel is rebuilt", slog.String("channel", o.Channel), slog.Any("error", err))
		err = c.load(newStore)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the copy of channel %s: %w", o.Channel, err)
	}
	return c, nil
}

// load opens a file and takes over where it ends.
func (c *chain) load(open func(chainOptions) (*store, error)) error {
	db, err := open(c.o)
	if err != nil {
		return err
	}
	last, ok, err := db.last()
	if err == nil && ok {
		err = c.agreesWithSeen(db, last.head)
	}
	if err != nil {
		return errors.Join(err, db.close())
	}
	c.db = db
	c.set(func() { c.newest, c.empty, c.recent, c.moved = last.head, !ok, recent{}, time.Now() })
	return nil
}

// agreesWithSeen: the copy must be of the channel that is remembered.
func (c *chain) agreesWithSeen(db *store, head service.Head) error {
	first, err := db.block(0)
	if err == nil {
		err = errors.Join(c.seen.check(0, first.head.Hash), c.seen.check(head.Height, head.Hash))
	}
	if err != nil {
		return fmt.Errorf("%v: %w", err, errDamaged)
	}
	return c.seen.note(head, first.head.Hash)
}

// run copies the channel from where the copy ends until ctx does. When a
// peer fails or lies it goes on with another one. It returns ctx's error,
// or why nothing of this channel can be believed any more: then every
// question is answered with that. It may be called once.
func (c *chain) run(ctx context.Context, w wire) error {
	if !c.attach(w) {
		return errClosed
	}
	defer c.running.Done()
	ctx, cancel := joined(ctx, c.ctx)
	defer cancel()
	var faults int
	for pause := newPause(); ; {
		before, _, _ := c.look()
		err := c.copyBlocks(ctx, w)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if after, _, _ := c.look(); after != before {
			pause, faults = newPause(), 0
		}
		if errors.Is(err, errFault) {
			faults++
		}
		if errors.Is(err, service.ErrRegressed) || faults > len(w.Members()) {
			return c.fail(ctx, err)
		}
		if err := c.recover(ctx, err); err != nil {
			return c.fail(ctx, err)
		}
		if err := pause.wait(ctx); err != nil {
			return err
		}
	}
}

func (c *chain) attach(w wire) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	c.running.Add(1)
	c.wire = w
	c.wake()
	return true
}

// fail is for good: until the process starts again nothing is answered.
func (c *chain) fail(ctx context.Context, err error) error {
	c.log.ErrorContext(ctx, "ALARM: the channel cannot be believed", slog.String("channel", c.o.Channel), slog.Any("error", err))
	c.set(func() { c.broken = err })
	return fmt.Errorf("copying channel %s: %w", c.o.Channel, err)
}

// recover says why blocks do not come, and starts a damaged copy over.
func (c *chain) recover(ctx context.Context, err error) error {
	level := slog.LevelWarn
	if errors.Is(err, errForged) || errors.Is(err, errFault) {
		level = slog.LevelError
	}
	c.log.Log(ctx, level, "blocks stopped coming; trying again", slog.String("channel", c.o.Channel), slog.Any("error", err))
	c.set(func() { c.trouble = err })
	if !errors.Is(err, errDamaged) {
		return nil
	}
	c.dbMu.Lock()
	defer c.dbMu.Unlock()
	closing := c.db.close()
	select {
	case <-c.damaged:
	default:
	}
	if err := c.load(newStore); err != nil {
		return errors.Join(err, closing)
	}
	return nil
}

// noteDamage has run rebuild the copy when a read found it damaged.
func (c *chain) noteDamage(err error) error {
	if errors.Is(err, errDamaged) {
		select {
		case c.damaged <- err:
		default:
		}
	}
	return err
}

// close ends run and every question, and closes the file.
func (c *chain) close() error {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		return nil
	}
	c.closed = true
	c.dismiss()
	c.wake()
	c.mu.Unlock()
	c.stop()
	c.running.Wait()
	c.dbMu.Lock()
	defer c.dbMu.Unlock()
	if err := errors.Join(c.seen.flush(), c.db.close()); err != nil {
		return fmt.Errorf("closing the copy of channel %s: %w", c.o.Channel, err)
	}
	return nil
}

// set changes something and wakes all who wait.
func (c *chain) set(fn func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fn()
	c.wake()
}

// wake MUST be called with mu held.
func (c *chain) wake() {
	close(c.grown)
	c.grown = make(chan struct{})
}

var errClosed = fmt.Errorf("the ledger is closed: %w", service.ErrUnavailable)

// outcomeOf is the outcome of a command that took effect.
func outcomeOf(id, recordID string, record []byte, at pledge.Position) pledge.Outcome {
	return pledge.Outcome{CommandID: id, Status: pledge.Applied, RecordID: recordID, Record: record, Position: &at}
}
