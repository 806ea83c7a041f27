package index_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
)

// TestDamagedFile: whatever is done to the file, opening it and projecting
// gives the right one again.
func TestDamagedFile(t *testing.T) {
	m := story("damage", 60)
	want := built(t, m)
	path := filepath.Join(t.TempDir(), "index.db")
	ix := open(t, path)
	projectTo(t, ix, newLedger(m.blocks...), 60)
	closed(t, ix)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	change := func(at int, b ...byte) []byte {
		return append(append(append([]byte{}, good[:at]...), b...), good[at+len(b):]...)
	}
	cases := map[string][]byte{
		"empty":           {},
		"garbage":         []byte(strings.Repeat("no database ", 5000)),
		"corrupt header":  change(0, 'X'),
		"page size":       change(16, 0, 7),
		"schema version":  change(60, 0, 0, 0, 99),
		"application id":  change(68, 1, 2, 3, 4),
		"first page torn": change(100, bytes.Repeat([]byte{0xff}, 4000)...),
		"second half":     change(len(good)/2, bytes.Repeat([]byte{0xa5}, len(good)/2)...),
	}
	for _, n := range []int{1, 99, 100, 8191, 8192, 8193, len(good) / 2, len(good) - 8192, len(good) - 1} {
		cases[fmt.Sprintf("cut to %d", n)] = good[:n]
	}
	for page := 1; page < len(good)/8192; page++ {
		cases[fmt.Sprintf("page %d torn", page)] = change(page*8192, bytes.Repeat([]byte{0xff}, 8192)...)
	}
	for name, content := range cases {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		sound := make(chan struct{}, 100)
		ix, err := index.Open(path, slog.New(soundHandler{slog.DiscardHandler, sound}))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		stop := project(ix, newLedger(m.blocks...))
		select {
		case <-sound: // a file that is not, is replaced and inspected again
		case <-time.After(testTimeout):
			t.Fatalf("%s: never sound", name)
		}
		checkRepair(t, name, ix, m, stop)
		stop()
		closed(t, ix)
		if got := dump(t, path); got != want {
			t.Errorf("%s: got %.2000s\nwant %.2000s", name, got, want)
		}
	}
	if len(cases) < 25 {
		t.Errorf("only %d cases: the file is too small", len(cases))
	}
}

// TestQueryMeetsDamage: whoever asks is told to come back, and the next
// projection replaces the file.
func TestQueryMeetsDamage(t *testing.T) {
	m := story("query", 60)
	path := tempPath(t)
	ix := open(t, path)
	projectTo(t, ix, newLedger(m.blocks...), 60)
	closed(t, ix)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ix = open(t, path)
	defer closed(t, ix)
	for at := 20 * 8192; at < len(content); at++ {
		content[at] = 0xff
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := tryAll(ix, m); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if !ix.Damaged() {
		t.Error("the file is not marked")
	}
	stop := project(ix, newLedger(m.blocks...))
	for end := time.Now().Add(testTimeout); ix.Damaged() && time.Now().Before(end); {
		runtime.Gosched()
	}
	waitFor(t, ix, 60, stop)
	stop()
	if _, err := tryAll(ix, m); err != nil || ix.Damaged() {
		t.Errorf("rebuilt: got %v, marked %v", err, ix.Damaged())
	}
}

// soundHandler tells when the inspection of a file ended well.
type soundHandler struct {
	slog.Handler
	sound chan<- struct{}
}

func (soundHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h soundHandler) Handle(_ context.Context, r slog.Record) error {
	if r.Message == "read model is sound" {
		h.sound <- struct{}{}
	}
	return nil
}

// checkRepair asks until no answer says that the file is being rebuilt.
func checkRepair(t *testing.T, name string, ix *index.Index, m *maker, stop func() error) {
	t.Helper()
	want := opened(t, m)
	for end := time.Now().Add(testTimeout); time.Now().Before(end); runtime.Gosched() {
		waitFor(t, ix, 60, stop)
		got, err := tryAll(ix, m)
		if err == nil {
			if all, _ := tryAll(want, m); got != all {
				t.Errorf("%s: got %.2000s\nwant %.2000s", name, got, all)
			}
			return
		}
		if !errors.Is(err, service.ErrUnavailable) && !errors.Is(err, service.ErrNotFound) {
			t.Fatalf("%s: got %v, want ErrUnavailable", name, err)
		}
	}
	t.Errorf("%s: not repaired", name)
}

// tryAll asks everything there is to ask.
func tryAll(ix *index.Index, m *maker) (string, error) {
	ctx := context.Background()
	var out strings.Builder
	var errs []error
	say := func(v any, err error) {
		fmt.Fprintf(&out, "%s\n", v)
		errs = append(errs, err)
	}
	for _, key := range m.keys() {
		kind, id, _ := pledge.ParseKey(key)
		switch kind {
		case "asset":
			files, err := ix.Files(ctx, id)
			say(files, err)
		case "party", "fingerprint", "channel":
		default:
			continue
		}
		rev, err := ix.Record(ctx, key, uint64(len(m.blocks)-1))
		say(rev, err)
	}
	lists := listers(ix, m)
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		n, _, err := lists[name](service.Page{Limit: 200})
		say(fmt.Sprint(name, n), err)
	}
	return out.String(), errors.Join(errs...)
}
