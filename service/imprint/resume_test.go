package imprint_test

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/imprint"
)

// headOf is what the court says how far it holds the ledger.
func (c *court) headOf(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(c.dir, channel, "head.json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (c *court) setHead(t *testing.T, head []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, channel, "head.json"), head, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A court that shows less than it signed for is told of, and neither filled
// again nor given up: when it shows the rest, the imprint goes on by itself.
func TestCourtRewound(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	w.commit(w.ledger, 1)
	dir := t.TempDir()
	f := follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilDelivered()
	old := c.headOf(t)
	w.commit(w.ledger, 1)
	f.untilDelivered()
	f.stop()
	whole := c.headOf(t)
	c.setHead(t, old)
	f = follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilState(service.ImprintBehind)
	w.commit(w.ledger, 1)
	if s := f.Status(t.Context()); s.Cause == "" || s.Remedy == "" || s.Delivered.Height != 2 || !f.logged("behind what it signed for") {
		t.Errorf("got %+v", s)
	}
	c.setHead(t, whole)
	f.untilDelivered()
}

// What nobody signed stops nothing for good: an answer 404 by whoever stands on
// the way, or an older receipt of the court's.
func TestUnsignedAnswers(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	w.commit(w.ledger, 1)
	dir := t.TempDir()
	f := follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilDelivered()
	f.stop()
	first := deliver(t, c.sink(w.ledger, 0), blocksOf(t, w.ledger)[:1]...)[0].Document
	for name, says := range map[string]string{"no receipt": `{"type":"urn:datapledge:not_found","status":404,"detail":"none"}`, "an old one": `{"v":1,"receipts":["` + first + `"]}`} {
		c.mischief(func(http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				if name == "no receipt" {
					rw.WriteHeader(http.StatusNotFound)
				}
				_, _ = rw.Write([]byte(says))
			})
		})
		f = follow(t, dir, w.ledger, c.sink(w.ledger, 0))
		f.untilState(service.ImprintBehind)
		if _, err := os.Stat(filepath.Join(dir, "stopped.json")); err == nil {
			t.Fatalf("%s: stopped for good", name)
		}
		c.mischief(nil)
		w.commit(w.ledger, 1)
		f.untilDelivered()
		f.stop()
	}
}

// A person's decision is refused where there is none to make, and while the
// ledger contradicts the receipts.
func TestResumeRefused(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	w.commit(w.ledger, 1)
	dir := t.TempDir()
	other := w.copied()
	w.commit(w.ledger, 1)
	f := follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilDelivered()
	f.stop()
	if _, err := imprint.Resume(t.Context(), w.ledger, dir, false); !errors.Is(err, pledge.WrongState) {
		t.Errorf("not stopped: got %v", err)
	}
	if _, err := imprint.Resume(t.Context(), w.ledger, t.TempDir(), true); err == nil || errors.Is(err, pledge.WrongState) {
		t.Errorf("another folder: got %v", err)
	}
	if _, err := imprint.Resume(t.Context(), other, dir, true); !errors.Is(err, pledge.Forked) {
		t.Errorf("a shorter ledger: got %v", err)
	}
	w.commit(other, 2)
	f = follow(t, dir, other, c.sink(other, 0))
	f.untilState(service.ImprintStopped)
	f.stop()
	for _, again := range []bool{false, true} {
		if _, err := imprint.Resume(t.Context(), other, dir, again); !errors.Is(err, pledge.Forked) {
			t.Errorf("again %t, the ledger contradicts: got %v", again, err)
		}
	}
	f = follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilState(service.ImprintStopped)
}

// A court that begins anew gets every block once more, when a person said so;
// the receipts of the old one stay.
func TestResumeAgain(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	ids := w.commit(w.ledger, 2)
	dir := t.TempDir()
	f := follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilDelivered()
	f.stop()
	kept, err := imprint.New(f.Follower).Parts(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	anew := w.newCourt()
	f = follow(t, dir, w.ledger, anew.sink(w.ledger, 0))
	f.untilState(service.ImprintBehind)
	f.stop()
	r, err := imprint.Resume(t.Context(), w.ledger, dir, true)
	if err != nil || r.Stopped != "" || r.Again == nil || r.Again.Height != 1 {
		t.Fatalf("got %+v, %v", r, err)
	}
	f = follow(t, dir, w.ledger, anew.sink(w.ledger, 0))
	f.untilDelivered()
	anew.hasOnce(ids...)
	parts, err := imprint.New(f.Follower).Parts(t.Context(), 1)
	if err != nil || len(parts) != len(kept) {
		t.Fatalf("got %v, %v", parts, err)
	}
	for name := range kept {
		if parts[name] == nil {
			t.Error("the receipt of before is gone")
		}
	}
}
