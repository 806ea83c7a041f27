package service

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

func standing() (*draft, *pledge.Asset, *pledge.Pledge) {
	st := pledge.Stamp{Command: "cmd_1", By: "91330100MADEUP064T", At: "2026-03-01T00:00:00Z"}
	a := &pledge.Asset{ID: "as_x", Status: pledge.Notarized, Name: "birds", Notarized: st}
	f := pledge.Filing{Registration: pledge.Registration{Registry: pledge.RegistryZhongdeng, Number: "1", RegisteredAt: "2026-03-01", TermEnd: "2027-03-01"}, Filed: st}
	p := &pledge.Pledge{ID: "pl_x", AssetID: a.ID, State: pledge.Active, Proposed: st, Registered: &st, Ended: &pledge.Ending{Stamp: st, Reason: pledge.Paid},
		Terms:      pledge.Terms{SecuredMax: pledge.Amount{Amount: 5, Currency: "CNY"}, Expires: "2028-01-01T00:00:00Z"},
		Perfection: pledge.Perfection{State: pledge.PerfectionVerified, Verified: &pledge.VerifiedFiling{Filing: f, Verified: st}, EffectiveRankTime: "2026-03-01T00:00:00.000Z"}}
	return &draft{now: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), solo: true, names: map[string]string{}}, a, p
}

// What speaks against a pledge, or ended it, stands in the first line; and only
// one in force is ever called established.
func TestStatesOfAPledgeInWords(t *testing.T) {
	stamp := &pledge.Stamp{At: "2026-03-05T00:00:00Z"}
	for name, tt := range map[string]struct {
		change      func(*pledge.Asset, *pledge.Pledge)
		zh, en      string
		established bool
	}{
		"active":          {func(*pledge.Asset, *pledge.Pledge) {}, "登记有效", "in force; statutory registration verified", true},
		"defaulted":       {func(_ *pledge.Asset, p *pledge.Pledge) { p.State = pledge.Defaulted }, "违约", "declared default", true},
		"enforcing":       {func(_ *pledge.Asset, p *pledge.Pledge) { p.State = pledge.Enforcing }, "正在实现", "being enforced", true},
		"realized":        {func(_ *pledge.Asset, p *pledge.Pledge) { p.State = pledge.Realized }, "已实现", "realized: no longer", false},
		"lapsed":          {func(_ *pledge.Asset, p *pledge.Pledge) { p.State = pledge.Lapsed }, "已失效", "lapsed: no longer", false},
		"revoked":         {func(_ *pledge.Asset, p *pledge.Pledge) { p.State = pledge.Revoked }, "已撤销", "revoked", false},
		"withdrawn":       {func(_ *pledge.Asset, p *pledge.Pledge) { p.State = pledge.Withdrawn }, "已撤回", "withdrawn", false},
		"unknown":         {func(_ *pledge.Asset, p *pledge.Pledge) { p.State = "STRANGE" }, "STRANGE", "STRANGE", false},
		"frozen":          {func(_ *pledge.Asset, p *pledge.Pledge) { p.Frozen = []pledge.Order{{Stamp: *stamp}} }, "质押自 2026-03-05 08:00:00 北京时间", "the pledge is FROZEN since 2026-03-05 08:00:00 Beijing time", true},
		"frozen asset":    {func(a *pledge.Asset, _ *pledge.Pledge) { a.Frozen = []pledge.Order{{Stamp: *stamp}} }, "数据资产自 2026-03-05 08:00:00 北京时间", "the asset is FROZEN since", true},
		"objection":       {func(_ *pledge.Asset, p *pledge.Pledge) { p.Objection = "OPEN" }, "有未决异议", "an objection is open", true},
		"asset objection": {func(a *pledge.Asset, _ *pledge.Pledge) { a.Objection = "IN_COURT" }, "法院", "before a court", true},
		"revoked asset":   {func(a *pledge.Asset, _ *pledge.Pledge) { a.Status = pledge.AssetRevoked }, "存证已撤销", "the notarization was revoked", true},
		"withdrawn asset": {func(a *pledge.Asset, _ *pledge.Pledge) { a.Status = pledge.AssetWithdrawn }, "存证已撤回", "the notarization was withdrawn", true},
	} {
		d, a, p := standing()
		tt.change(a, p)
		if err := d.pledge(a, p); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(d.Status.ZH, tt.zh) || !strings.Contains(d.Status.EN, tt.en) {
			t.Errorf("%s: got %+v, want %s and %s", name, d.Status, tt.zh, tt.en)
		}
		said := fmt.Sprint(d.Status, d.Fields, d.Proves, d.NotProved)
		if got := strings.Contains(said, "established") && strings.Contains(said, "设立"); got != tt.established {
			t.Errorf("%s: established %v, want %v", name, got, tt.established)
		}
		if got := strings.Contains(fmt.Sprint(d.NotProved), "effect against third parties"); got == tt.established {
			t.Errorf("%s: that it has no effect against others is said: %v", name, got)
		}
	}
}

