package fabric

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// lab is a wire to the peers of three members that can be made to lie.
type lab struct {
	t testing.TB

	mu      sync.Mutex
	m       *mint
	blocks  []*common.Block // what honest peers serve
	grown   chan struct{}
	source  int                                                        // the peer that blocks come from; the next one after errForged
	lies    map[int]func(number uint64, b *common.Block) *common.Block // what a peer serves instead
	answers map[string]func(key string) ([]byte, error)                // what a member answers instead
	served  int
	asked   map[string]int
}

var labMembers = []string{"ExchangeMSP", "IPCentreMSP", "NotaryMSP"}

func newLab(t testing.TB, m *mint) *lab {
	l := &lab{t: t, m: m, grown: make(chan struct{}), lies: map[int]func(uint64, *common.Block) *common.Block{},
		answers: map[string]func(string) ([]byte, error){}, asked: map[string]int{}}
	l.catchUp()
	return l
}

// catchUp has the peers serve what the mint made.
func (l *lab) catchUp() { l.serve(l.m.blocks...) }

func (l *lab) serve(blocks ...*common.Block) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.blocks = append([]*common.Block(nil), blocks...)
	close(l.grown)
	l.grown = make(chan struct{})
}

func (l *lab) set(fn func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fn()
}

func (l *lab) Members() []string { return labMembers }
func (l *lab) Close()            {}

func (l *lab) Broadcast(context.Context, []byte) error { return errNotSent }

func (l *lab) Blocks(ctx context.Context, from uint64, fn func(*common.Block) error) error {
	for n := from; ; n++ {
		b, err := l.wait(ctx, n)
		if err == nil {
			err = fn(b)
		}
		if errors.Is(err, errForged) {
			l.set(func() { l.source++ })
		}
		if err != nil {
			return err
		}
	}
}

func (l *lab) wait(ctx context.Context, n uint64) (*common.Block, error) {
	for {
		l.mu.Lock()
		grown := l.grown
		if n < uint64(len(l.blocks)) {
			defer l.mu.Unlock()
			l.served++
			if lie := l.lies[l.source%len(labMembers)]; lie != nil {
				return lie(n, clone(l.blocks[n])), nil
			}
			return clone(l.blocks[n]), nil
		}
		l.mu.Unlock()
		select {
		case <-grown:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (l *lab) Query(_ context.Context, member string, args [][]byte) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked[member]++
	if string(args[0]) != "get" {
		return nil, fmt.Errorf("function %s", args[0])
	}
	out := make([]json.RawMessage, len(args)-1)
	for i, key := range args[1:] {
		v, err := l.m.state[string(key)], error(nil)
		if answer := l.answers[member]; answer != nil {
			v, err = answer(string(key))
		}
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return json.Marshal(out)
}

// Endorse is for the reads that proofs need.
func (l *lab) Endorse(_ context.Context, args [][]byte) (endorsed, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := string(args[1])
	block, tx, ok := l.lastWrite(key)
	r := &simRun{reads: []simRead{{key: key, block: block, tx: tx, found: ok}}}
	return simEnvelopeAt(l.m.channel, args, r, l.m.state[key], time.Now()), nil
}

func (l *lab) lastWrite(key string) (block uint64, tx int, ok bool) {
	for _, b := range l.blocks {
		for i, raw := range b.Data.Data {
			h, payload, err := openEnvelope(raw)
			if err != nil || h.channel.Type != int32(common.HeaderType_ENDORSER_TRANSACTION) || b.Metadata.Metadata[2][i] != 0 {
				continue
			}
			c, err := openCall(h, payload)
			if err != nil {
				continue
			}
			writes, _ := decoder{channel: l.m.channel, chaincode: "datapledge"}.writes(c.action.GetResults())
			for _, w := range writes {
				if w.Key == key {
					block, tx, ok = b.Header.Number, i, true
				}
			}
		}
	}
	return block, tx, ok
}

// labOptions are for a copy in a folder of its own.
func labOptions(t testing.TB) chainOptions {
	return chainOptions{Dir: t.TempDir(), Channel: "pledge", Chaincode: "datapledge", AgreeWithin: 200 * time.Millisecond,
		StallAfter: 300 * time.Millisecond, Logger: slog.New(slog.DiscardHandler)}
}

// running opens a copy and runs it; done is closed with run's error.
func running(t testing.TB, o chainOptions, w wire) (*chain, chan error) {
	t.Helper()
	c, err := openChain(o)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { done <- c.run(ctx, w) }()
	t.Cleanup(func() {
		cancel()
		if err := c.close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return c, done
}

// reach waits until the copy has a block.
func reach(t testing.TB, c *chain, height uint64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := c.waitFor(ctx, height); err != nil {
		_, _, why := c.look()
		t.Fatalf("waiting for block %d: %v (%v)", height, err, why)
	}
}

// heads are the blocks that follow gives from a number to the newest.
func heads(t testing.TB, c *chain, from uint64) (out []service.Block) {
	t.Helper()
	head, err := c.head()
	if err != nil {
		t.Fatal(err)
	}
	err = c.follow(context.Background(), from, func(b service.Block) error {
		if out = append(out, b); b.Number == head.Height {
			return errEnough
		}
		return nil
	})
	if err != errEnough {
		t.Fatalf("following: %v", err)
	}
	return out
}

func stateIs(t testing.TB, c *chain, want map[string][]byte) {
	t.Helper()
	keys := make([]string, 0, len(want))
	for k := range want {
		keys = append(keys, k)
	}
	var values [][]byte
	eventually(t, func() (err error) { // a copy that is being rebuilt says so; it must not say anything wrong
		values, _, err = c.get(append(keys, pledge.KeyAsset("none"))...)
		return err
	})
	for i, k := range keys {
		if string(values[i]) != string(want[k]) {
			t.Errorf("%s: got %s, want %s", k, values[i], want[k])
		}
	}
	if values[len(keys)] != nil {
		t.Errorf("an absent key has a value")
	}
}
