package pledge_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// attempt makes the command of an event about a pledge, perfect but for its
// signer and the pledge's state.
var attempts = map[string]func(w *world, p pledge.Pledge) (pledge.Act, any){
	"withdraw": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgeWithdraw, pledge.EndBody{PledgeID: p.ID}
	},
	"accept": func(w *world, p pledge.Pledge) (pledge.Act, any) { return pledge.PledgeAccept, w.agree(p.ID) },
	"consent": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgeConsent, w.agree(p.ID)
	},
	"attest": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgeAttest, pledge.AttestBody{PledgeID: p.ID, Number: "1", Certificate: doc("c")}
	},
	"value":   func(w *world, p pledge.Pledge) (pledge.Act, any) { return pledge.PledgeValue, w.valuation(p.ID) },
	"custody": func(w *world, p pledge.Pledge) (pledge.Act, any) { return pledge.CustodyReceiptAct, w.custody(p.ID) },
	"scan": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgeScan, pledge.ScanBody{PledgeID: p.ID, Result: "clean", Report: doc("r")}
	},
	"register": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgeRegister, w.registration(p.ID)
	},
	"reject": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgeReject, pledge.EndBody{PledgeID: p.ID, Code: pledge.NotOwner}
	},
	"release": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p.ID, Reason: "WAIVED"}
	},
	"demand": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p.ID, Reason: "DEMAND", Proof: doc("paid")}
	},
	"force": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p.ID, Reason: "FORCED"}
	},
	"file": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgePerfect, w.filing(p.ID)
	},
	"verify": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgePerfect, w.verification(p.ID)
	},
	"lapse": func(w *world, p pledge.Pledge) (pledge.Act, any) {
		return pledge.PledgePerfect, pledge.PerfectBody{PledgeID: p.ID, Step: "lapse"}
	},
}

// TestProposing: every role against every status of an asset.
func TestProposing(t *testing.T) {
	w := newWorld(t)
	id := w.notarize(w.owner, "a")
	for _, status := range []string{"NOTARIZED", "WITHDRAWN", "REVOKED"} {
		for _, a := range w.actors() {
			v := &world{t: t, st: w.st.clone(), now: w.now, nonce: w.nonce}
			rec := v.asset(id)
			rec.Status = status
			v.set(pledge.KeyAsset(id), rec)
			want := pledge.WrongRole
			switch {
			case a == w.owner && status == "NOTARIZED":
				want = ""
			case a == w.owner:
				want = pledge.WrongState
			case a == w.other:
				want = pledge.NotOwner
			}
			got := v.try(v.sign(a, pledge.PledgePropose, pledge.ProposeBody{AssetID: id, Pledgee: w.bank.uscc, Terms: terms("exclusive")}))
			if got.Code != want {
				t.Errorf("%s on %s: %s, want %s", a.role, status, orApplied(got.Code), orApplied(want))
			}
		}
	}
}

// TestOtherActsByRole: who may sign what is not about a pledge.
func TestOtherActsByRole(t *testing.T) {
	w := newWorld(t)
	id := w.notarize(w.owner, "a")
	for _, a := range w.actors() {
		for act, want := range map[pledge.Act]string{
			pledge.AssetNotarize: "enterprise", pledge.AssetRecordCertificate: "ipcenter", pledge.PartyEnroll: "ipcenter",
			pledge.PartyAddKey: "ipcenter", pledge.PartyRevokeKey: "ipcenter", pledge.CommandFence: string(a.role),
		} {
			v := &world{t: t, st: w.st.clone(), now: w.now, nonce: w.nonce, exchange: w.exchange}
			n := newActor(uscc(60), "")
			body := map[pledge.Act]any{
				pledge.AssetNotarize:          v.dataset(a, "x", file("x", "x", 9)),
				pledge.AssetRecordCertificate: certificate(id, "2029-01-01"),
				pledge.PartyEnroll:            pledge.EnrollBody{Party: n.uscc, Name: "n", Roles: []pledge.Role{"bank"}, Keys: []pledge.KeyGrant{n.grant()}},
				pledge.PartyAddKey:            pledge.AddKeyBody{Party: w.court.uscc, Key: n.grant()},
				pledge.PartyRevokeKey:         pledge.RevokeKeyBody{Party: w.court.uscc, KID: w.court.kid()},
				pledge.CommandFence:           pledge.FenceBody{CommandID: "cmd_" + sha("x")},
			}[act]
			got := v.try(v.sign(a, act, body))
			own := a == w.court && (act == pledge.PartyAddKey || act == pledge.PartyRevokeKey)
			if ok := got.Code == ""; ok != (string(a.role) == want || own) || !ok && got.Code != pledge.WrongRole {
				t.Errorf("%s by %s: %s (%s)", act, a.role, orApplied(got.Code), got.Detail)
			}
		}
	}
}