// A term lasts through its last day in China, and says so.
func TestTermsLastThroughTheirLastDay(t *testing.T) {
	end, err := DayEnds("2027-03-01")
	if err != nil {
		t.Fatal(err)
	}
	over, _ := recordedTime(end)
	for at, want := range map[time.Time]string{over.Add(-time.Millisecond): "in force; statutory registration verified", over: "statutory registration lapsed"} {
		d, a, p := standing()
		d.now, p.Terms.Expires, p.Perfection.Verified.TermEnd = at, end, end
		if err := d.pledge(a, p); err != nil || !strings.Contains(d.Status.EN, want) {
			t.Errorf("at %s: got %+v, %v, want %s", at, d.Status, err, want)
		}
		if got := strings.Contains(d.Status.EN, "ended at 2027-03-01 24:00:00 Beijing time"); got != at.Equal(over) {
			t.Errorf("at %s: got %+v", at, d.Status)
		}
		if got := value(d, "expires").ZH + value(d, "perfection").ZH; strings.Count(got, "2027-03-01 24:00:00 北京时间") != 2 {
			t.Errorf("got %s, want the day twice", got)
		}
	}
}

func TestOnlyAReleaseIsCertifiedAsOne(t *testing.T) {
	for _, state := range []string{pledge.Active, pledge.Defaulted, pledge.Enforcing, pledge.Revoked, pledge.Withdrawn} {
		d, a, p := standing()
		p.State = state
		if err := d.release(a, p); err == nil || !strings.Contains(err.Error(), state) {
			t.Errorf("%s: got %v", state, err)
		}
	}
	d, a, p := standing()
	p.State = pledge.Released
	if err := d.release(a, p); err != nil || value(d, "reason").EN != "the debt was paid" {
		t.Errorf("got %v, %+v", err, d.Fields)
	}
}

// What ended otherwise has a certificate of its end that says how.
func TestEndsOtherThanReleases(t *testing.T) {
	for state, want := range map[string]string{pledge.Realized: "ended by realization", pledge.Lapsed: "lapsed"} {
		d, a, p := standing()
		p.State, p.Ended.Reason = state, state
		p.Realization = &pledge.Realization{Price: pledge.Amount{Amount: 900, Currency: "CNY"}, Claim: 1000, Shortfall: 100, Method: "AUCTION", Date: "2026-03-02",
			Distribution: []pledge.Share{{Kind: pledge.SharePledgee, To: p.Pledgee, Amount: 900}}}
		if err := d.release(a, p); err != nil || !strings.Contains(d.Title.EN, want) || value(d, "reason") != (Text{}) {
			t.Errorf("%s: %v, %+v", state, err, d.Title)
		}
		if said := fmt.Sprint(d.NotProved); !strings.Contains(said, "arts. 428, 438") || value(d, "shortfall").EN != "CNY 1.00" || strings.Contains(fmt.Sprint(d.Certificate), "established") {
			t.Errorf("%s: %+v", state, d.Certificate)
		}
	}
	d, a, p := standing()
	p.State, p.Ended.Reason = pledge.Released, pledge.Waived
	if err := d.release(a, p); err != nil || !strings.Contains(value(d, "waiver").ZH, "第四百三十五条") {
		t.Errorf("%v %+v", err, d.Fields)
	}
}

