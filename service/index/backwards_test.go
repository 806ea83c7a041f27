package index_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
)

// TestWentBackwards: a ledger that lost blocks, or has others, is noticed,
// told until the lost block is back, and projected anew.
func TestWentBackwards(t *testing.T) {
	m, other := story("backwards", 30), story("other", 40)
	for i := range other.blocks[:11] {
		other.blocks[i] = m.blocks[i]
	}
	other.blocks[11].Prev = m.blocks[10].Hash
	tests := []struct {
		name   string
		blocks []service.Block
		found  uint64
		forked bool
	}{
		{"shorter", m.blocks[:21], 20, false},
		{"shorter by one", m.blocks[:30], 29, false},
		{"only the genesis", m.blocks[:1], 0, false},
		{"forked, same height", other.blocks[:31], 30, true},
		{"forked, longer", other.blocks, 30, true},
		{"forked, shorter", other.blocks[:15], 14, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := tempPath(t)
			ix := open(t, path)
			projectTo(t, ix, newLedger(m.blocks...), 30)
			closed(t, ix)

			var log bytes.Buffer
			ix, err := index.Open(path, logTo(&log))
			if err != nil {
				t.Fatal(err)
			}
			last := uint64(len(tt.blocks) - 1)
			l := newLedger(tt.blocks...)
			stop := project(ix, l)
			waitHead(t, ix, headOf(tt.blocks[last]), stop)
			stop()
			want := service.Regression{Lost: headOf(m.blocks[30]), Found: headOf(tt.blocks[tt.found]), Forked: tt.forked}
			if got := ix.Regressed(); got == nil || *got != want {
				t.Errorf("regressed: got %+v, want %+v", got, want)
			}
			if n := strings.Count(log.String(), "ledger went backwards"); n != 1 {
				t.Errorf("logged %d times: %s", n, &log)
			}
			closed(t, ix)
			if got, want := withoutRegression(dump(t, path)), withoutRegression(built(t, &maker{blocks: tt.blocks})); got != want {
				t.Errorf("got %s\nwant %s", got, want)
			}
			checkHealing(t, path, m, want, tt.blocks[last])
		})
	}
}

func withoutRegression(dump string) string { return dump[:strings.Index(dump, "== regressions")] }

// checkHealing reopens the file: the condition is still known. Then the first
// ledger comes back, and with it the block that was lost; when it takes the
// place of a fork it is the fork's that are lost now.
func checkHealing(t *testing.T, path string, m *maker, want service.Regression, last service.Block) {
	t.Helper()
	ix := open(t, path)
	if got := ix.Regressed(); got == nil || *got != want {
		t.Errorf("reopened: got %+v, want %+v", got, want)
	}
	stop := project(ix, newLedger(m.blocks...))
	waitHead(t, ix, want.Lost, stop)
	stop()
	forked := last.Number > 30 || last.Hash != m.blocks[last.Number].Hash
	if r := ix.Regressed(); (r != nil) != forked || forked && r.Lost != headOf(last) {
		t.Errorf("healed: got %+v, fork %v", r, forked)
	}
	closed(t, ix)
	ix = open(t, path)
	if r := ix.Regressed(); (r != nil) != forked {
		t.Errorf("healed and reopened: got %+v, fork %v", r, forked)
	}
	closed(t, ix)
}

// TestStoppedWhileReplaced: a projection that is called off while it replaces
// the file leaves one that the next projection fills.
func TestStoppedWhileReplaced(t *testing.T) {
	m := story("stopped", 30)
	path := tempPath(t)
	ix := open(t, path)
	projectTo(t, ix, newLedger(m.blocks...), 30)
	closed(t, ix)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	ix, err := index.Open(path, slog.New(onRebuild{slog.DiscardHandler, cancel}))
	if err != nil {
		t.Fatal(err)
	}
	if err := ix.Project(ctx, newLedger(m.blocks[:21]...)); !errors.Is(err, context.Canceled) || ctx.Err() == nil {
		t.Errorf("got %v, want context.Canceled", err)
	}
	projectTo(t, ix, newLedger(m.blocks[:21]...), 20)
	if r := ix.Regressed(); r == nil || r.Lost != headOf(m.blocks[30]) {
		t.Errorf("regressed: got %+v", r)
	}
	closed(t, ix)
	if got, want := withoutRegression(dump(t, path)), withoutRegression(built(t, &maker{blocks: m.blocks[:21]})); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// onRebuild is told that a file is about to be replaced.
type onRebuild struct {
	slog.Handler
	tell func()
}

func (onRebuild) Enabled(context.Context, slog.Level) bool { return true }

func (h onRebuild) Handle(_ context.Context, r slog.Record) error {
	if strings.HasSuffix(r.Message, "read model is rebuilt") {
		h.tell()
	}
	return nil
}
