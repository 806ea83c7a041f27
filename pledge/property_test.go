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

// history is a random run: what was applied when, and what came of it.
type history struct {
	*world
	r       *rapid.T
	steps   []applied
	assets  []string
	pledges []string
}

type applied struct {
	tx       pledge.Tx
	commands []*pledge.Command
	results  []pledge.Result
}

// draw makes a command that has a fair chance to be applied: the right party
// for the act, an existing record, the sequence of now.
func (h *history) draw() *pledge.Command {
	kinds := []string{"notarize", "repeat", "fence", "key"}
	if len(h.assets) > 0 {
		kinds = append(kinds, slices.Repeat([]string{"propose"}, 5)...)
		kinds = append(kinds, "notarize", "certificate")
	}
	if len(h.pledges) > 0 {
		kinds = append(kinds, slices.Repeat([]string{"forward"}, 60)...)
		kinds = append(kinds, slices.Repeat([]string{"accept", "custody", "register", "register", "register", "release", "demand", "force", "withdraw", "reject", "consent", "attest", "value", "scan"}, 2)...)
	}
	kind := rapid.SampledFrom(kinds).Draw(h.r, "kind")
	switch kind {
	case "notarize":
		return h.drawDataset()
	case "repeat":
		if c := h.earlier(); c != nil {
			return h.parse(c.JWS)
		}
		return h.drawDataset()
	case "fence":
		id := "cmd_" + sha("never seen")
		if c := h.earlier(); c != nil {
			id = c.ID
		}
		return h.command(h.anyone(), pledge.CommandFence, pledge.FenceBody{CommandID: id})
	case "key":
		return h.command(h.owner, pledge.PartyAddKey, pledge.AddKeyBody{Party: h.owner.uscc, Key: newActor(fmt.Sprint(rapid.IntRange(0, 5).Draw(h.r, "key")), "").grant()})
	case "propose":
		tm := terms(rapid.SampledFrom([]string{"exclusive", "ranked"}).Draw(h.r, "mode"), rapid.SampledFrom([][]string{{}, {"value"}, {"scan", "attest"}}).Draw(h.r, "checks")...)
		id := rapid.SampledFrom(h.assets).Draw(h.r, "asset")
		return h.command(h.ownerOf(id), pledge.PledgePropose, pledge.ProposeBody{AssetID: id, Pledgee: h.aBank().uscc, Terms: tm})
	case "certificate":
		return h.command(h.centre, pledge.AssetRecordCertificate, certificate(rapid.SampledFrom(h.assets).Draw(h.r, "asset"), rapid.SampledFrom([]string{"2027-12-01", "2029-01-01"}).Draw(h.r, "until")))
	}
	return h.drawStep(kind)
}

func (h *history) drawStep(kind string) *pledge.Command {
	p := h.pledge(rapid.SampledFrom(h.pledges[max(0, len(h.pledges)-6):]).Draw(h.r, "pledge"))
	if kind == "forward" {
		kind = h.nextFor(p)
	}
	act, body := attempts[kind](h.world, p)
	by := map[string]*actor{"accept": h.partyOf(p.Pledgee), "register": h.partyOf(p.Pledgee), "release": h.partyOf(p.Pledgee),
		"demand": h.partyOf(p.Pledgor), "withdraw": h.partyOf(p.Pledgor), "custody": h.exchange, "value": h.exchange, "attest": h.notary,
		"scan": h.centre, "reject": h.centre, "force": h.notary, "consent": h.aBank()}[kind]
	if rapid.IntRange(0, 9).Draw(h.r, "stray") == 0 {
		by = h.anyone()
	}
	return h.command(by, act, body)
}

// nextFor is what usually happens to a pledge next.
func (h *history) nextFor(p pledge.Pledge) string {
	switch {
	case p.State == "PROPOSED":
		return "accept"
	case p.State == "ACTIVE" && p.ReleaseDemand == nil:
		return rapid.SampledFrom([]string{"release", "demand", "custody"}).Draw(h.r, "next")
	case p.State == "ACTIVE":
		return "force"
	case p.Custody == nil || p.Custody.At < h.now.AddDate(0, 0, -1).Format("2006-01-02T15:04:05.000Z"):
		return "custody"
	}
	switch {
	case p.Attestation == nil && slices.Contains(p.Terms.Checks, "attest"):
		return "attest"
	case p.Valuation == nil && slices.Contains(p.Terms.Checks, "value"):
		return "value"
	case (p.Scan == nil || p.Scan.At < p.Custody.At) && slices.Contains(p.Terms.Checks, "scan"):
		return "scan"
	case p.Terms.Mode == "ranked" && len(p.Consents) == 0:
		return rapid.SampledFrom([]string{"consent", "register"}).Draw(h.r, "next")
	}
	return "register"
}

// drawDataset takes a few files from a small pool, so that datasets overlap.
func (h *history) drawDataset() *pledge.Command {
	pool := []pledge.File{file("a", "A", 100), file("b", "B", 90), file("c", "C", 60), file("d", "D", 10), file("e", "", 0), file("f", "F", 1000)}
	pick := rapid.SliceOfNDistinct(rapid.IntRange(0, len(pool)-1), 1, 4, rapid.ID).Draw(h.r, "files")
	var files []pledge.File
	for _, i := range pick {
		files = append(files, pool[i])
	}
	by := h.owner
	if len(h.assets) > 1 && rapid.IntRange(0, 25).Draw(h.r, "other") == 25 {
		by = h.other
	}
	return h.command(by, pledge.AssetNotarize, h.dataset(by, "x", files...))
}

func (h *history) earlier() *pledge.Command {
	if len(h.steps) == 0 {
		return nil
	}
	return rapid.SampledFrom(rapid.SampledFrom(h.steps).Draw(h.r, "step").commands).Draw(h.r, "command")
}

func (h *history) anyone() *actor { return rapid.SampledFrom(h.actors()).Draw(h.r, "anyone") }
func (h *history) aBank() *actor {
	return rapid.SampledFrom([]*actor{h.bank, h.bank2}).Draw(h.r, "bank")
}
func (h *history) ownerOf(asset string) *actor { return h.partyOf(h.asset(asset).Owner) }
func (h *history) partyOf(id string) *actor {
	for _, a := range h.actors() {
		if a.uscc == id {
			return a
		}
	}
	h.t.Fatalf("nobody is %s", id)
	return nil
}

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
			if a.Pledgor != b.Pledgor || a.TermsDigest != b.TermsDigest || a.Seq != 0 && a.Seq != b.Seq {
				h.t.Fatalf("%s: %s", old, h.st.kv[key])
			}
		case kind == "command" && !bytes.Equal(old, h.st.kv[key]):
			h.t.Fatalf("%s changed its outcome", key)
		}
	}
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
