package fabric

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// storied is a mint whose blocks tell the story of a pledge and more, n blocks
// in all, and the outcomes that the rules gave.
func storied(t testing.TB, n int) (*mint, *actors.Cast, map[string]pledge.Outcome) {
	t.Helper()
	m, cast := begun(t)
	commands := []string{cast.Enroll(cast.Enterprise), cast.Enroll(cast.Bank2)}
	story, _, id, terms := cast.Story("a", cast.Enterprise, cast.Bank2)
	commands = append(commands, story...)
	commands = append(commands, cast.Register(cast.Bank2, id, terms, 0))
	out := map[string]pledge.Outcome{}
	for i := 0; len(m.blocks) < n; i++ {
		c := cast.Notarize(cast.Enterprise, actors.NewDataset(fmt.Sprint("more", i), 1))
		if i < len(commands) {
			c = commands[i]
		}
		at := pledge.Position{Block: uint64(len(m.blocks)), Tx: 1}
		raw, results := m.apply(t, c)
		o := results[0].Outcome
		if o.Status != pledge.Applied {
			t.Fatalf("command %d: %+v", i, o)
		}
		out[c] = outcomeOf(o.CommandID, o.RecordID, written(pledge.RecordKey(o.RecordID), results[0].Writes), at)
		m.add([]byte{11, 0}, must(&common.Envelope{Payload: []byte{1}, Signature: []byte{2}}), raw)
	}
	return m, cast, out
}

// TestCopy: values, outcomes and blocks are those of the channel; again after
// it was reopened, and after its file was deleted.
func TestCopy(t *testing.T) {
	m, _, out := storied(t, 100)
	o := labOptions(t)
	for _, prepare := range []func(){
		func() {},
		func() {},
		func() { _ = os.Remove(filepath.Join(o.Dir, storeName)) },
	} {
		prepare()
		c, done := running(t, o, newLab(t, m))
		reach(t, c, 99)
		stateIs(t, c, m.state)
		outcomesAre(t, c, out)
		_, truth, err := walk("pledge", m.blocks...)
		if err != nil {
			t.Fatal(err)
		}
		for _, from := range []uint64{0, 1, 50, 98, 99} {
			got := heads(t, c, from)
			if len(got) != 100-int(from) {
				t.Fatalf("from %d: %d blocks", from, len(got))
			}
			for i, b := range got {
				if !reflect.DeepEqual(b, truth[int(from)+i].block) {
					t.Fatalf("block %d: got\n%+v, want\n%+v", b.Number, b, truth[int(from)+i].block)
				}
			}
		}
		if err := c.close(); err != nil {
			t.Fatal(err)
		}
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("run: %v", err)
		}
	}
}

func outcomesAre(t testing.TB, c *chain, want map[string]pledge.Outcome) {
	t.Helper()
	for jws, w := range want {
		p, err := pledge.ParseCommand(jws)
		if err != nil {
			t.Fatal(err)
		}
		got, ok, err := c.outcome(p.Payload.By, p.ID)
		if err != nil || !ok || !reflect.DeepEqual(got, w) {
			t.Errorf("outcome of %s: got %+v %t %v, want %+v", p.ID, got, ok, err, w)
		}
		if _, ok, err := c.outcome("91350100M000100Y43", "cmd_none"); ok || err != nil {
			t.Errorf("outcome of nothing: %t, %v", ok, err)
		}
	}
}

// TestLyingSource: what one peer forges is refused, and another one is asked.
func TestLyingSource(t *testing.T) {
	m, _, _ := storied(t, 20)
	for name, lie := range map[string]func(uint64, *common.Block) *common.Block{
		"data": func(n uint64, b *common.Block) *common.Block {
			alterAt(n, 7, func() { b.Data.Data[1][50] ^= 1 })
			return b
		},
		"signature": func(n uint64, b *common.Block) *common.Block {
			alterAt(n, 7, func() { b.Metadata.Metadata[0] = nil })
			return b
		},
		"verdict": func(n uint64, b *common.Block) *common.Block {
			alterAt(n, 7, func() { b.Metadata.Metadata[2] = nil })
			return b
		},
		"fault": func(n uint64, b *common.Block) *common.Block {
			alterAt(n, 7, func() { b.Metadata.Metadata[2] = []byte{0, 0} })
			return b
		},
		"other": func(n uint64, b *common.Block) *common.Block { return m.blocks[(n+1)%20] },
	} {
		l := newLab(t, m)
		l.lies[0] = lie
		c, _ := running(t, labOptions(t), l)
		reach(t, c, 19)
		stateIs(t, c, m.state)
		if l.source != 1 {
			t.Errorf("%s: %d sources were left", name, l.source)
		}
	}
}

func alterAt(n, at uint64, fn func()) {
	if n == at {
		fn()
	}
}