// The whole life stands on the certificate of a pledge, each thing on a line.
func TestLifeOfAPledgeInLines(t *testing.T) {
	d, a, p := standing()
	st := pledge.Stamp{Command: "cmd_2", By: "91330100MADEUP064T", At: "2026-03-04T00:00:00Z"}
	both := pledge.Settled{Act: pledge.PledgeAmend, Digest: "sha256:x", Signed: []pledge.Stamp{st, st}}
	a.Owner = "another"
	p.Perfection.EffectiveRankTime = "2026-03-03T12:00:00.000Z"
	p.PledgeLife = pledge.PledgeLife{Amendments: []pledge.Amendment{{Settled: both, Replaced: "sha256:before"}}, Assignments: []pledge.Assignment{{Settled: both, From: "old bank", To: "new bank"}},
		SubordinatedTo: []pledge.Subordination{{Settled: both, To: "pl_y"}}, Increments: []pledge.Increment{{Version: 2, Fingerprint: "sha256:two", Seq: 7, At: st}},
		DefaultNotice: &pledge.DefaultNotice{Stamp: st, Reason: "NONPAYMENT", GraceEnds: st.At}, Defaulted: &st, Cured: []pledge.Proven{{Stamp: st}},
		Enforcement: &pledge.Enforcement{Settled: both, Path: pledge.NotarialExecution, Number: "(2026) 9"}, KeyRelease: &pledge.KeyRelease{Stamp: st, To: "bank"},
		Objections: []pledge.Objection{{Stamp: st, State: pledge.InCourt, Ground: "FORGERY", Lodged: &pledge.Lodged{Court: "court", CaseNumber: "case 5"}}},
		Alerts:     []pledge.Alert{{Stamp: st, Kind: pledge.AlertLTV, Cleared: &st}}, Corrections: []pledge.Correction{{Stamp: st, Field: "valuation.method", Reason: "slip"}}}
	p.Frozen = []pledge.Order{{Stamp: st, Court: "Hangzhou", FileNo: "F-1", OrderDate: "2026-03-01", Effect: "seizure", Until: "2026-03-31T00:00:00Z"}}
	if err := d.pledge(a, p); err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"amendment_1": "sha256:before", "assignment_1": "from old bank to new bank", "subordination_1": "P-Y", "increment_1": "sequence 7",
		"transferred": "another", "default_notice": "non-payment", "defaulted": "91330100MADEUP064T", "cured_1": "confirmed", "enforcement": "number: (2026) 9", "key_release": "to bank",
		"objection_1": "court: court, case no.: case 5", "order_1": "file no.: F-1; date: 2026-03-01; effect: seizure", "alert_1": "over since", "correction_1": "slip",
		"statutory_rank": "2026-03-03", "unprotected": "for 3 days"} {
		if got := value(d, key).EN; !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if got := value(d, "order_1").EN; !strings.Contains(got, "which is over") || strings.Contains(d.Status.EN, "FROZEN") {
		t.Errorf("an order that has ended: %q, %q", got, d.Status.EN)
	}
	if said := fmt.Sprint(d.Proves); !strings.Contains(said, "old bank") || !strings.Contains(said, "sha256:before") {
		t.Errorf("who signed at registration: %s", said)
	}
}

func value(d *draft, key string) Text {
	for _, f := range d.Fields {
		if f.Key == key {
			return f.Value
		}
	}
	return Text{}
}

// One node's word and that of a consortium are never said in the same words.
func TestWhoKeepsTheLedger(t *testing.T) {
	for _, solo := range []bool{true, false} {
		d := &draft{solo: solo}
		d.limits()
		text := fmt.Sprint(d.Proves, d.NotProved)
		if strings.Contains(text, "one party's word") != solo || strings.Contains(text, "endorsements") == solo {
			t.Errorf("solo %v: got %s", solo, text)
		}
	}
}

func TestAnIncompleteSearchSaysSo(t *testing.T) {
	r := Search{Assets: []SearchedAsset{{}}, Incomplete: "too many files"}
	if got := searchStatus(r); !strings.Contains(got.EN, "INCOMPLETE: too many files") || !strings.Contains(got.ZH, "不完整") || strings.Contains(got.EN, "no pledge") {
		t.Errorf("got %+v", got)
	}
}
