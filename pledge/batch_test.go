package pledge_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// racers makes n pledges on one asset, each ready to be registered, and
// their registrations, all of them having seen the same sequence.
func racers(w *world, n int, tm pledge.Terms) (asset string, cs []*pledge.Command) {
	asset = w.notarize(w.owner, "contested")
	for range n {
		id := w.ready(asset, w.bank, tm)
		cs = append(cs, w.command(w.bank, pledge.PledgeRegister, w.registration(id)))
	}
	return asset, cs
}

func oneWinner(t *testing.T, w *world, asset string, rs []pledge.Result) {
	t.Helper()
	won := 0
	for _, r := range rs {
		switch r.Outcome.Code {
		case "":
			won++
		case pledge.SequenceChanged, pledge.AlreadyPledged:
		default:
			t.Errorf("a loser got %s", r.Outcome.Code)
		}
	}
	if a := w.asset(asset); won != 1 || len(a.InForce) != 1 || a.Seq != 1 {
		t.Errorf("%d won, %d in force, seq %d", won, len(a.InForce), a.Seq)
	}
}

// TestThousandRacers: of 1,000 registrations at once exactly one wins, in one
// batch and one by one, exclusive or ranked.
func TestThousandRacers(t *testing.T) {
	for _, mode := range []string{"exclusive", "ranked"} {
		w := newWorld(t)
		asset, cs := racers(w, 1000, terms(mode))
		single := &world{t: t, st: w.st.clone(), now: w.now}
		oneWinner(t, w, asset, w.apply(cs...))
		var rs []pledge.Result
		for _, c := range cs {
			rs = append(rs, single.apply(c)...)
		}
		oneWinner(t, single, asset, rs)
		if w.st.digest() != single.st.digest() {
			t.Errorf("%s: a batch and single commands lead to different states", mode)
		}
	}
}

// TestRacersOnKin: two assets that count as one have one winner, too.
func TestRacersOnKin(t *testing.T) {
	w := newWorld(t)
	var cs []*pledge.Command
	for i := range 20 {
		id := w.notarize(w.owner, "kin", file("half", "half", 100), file("rest", fmt.Sprint(i), 10))
		cs = append(cs, w.command(w.bank, pledge.PledgeRegister, w.registration(w.ready(id, w.bank, terms("exclusive")))))
	}
	won := 0
	for _, r := range w.apply(cs...) {
		if r.Outcome.Status == pledge.Applied {
			won++
		}
	}
	if won != 1 {
		t.Errorf("%d won", won)
	}
}

func TestRepeatedCommand(t *testing.T) {
	w := newWorld(t)
	c := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "a", file("a", "a", 1)))
	rs := w.apply(c, c, w.parse(c.JWS))
	first := rs[0].Outcome
	if first.Duplicate || first.Status != pledge.Applied || first.RecordID != c.RecordID("as_") || len(rs[0].Writes) != 4 {
		t.Fatalf("first: %+v, %d writes", first, len(rs[0].Writes))
	}
	before := w.st.digest()
	w.now = w.now.Add(48 * time.Hour) // stale by now, and yet the answer stands
	rs = append(rs, w.apply(c)...)
	first.Duplicate = true
	for i, r := range rs[1:] {
		if !reflect.DeepEqual(r.Outcome, first) || len(r.Writes) != 0 {
			t.Errorf("repetition %d: %+v, %d writes", i, r.Outcome, len(r.Writes))
		}
	}
	if w.st.digest() != before {
		t.Error("a repetition changed the state")
	}
}

