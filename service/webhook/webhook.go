// Package webhook hands notices and reminders to the addresses that parties registered: in
// ledger order for each record, signed, at least once. PROTOCOL.md says what a
// receiver may rely on.
//
// Registrations, what waits to be delivered, and how far the ledger was read
// are one database file, so that a crash between any two steps ends in a
// delivery that is repeated, and in none that is lost.
package webhook

import (
	"context"
	"crypto"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/datapledge/datapledge/service"
)

// Key is the service's key as signing deliveries needs it; *client.Key is one.
type Key interface {
	KID() string
	Public() json.RawMessage
	RevealSigner() crypto.Signer
}

// Source is where notices come from; *service.Service is one.
type Source interface {
	// Told lists the next events after a cursor with their notices, and waits
	// until there is one. Notices of blocks up to since may be left out.
	Told(ctx context.Context, after string, since uint64) ([]service.Told, error)
	// Reminded lists the reminders that are told after a moment and up to another.
	Reminded(ctx context.Context, after, until time.Time) ([]service.Reminder, error)
	// Speaks says whether a key still speaks for a party.
	Speaks(ctx context.Context, party, kid string) (bool, error)
}

// Options of Hooks. Path and Key are required.
type Options struct {
	// Path is the database file. One process at a time.
	Path string
	Key  Key
	// AllowHTTP and AllowPrivate are for trials and for targets within one's
	// own network.
	AllowHTTP, AllowPrivate bool
	// TLS says who vouches for targets; nil: the system's list.
	TLS *tls.Config
	// Resolve finds the addresses of a host; nil: the system's resolver.
	Resolve func(ctx context.Context, host string) ([]netip.Addr, error)

	// PerParty is how many webhooks a party may have; 10 when zero. Queue is how
	// many deliveries one may have waiting or dead; 10,000 when zero.
	PerParty, Queue int
	// Tries is how often a delivery is tried; 32 when zero, about a day.
	Tries int
	// Timeout is how long one try may take; 10 s when zero.
	Timeout time.Duration
	// FirstWait and LongestWait are between two tries: twice as long each time;
	// 5 s and 1 h when zero.
	FirstWait, LongestWait time.Duration
	// Remind is how often reminders are looked for; every minute when zero.
	Remind time.Duration

	Now    func() time.Time
	Logger *slog.Logger
}

// parallel is how many records of one webhook are delivered at a time.
const parallel = 4

// faultWait is how long a fault of our own waits to be tried again.
const faultWait = time.Second

// Hooks keeps the registrations and delivers. It implements service.Webhooks.
type Hooks struct {
	o    Options
	db   *store
	http *http.Client

	mu      sync.Mutex
	source  Source // nil unless Run runs
	ctx     context.Context
	workers map[string]*worker
	running sync.WaitGroup
	first   chan struct{} // a registration came
}

var _ service.Webhooks = (*Hooks)(nil)

// Open opens the database, and makes it when there is none. Nothing is
// delivered before Run.
func Open(o Options) (*Hooks, error) {
	if o.Path == "" || o.Key == nil {
		return nil, errors.New("webhooks need a file and a key")
	}
	o.defaults()
	db, err := openStore(o.Path)
	if err != nil {
		return nil, fmt.Errorf("opening webhooks: %w", err)
	}
	h := &Hooks{o: o, db: db, workers: map[string]*worker{}, first: make(chan struct{}, 1)}
	h.http = h.client()
	return h, nil
}

func (o *Options) defaults() {
	o.PerParty, o.Queue, o.Tries = or(o.PerParty, 10), or(o.Queue, 10_000), or(o.Tries, 32)
	o.Timeout = or(o.Timeout, 10*time.Second)
	o.FirstWait, o.LongestWait = or(o.FirstWait, 5*time.Second), or(o.LongestWait, time.Hour)
	o.Remind = or(o.Remind, time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Resolve == nil {
		o.Resolve = resolve
	}
}

func or[T int | time.Duration](v, otherwise T) T {
	if v == 0 {
		return otherwise
	}
	return v
}

// Run reads notices and reminders and delivers them until ctx ends.
func (h *Hooks) Run(ctx context.Context, source Source) {
	h.begin(ctx, source)
	var reminding sync.WaitGroup
	reminding.Go(func() { h.remindUntil(ctx, source) })
	defer h.end()
	defer reminding.Wait()
	for said := ""; ctx.Err() == nil; pause(ctx, faultWait) {
		err := h.pump(ctx, source)
		if ctx.Err() == nil && err.Error() != said { // a ledger that went backwards may stay so for hours
			said = err.Error()
			h.o.Logger.ErrorContext(ctx, "webhooks: notices cannot be read; trying again", "error", err)
		}
	}
}

// begin starts the workers of what is registered.
func (h *Hooks) begin(ctx context.Context, source Source) {
	h.mu.Lock()
	h.ctx, h.source = ctx, source
	h.mu.Unlock()
	for ctx.Err() == nil {
		hooks, err := active(ctx, h.db.db)
		if err == nil {
			for _, w := range hooks {
				h.wake(w.ID)
			}
			return
		}
		h.o.Logger.ErrorContext(ctx, "webhooks: registrations cannot be read; trying again", "error", err)
		pause(ctx, faultWait)
	}
}

// end waits for the workers; none starts any more.
func (h *Hooks) end() {
	h.mu.Lock()
	h.source, h.workers = nil, map[string]*worker{}
	h.mu.Unlock()
	h.running.Wait()
	h.http.CloseIdleConnections()
}

// work starts the worker of a webhook, or wakes it. The caller holds mu.
func (h *Hooks) work(id string) {
	if h.source == nil {
		return
	}
	if w := h.workers[id]; w != nil {
		w.awake()
		return
	}
	ctx, stop := context.WithCancel(h.ctx)
	w := &worker{hooks: h, source: h.source, id: id, stop: stop, wake: make(chan struct{}, 1)}
	h.workers[id] = w
	h.running.Go(func() {
		defer stop()
		w.run(ctx)
	})
}

// wake has a webhook's worker look again.
func (h *Hooks) wake(ids ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, id := range ids {
		h.work(id)
	}
}

// quit ends a webhook's worker: what is under way is cut off.
func (h *Hooks) quit(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if w := h.workers[id]; w != nil {
		w.stop()
		delete(h.workers, id)
	}
}

// Close closes the database. Run must have ended.
func (h *Hooks) Close() error { return h.db.close() }

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
