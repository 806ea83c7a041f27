package pledge_test

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"pgregory.net/rapid"
)

// TestRandomLives: any acts by anybody at any time keep the invariants.
func TestRandomLives(t *testing.T) {
	outcomes := map[string]int{}
	rapid.Check(t, func(r *rapid.T) {
		h := newLifetime(newWorld(t), r)
		h.start()
		genesis := h.st.clone()
		for range rapid.IntRange(10, 60).Draw(r, "acts") {
			h.days(rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 6, 6, 11, 31, 100}).Draw(r, "days"))
			for _, d := range h.next() {
				outcomes[d.act+" "+orApplied(h.step(d))]++
			}
		}
		h.replays(genesis)
		h.oneByOne(genesis)
		h.together(genesis)
		h.repeats()
	})
	for _, k := range slices.Sorted(maps.Keys(outcomes)) {
		t.Logf("%6d %s", outcomes[k], k)
	}
	// Lives in which nothing happens prove nothing.
	for _, act := range []string{"amend", "assign", "notice", "declare", "object", "transfer", "add-version", "propose", "correct", "freeze"} {
		if outcomes[act+" applied"] == 0 {
			t.Errorf("no life has an applied %s", act)
		}
	}
}

// step applies one command and holds the whole state to the invariants.
func (h *lifetime) step(d drawn) pledge.Code {
	c, err := pledge.ParseCommand(h.sign(d.by, d.name, d.body))
	if err != nil {
		h.r.Fatalf("%s: %v", d.act, err) // bodies are perfect in form
	}
	before := h.st.clone()
	rs := h.apply(c)
	h.steps = append(h.steps, applied{h.tx(), []*pledge.Command{c}, rs})
	h.checkResults(before.clone(), rs)
	if out := rs[0].Outcome; out.Code != "" {
		return out.Code
	} else if id := out.RecordID; strings.HasPrefix(id, "pl_") && !slices.Contains(h.pledges, id) {
		h.pledges = append(h.pledges, id)
	}
	if v, ok := d.body.(*pledge.VersionBody); ok {
		h.files[v.AssetID] = h.grown[v.Fingerprint]
	}
	h.checkState()
	h.checkExclusive()
	h.checkStep(before, d)
	h.checkClock(d)
	return ""
}

// checkState: what must hold at every height.
func (h *lifetime) checkState() {
	for _, id := range h.assets {
		a := h.asset(id)
		seqs := map[int64]string{}
		once := func(seq int64, who string) {
			if seq < 1 || seq > a.Seq || seqs[seq] != "" {
				h.r.Fatalf("%s: sequence %d of %s is also that of %s, of %d", id, seq, who, seqs[seq], a.Seq)
			}
			seqs[seq] = who
		}
		for _, v := range a.Versions {
			if v.Number > 1 {
				once(v.Seq, v.Fingerprint)
			}
		}
		for _, p := range h.pledgesOf(id) {
			if p.Seq > 0 {
				once(p.Seq, p.ID)
			}
		}
		h.checkRanks(a)
	}
	for key, raw := range h.st.kv {
		if kind, _, _ := pledge.ParseKey(key); kind == "pledge" {
			h.checkPledge(raw)
		}
	}
}

func (h *lifetime) pledgesOf(asset string) (list []pledge.Pledge) {
	for _, id := range h.pledges {
		if p := h.pledge(id); p.AssetID == asset {
			list = append(list, p)
		}
	}
	return list
}

var inForceStates = []string{"ACTIVE", "DEFAULTED", "ENFORCING"}

