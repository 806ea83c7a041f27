package index_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
)

// testTimeout turns a hang into a failure.
const testTimeout = 60 * time.Second

func unbase64(s string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return raw
}

// built is the dump of an index that projected all blocks in one go.
func built(t *testing.T, m *maker) string {
	t.Helper()
	path := tempPath(t)
	ix := open(t, path)
	projectTo(t, ix, newLedger(m.blocks...), uint64(len(m.blocks)-1))
	closed(t, ix)
	return dump(t, path)
}

// TestIncremental: block by block, in pieces with a restart between, and in
// one go give the same file.
func TestIncremental(t *testing.T) {
	m := story("incremental", 100)
	want := built(t, m)
	path := tempPath(t)
	for _, height := range []uint64{0, 1, 17, 18, 60, 100} {
		ix := open(t, path)
		l := newLedger(m.blocks[:1]...)
		if head, err := ix.Head(context.Background()); err == nil {
			l = newLedger(m.blocks[:head.Height+1]...)
		}
		stop := project(ix, l)
		for n := len(l.blocks); n <= int(height); n++ {
			l.add(m.blocks[n])
			waitFor(t, ix, uint64(n), stop)
		}
		waitFor(t, ix, height, stop)
		stop()
		closed(t, ix)
	}
	if got := dump(t, path); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// TestStopAnywhere stops the projection at whatever it is doing.
func TestStopAnywhere(t *testing.T) {
	m := story("stop", 300)
	want := built(t, m)
	path := tempPath(t)
	last := uint64(len(m.blocks) - 1)
	for n := 0; ; n++ {
		ix := open(t, path)
		ctx, cancel := context.WithCancel(context.Background())
		l := &stoppingLedger{fakeLedger: newLedger(m.blocks...), after: 1 + n*13%40, cancel: cancel}
		if err := ix.Project(ctx, l); !errors.Is(err, context.Canceled) {
			t.Fatalf("project: %v", err)
		}
		head, _ := ix.Head(context.Background())
		if head.Height >= last-50 {
			projectTo(t, ix, l.fakeLedger, last)
			closed(t, ix)
			break
		}
		closed(t, ix)
		if n > 1000 {
			t.Fatal("no progress")
		}
	}
	if got := dump(t, path); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// stoppingLedger ends the projection after some blocks were handed over.
type stoppingLedger struct {
	*fakeLedger
	after  int
	cancel context.CancelFunc
}

func (l *stoppingLedger) Follow(ctx context.Context, from uint64, fn func(service.Block) error) error {
	return l.fakeLedger.Follow(ctx, from, func(b service.Block) error {
		if l.after--; l.after < 0 {
			l.cancel()
		}
		return fn(b)
	})
}

func TestHeadAndWait(t *testing.T) {
	m := story("head", 3)
	ix := open(t, tempPath(t))
	ctx := context.Background()
	if _, err := ix.Head(ctx); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("head of nothing: got %v, want ErrNotFound", err)
	}
	short, cancel := context.WithCancel(ctx)
	cancel()
	if err := ix.WaitFor(short, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("wait: got %v, want context.Canceled", err)
	}
	l := newLedger(m.blocks[0])
	stop := project(ix, l)
	waiting := make(chan error, 1)
	go func() { waiting <- ix.WaitFor(ctx, 3) }()
	l.add(m.blocks[1:]...)
	if err := <-waiting; err != nil {
		t.Errorf("wait: %v", err)
	}
	if head, err := ix.Head(ctx); err != nil || head != headOf(m.blocks[3]) {
		t.Errorf("head: got %v, %v", head, err)
	}
	if err := ix.Project(ctx, l); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("second projection: got %v", err)
	}
	stop()
	go func() { waiting <- ix.WaitFor(ctx, 4) }()
	closed(t, ix)
	closed(t, ix)
	if err := <-waiting; !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("wait on a closed index: got %v, want ErrUnavailable", err)
	}
	if _, err := ix.Files(ctx, "as_x"); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("query on a closed index: got %v, want ErrUnavailable", err)
	}
	if err := ix.Project(ctx, l); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("project on a closed index: got %v, want ErrUnavailable", err)
	}
}

