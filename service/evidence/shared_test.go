package evidence_test

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/ledger/rwset/kvrwset"

	"github.com/datapledge/datapledge/pledge"
)

// Most tests begin with the same story or the same channel. To tell it takes
// longer than to check it, so it is told once and each test has its own copy.

var storyBegan = time.Date(2026, 11, 21, 7, 0, 0, 0, time.UTC)

var (
	theStory   = sync.OnceValue(func() *story { return newStoryAt(teller{}, storyBegan) })
	theChannel = sync.OnceValue(func() *channel { return makeChannel(teller{}) })
)

// teller stands for the test in what is told once for all of them.
type teller struct{ testing.TB }

func (teller) Helper()                         {}
func (teller) Fatal(args ...any)               { panic(fmt.Sprint(args...)) }
func (teller) Fatalf(form string, args ...any) { panic(fmt.Sprintf(form, args...)) }

func newStory(t testing.TB) *story {
	t.Helper()
	return theStory().copied(t)
}

// newChannel is a copy, too, but when vectors are made: their keys are to be
// those of the randomness that is set for them.
func newChannel(t testing.TB) *channel {
	t.Helper()
	if *update {
		return makeChannel(t)
	}
	return theChannel().copied(t)
}

func (s *story) copied(t testing.TB) *story {
	c, of := *s, *s.chain
	of.t, of.state, of.blocks = t, maps.Clone(of.state), slices.Clone(of.blocks)
	of.genesis.Members = slices.Clone(of.genesis.Members)
	for i, b := range of.blocks {
		b.entries, b.jws, b.writes = slices.Clone(b.entries), slices.Clone(b.jws), slices.Clone(b.writes)
		for n, list := range b.writes {
			b.writes[n] = slices.Clone(list)
		}
		of.blocks[i] = b
	}
	c.chain = &of
	return &c
}

func (c *channel) copied(t testing.TB) *channel {
	d := *c
	d.story = c.story.copied(t)
	d.orgs, d.blocks, d.applied = slices.Clone(c.orgs), slices.Clone(c.blocks), slices.Clone(c.applied)
	d.versions, d.values = maps.Clone(c.versions), maps.Clone(c.values)
	d.cuts = make([]*cut, len(c.cuts))
	for n, k := range c.cuts {
		d.cuts[n] = k.copied()
	}
	return &d
}

func (k *cut) copied() *cut {
	d := *k
	d.flags, d.signers, d.txs = slices.Clone(k.flags), slices.Clone(k.signers), make([]*call, len(k.txs))
	for i, tx := range k.txs {
		d.txs[i] = tx.copied()
	}
	return &d
}

func (k *call) copied() *call {
	d := *k
	d.args, d.set = slices.Clone(k.args), &kvrwset.KVRWSet{}
	decode(encode(k.set), d.set)
	return &d
}

// soundFiles are the unpacked packages of a story or channel as it was told,
// made when they are first wanted.
type soundFiles map[string]func() contents

func (s soundFiles) add(t testing.TB, write func(id string) []byte, ids ...string) {
	for _, id := range ids {
		s[id] = sync.OnceValue(func() contents { return unpack(t, write(id)) })
	}
}

// of is a copy for a test to change.
func (s soundFiles) of(id string) contents {
	f := maps.Clone(s[id]())
	for name, data := range f {
		f[name] = slices.Clone(data)
	}
	return f
}

// Two copies have nothing in common that a test changes.
func TestCopiesAreApart(t *testing.T) {
	a := newChannel(t)
	want := a.build(a.asset)
	a.story.commit(a.story.sign(a.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: a.pledge, Reason: "PAID"}))
	for _, attack := range slices.Concat(blockAttacks, transactionAttacks) {
		attack.change(newChannel(t))
	}
	for _, s := range []soundFiles{a.sound, a.story.sound} {
		f := s.of(a.asset)
		for name, data := range f {
			data[0] ^= 1
			delete(f, name)
		}
	}
	a.genesis.Members[0].Name, a.orgs[0], a.values[pledge.KeyChannel()] = "changed", a.orgs[1], nil
	if r := check(t, want, newChannel(t).trust()); !r.OK() {
		t.Error(text(r))
	}
	if got := newChannel(t); !check(t, got.sound.of(got.asset).pack(t, got.exchange), got.trust()).OK() || got.Info().Genesis.Members[0].Name == "changed" {
		t.Error("a copy changed with another")
	}
	c := newChannel(t)
	if c.seal(); !check(t, c.build(c.asset), c.trust()).OK() {
		t.Error("what a copy makes of its commands changed with another")
	}
}
