package imprint_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/imprint"
)

// handedOut is a court that hands out its checkpoints, and a service that is
// not on the channel and fetches them.
type handedOut struct {
	t      *testing.T
	w      *world
	m      *members
	served http.Handler
	server *httptest.Server
	asked  atomic.Int64
	after  atomic.Int64                              // nanoseconds that passed on the service's clock
	wrong  atomic.Pointer[func(http.ResponseWriter)] // answers in the court's place
}

func newHandedOut(t *testing.T) *handedOut {
	t.Helper()
	h := &handedOut{t: t, w: newWorld(t), m: newMembers()}
	h.w.commit(h.w.ledger, 2)
	f := follow(t, t.TempDir(), h.w.ledger, h.w.channelSink(h.m, h.w.ledger))
	f.untilDelivered()
	h.served = imprint.Serve(channel, imprint.New(f.Follower), slog.New(slog.DiscardHandler))
	h.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.asked.Add(1)
		if wrong := h.wrong.Load(); wrong != nil {
			(*wrong)(w)
			return
		}
		h.served.ServeHTTP(w, r)
	}))
	t.Cleanup(h.server.Close)
	return h
}

// source wants the files to be of the block, by the hash that its own ledger has.
func (h *handedOut) source(dir string) *imprint.Source {
	h.t.Helper()
	s, err := imprint.NewSource(imprint.SourceOptions{Name: "court", URL: h.server.URL + "/", Dir: dir, Ledger: h.w.ledger, Now: func() time.Time { return time.Unix(1e9, h.after.Load()) },
		Check: func(_ context.Context, block uint64, hash string, files map[string][]byte) error {
			point := files[fmt.Sprintf("imprint/checkpoints/%020d.json", block)]
			if len(hash) != 64 || !bytes.Contains(point, []byte(`"imprint_channel":"imprint"`)) {
				return errors.New("no checkpoint of that block")
			}
			return nil
		}})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = s.Close() })
	return s
}

func (h *handedOut) passes(d time.Duration) { h.after.Add(int64(d)) }

func (h *handedOut) parts(s *imprint.Source, block uint64) map[string][]byte {
	h.t.Helper()
	files, err := s.Parts(h.t.Context(), block)
	if err != nil {
		h.t.Fatal(err)
	}
	return files
}

// TestFetchedCheckpoints are those that the court has, and are fetched once,
// also over a restart and while the court is away.
func TestFetchedCheckpoints(t *testing.T) {
	h, dir := newHandedOut(t), t.TempDir()
	s := h.source(dir)
	for range 2 {
		for n := range h.w.height() + 1 {
			files := h.parts(s, n)
			names := slices.Sorted(maps.Keys(files))
			if len(names) != 3 || names[2] != fmt.Sprintf("imprint/checkpoints/%020d.json", n) || string(files[names[0]]) != "config" {
				t.Fatalf("block %d: %v", n, names)
			}
		}
	}
	if asked := h.asked.Load(); asked != int64(h.w.height())+1 {
		t.Errorf("asked %d times", asked)
	}
	h.server.Close()
	if len(h.parts(h.source(dir), 0)) != 3 {
		t.Error("what was kept is not used")
	}
}