// TestRepeatedAfterRevocation: the answer stands when the key is gone, also for
// the command that revoked it; a new command by it is refused.
func TestRepeatedAfterRevocation(t *testing.T) {
	w := newWorld(t)
	add := w.command(w.owner, pledge.PartyAddKey, pledge.AddKeyBody{Party: w.owner.uscc, Key: w.owner.es256().grant()})
	revoke := w.command(w.owner, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: w.owner.uscc, KID: w.owner.kid()})
	late := w.command(w.owner, pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_" + sha("x")})
	w.apply(add, revoke)
	for _, r := range w.apply(add, revoke) {
		if r.Outcome.Status != pledge.Applied || !r.Outcome.Duplicate || r.Outcome.RecordID != w.owner.uscc {
			t.Errorf("%+v", r.Outcome)
		}
	}
	if out := w.apply(late)[0].Outcome; out.Code != pledge.RevokedKey {
		t.Errorf("%+v", out)
	}
	// The id alone is not enough: the signature counts for the question, too.
	forged := w.parse(flip(revoke.JWS, strings.LastIndex(revoke.JWS, ".")+3))
	if out := w.apply(forged)[0].Outcome; out.Code != pledge.RevokedKey {
		t.Errorf("%+v", out)
	}
}

// TestTwoSignaturesOneCommand: two signatures over one input are one command.
func TestTwoSignaturesOneCommand(t *testing.T) {
	w := newWorld(t)
	a := w.owner.es256()
	w.do(w.owner, pledge.PartyAddKey, pledge.AddKeyBody{Party: a.uscc, Key: a.grant()})
	payload := w.payload(a, pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_" + sha("x")})
	one, two := w.parse(a.signRaw(a.header(), payload)), w.parse(signFresh(t, a, payload))
	if one.JWS == two.JWS || one.ID != two.ID {
		t.Fatalf("%s %s", one.ID, two.ID)
	}
	if rs := w.apply(one, two); rs[0].Outcome.Duplicate || !rs[1].Outcome.Duplicate {
		t.Errorf("%+v", rs)
	}
}

func TestFence(t *testing.T) {
	w := newWorld(t)
	lost := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "a", file("a", "a", 1)))
	if id := w.do(w.owner, pledge.CommandFence, pledge.FenceBody{CommandID: lost.ID}); id != lost.ID {
		t.Errorf("record id %s", id)
	}
	w.do(w.owner, pledge.CommandFence, pledge.FenceBody{CommandID: lost.ID})
	for range 2 {
		if out := w.apply(lost)[0].Outcome; out.Code != pledge.Fenced {
			t.Errorf("the fenced command: %+v", out)
		}
	}
	// What has applied answers its outcome, and no tombstone is left.
	done := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "b", file("b", "b", 1)))
	w.apply(done)
	before := w.st.digest()
	out := w.apply(w.command(w.owner, pledge.CommandFence, pledge.FenceBody{CommandID: done.ID}))[0]
	if out.Outcome.CommandID != done.ID || out.Outcome.RecordID != done.RecordID("as_") || !out.Outcome.Duplicate || w.st.digest() != before {
		t.Errorf("%+v", out)
	}
	// Nobody fences another's command.
	theirs := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "c", file("c", "c", 1)))
	w.do(w.other, pledge.CommandFence, pledge.FenceBody{CommandID: theirs.ID})
	if out := w.apply(theirs)[0].Outcome; out.Status != pledge.Applied {
		t.Errorf("fenced by a stranger: %+v", out)
	}
	// Command and fence in one batch: the first one counts.
	c := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "d", file("d", "d", 1)))
	f := w.command(w.owner, pledge.CommandFence, pledge.FenceBody{CommandID: c.ID})
	other := &world{t: t, st: w.st.clone(), now: w.now}
	if rs := w.apply(f, c); rs[1].Outcome.Code != pledge.Fenced {
		t.Errorf("fence first: %+v", rs[1].Outcome)
	}
	if rs := other.apply(c, f); rs[0].Outcome.Status != pledge.Applied || rs[1].Outcome.CommandID != c.ID {
		t.Errorf("command first: %+v", rs)
	}
}