// checkRanks: in force are those whose state says so, each once, in the order
// of registration unless a signed subordination says otherwise.
func (h *lifetime) checkRanks(a pledge.Asset) {
	swapped, listed := false, 0
	for _, p := range h.pledgesOf(a.ID) {
		i := slices.IndexFunc(a.InForce, func(f pledge.InForce) bool { return f.PledgeID == p.ID })
		if (i >= 0) != slices.Contains(inForceStates, p.State) {
			h.r.Fatalf("%s is %s and in force at %d", p.ID, p.State, i)
		}
		if i >= 0 {
			listed++
			if f := a.InForce[i]; f.Pledgee != p.Pledgee || f.Seq != p.Seq || f.Mode != p.Terms.Mode {
				h.r.Fatalf("%+v is not %s", f, p.ID)
			}
		}
		swapped = swapped || len(p.SubordinatedTo) > 0
	}
	if listed != len(a.InForce) || !swapped && !slices.IsSortedFunc(a.InForce, func(x, y pledge.InForce) int { return int(x.Seq - y.Seq) }) {
		h.r.Fatalf("%s: ranks %v", a.ID, a.InForce)
	}
}

func (h *lifetime) checkPledge(raw []byte) {
	p := must(pledge.DecodePledge(raw))
	live := slices.Contains(inForceStates, p.State)
	switch {
	case !bytes.Equal(must(pledge.CanonicalJSON(p)), raw):
		h.r.Fatalf("%s prints differently", p.ID)
	case must(p.Terms.Digest()) != p.TermsDigest:
		h.r.Fatalf("%s: the digest is not that of its terms", p.ID)
	case live && (p.Proposed.By != p.Pledgor || p.Registered == nil || p.Registered.By == p.Pledgor):
		h.r.Fatalf("%s is %s and not signed by two", p.ID, p.State)
	case (p.State == "ENFORCING" || p.State == "REALIZED") && (p.Enforcement == nil || p.Defaulted == nil || p.DefaultNotice == nil || p.Defaulted.At < p.DefaultNotice.GraceEnds):
		h.r.Fatalf("%s is %s without title or default", p.ID, p.State)
	case p.KeyRelease != nil && (p.Enforcement == nil || p.KeyRelease.To != p.Pledgee):
		h.r.Fatalf("%s: key %+v", p.ID, p.KeyRelease)
	case slices.Contains(terminal, p.State) != (p.Ended != nil) && p.Objection != "UPHELD":
		h.r.Fatalf("%s is %s, ended %+v", p.ID, p.State, p.Ended)
	case slices.Contains(terminal, p.State) && p.Agreements != nil:
		h.r.Fatalf("%s is %s and waits for %v", p.ID, p.State, p.Agreements)
	case p.Objection != word(p.Objections):
		h.r.Fatalf("%s: %s of %+v", p.ID, p.Objection, p.Objections)
	}
}

// checkStep: what one act may change.
func (h *lifetime) checkStep(before *memory, d drawn) {
	for key, old := range before.kv {
		now := h.st.kv[key]
		if bytes.Equal(old, now) {
			continue
		}
		switch kind, _, _ := pledge.ParseKey(key); kind {
		case "asset":
			h.checkAssetStep(must(pledge.DecodeAsset(old)), must(pledge.DecodeAsset(now)), d)
		case "pledge":
			h.checkPledgeStep(must(pledge.DecodePledge(old)), must(pledge.DecodePledge(now)), d)
		case "command", "party", "channel":
			h.r.Fatalf("%s changed by %s", key, d.act)
		}
	}
}

func (h *lifetime) checkAssetStep(a, b pledge.Asset, d drawn) {
	moved := a.Owner != b.Owner
	last := len(b.Transfers) - 1
	switch {
	case moved && (d.act != "transfer" || b.Transfers[last].From != a.Owner || b.Transfers[last].To != b.Owner || len(b.Transfers) != len(a.Transfers)+1):
		h.r.Fatalf("%s went to %s by %s", b.ID, b.Owner, d.act)
	case a.Fingerprint != b.Fingerprint && d.act != "add-version", b.Seq < a.Seq, b.UpdatedAt < a.UpdatedAt:
		h.r.Fatalf("%s: from %+v to %+v", d.act, a, b)
	case a.Status != "NOTARIZED" && a.Status != b.Status: // its sequence goes on with its kin's, and with its liens
		h.r.Fatalf("%s was %s, and %s made it %s", b.ID, a.Status, d.act, b.Status)
	case b.Seq == a.Seq && (moved || a.Fingerprint != b.Fingerprint || !reflect.DeepEqual(a.InForce, b.InForce)):
		h.r.Fatalf("%s: what a search shows changed by %s, and the sequence did not", b.ID, d.act)
	case d.act == "correct" && (a.Owner != b.Owner || a.Seq != b.Seq || a.Fingerprint != b.Fingerprint || a.ManifestRoot != b.ManifestRoot || a.Status != b.Status):
		h.r.Fatalf("a correction changed %s", b.ID)
	}
}

