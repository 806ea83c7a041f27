package timestamp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/timestamp"
)

func TestEveryBlockIsStamped(t *testing.T) {
	l, a := newLedger("a", 10), newAuthority(t)
	r := run(t, l, a, t.TempDir(), 4)
	for n := range uint64(10) {
		at := r.stamped(t, n)
		if n < at.First || n > at.Last || at.Last-at.First >= 4 || at.Authority == "" || at.Time == "" {
			t.Errorf("block %d: got %+v", n, at)
		}
	}
	until(t, "no lag", func() bool { return r.metric("timestamp_lag_blocks") == 0 })
	l.add("a", 1)
	if at := r.stamped(t, 10); at.First != 10 {
		t.Errorf("a block that came later was stamped again with others: %+v", at)
	}
	if _, err := r.Of(t.Context(), 11); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("a block that is not there: %v", err)
	}
	if got := r.metric("timestamp_failures_total"); got != 0 {
		t.Errorf("%v failures", got)
	}
}

func TestAuthorityAwayThenBack(t *testing.T) {
	l, a := newLedger("a", 1), newAuthority(t)
	for what, answer := range map[string]http.HandlerFunc{
		"an error": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"garbage":  reply([]byte("garbage")), "nothing": reply(nil), "too much": reply(make([]byte, timestamp.MaxToken+1)),
		"a rejection":     reply([]byte{0x30, 3, 0x30, 1, 2}),
		"of another type": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("hello")) },
	} {
		t.Run(what, func(t *testing.T) {
			a.answers(answer)
			r := run(t, l, a, t.TempDir(), 0)
			until(t, "three failures", func() bool { return r.metric("timestamp_failures_total") >= 3 })
			l.add("a", 5)
			if n := r.log.count("no time stamp"); n != 1 {
				t.Errorf("the outage was told %d times", n)
			}
			a.answers(nil)
			head, _ := l.Head(t.Context())
			r.stamped(t, head.Height)
			until(t, "the end of the outage in the log", func() bool { return r.log.count("time stamps go on") == 1 })
			for n := range head.Height {
				r.stamped(t, n)
			}
		})
	}
}

func reply(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(body)
	}
}

// A true answer to another query does not pass: nonce and imprint differ.
func TestReplayedAnswers(t *testing.T) {
	a := newAuthority(t)
	var old []byte
	c := a.client(t)
	a.answers(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/timestamp-reply")
		if old == nil {
			old = answerOf(t, a, r)
		}
		_, _ = w.Write(old)
	})
	if _, err := c.Stamp(t.Context(), root); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Stamp(t.Context(), root); !errors.Is(err, timestamp.ErrToken) {
		t.Errorf("an old answer to the same question: %v", err)
	}
	if _, err := c.Stamp(t.Context(), [32]byte{1}); !errors.Is(err, timestamp.ErrToken) {
		t.Errorf("an answer to another question: %v", err)
	}
}

// While the authority thinks, the ledger goes on and what is stamped is told.
func TestSlowAuthorityHoldsNothingUp(t *testing.T) {
	l, a, dir := newLedger("a", 3), newAuthority(t), t.TempDir()
	r := run(t, l, a, dir, 0)
	r.stamped(t, 2)
	thinking, done := make(chan struct{}), make(chan struct{})
	started := sync.OnceFunc(func() { close(thinking) })
	a.answers(func(w http.ResponseWriter, r *http.Request) {
		started()
		<-done
		a.Authority.ServeHTTP(w, r)
	})
	l.add("a", 1)
	<-thinking
	l.add("a", 5000) // returns, or the test does not end
	if at, err := r.Of(t.Context(), 2); err != nil || at.Last < 2 {
		t.Errorf("got %+v, %v", at, err)
	}
	close(done)
	if at := r.stamped(t, 5003); at.Last-at.First >= timestamp.MaxBlocks {
		t.Errorf("a batch is too large: %+v", at)
	}
}