// TestRefusedHarmsNoNeighbour: in one batch, and each sees those before it.
func TestRefusedHarmsNoNeighbour(t *testing.T) {
	w := newWorld(t)
	a := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "a", file("a", "a", 1)))
	again := w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "a again", file("a", "a", 1)))
	p := w.command(w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: a.RecordID("as_"), Pledgee: w.bank.uscc, Terms: terms("exclusive")})
	rs := w.apply(a, again, nil, p, &pledge.Command{})
	var got []string
	for _, r := range rs {
		got = append(got, r.Outcome.Status+" "+string(r.Outcome.Code))
	}
	if want := []string{"applied ", "refused duplicate", "refused malformed", "applied ", "refused malformed"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestRefusedLate: a command that is refused after its first write leaves none.
func TestRefusedLate(t *testing.T) {
	w := newWorld(t)
	one := w.notarize(w.owner, "one", file("a", "A", 100))
	two := w.notarize(w.owner, "two", file("a", "A", 100), file("b", "B", 1))
	id := w.ready(one, w.bank, terms("exclusive"))
	kin := w.asset(two)
	kin.UpdatedAt = "2026-11-23T08:00:00.001Z" // the kin is written after the asset, and refuses
	w.set(pledge.KeyAsset(two), kin)
	w.refuse(pledge.Stale, w.bank, pledge.PledgeRegister, w.registration(id))
	c := w.command(w.bank, pledge.PledgeRegister, w.registration(id))
	w.now = w.now.Add(time.Second)
	w.apply(c)
	if a, b := w.asset(one).Seq, w.asset(two).Seq; a != 1 || b != 1 {
		t.Errorf("sequences %d, %d", a, b)
	}
}

// TestDeterminism: the same commands on the same state write the same bytes.
func TestDeterminism(t *testing.T) {
	w := newWorld(t)
	for i := range 30 {
		w.notarize(w.owner, fmt.Sprint(i), file("common", "common", 10), file("x", fmt.Sprint(i), 100))
	}
	c := w.command(w.other, pledge.AssetNotarize, w.dataset(w.other, "y", append(manyFiles(50), file("common", "common", 10))...))
	var first []pledge.Write
	for i := range 20 {
		v := &world{t: t, st: w.st.clone(), now: w.now}
		writes := v.apply(w.parse(c.JWS))[0].Writes
		if i == 0 {
			first = writes
		}
		if !reflect.DeepEqual(first, writes) {
			t.Fatal("two runs write different bytes")
		}
		if !slices.IsSortedFunc(writes, func(a, b pledge.Write) int { return strings.Compare(a.Key, b.Key) }) {
			t.Fatal("writes are not in key order")
		}
		for _, x := range writes {
			if !bytes.Equal(v.st.kv[x.Key], x.Value) {
				t.Fatalf("%s was not put", x.Key)
			}
		}
	}
}

// TestFaults: a state that fails or holds damage is never a refusal.
func TestFaults(t *testing.T) {
	w := newWorld(t)
	id := w.notarize(w.owner, "a")
	c := w.command(w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: id, Pledgee: w.bank.uscc, Terms: terms("exclusive")})
	broken := errors.New("disk on fire")
	w.st.fail = broken
	if rs, err := pledge.Apply(w.st, w.tx(), []*pledge.Command{c}); !errors.Is(err, broken) || rs != nil {
		t.Errorf("got %v, %v", rs, err)
	}
	w.st.fail = nil
	var refusal *pledge.Error
	for _, key := range []string{pledge.KeyAsset(id), pledge.KeyParty(w.owner.uscc), pledge.KeyParty(w.bank.uscc)} {
		v := w.st.clone()
		v.kv[key] = v.kv[key][1:]
		if rs, err := pledge.Apply(v, w.tx(), []*pledge.Command{c}); err == nil || rs != nil || errors.As(err, &refusal) || !contains(err.Error(), key) {
			t.Errorf("damaged %s: %v, %v", key, rs, err)
		}
	}
	if _, err := pledge.Apply(w.st, pledge.Tx{Channel: channel}, nil); err == nil {
		t.Error("a transaction without a time")
	}
}