func (h *lifetime) checkPledgeStep(a, b pledge.Pledge, d drawn) {
	ended := slices.Contains(terminal, a.State)
	next, agreed := a.State != b.State, a.TermsDigest != b.TermsDigest
	grew := len(b.Amendments) == len(a.Amendments)+1
	switch {
	case ended && (next || d.act != "correct" || len(b.Corrections) != len(a.Corrections)+1):
		h.r.Fatalf("%s was %s, and %s changed it", b.ID, a.State, d.act)
	case a.Pledgor != b.Pledgor, a.AssetID != b.AssetID, a.Seq != 0 && a.Seq != b.Seq, !reflect.DeepEqual(a.Proposed, b.Proposed):
		h.r.Fatalf("%s changed who or what %s is", d.act, b.ID)
	case a.Pledgee != b.Pledgee && (d.act != "assign" || len(b.Assignments) != len(a.Assignments)+1):
		h.r.Fatalf("%s has another pledgee by %s", b.ID, d.act)
	case agreed && (!grew || b.Amendments[len(b.Amendments)-1].Replaced != a.TermsDigest), b.Terms.SecuredMax.Amount > a.Terms.SecuredMax.Amount:
		h.r.Fatalf("%s changed the terms of %s to %+v", d.act, b.ID, b.Terms)
	case a.KeyRelease == nil && b.KeyRelease != nil && (a.State != "ENFORCING" || a.Objection == "OPEN" || a.Objection == "IN_COURT" || h.frozen(a)):
		h.r.Fatalf("%s: the key was handed over in %s", b.ID, a.State)
	case next && b.State == "ENFORCING" && (a.State != "DEFAULTED" || h.frozen(a)):
		h.r.Fatalf("%s is enforced from %s", b.ID, a.State)
	case d.act == "correct" && (next || agreed || a.Seq != b.Seq || a.Pledgee != b.Pledgee):
		h.r.Fatalf("a correction changed %s", b.ID)
	}
}

func (h *lifetime) frozen(p pledge.Pledge) bool {
	return pledge.Standing(p.Frozen, h.now) != nil || pledge.Standing(h.asset(p.AssetID).Frozen, h.now) != nil
}

// checkClock: a trigger that took effect was due, and does nothing a second time.
func (h *lifetime) checkClock(d drawn) {
	switch b := d.body.(type) {
	case *pledge.LapseBody:
		if p := h.pledge(b.PledgeID); p.Terms.Expires > h.now.Format(time.DateOnly) {
			h.r.Fatalf("%s lapsed before %s", p.ID, p.Terms.Expires)
		}
	case *pledge.ExpireBody, *pledge.AlertBody:
	default:
		return
	}
	state := h.st.digest()
	if got := h.try(h.sign(h.anyone(), d.name, d.body)); got.Code == "" || h.st.digest() != state {
		h.r.Fatalf("%s took effect twice", d.act)
	}
}

// together: commands of one moment give the same state in one transaction.
func (h *lifetime) together(genesis *memory) {
	st := genesis.clone()
	for i := 0; i < len(h.steps); {
		var batch []*pledge.Command
		first := i
		for ; i < len(h.steps) && h.steps[i].tx == h.steps[first].tx; i++ {
			batch = append(batch, h.steps[i].commands...)
		}
		must(pledge.Apply(st, h.steps[first].tx, batch))
	}
	if st.digest() != h.st.digest() {
		h.r.Fatal("commands of one moment give another state when they come together")
	}
}
