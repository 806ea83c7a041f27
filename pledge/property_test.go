package pledge_test

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"pgregory.net/rapid"
)

// advance applies a batch of 1 to 4 commands and checks the step.
func (h *history) advance() {
	h.now = h.now.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 1, 60, 60, 600, 600, 3600, 3600, 7200, 30 * 3600, 8 * 24 * 3600}).Draw(h.r, "seconds")) * time.Second)
	var cs []*pledge.Command
	for range rapid.IntRange(1, 4).Draw(h.r, "size") {
		cs = append(cs, h.draw())
	}
	before := h.st.clone()
	rs := h.apply(cs...)
	h.steps = append(h.steps, applied{h.tx(), cs, rs})
	h.checkResults(before, rs)
	for _, r := range rs {
		if r.Outcome.Status == pledge.Applied && !r.Outcome.Duplicate {
			if id := r.Outcome.RecordID; strings.HasPrefix(id, "as_") && !slices.Contains(h.assets, id) {
				h.assets = append(h.assets, id)
			} else if strings.HasPrefix(id, "pl_") && !slices.Contains(h.pledges, id) {
				h.pledges = append(h.pledges, id)
			}
		}
	}
	h.checkRecords(before)
	h.checkExclusive()
}

// checkResults: writes of the applied, and nothing else, are in the state.
func (h *history) checkResults(before *memory, rs []pledge.Result) {
	for _, r := range rs {
		if (r.Outcome.Status != pledge.Applied || r.Outcome.Duplicate) && len(r.Writes) > 0 {
			h.t.Fatalf("%+v wrote", r.Outcome)
		}
		for _, x := range r.Writes {
			before.kv[x.Key] = x.Value
		}
	}
	if before.digest() != h.st.digest() {
		h.t.Fatal("the state is not what the results say")
	}
}

var terminal = []string{"WITHDRAWN", "REJECTED", "RELEASED", "REALIZED", "LAPSED", "REVOKED"}

// checkRecords: sequences only grow, owners stay, the terminal stays, and
// every record prints as it reads.
func (h *history) checkRecords(before *memory) {
	for _, id := range h.assets {
		a := h.asset(id)
		if raw := must(pledge.CanonicalJSON(a)); !bytes.Equal(raw, h.st.kv[pledge.KeyAsset(id)]) {
			h.t.Fatalf("%s prints differently", id)
		}
		for i, f := range a.InForce {
			p := h.pledge(f.PledgeID)
			if p.Seq != f.Seq || f.Seq > a.Seq || i > 0 && f.Seq <= a.InForce[i-1].Seq {
				h.t.Fatalf("%s: ranks %v at sequence %d", id, a.InForce, a.Seq)
			}
		}
	}
	for _, id := range h.pledges {
		p := h.pledge(id)
		if raw := must(pledge.CanonicalJSON(p)); !bytes.Equal(raw, h.st.kv[pledge.KeyPledge(id)]) {
			h.t.Fatalf("%s prints differently", id)
		}
		listed := slices.ContainsFunc(h.asset(p.AssetID).InForce, func(f pledge.InForce) bool { return f.PledgeID == id })
		if listed != (p.State == "ACTIVE") {
			h.t.Fatalf("%s is %s and in force: %v", id, p.State, listed)
		}
	}
}

// checkExclusive: an exclusive pledge in force is alone on an asset and kin.
func (h *history) checkExclusive() {
	for _, id := range h.assets {
		a := h.asset(id)
		all := slices.Clone(a.InForce)
		for _, k := range a.Kin {
			kin := h.asset(k)
			if !slices.Contains(kin.Kin, id) {
				h.t.Fatalf("%s is kin of %s and not the other way round", k, id)
			}
			all = append(all, kin.InForce...)
		}
		exclusive := slices.ContainsFunc(a.InForce, func(f pledge.InForce) bool { return f.Mode == "exclusive" })
		if exclusive && len(all) > 1 {
			h.t.Fatalf("%s: exclusive, and in force with its kin are %v", id, all)
		}
	}
}

