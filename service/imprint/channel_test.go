package imprint_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/imprint"
)

// members hold checkpoints, by the chaincode's rules.
type members struct {
	mu     sync.Mutex
	kv     map[string][]byte
	list   []service.HeldCheckpoint
	before func() // comes before the next Record, once
	away   error
}

func newMembers() *members { return &members{kv: map[string][]byte{}} }

func (m *members) Channel() string { return "imprint" }
func (m *members) Of() string      { return channel }

func (m *members) find(ok func(service.HeldCheckpoint) bool) (service.HeldCheckpoint, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away != nil {
		return service.HeldCheckpoint{}, m.away
	}
	for i := range m.list {
		if h := m.list[len(m.list)-1-i]; ok(h) {
			return h, nil
		}
	}
	return service.HeldCheckpoint{}, service.ErrNotFound
}

func (m *members) Newest(context.Context) (service.HeldCheckpoint, error) {
	return m.find(func(service.HeldCheckpoint) bool { return true })
}

func (m *members) Over(_ context.Context, n uint64) (service.HeldCheckpoint, error) {
	return m.find(func(h service.HeldCheckpoint) bool { return h.First <= n && n <= h.Last })
}

func (m *members) Record(ctx context.Context, c pledge.Checkpoint) (service.HeldCheckpoint, error) {
	m.mu.Lock()
	before := m.before
	m.before = nil
	m.mu.Unlock()
	if before != nil {
		before()
	}
	if err := m.keep(c); err != nil {
		return service.HeldCheckpoint{}, err
	}
	return m.Over(ctx, c.Last)
}

func (m *members) keep(c pledge.Checkpoint) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	writes, err := c.Record(func(key string) ([]byte, error) { return m.kv[key], m.away })
	if err != nil || len(writes) == 0 {
		return err
	}
	for _, w := range writes {
		m.kv[w.Key] = w.Value
	}
	m.list = append(m.list, service.HeldCheckpoint{Checkpoint: c, At: pledge.Position{Block: uint64(len(m.list) + 3)}, Time: time.Unix(1e9, 0)})
	return nil
}

func (m *members) Prove(_ context.Context, h service.HeldCheckpoint) (service.CheckpointProof, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return service.CheckpointProof{Attestation: []byte("attested"), Blocks: map[uint64][]byte{0: []byte("config"), h.At.Block: fmt.Append(nil, "block ", h.At.Block)}}, m.away
}

// leave makes the members unreachable; nil lets them return.
func (m *members) leave(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.away = err
}

// covered fails unless the checkpoints are of every block, in order.
func (m *members) covered(t *testing.T, height uint64) {
	t.Helper()
	next := uint64(0)
	for _, h := range m.list {
		if h.First != next {
			t.Errorf("blocks %d to %d come after %d", h.First, h.Last, next)
		}
		next = h.Last + 1
	}
	if next != height+1 {
		t.Errorf("checkpoints end before block %d, the ledger has %d", next, height)
	}
}

func (w *world) channelSink(m *members, l imprint.Ledger) *imprint.Channel {
	return imprint.NewChannel(imprint.ChannelOptions{Name: "regulator", Checkpoints: m, Ledger: l, Interval: -1})
}

