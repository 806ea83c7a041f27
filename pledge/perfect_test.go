package pledge_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// filing is what stands in the register about a pledge, as its pledgee says.
func (w *world) filing(id string) pledge.PerfectBody {
	w.t.Helper()
	name := "n"
	if raw := w.st.kv[pledge.KeyPledge(id)]; raw != nil {
		name = w.party(w.pledge(id).Pledgor).Name
	}
	return pledge.PerfectBody{PledgeID: id, Step: "file", Registration: pledge.Registration{Registry: "ZHONGDENG", Number: "02026112300001",
		RegisteredAt: "2026-11-20", TermEnd: "2028-05-21", Proof: doc("register"), DebtorName: name}}
}

// verification states what was filed last.
func (w *world) verification(id string) pledge.PerfectBody {
	w.t.Helper()
	b := w.filing(id)
	if f := w.pledge(id).Perfection.Filing; f != nil {
		b.Registration = f.Registration
	}
	b.Step = "verify"
	return b
}

func (w *world) party(id string) pledge.Party {
	w.t.Helper()
	return must(pledge.DecodeParty(w.st.kv[pledge.KeyParty(id)]))
}

// inForce is an active pledge of a fresh asset.
func (w *world) inForce() string {
	w.t.Helper()
	return w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
}

func (w *world) perfect(a *actor, b pledge.PerfectBody) pledge.Perfection {
	w.t.Helper()
	w.do(a, pledge.PledgePerfect, b)
	return w.pledge(b.PledgeID).Perfection
}

func TestPerfection(t *testing.T) {
	w := newWorld(t)
	id := w.inForce()
	seq := w.asset(w.pledge(id).AssetID).Seq
	if p := w.pledge(id); p.V != 1 || p.Perfection != (pledge.Perfection{State: "NONE"}) {
		t.Fatalf("before: v %d, %+v", p.V, p.Perfection)
	}
	if f := w.perfect(w.bank, w.filing(id)); f.State != "FILED" || f.Filing.Filed.By != w.bank.uscc || f.EffectiveRankTime != "" || f.Filing.Warnings != nil {
		t.Errorf("filed: %+v", f)
	}
	f := w.perfect(w.notary, w.verification(id))
	if f.State != "VERIFIED" || f.Verified.Verified.By != w.notary.uscc || f.Verified.Filed.By != w.bank.uscc || f.Filing != nil {
		t.Errorf("verified: %+v", f)
	}
	if f.EffectiveRankTime != "2026-11-20T00:00:00.000Z" || w.pledge(id).V != 2 {
		t.Errorf("effective from %q, v %d", f.EffectiveRankTime, w.pledge(id).V)
	}
	w.now = time.Date(2028, 5, 21, 0, 0, 0, 0, time.UTC)
	f = w.perfect(w.court, pledge.PerfectBody{PledgeID: id, Step: "lapse"})
	if f.State != "LAPSED" || f.Lapsed.By != w.court.uscc || f.EffectiveRankTime != "" || f.Verified == nil {
		t.Errorf("lapsed: %+v", f)
	}
	if p := w.pledge(id); p.State != "ACTIVE" || w.asset(p.AssetID).Seq != seq {
		t.Errorf("the pledge is %s, its asset at %d", p.State, w.asset(p.AssetID).Seq)
	}
}

// TestPerfectionRefiling: what waits may be replaced, what is verified is
// prolonged, and its rank time stays when there was no gap.
func TestPerfectionRefiling(t *testing.T) {
	w := newWorld(t)
	id := w.inForce()
	b := w.filing(id)
	w.perfect(w.bank, b)
	w.refuse(pledge.Duplicate, w.bank, pledge.PledgePerfect, b)
	b.Number = "02026112300002"
	w.perfect(w.bank, b)
	old := b
	old.Step, old.Number = "verify", "02026112300001"
	w.refuse(pledge.TermsMismatch, w.centre, pledge.PledgePerfect, old)
	w.perfect(w.centre, w.verification(id))
	w.refuse(pledge.Duplicate, w.bank, pledge.PledgePerfect, b)
	w.refuse(pledge.WrongState, w.centre, pledge.PledgePerfect, w.verification(id))

	b.RegisteredAt, b.TermEnd = "2026-11-22", "2030-01-01"
	if f := w.perfect(w.bank, b); f.State != "VERIFIED" || f.Verified.TermEnd != "2028-05-21" || f.Filing.Continues != "2026-11-20T00:00:00.000Z" {
		t.Errorf("renewal filed: %+v", f)
	}
	if f := w.perfect(w.notary, w.verification(id)); f.State != "VERIFIED" || f.Verified.TermEnd != "2030-01-01" || f.EffectiveRankTime != "2026-11-20T00:00:00.000Z" || f.Filing != nil {
		t.Errorf("renewal verified: %+v", f)
	}
}

