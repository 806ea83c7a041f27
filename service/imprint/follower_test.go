package imprint_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/imprint"
)

// From the genesis on, and while it goes on, each record arrives once, and
// every block has a receipt.
func TestEveryRecordArrivesOnce(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	ids := w.commit(w.ledger, 3)
	f := follow(t, t.TempDir(), w.ledger, c.sink(w.ledger, 0))
	for range 4 {
		ids = append(ids, w.commit(w.ledger, 2)...)
	}
	f.untilDelivered()
	f.untilState(service.ImprintFollowing)
	c.hasOnce(ids...)
	everyBlockHasReceipt(t, w, f)
	if s := f.Status(t.Context()); s.Failures != 0 || s.LagSeconds != 0 || s.Receipts != s.Delivered.Height+1 || s.Cause != "" {
		t.Errorf("got %+v", s)
	}
}

func everyBlockHasReceipt(t *testing.T, w *world, f *running) {
	t.Helper()
	head, err := w.ledger.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := imprint.New(f.Follower)
	for n := range head.Height + 1 {
		list, err := all.Of(t.Context(), n)
		if err != nil || len(list) != 1 || list[0].Party != courtParty || list[0].Name != "法院" || list[0].Sink != "court" {
			t.Errorf("block %d: got %+v, %v", n, list, err)
		}
		parts, err := all.Parts(t.Context(), n)
		if err != nil || len(parts) != 1 {
			t.Fatalf("block %d: got %v, %v", n, parts, err)
		}
		for name, data := range parts {
			sum := sha256.Sum256(data)
			if name != "imprint/receipts/"+hex.EncodeToString(sum[:])+".jws" {
				t.Errorf("got %s", name)
			}
		}
	}
	if list, err := all.Of(t.Context(), head.Height+1); err != nil || len(list) != 0 {
		t.Errorf("got %v, %v for a block that is not there", list, err)
	}
}

// A court that is down loses nothing; meanwhile the ledger takes commands.
func TestDownThenBack(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	f := follow(t, t.TempDir(), w.ledger, c.sink(w.ledger, 0))
	ids := w.commit(w.ledger, 1)
	f.untilDelivered()
	for name, down := range map[string]http.HandlerFunc{
		"503": func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) },
		"cut": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"redirect": func(rw http.ResponseWriter, r *http.Request) {
			http.Redirect(rw, r, "https://127.0.0.1:1/", http.StatusTemporaryRedirect)
		},
		"nonsense":  func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("{")) },
		"nothing":   func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte(`{"v":1,"receipts":[]}`)) },
		"other v":   func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte(`{"v":2,"receipts":[]}`)) },
		"not found": func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNotFound) },
	} {
		before := f.Status(t.Context())
		c.mischief(func(http.Handler) http.Handler { return down })
		ids = append(ids, w.commit(w.ledger, 2)...)
		f.until(name+": failing", func(s service.ImprintStatus) bool { return s.Failures > before.Failures+2 })
		if s := f.Status(t.Context()); s.State != service.ImprintRetrying || s.Cause == "" || s.Remedy == "" || s.LagBlocks == 0 {
			t.Errorf("%s: got %+v", name, s)
		}
		if strings.Contains(f.Status(t.Context()).Cause, c.server.URL) {
			t.Error("the status shows an address")
		}
		c.mischief(nil)
		f.untilDelivered()
	}
	c.hasOnce(ids...)
	everyBlockHasReceipt(t, w, f)
}

// The court took it, but its answer was cut off at any byte: it is delivered
// again, answered by the same receipt, and stands there once.
func TestAnswersCutOff(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	f := follow(t, t.TempDir(), w.ledger, c.sink(w.ledger, 0))
	var ids []string
	for cut := 0; cut < 900; cut += 97 {
		c.mischief(cutOnce(cut))
		ids = append(ids, w.commit(w.ledger, 2)...)
		f.untilDelivered()
	}
	c.hasOnce(ids...)
	everyBlockHasReceipt(t, w, f)
}

// cutOnce ends the first answer to a delivery after n bytes.
func cutOnce(n int) func(http.Handler) http.Handler {
	done := false
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if done || r.Method != http.MethodPost {
				next.ServeHTTP(rw, r)
				return
			}
			done = true
			kept := httptest.NewRecorder()
			next.ServeHTTP(kept, r)
			rw.Header().Set("Content-Length", fmt.Sprint(kept.Body.Len()))
			_, _ = rw.Write(kept.Body.Bytes()[:min(n, kept.Body.Len()-1)])
			panic(http.ErrAbortHandler)
		})
	}
}

// Blocks that are too large for a request go in parts.
func TestParts(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	ids := slices.Concat(w.commit(w.ledger, 7), w.commit(w.ledger, 1))
	f := follow(t, t.TempDir(), w.ledger, c.sink(w.ledger, 6000))
	ids = append(ids, w.commit(w.ledger, 5)...)
	f.untilDelivered()
	c.hasOnce(ids...)
	everyBlockHasReceipt(t, w, f)
	split, err := filepath.Glob(filepath.Join(c.dir, channel, "blocks", "*", "*.2-of-*.json"))
	if err != nil || len(split) == 0 {
		t.Errorf("got %v, %v: no block went in parts", split, err)
	}
}

// Another court's restart between requests, and a new one of its process.
func TestCourtRestarts(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	f := follow(t, t.TempDir(), w.ledger, c.sink(w.ledger, 0))
	var ids []string
	for range 5 {
		ids = append(ids, w.commit(w.ledger, 1)...)
		c.restart()
		ids = append(ids, w.commit(w.ledger, 1)...)
		f.untilDelivered()
	}
	c.hasOnce(ids...)
}

