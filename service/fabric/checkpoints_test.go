package fabric

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// newImprint is a channel of checkpoints: simulated, with no genesis.
func newImprint(t *testing.T) *simNet {
	t.Helper()
	n := &simNet{channel: "imprint", cut: 1e6, orderer: newSimOrderer(t), changed: make(chan struct{}),
		seen: map[string]bool{}, runs: map[string]*simRun{}, history: map[string][]simValue{}, applied: map[string]int{}}
	n.blocks = append(n.blocks, n.orderer.configBlock(n.channel))
	return n
}

func opened(t *testing.T, w wire, dir string) *Checkpoints {
	t.Helper()
	c, err := openCheckpoints(CheckpointOptions{Dir: dir, Channel: "imprint", Chaincode: "datapledge", Of: "pledge"}, w)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func pointOf(first, last uint64, history string) pledge.Checkpoint {
	sum := fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, history, last)))
	return pledge.Checkpoint{Channel: "pledge", First: first, Last: last, Hash: sum, Root: sum}
}

func recorded(t *testing.T, c *Checkpoints, point pledge.Checkpoint) service.HeldCheckpoint {
	t.Helper()
	h, err := c.Record(t.Context(), point)
	if err != nil || h.Checkpoint != point || h.At.Block == 0 || h.Time.IsZero() {
		t.Fatalf("recording %+v: %+v, %v", point, h, err)
	}
	return h
}

func TestCheckpointsAreRecorded(t *testing.T) {
	n := newImprint(t)
	c := opened(t, n.client(), t.TempDir())
	if h, err := c.Newest(t.Context()); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("before the first: %+v, %v", h, err)
	}
	first := recorded(t, c, pointOf(0, 4, "a"))
	second := recorded(t, c, pointOf(5, 5, "a"))
	third := recorded(t, c, pointOf(6, 9, "a"))
	if again := recorded(t, c, pointOf(5, 5, "a")); again != second {
		t.Errorf("given again: %+v, was %+v", again, second)
	}
	if h, err := c.Newest(t.Context()); err != nil || h != third {
		t.Errorf("newest: %+v, %v", h, err)
	}
	for block, want := range []service.HeldCheckpoint{first, first, first, first, first, second, third, third, third, third} {
		if h, err := c.Over(t.Context(), uint64(block)); err != nil || h != want {
			t.Errorf("over %d: %+v, %v", block, h, err)
		}
	}
	if h, err := c.Over(t.Context(), 10); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("over 10: %+v, %v", h, err)
	}
	if _, err := c.Record(t.Context(), pointOf(5, 5, "b")); !errors.Is(err, pledge.Forked) {
		t.Errorf("another history: %v", err)
	}
	if _, err := c.Record(t.Context(), pointOf(12, 12, "a")); !errors.Is(err, pledge.SequenceChanged) {
		t.Errorf("a gap: %v", err)
	}
}

// TestCheckpointsOfSeveralMembers: each sends the same, and it is held once.
func TestCheckpointsOfSeveralMembers(t *testing.T) {
	n := newImprint(t)
	var all sync.WaitGroup
	for range 3 {
		c := opened(t, n.client(), t.TempDir())
		all.Go(func() {
			for i := range uint64(5) {
				if h, err := c.Record(t.Context(), pointOf(i, i, "a")); err != nil || h.Last != i {
					t.Errorf("%d: %+v, %v", i, h, err)
				}
			}
		})
	}
	all.Wait()
	if got := len(n.history[pledge.KeyNewestCheckpoint("pledge")]); got != 5 {
		t.Errorf("written %d times", got)
	}
}

// TestCheckpointsAfterRestart: what is held is found, with a new copy or the
// old one, and an answer that got lost is not missed.
func TestCheckpointsAfterRestart(t *testing.T) {
	n, dir := newImprint(t), t.TempDir()
	w := n.client()
	w.send = func([]byte) (int, error) { return 1, errSim } // ordered, and nobody says so
	c := opened(t, w, dir)
	want := recorded(t, c, pointOf(0, 3, "a"))
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{dir, t.TempDir()} {
		c := opened(t, n.client(), dir)
		if h, err := c.Newest(t.Context()); err != nil || h != want {
			t.Errorf("%+v, %v, want %+v", h, err, want)
		}
		if again := recorded(t, c, pointOf(0, 3, "a")); again != want {
			t.Errorf("%+v, want %+v", again, want)
		}
	}
}