func TestRestartGoesOn(t *testing.T) {
	l, a, dir := newLedger("a", 5), newAuthority(t), t.TempDir()
	r := run(t, l, a, dir, 0)
	before := r.stamped(t, 4)
	if err := r.stop(); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	asked := a.asked()
	l.add("a", 3)
	r = run(t, l, a, dir, 0)
	if at, err := r.Of(t.Context(), 4); err != nil || at != before {
		t.Errorf("before anything ran: got %+v, %v, want %+v", at, err, before)
	}
	if at := r.stamped(t, 7); at.First < 5 {
		t.Errorf("blocks were stamped twice: %+v", at)
	}
	if more := a.asked() - asked; more < 1 || more > 3 {
		t.Errorf("%d queries for 3 blocks", more)
	}
}

// A file that is damaged is told, stays where it is, and its blocks get
// another stamp.
func TestDamagedFileIsStampedAgain(t *testing.T) {
	l, a := newLedger("a", 6), newAuthority(t)
	for what, damage := range map[string]func([]byte) []byte{
		"cut":     func(b []byte) []byte { return b[:len(b)/2] },
		"emptied": func([]byte) []byte { return nil },
		"a bit":   func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"longer":  func(b []byte) []byte { return append(b, ' ') },
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			r := run(t, l, a, dir, 2)
			before := r.stamped(t, 5)
			bad := r.stamped(t, 2)
			_ = r.stop()
			names, _ := filepath.Glob(filepath.Join(dir, fmt.Sprintf("%020d-*", bad.First)))
			if len(names) != 1 {
				t.Fatalf("got %v", names)
			}
			data, err := os.ReadFile(names[0])
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(names[0], damage(data), 0o600); err != nil {
				t.Fatal(err)
			}
			r = run(t, l, a, dir, 2)
			until(t, "a word on the damage", func() bool { return r.log.count("a time stamp cannot be used") == 1 })
			for n := bad.First; n <= bad.Last; n++ {
				r.stamped(t, n)
			}
			if at := r.stamped(t, 5); at != before {
				t.Errorf("a sound stamp was replaced: %+v, was %+v", at, before)
			}
			if _, err := os.Stat(names[0]); err != nil {
				t.Errorf("the damaged file is gone: %v", err)
			}
		})
	}
}

// A ledger that is another one than was stamped stops it, and nothing that
// was stamped is touched.
func TestForkedLedger(t *testing.T) {
	for what, other := range map[string]*ledger{
		"another history": newLedger("b", 8), "of the same length": newLedger("b", 6), "shorter": newLedger("b", 3),
	} {
		t.Run(what, func(t *testing.T) {
			a, dir := newAuthority(t), t.TempDir()
			r := run(t, newLedger("a", 6), a, dir, 2)
			before := r.stamped(t, 5)
			_ = r.stop()
			files, _ := filepath.Glob(filepath.Join(dir, "*"))
			asked := a.asked()
			r = run(t, other, a, dir, 2)
			until(t, "the fork to be told", func() bool { return r.metric("timestamp_forked") == 1 })
			if err := r.stop(); !errors.Is(err, timestamp.ErrForked) {
				t.Errorf("got %v, want %v", err, timestamp.ErrForked)
			}
			after, _ := filepath.Glob(filepath.Join(dir, "*"))
			if at, err := r.Of(t.Context(), 5); err != nil || at != before || len(after) != len(files) || a.asked() != asked {
				t.Errorf("got %+v, %v, %d files, %d queries", at, err, len(after), a.asked()-asked)
			}
		})
	}
}

// A ledger that was set back to a part of itself is told, and goes on when it
// has grown to what was stamped.
func TestLedgerSetBack(t *testing.T) {
	a, dir := newAuthority(t), t.TempDir()
	r := run(t, newLedger("a", 6), a, dir, 0)
	r.stamped(t, 5)
	_ = r.stop()
	l := newLedger("a", 3)
	r = run(t, l, a, dir, 0)
	until(t, "a word", func() bool { return r.log.count("shorter than what was stamped") == 1 })
	l.add("a", 4)
	r.stamped(t, 6)
	if r.metric("timestamp_forked") != 0 {
		t.Error("the same ledger is taken for another")
	}
}