// checkMoves compares the whole state before and after a step.
func (h *history) checkMoves(before *memory) {
	for key, old := range before.kv {
		kind, _, ok := pledge.ParseKey(key)
		switch {
		case !ok || h.st.kv[key] == nil:
			h.t.Fatalf("%s is gone, or no key", key)
		case kind == "asset":
			a, b := must(pledge.DecodeAsset(old)), must(pledge.DecodeAsset(h.st.kv[key]))
			if a.Owner != b.Owner || a.Fingerprint != b.Fingerprint || b.Seq < a.Seq || b.UpdatedAt < a.UpdatedAt {
				h.t.Fatalf("%s: %s", old, h.st.kv[key])
			}
			if !reflect.DeepEqual(a.InForce, b.InForce) && b.Seq == a.Seq {
				h.t.Fatalf("the liens on %s changed and its sequence did not", key)
			}
		case kind == "pledge":
			a, b := must(pledge.DecodePledge(old)), must(pledge.DecodePledge(h.st.kv[key]))
			if slices.Contains(terminal, a.State) && !bytes.Equal(old, h.st.kv[key]) {
				h.t.Fatalf("%s was %s and changed", key, a.State)
			}
			h.checkPerfection(key, a, b)
			h.checkScan(before, a, b)
			if a.Pledgor != b.Pledgor || a.TermsDigest != b.TermsDigest || a.Seq != 0 && a.Seq != b.Seq {
				h.t.Fatalf("%s: %s", old, h.st.kv[key])
			}
		case kind == "command" && !bytes.Equal(old, h.st.kv[key]):
			h.t.Fatalf("%s changed its outcome", key)
		}
	}
}

// checkPerfection: VERIFIED is said on another party's word only, whose filing
// stood there before; and nothing but FILED and LAPSED lead away from it.
func (h *history) checkPerfection(key string, a, b pledge.Pledge) {
	p := b.Perfection
	verified := p.State == "VERIFIED"
	switch {
	case verified != (p.EffectiveRankTime != ""), verified && (p.Verified == nil || p.Lapsed != nil), b.V != versionOf(b):
		h.t.Fatalf("%s: %+v", key, p)
	case verified && (p.Verified.Verified.By == p.Verified.Filed.By || p.Verified.Verified.By == b.Pledgee || p.Verified.Verified.By == b.Pledgor):
		h.t.Fatalf("%s was verified by a side of it", key)
	case a.Perfection.State != "NONE" && p.State == "NONE", a.Perfection.State == "NONE" && verified && h.applied() == 1:
		h.t.Fatalf("%s: from %s to %s", key, a.Perfection.State, p.State)
	case p.State == "LAPSED" && day(p.Standing().TermEnd) > p.Lapsed.At:
		h.t.Fatalf("%s lapsed at %s and runs until %s", key, p.Lapsed.At, p.Standing().TermEnd)
	}
	if b.Registered != nil && a.Registered != nil && a.Seq != b.Seq {
		h.t.Fatalf("%s: a statutory registration moved its rank here", key)
	}
}

// versionOf is the version of a pledge's record once more, by hand.
func versionOf(p pledge.Pledge) int {
	switch {
	case p.Scan != nil && (p.Scan.Result == "reviewed" || len(p.Scan.Overlaps) > 0):
		return 3
	case p.Perfection.State != "NONE":
		return 2
	}
	return 1
}

// checkScan: when nothing else happened, nobody's pledge became one over like
// content that nobody stands in for.
func (h *history) checkScan(before *memory, a, b pledge.Pledge) {
	if a.State != "PENDING" || b.State != "ACTIVE" || h.applied() != 1 || !slices.Contains(b.Terms.Checks, "scan") {
		return
	}
	for _, o := range b.Scan.Overlaps {
		other := must(pledge.DecodeAsset(before.kv[pledge.KeyAsset(o.AssetID)]))
		if (other.Owner != b.Pledgor || len(other.InForce) > 0) && !slices.Contains(results(max(o.Share, o.OtherShare)), b.Scan.Result) {
			h.t.Fatalf("%s is in force on a %s scan of %+v", b.ID, b.Scan.Result, o)
		}
	}
}

func day(s string) string { return s + "T00:00:00.000Z" }

// applied counts what the last transaction applied.
func (h *history) applied() (n int) {
	for _, r := range h.steps[len(h.steps)-1].results {
		if r.Outcome.Status == pledge.Applied && !r.Outcome.Duplicate {
			n++
		}
	}
	return n
}

