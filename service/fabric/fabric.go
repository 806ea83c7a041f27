package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"

	"golang.org/x/sync/semaphore"

	"github.com/datapledge/datapledge/service"
)

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