func (w *world) height() uint64 {
	w.t.Helper()
	head, err := w.ledger.Head(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	return head.Height
}

// TestCheckpointsOfEveryBlock, also when the members are away for a while and
// the follower starts again; each block can then be shown in a package.
func TestCheckpointsOfEveryBlock(t *testing.T) {
	w, m, dir := newWorld(t), newMembers(), t.TempDir()
	w.commit(w.ledger, 2)
	f := follow(t, dir, w.ledger, w.channelSink(m, w.ledger))
	f.untilDelivered()
	m.leave(service.ErrUnavailable)
	w.commit(w.ledger, 1)
	f.untilState(service.ImprintRetrying)
	m.leave(nil)
	f.untilDelivered()
	f.stop()
	w.commit(w.ledger, 1)
	again := follow(t, dir, w.ledger, w.channelSink(m, w.ledger))
	again.untilDelivered()
	m.covered(t, w.height())
	for n := range w.height() + 1 {
		parts, err := imprint.New(again.Follower).Parts(t.Context(), n)
		h, herr := m.Over(t.Context(), n)
		if err != nil || herr != nil || len(parts) != 3 {
			t.Fatalf("block %d: %v, %v", n, parts, err)
		}
		part := string(parts[fmt.Sprintf("imprint/checkpoints/%020d.json", n)])
		want := fmt.Sprintf(`"block":%d,"channel":"pledge","first":%d,"imprint_channel":"imprint","last":%d`, h.At.Block, h.First, h.Last)
		if !strings.Contains(part, want) || parts[fmt.Sprintf("imprint/blocks/%020d.block", h.At.Block)] == nil {
			t.Errorf("block %d: got %s, want %s", n, part, want)
		}
	}
}

// TestPartsWithoutTheMembers: evidence is written all the same.
func TestPartsWithoutTheMembers(t *testing.T) {
	w, m := newWorld(t), newMembers()
	f := follow(t, t.TempDir(), w.ledger, w.channelSink(m, w.ledger))
	f.untilDelivered()
	m.leave(service.ErrUnavailable)
	if parts, err := imprint.New(f.Follower).Parts(t.Context(), 0); err != nil || len(parts) != 0 {
		t.Errorf("got %v, %v", parts, err)
	}
	m.leave(errors.New("broken"))
	if parts, err := imprint.New(f.Follower).Parts(t.Context(), 0); err == nil {
		t.Errorf("a fault was passed over: %v", parts)
	}
}

// TestSeveralMembersSend: what another one was faster with is compared, and
// nothing is sent twice.
func TestSeveralMembersSend(t *testing.T) {
	w, m := newWorld(t), newMembers()
	w.commit(w.ledger, 1)
	other := follow(t, t.TempDir(), w.ledger, w.channelSink(m, w.ledger))
	other.untilDelivered()
	w.commit(w.ledger, 1)
	other.untilDelivered()
	other.stop()
	for range 3 {
		w.commit(w.ledger, 1)
	}
	m.mu.Lock()
	m.before = func() { // between the question and the sending
		w.commit(w.ledger, 1) // so that the other one's run of blocks is longer
		follow(t, t.TempDir(), w.ledger, w.channelSink(m, w.ledger)).untilDelivered()
	}
	m.mu.Unlock()
	f := follow(t, t.TempDir(), w.ledger, w.channelSink(m, w.ledger))
	f.untilDelivered()
	m.covered(t, w.height())
	if s := f.Status(t.Context()); s.Failures != 0 {
		t.Errorf("%+v: %s", s, f.log)
	}
}

// TestMembersHoldAnotherHistory: the follower stops, whether its own
// checkpoint is refused or another one's is found to be wrong.
func TestMembersHoldAnotherHistory(t *testing.T) {
	wrong := func(first, last uint64, hash string) pledge.Checkpoint {
		return pledge.Checkpoint{Channel: channel, First: first, Last: last, Hash: hash, Root: strings.Repeat("ab", 32)}
	}
	t.Run("last block", func(t *testing.T) {
		w, m := newWorld(t), newMembers()
		if err := m.keep(wrong(0, 0, strings.Repeat("cd", 32))); err != nil {
			t.Fatal(err)
		}
		follow(t, t.TempDir(), w.ledger, w.channelSink(m, w.ledger)).untilState(service.ImprintStopped)
	})
	t.Run("root", func(t *testing.T) {
		w, m := newWorld(t), newMembers()
		head, err := w.ledger.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := m.keep(wrong(0, 0, head.Hash)); err != nil {
			t.Fatal(err)
		}
		follow(t, t.TempDir(), w.ledger, w.channelSink(m, w.ledger)).untilState(service.ImprintStopped)
	})
	t.Run("refused", func(t *testing.T) {
		w, m := newWorld(t), newMembers()
		m.before = func() {
			if err := m.keep(wrong(0, 0, strings.Repeat("cd", 32))); err != nil {
				t.Error(err)
			}
		}
		follow(t, t.TempDir(), w.ledger, w.channelSink(m, w.ledger)).untilState(service.ImprintStopped)
	})
}