func run(t *testing.T, r *rapid.T) (*history, *memory) {
	h := &history{world: newWorld(t), r: r}
	genesis := h.st.clone()
	for range rapid.IntRange(5, 40).Draw(r, "steps") {
		before := h.st.clone()
		h.advance()
		h.checkMoves(before)
	}
	return h, genesis
}

func TestRandomHistories(t *testing.T) {
	outcomes := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		h, genesis := run(t, r)
		h.replays(genesis)
		h.oneByOne(genesis)
		h.repeats()
		for _, s := range h.steps {
			for i, res := range s.results {
				outcomes[string(s.commands[i].Payload.Act)+" "+string(res.Outcome.Code)]++
			}
		}
	})
	// Histories in which nothing happens prove nothing.
	for _, act := range []string{"asset.notarize", "pledge.propose", "pledge.accept", "pledge.register", "pledge.release", "pledge.withdraw", "pledge.reject", "custody.receipt", "command.fence"} {
		if outcomes[act+" "] == 0 {
			t.Errorf("no history has an applied %s", act)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(outcomes)) {
		t.Logf("%6d %s", outcomes[k], k)
	}
}

// TestRandomPerfections: whatever is filed, verified and lapsed, by whom and
// when, keeps what checkPerfection says.
func TestRandomPerfections(t *testing.T) {
	reached := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		h := &history{world: newWorld(t), r: r}
		id := h.inForce()
		genesis := h.st.clone()
		for range rapid.IntRange(4, 16).Draw(r, "steps") {
			before := h.st.clone()
			h.now = h.now.AddDate(0, 0, rapid.SampledFrom([]int{0, 0, 1, 5, 20}).Draw(r, "days"))
			h.pledges = []string{id}
			c := h.drawStep(rapid.SampledFrom([]string{"file", "verify", "lapse"}).Draw(r, "kind"))
			h.steps = append(h.steps, applied{h.tx(), []*pledge.Command{c}, h.apply(c)})
			h.checkMoves(before)
			reached[h.pledge(id).Perfection.State]++
		}
		h.replays(genesis)
	})
	for _, s := range []string{"NONE", "FILED", "VERIFIED", "LAPSED"} {
		if reached[s] == 0 {
			t.Errorf("no history reached %s: %v", s, reached)
		}
	}
	t.Log(reached)
}

// replays: the same transactions from the genesis give the same state.
func (h *history) replays(genesis *memory) {
	st := genesis.clone()
	for _, s := range h.steps {
		var cs []*pledge.Command
		for _, c := range s.commands {
			cs = append(cs, h.parse(c.JWS))
		}
		rs, err := pledge.Apply(st, s.tx, cs)
		if err != nil || !reflect.DeepEqual(rs, s.results) {
			h.t.Fatalf("a replay gives other results: %v", err)
		}
	}
	if st.digest() != h.st.digest() {
		h.t.Fatal("a replay gives another state")
	}
	// And so do the applied commands alone, which is all that a ledger keeps.
	st = genesis.clone()
	for _, s := range h.steps {
		for i, c := range s.commands {
			if s.results[i].Outcome.Status == pledge.Applied && !s.results[i].Outcome.Duplicate {
				must(pledge.Apply(st, s.tx, []*pledge.Command{c}))
			}
		}
	}
	if st.digest() != h.st.digest() {
		h.t.Fatal("the applied commands alone give another state")
	}
}

// oneByOne: a batch is nothing but its commands, one after the other.
func (h *history) oneByOne(genesis *memory) {
	st := genesis.clone()
	for _, s := range h.steps {
		for i, c := range s.commands {
			rs := must(pledge.Apply(st, s.tx, []*pledge.Command{c}))
			if !reflect.DeepEqual(rs[0], s.results[i]) {
				h.t.Fatalf("alone: %+v, in a batch: %+v", rs[0].Outcome, s.results[i].Outcome)
			}
		}
	}
	if st.digest() != h.st.digest() {
		h.t.Fatal("one by one gives another state")
	}
}

