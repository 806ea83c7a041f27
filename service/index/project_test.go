package index_test

import (
	"context"
	"encoding/base64"
	"errors"
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