// Replicas of the service run a follower each: the court holds each record
// once, and all have the same receipts.
func TestReplicas(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	var all []*running
	for range 3 {
		all = append(all, follow(t, t.TempDir(), w.ledger, c.sink(w.ledger, 0)))
	}
	var ids []string
	for range 6 {
		ids = append(ids, w.commit(w.ledger, 2)...)
	}
	var parts []map[string][]byte
	for _, f := range all {
		f.untilDelivered()
		p, err := imprint.New(f.Follower).Parts(t.Context(), 3)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p)
	}
	c.hasOnce(ids...)
	for _, p := range parts {
		if fmt.Sprint(p) != fmt.Sprint(parts[0]) || len(p) != 1 {
			t.Errorf("got %v and %v", p, parts[0])
		}
	}
}

// A follower that lost its folder resumes from the court's word: it asks for
// the receipts, and delivers nothing again.
func TestReplacedFollowerRecalls(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	ids := w.commit(w.ledger, 3)
	f := follow(t, t.TempDir(), w.ledger, c.sink(w.ledger, 0))
	f.untilDelivered()
	f.stop()
	posts := c.posts
	again := follow(t, t.TempDir(), w.ledger, c.sink(w.ledger, 0))
	again.untilDelivered()
	c.hasOnce(ids...)
	everyBlockHasReceipt(t, w, again)
	if c.posts != posts {
		t.Errorf("%d deliveries more, want none", c.posts-posts)
	}
}

// A follower that dies before or after each call of the sink, or between
// keeping receipts and counting them, goes on and loses nothing.
func TestFollowerDiesAtEveryStep(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	ids := w.commit(w.ledger, 1)
	dir := t.TempDir()
	for step := range 12 {
		ids = append(ids, w.commit(w.ledger, 1)...)
		d := &deadly{Sink: c.sink(w.ledger, 0), at: step / 2, after: step%2 == 1, died: make(chan struct{})}
		f := follow(t, dir, w.ledger, d)
		ids = append(ids, w.commit(w.ledger, 2)...)
		select {
		case <-d.died:
		case <-t.Context().Done():
		}
		f.stop()
		if step%3 == 0 { // as if it had died before it counted
			if err := os.Remove(filepath.Join(dir, "checkpoint.json")); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
	}
	f := follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilDelivered()
	c.hasOnce(ids...)
	everyBlockHasReceipt(t, w, f)
}

// deadly never answers again once its call number at has come.
type deadly struct {
	imprint.Sink
	at, calls int
	after     bool
	died      chan struct{}
}

func (d *deadly) dies(ctx context.Context, call func() error) error {
	d.calls++
	if d.calls <= d.at%2 {
		return call()
	}
	if d.after {
		_ = call()
	}
	select {
	case <-d.died:
	default:
		close(d.died)
	}
	<-ctx.Done()
	return ctx.Err()
}

func (d *deadly) Last(ctx context.Context) (h service.Head, err error) {
	if dead := d.dies(ctx, func() error { h, err = d.Sink.Last(ctx); return nil }); dead != nil {
		err = dead
	}
	return h, err
}

func (d *deadly) Deliver(ctx context.Context, blocks []imprint.Delivery) (list []imprint.Receipt, err error) {
	if dead := d.dies(ctx, func() error { list, err = d.Sink.Deliver(ctx, blocks); return nil }); dead != nil {
		return nil, dead
	}
	return list, err
}

// A crash in the middle of a line of receipts leaves the lines before it.
func TestTornReceipts(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	w.commit(w.ledger, 1)
	dir := t.TempDir()
	f := follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilDelivered()
	f.stop()
	path := filepath.Join(dir, "receipts", strings.Repeat("0", 20)+".jsonl")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, data[:len(data)/3]...), 0o600); err != nil {
		t.Fatal(err)
	}
	w.commit(w.ledger, 1)
	f = follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilDelivered()
	everyBlockHasReceipt(t, w, f)
}

// A checkpoint of another channel is no checkpoint.
func TestFolderOfAnotherLedger(t *testing.T) {
	w := newWorld(t)
	dir := t.TempDir()
	text := `{"v":1,"channel":"other","number":3,"hash":"aa","receipts":1}`
	if err := os.WriteFile(filepath.Join(dir, "checkpoint.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := imprint.NewFollower(imprint.Options{Ledger: w.ledger, Sink: w.newCourt().sink(w.ledger, 0), Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "another ledger") {
		t.Errorf("got %v", err)
	}
}

// unwell is a ledger that cannot be read.
type unwell struct{ imprint.Ledger }

func (unwell) Head(context.Context) (service.Head, error) {
	return service.Head{}, service.ErrUnavailable
}

// Where the ledger is to blame, the state does not blame the institution; the
// lag is unknown then.
func TestLedgerUnreadable(t *testing.T) {
	w := newWorld(t)
	f := follow(t, t.TempDir(), unwell{w.ledger}, w.newCourt().sink(w.ledger, 0))
	f.until("failing", func(s service.ImprintStatus) bool { return s.Failures > 1 })
	if s := f.Status(t.Context()); s.State != service.ImprintRetrying || !strings.Contains(s.Cause, "the ledger") || s.LagBlocks != -1 {
		t.Errorf("got %+v", s)
	}
}