// repeats: whatever was applied answers the same, however often, and writes
// nothing. (A fence that came too late only asks; it may be stale by now.)
func (h *history) repeats() {
	before := h.st.digest()
	for _, s := range h.steps {
		for i, c := range s.commands {
			first := s.results[i].Outcome
			if first.Status != pledge.Applied || first.CommandID != c.ID {
				continue
			}
			first.Duplicate = true
			for range 2 {
				if r := h.apply(c)[0]; !reflect.DeepEqual(r.Outcome, first) || len(r.Writes) > 0 {
					h.t.Fatalf("first %+v, again %+v", first, r.Outcome)
				}
			}
		}
	}
	if h.st.digest() != before {
		h.t.Fatal("repetitions changed the state")
	}
}

// TestIndependentCommandsCommute: commands about different records give one
// state in every order and every cut into batches.
func TestIndependentCommandsCommute(t *testing.T) {
	w := newWorld(t)
	var cs []*pledge.Command
	for i := range 12 {
		id := w.notarize(w.owner, fmt.Sprint("asset ", i))
		switch i % 3 {
		case 0:
			cs = append(cs, w.command(w.owner, pledge.PledgePropose, pledge.ProposeBody{AssetID: id, Pledgee: w.bank.uscc, Terms: terms("exclusive")}))
		case 1:
			cs = append(cs, w.command(w.bank, pledge.PledgeRegister, w.registration(w.ready(id, w.bank, terms("exclusive")))))
		case 2:
			p := w.active(id, w.bank2, terms("ranked"))
			cs = append(cs, w.command(w.bank2, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p, Reason: "PAID"}))
		}
	}
	cs = append(cs, w.command(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "new", file("n", "n", 3))))
	cs = append(cs, w.laterLife()...)
	base := w.st.clone()
	w.apply(cs...)
	want := w.st.digest()
	rapid.Check(t, func(r *rapid.T) {
		st := base.clone()
		order := rapid.Permutation(cs).Draw(r, "order")
		for len(order) > 0 {
			n := rapid.IntRange(1, len(order)).Draw(r, "batch")
			for _, res := range must(pledge.Apply(st, w.tx(), order[:n])) {
				if res.Outcome.Status != pledge.Applied {
					r.Fatalf("%+v", res.Outcome)
				}
			}
			order = order[n:]
		}
		if st.digest() != want {
			r.Fatal("another order, another state")
		}
	})
}

// laterLife are acts of the later life, each about another record.
func (w *world) laterLife() (cs []*pledge.Command) {
	active := func(i int) string {
		return w.active(w.notarize(w.owner, fmt.Sprint("later ", i)), w.bank, terms("exclusive"))
	}
	less := w.amendment(active(0), func(t *pledge.Terms) { t.SecuredMax.Amount-- })
	w.do(w.bank, pledge.PledgeAmend, less)
	free := w.notarize(w.owner, "free")
	sell := pledge.TransferBody{AssetID: free, To: w.other.uscc, Agreement: doc("s")}
	w.do(w.owner, pledge.AssetTransfer, sell)
	return append(cs, w.command(w.owner, pledge.PledgeAmend, less), w.command(w.other, pledge.AssetTransfer, sell),
		w.command(w.bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: active(1), Step: "notice", Reason: "COVENANT", Notice: doc("n")}),
		w.command(w.exchange, pledge.CustodyAlert, pledge.AlertBody{PledgeID: active(2), Kind: "TAMPER", Evidence: doc("t")}),
		w.command(w.other, pledge.ObjectionFile, pledge.ObjectBody{RecordID: active(3), Ground: "OTHER", Evidence: doc("e")}),
		w.command(w.court, pledge.OrderFreeze, pledge.FreezeBody{RecordID: active(4), Court: "法院", FileNo: "1", OrderDate: "2026-11-20", Effect: "冻结", Document: doc("f")}),
		w.command(w.court, pledge.OrderRevoke, pledge.RevokeBody{RecordID: active(5), Number: "1", Document: doc("d"), Reason: "forged"}),
		w.command(w.bank2, pledge.PledgeAssign, pledge.AssignBody{PledgeID: active(6), TermsDigest: less.Replaces, To: w.bank2.uscc, Agreement: doc("x"), Notice: doc("n")}),
		w.command(w.centre, pledge.RecordCorrect, pledge.CorrectBody{RecordID: w.notarize(w.owner, "slip"), Field: "name", From: "slip", To: "right", Reason: "slip"}))
}
