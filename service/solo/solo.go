// Package solo is the ledger of a single node: blocks of signed commands in
// one bbolt file, hash-chained and signed by the operator. It implements
// service.Ledger. FORMAT.md describes every byte, for checkers of its own.
//
// What it proves: which commands the operator accepted, in which order, and
// that nothing was changed since a block was seen. What it cannot prove:
// that the operator showed everybody the same chain.
package solo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	"golang.org/x/sync/semaphore"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Options say where a ledger is and whose it is.
type Options struct {
	// Path is the ledger file. It is made when absent.
	Path string
	// Genesis is what a new ledger starts from. An existing one MUST have
	// started from the same.
	Genesis pledge.Genesis
	// Operator signs the blocks.
	Operator Operator
	// Now is the clock of block times; nil means time.Now.
	Now func() time.Time
	// Logger hears of damage and of failed writes; nil means slog.Default().
	Logger *slog.Logger

	limits limits
}

// limits bound memory and block sizes. The zero value of each means the
// default; tests make them small.
type limits struct {
	commands int   // commands in a block
	bytes    int   // bytes of entries in a block, passed by at most one slice of commands
	inFlight int64 // bytes of commands accepted and not yet answered
	flush    int   // writes in memory before the state index is written
	step     int   // of these at least so many go along with a block
	values   int   // bytes of state values kept in memory
}

func (l *limits) setDefaults() {
	l.commands = or(l.commands, 2000)
	l.bytes = or(l.bytes, 8<<20)
	l.inFlight = or(l.inFlight, 64<<20)
	l.flush = or(l.flush, 1<<19)
	l.step = or(l.step, 1<<10)
	l.values = or(l.values, 32<<20)
}

func or[T int | int64](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// Ledger is an open ledger. It is safe for concurrent use.
type Ledger struct {
	options Options
	info    service.LedgerInfo
	db      *bbolt.DB
	file    *os.File // bbolt's own handle, to look at what a failed commit left
	commit  func(*bbolt.Tx) error

	flight *semaphore.Weighted
	inbox  *queue[*part] // accepted, waiting for their signatures to be checked
	ready  *queue[*part] // checked, waiting for the committer
	keys   keyring
	done   sync.WaitGroup

	// mu guards what readers share with the committer; only the committer
	// changes it.
	mu     sync.RWMutex
	closed bool
	broken error // why no more commands are taken
	head   service.Head
	time   time.Time
	state  layers
	recent []service.Block
	grown  chan struct{} // closed and replaced at every block
}

var _ service.Ledger = (*Ledger)(nil)

// Open opens the ledger at o.Path, or makes it. An existing file is verified
// as a whole first: its pages, every block and the state. Damage comes back
// as *DamageError, and a file that another process has open as ErrLocked.
func Open(o Options) (*Ledger, error) {
	o.limits.setDefaults()
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Operator.kid == "" {
		return nil, errors.New("opening the ledger: no operator key")
	}
	l := &Ledger{options: o, commit: (*bbolt.Tx).Commit, grown: make(chan struct{})}
	if err := guard(l.load); err != nil {
		l.discard()
		return nil, fmt.Errorf("opening the ledger %s: %w", o.Path, err)
	}
	l.start()
	return l, nil
}

func (l *Ledger) load() error {
	if err := l.create(); err != nil {
		return err
	}
	if err := l.openFile(); err != nil {
		return err
	}
	l.state = newLayers(l.options.limits)
	return l.verify(runtime.GOMAXPROCS(0))
}

func (l *Ledger) start() {
	l.flight = semaphore.NewWeighted(l.options.limits.inFlight)
	l.inbox, l.ready = newQueue[*part](), newQueue[*part]()
	l.done.Add(2)
	go l.checkSignatures()
	go l.commitAll()
}

// discard lets go of a file that could not be loaded.
func (l *Ledger) discard() {
	if l.db != nil {
		_ = l.db.Close()
	}
}

// Info says which ledger this is.
func (l *Ledger) Info() service.LedgerInfo { return l.info }

// Close finishes what was accepted and closes the file. Everything asked
// afterwards is answered with service.ErrUnavailable.
func (l *Ledger) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	close(l.grown)
	l.mu.Unlock()
	l.inbox.close()
	l.done.Wait()
	err := l.flushAll()
	if cerr := l.db.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("closing the ledger: %w", err)
	}
	return nil
}

// Head returns the newest committed block.
func (l *Ledger) Head(ctx context.Context) (service.Head, error) {
	if err := ctx.Err(); err != nil {
		return service.Head{}, err
	}
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return service.Head{}, errClosed
	}
	return l.head, nil
}

var errClosed = fmt.Errorf("the ledger is closed: %w", service.ErrUnavailable)