func TestRankedPledges(t *testing.T) {
	w := newWorld(t)
	asset := w.notarize(w.owner, "a")
	first := w.active(asset, w.bank, terms("ranked"))
	second := w.ready(asset, w.bank2, terms("ranked"))
	w.do(w.bank, pledge.PledgeConsent, w.agree(second))
	w.do(w.bank2, pledge.PledgeRegister, w.registration(second))
	third := w.ready(asset, w.bank, terms("ranked"))
	w.refuse(pledge.ConsentMissing, w.bank, pledge.PledgeRegister, w.registration(third))
	w.do(w.bank2, pledge.PledgeConsent, w.agree(third))
	w.do(w.bank, pledge.PledgeRegister, w.registration(third))
	if got := ranks(w.asset(asset)); !slices.Equal(got, []string{first, second, third}) {
		t.Errorf("ranks %v", got)
	}
	w.do(w.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: first, Reason: "REPLACED"})
	if got := ranks(w.asset(asset)); !slices.Equal(got, []string{second, third}) {
		t.Errorf("ranks %v", got)
	}
	if a := w.asset(asset); a.Seq != 4 || a.InForce[1].Seq != 3 {
		t.Errorf("seq %d, %v", a.Seq, a.InForce)
	}
}

func ranks(a pledge.Asset) (ids []string) {
	for _, f := range a.InForce {
		ids = append(ids, f.PledgeID)
	}
	return ids
}

// TestForcedRelease: five working days in China, whatever day they begin.
func TestForcedRelease(t *testing.T) {
	for _, c := range []struct{ from, until string }{
		{"2026-11-23T08:00:00Z", "2026-11-30T08:00:00Z"}, // Monday to Monday
		{"2026-11-27T08:00:00Z", "2026-12-04T08:00:00Z"}, // Friday to Friday
		{"2026-11-28T08:00:00Z", "2026-12-04T08:00:00Z"}, // Saturday to Friday
		{"2026-11-29T08:00:00Z", "2026-12-04T08:00:00Z"}, // Sunday to Friday
		{"2026-11-27T17:00:00Z", "2026-12-03T17:00:00Z"}, // Friday evening in London is Saturday in Hangzhou
	} {
		w := newWorld(t)
		id := w.active(w.notarize(w.owner, "a"), w.bank, terms("exclusive"))
		w.now = must(time.Parse(time.RFC3339, c.from))
		w.do(w.owner, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "DEMAND", Proof: doc("paid")})
		until := must(time.Parse(time.RFC3339, c.until))
		w.now = until.Add(-time.Millisecond)
		if e := w.refuse(pledge.WrongState, w.centre, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "FORCED"}); !strings.Contains(e.Detail, until.Format("2006-01-02T15:04:05.000Z")) {
			t.Errorf("from %s: %s", c.from, e.Detail)
		}
		w.now = until
		w.do(w.centre, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: id, Reason: "FORCED"})
		if p := w.pledge(id); p.Ended.Reason != "FORCED" || p.ReleaseDemand.Reason != "DEMAND" {
			t.Errorf("%+v", p.Ended)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprint("test: ", err))
	}
	return v
}

// TestDeadlines: each limit holds to the millisecond, on the right side.
func TestDeadlines(t *testing.T) {
	w := newWorld(t)
	asset := w.notarize(w.owner, "a")
	id := w.propose(asset, w.bank, terms("exclusive", "scan", "value"))
	w.now = w.now.AddDate(0, 0, 30)
	w.do(w.bank, pledge.PledgeAccept, w.agree(id))
	w.do(w.exchange, pledge.CustodyReceiptAct, w.custody(id))
	w.check(id, "scan")
	v := w.valuation(id)
	v.BaseDate = w.now.Add(-90 * 24 * time.Hour).Format(time.RFC3339)
	w.do(w.exchange, pledge.PledgeValue, v)
	w.do(w.centre, pledge.AssetRecordCertificate, certificate(asset, "2027-12-21")) // matures 2027-11-21
	w.now = w.now.Add(24 * time.Hour)
	w.do(w.bank, pledge.PledgeRegister, w.registration(id))
}

// TestLTV: in basis points, rounded up, without overflow.
func TestLTV(t *testing.T) {
	for _, c := range []struct{ secured, value, want int64 }{
		{1, 1, 10000}, {1, 3, 3334}, {2, 3, 6667}, {1, 9007199254740991, 1},
		{9007199254740991, 9007199254740991, 10000}, {9007199254740991, 1, 9007199254740991}, {9007199254740991, 10000, 9007199254740991},
		{9007199254740991, 20000, 4503599627370496},
	} {
		w := newWorld(t)
		tm := terms("exclusive")
		tm.SecuredMax.Amount = c.secured
		id := w.pending(w.notarize(w.owner, "a"), w.bank, tm)
		v := w.valuation(id)
		v.Value.Amount = c.value
		w.do(w.exchange, pledge.PledgeValue, v)
		if got := w.pledge(id).Valuation.LTV; got != c.want {
			t.Errorf("%d of %d: %d, want %d", c.secured, c.value, got, c.want)
		}
	}
}