// TestSourceWithoutAnswer: evidence goes without, and the next block does not
// wait as well.
func TestSourceWithoutAnswer(t *testing.T) {
	h := newHandedOut(t)
	for what, wrong := range map[string]func(http.ResponseWriter){
		"a fault":   func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) },
		"no JSON":   func(w http.ResponseWriter) { _, _ = w.Write([]byte("<html>")) },
		"no files":  func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"v":1,"files":{}}`)) },
		"no base64": func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"v":1,"files":{"a":"?"}}`)) },
		"another version": func(w http.ResponseWriter) {
			fmt.Fprintf(w, `{"v":2,"files":{"imprint/checkpoints/%020d.json":%q}}`, 0, base64.StdEncoding.EncodeToString([]byte(`"imprint_channel":"imprint"`)))
		},
		"a lie": func(w http.ResponseWriter) { _, _ = w.Write([]byte(`{"v":1,"files":{"a":"YQ=="}}`)) },
		"elsewhere": func(w http.ResponseWriter) {
			w.Header().Set("Location", "/v1/checkpoints?channel=pledge&block=0")
			w.WriteHeader(http.StatusFound)
		},
	} {
		s := h.source(t.TempDir())
		h.wrong.Store(&wrong)
		before := h.asked.Load()
		if files := h.parts(s, 0); len(files) != 0 || len(h.parts(s, 1)) != 0 || h.asked.Load() != before+1 {
			t.Errorf("%s: %v, asked %d times", what, files, h.asked.Load()-before)
		}
		h.wrong.Store(nil)
		h.passes(time.Minute)
		if len(h.parts(s, 0)) != 3 {
			t.Errorf("%s: not asked again", what)
		}
	}
}

// TestNoCheckpointYet is no fault: it is asked for again at the next package.
func TestNoCheckpointYet(t *testing.T) {
	h := newHandedOut(t)
	s := h.source(t.TempDir())
	h.w.commit(h.w.ledger, 1)
	head := h.w.height()
	notYet := func(w http.ResponseWriter) { http.Error(w, "not yet", http.StatusNotFound) }
	h.wrong.Store(&notYet)
	if files := h.parts(s, head); len(files) != 0 {
		t.Errorf("got %v", files)
	}
	before := h.asked.Load()
	if h.parts(s, head); h.asked.Load() != before+1 {
		t.Error("not asked again")
	}
	if files, err := s.Parts(t.Context(), head+1); err == nil {
		t.Errorf("a block that the ledger lacks: %v", files)
	}
}

// TestKeptCheckpointDamaged is fetched again.
func TestKeptCheckpointDamaged(t *testing.T) {
	h, dir := newHandedOut(t), t.TempDir()
	s := h.source(dir)
	h.parts(s, 0)
	for _, text := range []string{"", `{"v":1,"files":{"a":"YQ=="}}`} {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%020d.json", 0)), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		before := h.asked.Load()
		if len(h.parts(s, 0)) != 3 || h.asked.Load() != before+1 {
			t.Errorf("%q: asked %d times", text, h.asked.Load()-before)
		}
	}
}

// TestServedToAnyone: by what is asked.
func TestServedToAnyone(t *testing.T) {
	h := newHandedOut(t)
	get := func(method string, q url.Values) int {
		t.Helper()
		w := httptest.NewRecorder()
		h.served.ServeHTTP(w, httptest.NewRequest(method, imprint.PathCheckpoints+"?"+q.Encode(), nil))
		return w.Code
	}
	h.m.leave(errors.New("broken"))
	if got := get(http.MethodGet, url.Values{"channel": {channel}, "block": {"0"}}); got != http.StatusServiceUnavailable {
		t.Errorf("broken: %d", got)
	}
	h.m.leave(nil)
	ask := func(ch, block string) url.Values { return url.Values{"channel": {ch}, "block": {block}} }
	for _, c := range []struct {
		q    url.Values
		want int
	}{{ask(channel, "0"), 200}, {ask("other", "0"), 404}, {ask(channel, "99999"), 404}, {ask(channel, "x"), 400}, {ask(channel, "-1"), 400}, {nil, 400}} {
		if got := get(http.MethodGet, c.q); got != c.want {
			t.Errorf("%v: %d, want %d", c.q, got, c.want)
		}
	}
	if got := get(http.MethodPost, ask(channel, "0")); got != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", got)
	}
}

// TestSourceAddress: only what can be one.
func TestSourceAddress(t *testing.T) {
	for _, bad := range []string{"", "court", "ftp://court", "https://court?x=1", "://"} {
		if _, err := imprint.NewSource(imprint.SourceOptions{Name: "court", URL: bad, Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "court") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