// TestCheckpointOfBlocksToCome: members whose peers do not have them yet are
// asked again; when they never get them, that is no word on the checkpoint.
func TestCheckpointOfBlocksToCome(t *testing.T) {
	n := newImprint(t)
	w := n.client()
	var asked atomic.Int64
	behind := func(until int64) func() error {
		return func() error {
			if asked.Add(1) < until {
				return pledge.Errorf(pledge.NotFound, "only 3 are here yet")
			}
			return nil
		}
	}
	w.endorse = behind(4)
	c := opened(t, w, t.TempDir())
	recorded(t, c, pointOf(0, 4, "a"))
	if asked.Load() != 4 {
		t.Errorf("asked %d times", asked.Load())
	}
	w.endorse = behind(math.MaxInt64)
	c.o.EndorseTimeout = time.Second
	if h, err := c.Record(t.Context(), pointOf(5, 5, "a")); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("never: %+v, %v", h, err)
	}
}

func TestCheckpointProof(t *testing.T) {
	n := newImprint(t)
	c := opened(t, n.client(), t.TempDir())
	h := recorded(t, c, pointOf(0, 4, "a"))
	recorded(t, c, pointOf(5, 9, "a"))
	p, err := c.Prove(t.Context(), h)
	if err != nil || len(p.Blocks) != 2 || len(p.Attestation) == 0 {
		t.Fatalf("%d blocks, %v", len(p.Blocks), err)
	}
	for number, raw := range p.Blocks {
		if want := must(n.blocks[number]); !bytes.Equal(raw, want) {
			t.Errorf("block %d is not the channel's", number)
		}
	}
	h.Hash, h.At = pointOf(5, 9, "a").Hash, pledge.Position{Block: h.At.Block}
	if _, err := c.Prove(t.Context(), h); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("of one that is not held: %v", err)
	}
}

// TestNothingElseOnTheImprintChannel: what cannot have been endorsed there is
// not believed, and a checkpoint is none on a channel of commands.
func TestNothingElseOnTheImprintChannel(t *testing.T) {
	point := pointOf(0, 4, "a")
	text, err := pledge.CanonicalJSON(point)
	if err != nil {
		t.Fatal(err)
	}
	good, err := point.Record(func(string) ([]byte, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	altered := func(do func([]pledge.Write)) []pledge.Write {
		list := slices.Clone(good)
		do(list)
		return list
	}
	call := func(fn string, writes []pledge.Write, args ...[]byte) []byte {
		return simEnvelope("imprint", append([][]byte{[]byte(fn)}, args...), &simRun{writes: writes}, text).Envelope
	}
	for what, c := range map[string]struct {
		envelope []byte
		fault    bool
	}{
		"as it should be":    {call("checkpoint", good, text), false},
		"held already":       {call("checkpoint", nil, text), false},
		"a read":             {call("get", nil, []byte("v1/channel")), false},
		"a command":          {call("apply", good, text), true},
		"a genesis":          {call("genesis", good, text), true},
		"no argument":        {call("checkpoint", good), true},
		"no checkpoint":      {call("checkpoint", good, []byte("{}")), true},
		"another value":      {call("checkpoint", altered(func(w []pledge.Write) { w[1].Value = []byte("{}") }), text), true},
		"under another key":  {call("checkpoint", altered(func(w []pledge.Write) { w[0].Key = pledge.KeyCheckpoint("pledge", 3) }), text), true},
		"not as the newest":  {call("checkpoint", good[:1], text), true},
		"of another channel": {simEnvelope("pledge", [][]byte{[]byte("checkpoint"), text}, &simRun{writes: good}, text).Envelope, true},
	} {
		d := decoder{channel: "imprint", chaincode: "datapledge", imprint: true}
		if _, err := d.transaction(c.envelope, valid, pledge.Position{Block: 1}); (err != nil) != c.fault {
			t.Errorf("%s: %v", what, err)
		}
	}
	d := decoder{channel: "pledge", chaincode: "datapledge"}
	envelope := simEnvelope("pledge", [][]byte{[]byte("checkpoint"), text}, &simRun{writes: good}, text).Envelope
	if _, err := d.transaction(envelope, valid, pledge.Position{Block: 1}); !errors.Is(err, errFault) {
		t.Errorf("on a channel of commands: %v", err)
	}
}

// TestForgedImprintBlock: the copy takes none that the orderers did not sign.
func TestForgedImprintBlock(t *testing.T) {
	n := newImprint(t)
	c := opened(t, n.client(), t.TempDir())
	h := recorded(t, c, pointOf(0, 4, "a"))
	f := &front{decoder: c.chain.decoder(), seen: &seen{}}
	for _, b := range n.blocks {
		b = clone(b)
		if b.Header.Number == h.At.Block {
			changeSignatures(b, func(s *common.MetadataSignature) { s.Signature[9] ^= 1 })
			var md common.Metadata
			if err := unmarshal(b.Metadata.Metadata[0], &md); err != nil {
				t.Fatal(err)
			}
			md.Signatures = md.Signatures[:f.consenters.quorum]
			b.Metadata.Metadata[0] = must(&md)
		}
		_, err := f.next(b)
		if (err != nil) != (b.Header.Number == h.At.Block) {
			t.Errorf("block %d: %v", b.Header.Number, err)
		}
		if err != nil {
			return
		}
	}
}
