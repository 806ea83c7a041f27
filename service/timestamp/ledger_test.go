package timestamp_test

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/timestamp"
	"github.com/datapledge/datapledge/service/timestamp/local"
)

// ledger has blocks whose hashes follow from its name.
type ledger struct {
	mu     sync.Mutex
	hashes []string
	grown  chan struct{} // closed when it has more
}

func newLedger(name string, blocks int) *ledger {
	l := &ledger{grown: make(chan struct{})}
	l.add(name, blocks)
	return l
}

// add returns at once, whoever follows: as a command that takes effect.
func (l *ledger) add(name string, blocks int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for range blocks {
		sum := sha256.Sum256(fmt.Append(nil, name, len(l.hashes)))
		l.hashes = append(l.hashes, hex.EncodeToString(sum[:]))
	}
	close(l.grown)
	l.grown = make(chan struct{})
}

func (l *ledger) Info() service.LedgerInfo { return service.LedgerInfo{Channel: "pledge"} }

func (l *ledger) Head(context.Context) (service.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.hashes) - 1
	return service.Head{Height: uint64(n), Hash: l.hashes[n]}, nil
}

func (l *ledger) Follow(ctx context.Context, from uint64, fn func(service.Block) error) error {
	for n := from; ; n++ {
		for {
			l.mu.Lock()
			grown := l.grown
			var b service.Block
			there := n < uint64(len(l.hashes))
			if there {
				b = service.Block{Number: n, Hash: l.hashes[n]}
			}
			l.mu.Unlock()
			if there {
				if err := fn(b); err != nil {
					return err
				}
				break
			}
			select {
			case <-grown:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
}

// authority is the local one behind whatever a test puts in front.
type authority struct {
	*local.Authority
	server *httptest.Server

	mu      sync.Mutex
	answer  http.HandlerFunc // instead of the authority's own
	queries int
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	inner, err := local.New(time.Now)
	if err != nil {
		t.Fatal(err)
	}
	a := &authority{Authority: inner}
	a.server = httptest.NewServer(a)
	t.Cleanup(a.server.Close)
	return a
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	answer := a.answer
	a.queries++
	a.mu.Unlock()
	if answer != nil {
		answer(w, r)
		return
	}
	a.Authority.ServeHTTP(w, r)
}

func (a *authority) asked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.queries
}

func (a *authority) answers(with http.HandlerFunc) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answer = with
}

func (a *authority) trust() timestamp.Trust {
	return timestamp.Trust{Roots: []*x509.Certificate{a.Root()}}
}

func (a *authority) client(t testing.TB) *timestamp.Client {
	t.Helper()
	c, err := timestamp.NewClient(a.server.URL, a.trust(), nil, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// running is a stamper at work.
type running struct {
	*timestamp.Stamper
	log  *lines
	stop func() error
}

func run(t testing.TB, l *ledger, a *authority, dir string, blocks int) *running {
	t.Helper()
	log := &lines{}
	s, err := timestamp.New(timestamp.Options{Ledger: l, Authority: a.client(t), Trust: a.trust(), Dir: dir, Every: time.Millisecond,
		MaxBlocks: blocks, Logger: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	r := &running{s, log, sync.OnceValue(func() error { cancel(); return <-ended })}
	t.Cleanup(func() {
		if _ = r.stop(); t.Failed() {
			t.Log(log.text.String())
		}
	})
	return r
}

// until waits for what must come.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}

func (r *running) stamped(t testing.TB, block uint64) service.TimeStamp {
	t.Helper()
	var at service.TimeStamp
	until(t, fmt.Sprintf("a stamp of block %d", block), func() bool {
		var err error
		at, err = r.Of(context.Background(), block)
		if err != nil && !errors.Is(err, service.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	})
	return at
}

func (r *running) metric(name string) float64 {
	for _, m := range r.Metrics() {
		if m.Name == name {
			return m.Value
		}
	}
	return -1
}

// lines is a log.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) count(text string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), text)
}