// TestReadersWhileProjecting: readers on all sides, one transaction a block,
// and nobody meets a lock or half a block.
func TestReadersWhileProjecting(t *testing.T) {
	m := story("readers", 250)
	ix := open(t, tempPath(t))
	defer closed(t, ix)
	l := newLedger(m.blocks[0])
	stop := project(ix, l)
	waitFor(t, ix, 0, stop)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() { readAll(t, ix, m, n, done) })
	}
	for n, b := range m.blocks[1:] {
		l.add(b)
		waitFor(t, ix, uint64(n+1), stop)
	}
	close(done)
	wg.Wait()
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Errorf("project: %v", err)
	}
}

func readAll(t *testing.T, ix *index.Index, m *maker, n int, done <-chan struct{}) {
	assets := m.ids(pledge.KeyAsset(""))
	ctx := context.Background()
	for i := n; ; i++ {
		select {
		case <-done:
			return
		default:
		}
		head, err := ix.Head(ctx)
		id := assets[i%len(assets)]
		_, e1 := ix.PledgesOf(ctx, assets[:i%len(assets)], head.Height)
		_, e2 := ix.AssetsOf(ctx, owners[i%3], head.Height)
		_, _, e3 := ix.Assets(ctx, service.AssetQuery{Text: "数据集"})
		_, _, e4 := ix.Pledges(ctx, service.PledgeQuery{Involved: owners[i%3]})
		_, e5 := ix.Events(ctx, service.Page{Limit: 10})
		_, e6 := ix.Record(ctx, pledge.KeyAsset(id), head.Height)
		if errors.Is(e6, service.ErrNotFound) {
			e6 = nil
		}
		if err := errors.Join(err, e1, e2, e3, e4, e5, e6); err != nil {
			t.Errorf("reading: %v", err)
			return
		}
	}
}

func TestLedgerFaults(t *testing.T) {
	m := story("faults", 10)
	skipped := append(append([]service.Block{}, m.blocks[:3]...), m.blocks[4:]...)
	unchained := append([]service.Block{}, m.blocks...)
	unchained[4].Prev = digest("another")
	broken := func(change func(c *service.Committed)) []service.Block {
		m := newMaker("broken")
		c := m.notarize(owners[0], "name", "x")
		change(&c)
		m.block(c)
		return m.blocks
	}
	tests := []struct {
		name   string
		blocks []service.Block
		want   string
	}{
		{"block missing", skipped, "gave block 4 after block 2"},
		{"chain broken", unchained, "block 4 does not follow"},
		{"first block missing", m.blocks[1:], "starts with block 1"},
		{"not a JWS", broken(func(c *service.Committed) { c.JWS = "a.b" }), "not a compact JWS"},
		{"not base64", broken(func(c *service.Committed) { c.JWS = "a.!.c" }), "JWS"},
		{"payload", broken(func(c *service.Committed) { c.JWS = "e30.W10.AAAA" }), "payload"},
		{"command id", broken(func(c *service.Committed) { c.Outcome.CommandID = "cmd_1" }), "malformed command id"},
		{"record", broken(func(c *service.Committed) { c.Writes[1].Value = []byte(`[`) }), "v1/asset/"},
	}
	for _, tt := range tests {
		ix := open(t, tempPath(t))
		err := ix.Project(context.Background(), newLedger(tt.blocks...))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
		closed(t, ix)
	}
}

// TestLedgerAway: a ledger that cannot be asked is a fault, and no reason to throw anything away.
func TestLedgerAway(t *testing.T) {
	m := story("away", 10)
	ix := opened(t, m)
	l := newLedger(m.blocks...)
	l.fault = service.ErrUnavailable
	if err := ix.Project(context.Background(), l); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	if head, err := ix.Head(context.Background()); err != nil || head.Height != 10 || ix.Regressed() != nil {
		t.Errorf("head %v, %v, regressed %v", head, err, ix.Regressed())
	}
}

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
	for range 1000 {
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