// TestLyingReplay: old blocks are read again from peers, and one that is not
// the same as then, or has other verdicts, is refused.
func TestLyingReplay(t *testing.T) {
	m, _, _ := storied(t, 100)
	for name, lie := range map[string]func(*common.Block){
		"data":     func(b *common.Block) { b.Data.Data[1][50] ^= 1 },
		"header":   func(b *common.Block) { b.Header.PreviousHash[0] ^= 1 },
		"verdicts": func(b *common.Block) { b.Metadata.Metadata[2] = []byte{11, 11} },
		"number":   func(b *common.Block) { *b = *clone(m.blocks[4]) }, //nolint:govet // a fresh clone
	} {
		l := newLab(t, m)
		c, _ := running(t, labOptions(t), l)
		reach(t, c, 99)
		l.set(func() {
			l.lies[l.source] = func(n uint64, b *common.Block) *common.Block { alterAt(n, 3, func() { lie(b) }); return b }
		})
		if got := heads(t, c, 2); len(got) != 98 || got[1].Hash != headerHash(m.blocks[3].Header) || len(got[1].Commands) != 1 {
			t.Errorf("%s: %d blocks, %+v", name, len(got), got[1])
		}
		if l.source != 1 {
			t.Errorf("%s: %d sources were left", name, l.source)
		}
	}
}

// TestFaultStops: a block that the orderers signed and that makes no sense
// stops the chain, naming it, and everything is refused from then on.
func TestFaultStops(t *testing.T) {
	m, cast := begun(t)
	m.add([]byte{0}, faults(t, m, cast)["stray write"])
	c, done := running(t, labOptions(t), newLab(t, m))
	if err := <-done; !errors.Is(err, errFault) || !strings.Contains(err.Error(), "block 2, tx 0") {
		t.Errorf("run: %v", err)
	}
	answersNothing(t, c, errFault)
}

// TestSecondGenesis: a channel has one, whichever blocks they stand in.
func TestSecondGenesis(t *testing.T) {
	m, cast, _ := storied(t, 5)
	m.add([]byte{0}, m.genesis(t, cast.Genesis()))
	_, done := running(t, labOptions(t), newLab(t, m))
	select {
	case err := <-done:
		if !errors.Is(err, errFault) {
			t.Errorf("run: %v, want %v", err, errFault)
		}
	case <-time.After(time.Minute):
		t.Error("nobody noticed")
	}
}

// answersNothing: every question is answered with ErrUnavailable, and why.
func answersNothing(t *testing.T, c *chain, why error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, headErr := c.head()
	_, _, getErr := c.get("k")
	_, _, agreedErr := c.agreed(ctx, "k")
	_, proveErr := c.prove(ctx, pledge.Position{})
	_, _, outcomeErr := c.outcome("a", "b")
	_, blockErr := c.block(ctx, 0)
	for i, err := range []error{headErr, getErr, agreedErr, proveErr, outcomeErr, blockErr} {
		if !errors.Is(err, service.ErrUnavailable) || !errors.Is(err, why) {
			t.Errorf("question %d: %v, want unavailable because of %v", i, err, why)
		}
	}
}