// TestPerfectionGap: a registration that begins after the one before ended
// begins a rank of its own.
func TestPerfectionGap(t *testing.T) {
	for from, want := range map[string]string{"2028-05-21": "2026-11-20T00:00:00.000Z", "2028-05-22": "2028-05-22T00:00:00.000Z", "2026-01-01": "2026-01-01T00:00:00.000Z"} {
		w := newWorld(t)
		id := w.inForce()
		b := w.filing(id)
		w.perfect(w.bank, b)
		w.perfect(w.notary, w.verification(id))
		w.now = time.Date(2028, 5, 23, 0, 0, 0, 0, time.UTC)
		b.RegisteredAt, b.TermEnd = from, "2031-01-01"
		w.perfect(w.bank, b)
		if f := w.perfect(w.notary, w.verification(id)); f.EffectiveRankTime != want {
			t.Errorf("from %s: effective from %s, want %s", from, f.EffectiveRankTime, want)
		}
	}
}

// TestPerfectionLapses: to the millisecond, from each state, and a renewal
// that waits becomes the filing.
func TestPerfectionLapses(t *testing.T) {
	over := time.Date(2028, 5, 21, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, want string
		later      time.Duration
		run        func(w *world, id string)
	}{
		{"filed", "LAPSED", 0, func(w *world, id string) {}},
		{"verified", "LAPSED", 0, func(w *world, id string) { w.perfect(w.notary, w.verification(id)) }},
		{"renewed", "FILED", 0, func(w *world, id string) {
			w.perfect(w.notary, w.verification(id))
			b := w.filing(id)
			b.TermEnd = "2029-01-01"
			w.perfect(w.bank, b)
		}},
		{"renewed too short", "LAPSED", time.Millisecond, func(w *world, id string) {
			w.perfect(w.notary, w.verification(id))
			b := w.filing(id)
			b.TermEnd = "2028-05-21T00:00:00.000000001Z"
			w.perfect(w.bank, b)
		}},
	} {
		w := newWorld(t)
		id := w.inForce()
		w.perfect(w.bank, w.filing(id))
		c.run(w, id)
		w.now = over.Add(-time.Millisecond)
		lapse := pledge.PerfectBody{PledgeID: id, Step: "lapse"}
		if e := w.refuse(pledge.WrongState, w.other, pledge.PledgePerfect, lapse); !strings.Contains(e.Detail, "2028-05-21") {
			t.Errorf("%s: %s", c.name, e.Detail)
		}
		w.now = over.Add(c.later)
		f := w.perfect(w.other, lapse)
		if f.State != c.want || f.Lapsed == nil || f.EffectiveRankTime != "" || (c.want == "FILED") != (f.Verified == nil && f.Filing.TermEnd == "2029-01-01") {
			t.Errorf("%s: %+v", c.name, f)
		}
		if c.want == "LAPSED" {
			w.refuse(pledge.WrongState, w.other, pledge.PledgePerfect, lapse)
			w.refuse(pledge.WrongState, w.notary, pledge.PledgePerfect, w.verificationOf(id))
			b := w.filing(id)
			b.RegisteredAt, b.TermEnd = "2028-05-20", "2031-01-01"
			if f := w.perfect(w.bank, b); f.State != "FILED" || f.Lapsed != nil || f.Filing.Continues != "" || slices.Contains(f.Filing.Warnings, "filed_late") {
				t.Errorf("%s, filed anew: %+v", c.name, f)
			}
		}
	}
}

// verificationOf states a registration whose term still runs.
func (w *world) verificationOf(id string) pledge.PerfectBody {
	b := w.filing(id)
	b.Step, b.TermEnd = "verify", "2031-01-01"
	return b
}

