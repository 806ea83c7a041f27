package sketches

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/datapledge/datapledge/service"
)

// Ledger is what the index needs of the ledger.
type Ledger interface {
	Info() service.LedgerInfo
	Head(ctx context.Context) (service.Head, error)
	Follow(ctx context.Context, from uint64, fn func(service.Block) error) error
}

// Options of an Index. Ledger, Vault and Dir are required.
type Options struct {
	Ledger Ledger
	Vault  Vault
	// Dir is the index's own folder; nobody else writes there, and what it does
	// not know there it may remove.
	Dir    string
	Logger *slog.Logger
	// Patience bounds how long a search waits for its block; 5 s when zero.
	Patience time.Duration
	// Again is how often missing sketches are looked for; 10 min when zero.
	Again time.Duration
	// Wait pauses between attempts; tests need not wait. It ends with ctx.
	Wait func(ctx context.Context, d time.Duration)
}

// Index implements service.ContentIndex. Run fills it; all other methods are
// safe for concurrent use with it.
type Index struct {
	o     Options
	log   *slog.Logger
	store *store
	state *state
	busy  chan struct{} // bounds how many search at the same time

	damaged chan error // what a search met
	assets  atomic.Int64
	missing atomic.Int64
	ledger  atomic.Uint64 // the ledger's head, when it was last seen
	shown   atomic.Uint64 // blocks shown: the head and one
}

var _ service.ContentIndex = (*Index)(nil)

// searches that run at the same time; further ones wait.
const searches = 4

// Open opens the folder, and creates it when there is none.
func Open(o Options) (*Index, error) {
	if o.Ledger == nil || o.Vault == nil || o.Dir == "" {
		return nil, errors.New("an index of content needs a ledger, a vault and a folder")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Second
	}
	if o.Again == 0 {
		o.Again = 10 * time.Minute
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	ix := &Index{o: o, log: o.Logger, state: newState(), busy: make(chan struct{}, searches), damaged: make(chan error, 1)}
	var err error
	if ix.store, err = openStore(filepath.Clean(o.Dir)); err != nil {
		return nil, err
	}
	ix.count()
	return ix, nil
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Close closes the files. Run must have returned.
func (ix *Index) Close() error {
	ix.state.set(nil)
	ix.store.mu.Lock()
	defer ix.store.mu.Unlock()
	ix.store.ready = false
	return ix.store.close()
}
