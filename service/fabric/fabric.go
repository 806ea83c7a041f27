package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Options say which channel the ledger is, and as whom to use it. Profile
// and Dir are needed; the zero value of any other means its default.
type Options struct {
	// Profile is the path of a connection profile of fabric-sdk-go (YAML),
	// User a user of its client organization ("service").
	Profile, User string
	// Channel ("pledge") and Chaincode ("datapledge").
	Channel, Chaincode string
	// ChaincodeVersion is the version that must be committed on the channel;
	// empty takes any.
	ChaincodeVersion string
	// GenesisHash is the hash of the channel's block 0, lowercase hex, as a
	// trust file has it; empty trusts the first that is read.
	GenesisHash string
	// Dir is a folder of this process alone: the journal of what is under
	// way, which MUST survive a restart, and the copy of the channel.
	Dir string
	// Readers is how many members must agree on what is read (2).
	Readers int
	// MaxCommands and MaxBytes bound one transaction (pledge.MaxTxCommands,
	// pledge.MaxTxBytes).
	MaxCommands, MaxBytes int
	// MaxInFlight is how many transactions are under way at once (2).
	MaxInFlight int
	// EndorseTimeout bounds the tries to get a transaction endorsed (10 s).
	// CommitTimeout is when Submit answers, with status unknown if need be (15 s).
	EndorseTimeout, CommitTimeout time.Duration
	// Logger hears of faults and of transactions that took their time; nil
	// means slog.Default().
	Logger *slog.Logger

	limits limits
}

// limits are what tests make small. The zero value of each means the default.
type limits struct {
	bytesInFlight int64 // of commands accepted and not answered
	// envelope keeps a transaction well under what orderers take
	// (AbsoluteMaxBytes, 10 MB).
	envelope  int
	openRows  int           // transactions without a verdict
	linger    time.Duration // a batch gathers while others are under way
	resend    time.Duration // first pause before the same bytes go again
	renew     time.Duration // after which the commands go in a new transaction, too
	conflicts int           // tries of a single command that conflicts
	opening   time.Duration // for the members to answer and the genesis to be read
	stall     time.Duration // a copy that does not grow for so long has all it can get
	step      func(string)  // called before and after every step of a write
}

func (o *Options) setDefaults() {
	set(&o.User, "service")
	set(&o.Channel, "pledge")
	set(&o.Chaincode, "datapledge")
	set(&o.Readers, 2)
	set(&o.MaxCommands, pledge.MaxTxCommands)
	set(&o.MaxBytes, pledge.MaxTxBytes)
	set(&o.MaxInFlight, 2)
	set(&o.EndorseTimeout, 10*time.Second)
	set(&o.CommitTimeout, 15*time.Second)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.limits.setDefaults()
}

func (l *limits) setDefaults() {
	set(&l.bytesInFlight, 64<<20)
	set(&l.envelope, 8<<20)
	set(&l.openRows, 64)
	set(&l.linger, 5*time.Millisecond)
	set(&l.resend, 3*time.Second)
	set(&l.renew, 2*time.Minute)
	set(&l.conflicts, 10)
	set(&l.opening, 60*time.Second)
	set(&l.stall, 10*time.Second)
	if l.step == nil {
		l.step = func(string) {}
	}
}

// Ledger is the ledger of a consortium: commands go into transactions that
// members endorse and orderers put into blocks. It is safe for concurrent use.
type Ledger struct {
	options Options
	log     *slog.Logger
	info    service.LedgerInfo
	wire    wire
	chain   *chain
	journal *journal
	flight  *semaphore.Weighted
	ready   readiness
	stats   counters

	ctx        context.Context // ends when Close has waited long enough
	stop       context.CancelFunc
	background sync.WaitGroup

	// mu guards the queue and every call in it.
	mu     sync.Mutex
	closed bool
	calls  sync.WaitGroup
	queue  queue
}

var _ service.Ledger = (*Ledger)(nil)

// Open joins the channel as a client, checks that the consortium's genesis
// is there, and finishes what a crash left under way. It fails with
// service.ErrUnavailable when too few members can be reached. ctx bounds the opening only.
func Open(ctx context.Context, o Options) (*Ledger, error) {
	o.setDefaults()
	w, err := newSDKWire(context.WithoutCancel(ctx), sdkOptions{Profile: o.Profile, User: o.User, Channel: o.Channel,
		Chaincode: o.Chaincode, EndorseTimeout: o.EndorseTimeout, Logger: o.Logger})
	if err != nil {
		return nil, fmt.Errorf("joining channel %s: %w", o.Channel, err)
	}
	return open(ctx, o, w)
}

// open takes w over, and closes it when it fails.
func open(ctx context.Context, o Options, w wire) (*Ledger, error) {
	o.setDefaults()
	l := &Ledger{options: o, log: o.Logger, wire: w, flight: semaphore.NewWeighted(o.limits.bytesInFlight)}
	l.queue.init(l)
	l.ctx, l.stop = context.WithCancel(context.Background())
	if err := l.begin(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening channel %s: %w", o.Channel, err), l.release())
	}
	l.reconcile()
	return l, nil
}

func (l *Ledger) begin(ctx context.Context) error {
	if err := os.MkdirAll(l.options.Dir, 0o700); err != nil {
		return err
	}
	var err error
	if l.journal, err = openJournal(l.options.Dir, l.log); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, l.options.limits.opening)
	defer cancel()
	if err := l.checkNetwork(bounded); err != nil {
		return err
	}
	l.chain, err = openChain(chainOptions{Dir: l.options.Dir, Channel: l.options.Channel, Chaincode: l.options.Chaincode,
		GenesisHash: l.options.GenesisHash, Readers: l.options.Readers, Logger: l.log})
	if err != nil {
		return err
	}
	l.background.Go(func() { _ = l.chain.run(l.ctx, l.wire) }) // it says itself why it ends
	if err := l.identify(bounded); err != nil {
		return err
	}
	return l.catchUp(ctx)
}

// Close finishes what was accepted, within bounds: what is under way then is
// finished by the next opening. Everything asked afterwards is answered with
// service.ErrUnavailable.
func (l *Ledger) Close() error {
	l.mu.Lock()
	was := l.closed
	l.closed = true
	l.mu.Unlock()
	if was {
		return nil
	}
	l.calls.Wait() // each within its own timeout
	if err := l.release(); err != nil {
		return fmt.Errorf("closing the ledger: %w", err)
	}
	return nil
}

// release ends all goroutines and lets go of everything.
func (l *Ledger) release() error {
	l.stop()
	l.mu.Lock()
	l.queue.changed.Broadcast()
	l.mu.Unlock()
	l.background.Wait()
	var errs []error
	if l.chain != nil {
		errs = append(errs, l.chain.close())
	}
	if l.journal != nil {
		errs = append(errs, l.journal.close())
	}
	l.wire.Close()
	return errors.Join(errs...)
}