// TestPerfectionWarnings: which register is right is warned of and never refused.
func TestPerfectionWarnings(t *testing.T) {
	const none, mismatch, unlisted = "", "registry_mismatch", "registry_unlisted"
	for legal, want := range map[string][4]string{ // ZHONGDENG, CNIPA, COPYRIGHT, OTHER
		"DATA_ASSET_PLEDGE":  {none, mismatch, mismatch, unlisted},
		"IP_RIGHT_PLEDGE":    {mismatch, none, none, unlisted},
		"RECEIVABLE_OF_DATA": {none, mismatch, mismatch, unlisted},
		"OTHER_ATYPICAL":     {none, mismatch, mismatch, unlisted},
	} {
		for i, registry := range []string{"ZHONGDENG", "CNIPA", "COPYRIGHT", "OTHER"} {
			w := newWorld(t)
			tm := terms("exclusive")
			tm.LegalCharacterization = legal
			id := w.active(w.notarize(w.owner, "a"), w.bank, tm)
			b := w.filing(id)
			if b.Registry = registry; registry == "OTHER" {
				b.RegistryName = "浙江省数据知识产权登记平台"
			}
			if got := strings.Join(w.perfect(w.bank, b).Filing.Warnings, " "); got != want[i] {
				t.Errorf("%s at %s: %q, want %q", legal, registry, got, want[i])
			}
			if f := w.perfect(w.centre, w.verification(id)); strings.Join(f.Verified.Warnings, " ") != want[i] {
				t.Errorf("%s at %s: verified with %v", legal, registry, f.Verified.Warnings)
			}
		}
	}
}

// TestPerfectionFiledLate: five working days after registration here, and a
// filing that is replaced stays as late as it was.
func TestPerfectionFiledLate(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		want  string
	}{{7 * 24 * time.Hour, ""}, {7*24*time.Hour + time.Millisecond, "filed_late"}} { // Monday to Monday
		w := newWorld(t)
		id := w.inForce()
		w.now = w.now.Add(c.after)
		b := w.filing(id)
		if got := strings.Join(w.perfect(w.bank, b).Filing.Warnings, " "); got != c.want {
			t.Errorf("after %s: %q", c.after, got)
		}
		w.now = w.now.AddDate(0, 0, 30)
		b.Number = "2"
		if got := strings.Join(w.perfect(w.bank, b).Filing.Warnings, " "); got != c.want {
			t.Errorf("after %s, replaced: %q", c.after, got)
		}
	}
}

// TestPerfectionStaysInTheRecord of a pledge that ended, where nothing moves it.
func TestPerfectionStaysInTheRecord(t *testing.T) {
	w := newWorld(t)
	id := w.inForce()
	w.perfect(w.bank, w.filing(id))
	w.perfect(w.notary, w.verification(id))
	w.do(w.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "PAID"})
	if p := w.pledge(id); p.State != "RELEASED" || p.Perfection.State != "VERIFIED" || p.V != 2 {
		t.Errorf("%s, %+v", p.State, p.Perfection)
	}
	w.refuse(pledge.WrongState, w.bank, pledge.PledgePerfect, w.filing(id))
}

// TestPledgeVersions: one spelling of each version, and no other.
func TestPledgeVersions(t *testing.T) {
	w := newWorld(t)
	id := w.inForce()
	one := string(w.st.kv[pledge.KeyPledge(id)])
	w.perfect(w.bank, w.filing(id))
	two := string(w.st.kv[pledge.KeyPledge(id)])
	for name, bad := range map[string]string{
		"nothing filed as version 2": strings.Replace(one, `"v":1`, `"v":2`, 1),
		"filed as version 1":         strings.Replace(two, `"v":2`, `"v":1`, 1),
		"version 3":                  strings.Replace(two, `"v":2`, `"v":3`, 1),
		"no version":                 strings.Replace(one, `,"v":1`, ``, 1),
	} {
		if p, err := pledge.DecodePledge([]byte(bad)); err == nil || p.ID != "" || bad == one || bad == two {
			t.Errorf("%s: accepted", name)
		}
	}
}

// grantRole gives a party one more role.
func (w *world) grantRole(a *actor, r pledge.Role) {
	p := w.party(a.uscc)
	p.Roles = append(p.Roles, r)
	w.set(pledge.KeyParty(a.uscc), p)
}
