package imprint_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/imprint"
)

// manyBlocks is a ledger of blocks without content, which grows at will.
type manyBlocks struct {
	mu     sync.Mutex
	height uint64
	reads  int // of single blocks
	salt   string
}

func (l *manyBlocks) Info() service.LedgerInfo {
	return service.LedgerInfo{Channel: channel, Kind: "fabric"}
}

func (l *manyBlocks) hash(n uint64) string {
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, l.salt, n)))
}

func (l *manyBlocks) Head(context.Context) (service.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return service.Head{Height: l.height, Hash: l.hash(l.height)}, nil
}

func (l *manyBlocks) Follow(ctx context.Context, from uint64, fn func(service.Block) error) error {
	for n := from; ; n++ {
		head, _ := l.Head(ctx)
		if n > head.Height {
			<-ctx.Done()
			return ctx.Err()
		}
		l.mu.Lock()
		l.reads++
		l.mu.Unlock()
		if err := fn(service.Block{Number: n, Hash: l.hash(n)}); err != nil {
			return err
		}
	}
}

func (l *manyBlocks) grow(n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.height += n
}

func (l *manyBlocks) deliveries(first, last uint64) (list []imprint.Delivery) {
	for n := first; n <= last; n++ {
		list = append(list, imprint.Delivery{V: 1, Channel: channel, Number: n, Hash: l.hash(n)})
	}
	return list
}

// paced is a sink whose clock stands still but for its own waits, in each of
// which the ledger grows.
type paced struct {
	*imprint.Channel
	*members
	ledger *manyBlocks
	now    time.Time
	waits  []time.Duration
	growth uint64
}

func newPaced(interval time.Duration) *paced {
	p := &paced{members: newMembers(), ledger: &manyBlocks{}, now: time.Unix(1e9, 0)}
	p.Channel = imprint.NewChannel(imprint.ChannelOptions{Name: "court", Checkpoints: p.members, Ledger: p.ledger, Interval: interval,
		Now: func() time.Time { return p.now }, Wait: func(_ context.Context, d time.Duration) {
			p.waits, p.now = append(p.waits, d), p.now.Add(d)
			p.ledger.grow(p.growth)
		}})
	return p
}

func (p *paced) deliver(t *testing.T, first, last uint64) []imprint.Receipt {
	t.Helper()
	list, err := p.Deliver(t.Context(), p.ledger.deliveries(first, last))
	if err != nil || list[0].First != first || list[len(list)-1].Last != last || list[len(list)-1].Hash != p.ledger.hash(last) {
		t.Fatalf("blocks %d to %d: %+v, %v", first, last, list, err)
	}
	return list
}

// runs are the runs of blocks under checkpoints.
func (p *paced) runs() (list [][2]uint64) {
	for _, h := range p.list {
		list = append(list, [2]uint64{h.First, h.Last})
	}
	return list
}

// TestCheckpointsArePaced: the first goes at once, the next waits and takes in
// what came meanwhile, and that needs none of its own.
func TestCheckpointsArePaced(t *testing.T) {
	p := newPaced(time.Minute)
	p.growth = 10
	p.deliver(t, 0, 0)
	p.ledger.grow(1)
	p.now = p.now.Add(20 * time.Second)
	p.deliver(t, 1, 1)
	for n := uint64(2); n <= 11; n++ {
		p.deliver(t, n, n)
	}
	if want := [][2]uint64{{0, 0}, {1, 11}}; !slices.Equal(p.runs(), want) || !slices.Equal(p.waits, []time.Duration{40 * time.Second}) {
		t.Errorf("checkpoints of %v after %v, want %v", p.runs(), p.waits, want)
	}
	if p.ledger.reads > 11 {
		t.Errorf("%d blocks were read for 11", p.ledger.reads)
	}
	p.ledger.grow(1)
	p.now = p.now.Add(time.Hour)
	p.deliver(t, 12, 12)
	if len(p.waits) != 1 || len(p.list) != 3 {
		t.Errorf("after a pause: %v, %v", p.waits, p.runs())
	}
}

// TestBacklogIsNotPaced: whole checkpoints go one after the other, none of more
// blocks than its members would read.
func TestBacklogIsNotPaced(t *testing.T) {
	p := newPaced(time.Minute)
	p.deliver(t, 0, 0)
	p.ledger.grow(600)
	p.deliver(t, 1, 256)
	p.deliver(t, 257, 512)
	if want := [][2]uint64{{0, 0}, {1, 256}, {257, 512}}; !slices.Equal(p.runs(), want) || len(p.waits) > 0 {
		t.Errorf("checkpoints of %v after %v, want %v", p.runs(), p.waits, want)
	}
}

// TestUnpaced: a negative interval is none, and the default is one.
func TestUnpaced(t *testing.T) {
	for interval, waits := range map[time.Duration]int{-1: 0, 0: 1} {
		p := newPaced(interval)
		p.deliver(t, 0, 0)
		p.ledger.grow(1)
		p.deliver(t, 1, 1)
		if len(p.waits) != waits || len(p.list) != 2 {
			t.Errorf("%v: %v, %v", interval, p.waits, p.runs())
		}
	}
}

// TestPacingEnds with the service, whatever the interval.
func TestPacingEnds(t *testing.T) {
	p := newPaced(time.Minute)
	p.deliver(t, 0, 0)
	p.ledger.grow(1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if list, err := p.Deliver(ctx, p.ledger.deliveries(1, 1)); err == nil || len(p.list) != 1 {
		t.Errorf("%v, %v", list, p.runs())
	}
}

// TestReadOnceOnlyWhatAgrees: a ledger that goes on otherwise is read anew.
func TestReadOnceOnlyWhatAgrees(t *testing.T) {
	p := newPaced(-1)
	p.ledger.grow(4)
	p.deliver(t, 0, 1)
	p.ledger.salt = "another history"
	if list, err := p.Deliver(t.Context(), p.ledger.deliveries(2, 2)); err == nil {
		t.Errorf("receipts for another history: %+v", list)
	}
}