// TestRegressed: the copy is gone, and the channel is shorter than it was,
// or another one: nothing is answered from it.
func TestRegressed(t *testing.T) {
	m, _, _ := storied(t, 30)
	o := labOptions(t)
	c, _ := running(t, o, newLab(t, m))
	reach(t, c, 29)
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(o.Dir, storeName)); err != nil {
		t.Fatal(err)
	}
	l := newLab(t, m)
	l.serve(m.blocks[:20]...)
	c, _ = running(t, o, l)
	answersNothing(t, c, service.ErrUnavailable)
	stalls(t, c)
	answersNothing(t, c, service.ErrRegressed)
	l.catchUp()
	reach(t, c, 29)
	stateIs(t, c, m.state)
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	fork := *m
	fork.blocks = append([]*common.Block(nil), m.blocks[:29]...)
	fork.add([]byte{11}, must(&common.Envelope{Payload: []byte("p"), Signature: []byte("s")}))
	for _, tt := range []struct{ longer, deleted bool }{{false, false}, {true, false}, {true, true}} {
		if tt.deleted {
			_ = os.Remove(filepath.Join(o.Dir, storeName))
		}
		if tt.longer {
			fork.add([]byte{11}, must(&common.Envelope{Payload: []byte("q"), Signature: []byte("s")}))
		}
		c, done := running(t, o, newLab(t, &fork))
		select {
		case err := <-done:
			if !errors.Is(err, service.ErrRegressed) {
				t.Errorf("fork, %+v: run: %v", tt, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("fork, %+v: nobody noticed", tt)
		}
		answersNothing(t, c, service.ErrRegressed)
		if err := c.close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAnotherNetwork: a network that was started anew is not taken for the old one.
func TestAnotherNetwork(t *testing.T) {
	m, _, _ := storied(t, 5)
	other, _, _ := storied(t, 9)
	o := labOptions(t)
	c, _ := running(t, o, newLab(t, m))
	reach(t, c, 4)
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(filepath.Join(o.Dir, storeName))
	c, _ = running(t, o, newLab(t, other))
	stalls(t, c)
	answersNothing(t, c, service.ErrRegressed)
	if _, err := c.head(); !strings.Contains(err.Error(), "another network") {
		t.Errorf("%v does not say what is wrong", err)
	}
}

// TestDamagedCopy: whatever becomes of the file, the copy comes back.
func TestDamagedCopy(t *testing.T) {
	m, _, out := storied(t, 60)
	for name, damage := range map[string]func(path string, raw []byte) []byte{
		"empty":     func(string, []byte) []byte { return nil },
		"text":      func(string, []byte) []byte { return []byte(strings.Repeat("no ledger ", 4000)) },
		"cut short": func(_ string, raw []byte) []byte { return raw[:len(raw)/2] },
		"zeros":     func(_ string, raw []byte) []byte { clear(raw[8192:]); return raw },
		"noise":     func(_ string, raw []byte) []byte { noise(raw[8192:]); return raw },
	} {
		t.Run(name, func(t *testing.T) {
			o := labOptions(t)
			c, _ := running(t, o, newLab(t, m))
			reach(t, c, 59)
			if err := c.close(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(o.Dir, storeName)
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, damage(path, raw), 0o600); err != nil {
				t.Fatal(err)
			}
			c, _ = running(t, o, newLab(t, m))
			reach(t, c, 59)
			eventually(t, func() error { _, _, err := c.get(pledge.KeyChannel()); return err })
			stateIs(t, c, m.state)
			outcomesAre(t, c, out)
		})
	}
}

// TestAlteredValue: a value that was changed within the file is not told.
func TestAlteredValue(t *testing.T) {
	m, _, _ := storied(t, 10)
	o := labOptions(t)
	c, _ := running(t, o, newLab(t, m))
	reach(t, c, 9)
	c.dbMu.Lock()
	err := c.db.db.Update(func(tx *bbolt.Tx) error {
		b, key := tx.Bucket(bucketState), []byte(pledge.KeyChannel())
		raw := append([]byte(nil), b.Get(key)...)
		raw[len(raw)-3] ^= 1
		return b.Put(key, raw)
	})
	c.dbMu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	if values, _, err := c.get(pledge.KeyChannel()); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("told %s, %v", values, err)
	}
	eventually(t, func() error { _, _, err := c.get(pledge.KeyChannel()); return err })
	stateIs(t, c, m.state)
}

func noise(b []byte) {
	for i := range b {
		b[i] ^= byte(i*7 + i>>8)
	}
}

// stalls waits until the peers have been found to lack a block for too long.
func stalls(t testing.TB, c *chain) {
	t.Helper()
	eventually(t, func() error {
		if _, err := c.head(); !errors.Is(err, service.ErrRegressed) {
			return fmt.Errorf("head: %v, want %w", err, service.ErrRegressed)
		}
		return nil
	})
}

// eventually tries until there is no error.
func eventually(t testing.TB, fn func() error) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		err := fn()
		if err == nil {
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// TestSeenIsKept: the note of the highest block comes back when it is lost,
// and a copy that it does not fit is not believed.
func TestSeenIsKept(t *testing.T) {
	m, _, _ := storied(t, 10)
	o := labOptions(t)
	copied := func(m *mint, o chainOptions) {
		t.Helper()
		c, _ := running(t, o, newLab(t, m))
		reach(t, c, uint64(len(m.blocks)-1))
		stateIs(t, c, m.state)
		if got, want := c.genesisHash(), headerHash(m.blocks[0].Header); got != want {
			t.Errorf("genesis hash %s, want %s", got, want)
		}
		if err := c.close(); err != nil {
			t.Fatal(err)
		}
	}
	copied(m, o)
	note := filepath.Join(o.Dir, seenName)
	was, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(note)
	copied(m, o)
	if got, err := os.ReadFile(note); err != nil || string(got) != string(was) {
		t.Errorf("got %s, %v, want %s", got, err, was)
	}
	other, _, _ := storied(t, 12)
	o2 := labOptions(t)
	copied(other, o2)
	raw, err := os.ReadFile(filepath.Join(o2.Dir, storeName))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(o.Dir, storeName), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	copied(m, o)
	if err := os.WriteFile(note, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := openChain(o); err == nil || !strings.Contains(err.Error(), note) {
		t.Errorf("a note that cannot be read: %v, %v", c, err)
	}
}

// TestGenesisHashComesFirst: whoever sees a block of the channel can be told
// which channel it is.
func TestGenesisHashComesFirst(t *testing.T) {
	m, _, _ := storied(t, 3)
	for range 20 {
		c, _ := running(t, labOptions(t), newLab(t, m))
		for {
			head, grown, _ := c.look()
			if head.Hash != "" {
				break
			}
			<-grown
		}
		if got := c.genesisHash(); got == "" {
			t.Fatal("a block is there, and the hash of block 0 is not known")
		}
	}
}
