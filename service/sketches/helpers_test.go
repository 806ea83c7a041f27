package sketches

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
	"github.com/datapledge/datapledge/storage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ledger has blocks of assets; hashes follow from its name.
type ledger struct {
	mu      sync.Mutex
	genesis string
	blocks  []service.Block
	grown   chan struct{}
	down    error
}

func newLedger(name string) *ledger {
	l := &ledger{grown: make(chan struct{})}
	l.add(name)
	l.genesis = l.blocks[0].Hash
	return l
}

// add makes a block that notarizes assets with these sketches.
func (l *ledger) add(seed string, digests ...string) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := service.Block{Number: uint64(len(l.blocks))}
	if b.Number > 0 {
		b.Prev = l.blocks[b.Number-1].Hash
	}
	sum := sha256.Sum256(fmt.Append(nil, seed, b.Number, b.Prev))
	b.Hash = hex.EncodeToString(sum[:])
	for i, digest := range digests {
		b.Commands = append(b.Commands, notarized(fmt.Sprintf("as_%s%04d%03d", seed, b.Number, i), digest))
	}
	l.blocks = append(l.blocks, b)
	close(l.grown)
	l.grown = make(chan struct{})
	return b.Number
}

func notarized(id, digest string) service.Committed {
	value := fmt.Sprintf(`{"asset_id":%q,"notarized":{"command_id":"cmd_%s"},"preflight":{"sketch":%q}}`, id, id, digest)
	if digest == "" {
		value = fmt.Sprintf(`{"asset_id":%q,"notarized":{"command_id":"cmd_%s"}}`, id, id)
	}
	return service.Committed{Outcome: pledge.Outcome{CommandID: "cmd_" + id}, Writes: []pledge.Write{
		{Key: "v1/fingerprint/00", Value: []byte(`["x"]`)}, {Key: pledge.KeyAsset(id), Value: []byte(value)}}}
}

// cut is another ledger, that has the first blocks of this one.
func (l *ledger) cut(blocks int) *ledger {
	return &ledger{genesis: l.genesis, blocks: slices.Clone(l.blocks[:blocks]), grown: make(chan struct{})}
}

func (l *ledger) Info() service.LedgerInfo {
	return service.LedgerInfo{Channel: "pledge", GenesisHash: l.genesis}
}

func (l *ledger) Head(context.Context) (service.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.blocks[len(l.blocks)-1]
	return service.Head{Height: b.Number, Hash: b.Hash}, l.down
}

func (l *ledger) from(n uint64) ([]service.Block, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.blocks[min(n, uint64(len(l.blocks))):], l.grown
}

func (l *ledger) Follow(ctx context.Context, from uint64, fn func(service.Block) error) error {
	for {
		blocks, grown := l.from(from)
		for _, b := range blocks {
			if err := fn(b); err != nil {
				return err
			}
			from++
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// vault keeps documents in memory.
type vault struct {
	mu    sync.Mutex
	docs  map[string][]byte
	down  error
	asked int
}

func newVault() *vault { return &vault{docs: map[string][]byte{}} }

func (v *vault) Document(_ context.Context, folder, name string) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked++
	if v.down != nil {
		return nil, v.down
	}
	text, ok := v.docs[folder+"/"+name]
	if !ok {
		return nil, fmt.Errorf("%s/%s: %w", folder, name, storage.ErrNotExist)
	}
	return text, nil
}

func (v *vault) fails(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.down = err
}

// keep puts a document in and returns its digest.
func (v *vault) keep(text []byte) string {
	sum := sha256.Sum256(text)
	v.put(sum, text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func (v *vault) put(sum [32]byte, text []byte) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.docs["sketches/"+hex.EncodeToString(sum[:])] = text; text == nil {
		delete(v.docs, "sketches/"+hex.EncodeToString(sum[:]))
	}
}

func (v *vault) sketch(t testing.TB, s sketch.Sketch) string {
	t.Helper()
	text, err := s.Document()
	if err != nil {
		t.Fatal(err)
	}
	return v.keep(text)
}

const testKey = "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

// setOf is what is kept of different hashes.
func setOf(hashes []uint64, most int) sketch.Set {
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	if len(hashes) <= most {
		return sketch.Set{Hashes: hashes, Limit: math.MaxUint64, All: true}
	}
	return sketch.Set{Hashes: slices.Clone(hashes[:most]), Limit: hashes[most]}
}

// world makes tables that share rows and columns.
type world struct {
	dice    *rand.Rand
	rows    []uint64
	columns [][]uint64
}

func newWorld(seed uint64) *world {
	w := &world{dice: rand.New(rand.NewPCG(seed, 1))}
	w.rows = w.hashes(20_000)
	for range 12 {
		w.columns = append(w.columns, w.hashes(300))
	}
	return w
}

func (w *world) hashes(n int) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		out[i] = w.dice.Uint64()
	}
	return out
}

// some of a list, from one place on, and as many others.
func (w *world) some(list []uint64, n, others int) []uint64 {
	at := w.dice.IntN(len(list))
	out := w.hashes(others)
	for i := range n {
		out = append(out, list[(at+i)%len(list)])
	}
	return out
}

func (w *world) table() sketch.Sketch {
	sizes := []int{0, 1, 7, 9, 40, 300, 1000, 6000}
	size := func() int { return sizes[w.dice.IntN(len(sizes))] }
	s := sketch.Sketch{KeyID: testKey, Rows: setOf(w.some(w.rows, size(), size()), 4096)}
	for range w.dice.IntN(5) {
		c := w.columns[w.dice.IntN(len(w.columns))]
		s.Cells = append(s.Cells, setOf(w.some(c, 30+w.dice.IntN(270), w.dice.IntN(300)), 128))
	}
	return s
}

// running is an index at work.
type running struct {
	*Index
	log  *lines
	stop func()
}

var testBounds = bounds{postings: 5_000, sketches: 50, late: 3, most: 3, perHash: 120}

// start opens an index with small bounds, so that little makes segments.
func start(t testing.TB, dir string, l *ledger, v *vault, change ...func(*Index)) *running {
	t.Helper()
	r := &running{log: &lines{}}
	var err error
	r.Index, err = Open(Options{Ledger: l, Vault: v, Dir: dir, Logger: slog.New(slog.NewTextHandler(r.log, nil)), Patience: time.Minute,
		Again: 10 * time.Millisecond, Wait: func(ctx context.Context, _ time.Duration) { wait(ctx, time.Millisecond) }})
	if err != nil {
		t.Fatal(err)
	}
	r.store.bounds = testBounds
	for _, c := range change {
		c(r.Index)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		<-done
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		if r.stop(); t.Failed() {
			t.Log(r.log.String())
		}
	})
	return r
}

// similar asks for what must be answered.
func (r *running) similar(t testing.TB, digest string, upTo uint64) ([]service.Similar, bool) {
	t.Helper()
	var list []service.Similar
	var complete bool
	until(t, "an answer", func() bool {
		var err error
		list, complete, err = r.Similar(context.Background(), digest, upTo)
		if err != nil && !errors.Is(err, service.ErrUnavailable) {
			t.Fatal(err)
		}
		return err == nil
	})
	return list, complete
}

func (r *running) metric(name string) int {
	for _, m := range r.Metrics() {
		if m.Name == name {
			return int(m.Value)
		}
	}
	return -1
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

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) count(text string) int { return strings.Count(l.String(), text) }
