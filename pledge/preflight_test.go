package pledge_test

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// found is what a custodian's preflight gives, with these findings.
func found(findings ...string) pledge.Examined {
	return pledge.Examined{
		Ruleset: doc("rules"), Consent: doc("consent"), Exclusion: doc("exclusion"), Quality: doc("quality report"),
		Scores: pledge.Scores{Completeness: bp(9875), Validity: bp(10000)}, Findings: findings, Sketch: doc("sketch"),
	}
}

// answers is the declaration that goes with it, and every finding answered
// for by the signer of the command.
func answers(e pledge.Examined, signer *actor) pledge.Declaration {
	d := declaration()
	d.Consent.Report, d.Exclusion.Report = e.Consent, e.Exclusion
	d.Quality = pledge.Quality{Report: e.Quality, Scores: e.Scores}
	for _, f := range e.Findings {
		if strings.HasPrefix(f, "exclusion/") {
			d.Exclusion.Result = "fail"
		}
		d.Overrides = append(d.Overrides, pledge.Override{Finding: f, Reason: "已脱敏,误报", Capacity: "数据安全负责人", SignedBy: signer.kid()})
	}
	return d
}

// examined is a notarization whose receipt and declaration say the same.
func (w *world) examined(e pledge.Examined, files ...pledge.File) pledge.NotarizeBody {
	w.t.Helper()
	if len(files) == 0 {
		files = []pledge.File{file("a.csv", "a", 100)}
	}
	b := w.dataset(w.owner, "预检", files...)
	r := w.parse(b.CustodyReceipt).Body().(*pledge.ReceiptBody)
	r.Preflight = &e
	b.CustodyReceipt = w.sign(w.exchange, pledge.CustodyReceiptAct, r)
	b.Declaration = answers(e, w.owner)
	return b
}

const (
	mobile = "exclusion/cn.mobile/0123456789ab"
	gaps   = "quality/completeness/00ff00ff00ff"
	lapsed = "consent/expired/fedcba987654"
)

// TestPreflightIsRecorded: what the custodian found and who answers for it
// stand in the asset, and nothing of it in an asset of old.
func TestPreflightIsRecorded(t *testing.T) {
	w := newWorld(t)
	a := w.asset(w.do(w.owner, pledge.AssetNotarize, w.examined(found(lapsed, mobile, gaps))))
	if a.V != pledge.PreflightVersion || a.Preflight == nil || a.Preflight.Sketch != doc("sketch") || len(a.Declaration.Overrides) != 3 {
		t.Errorf("%+v", a)
	}
	golden(t, "asset-preflight.v3.json", w.st.kv[pledge.KeyAsset(a.ID)])
	plain := w.asset(w.notarize(w.owner, "plain"))
	if raw := w.st.kv[pledge.KeyAsset(plain.ID)]; plain.V != 1 || bytes.Contains(raw, []byte("preflight")) || bytes.Contains(raw, []byte("overrides")) {
		t.Errorf("%s", raw)
	}
}

// departures are single ways in which a declaration and what was found differ;
// each is refused for the reason that names it. Empty: it is applied.
var departures = map[string]struct {
	change func(d *pledge.Declaration, e *pledge.Examined, w *world)
	reason string
}{
	"nothing":                   {func(d *pledge.Declaration, e *pledge.Examined, w *world) {}, ""},
	"no consent report":         {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Consent.Report = "" }, "consent.report is missing, the custodian found " + doc("consent") + ": declare"},
	"another consent report":    {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Consent.Report = doc("mine") }, "consent.report is " + doc("mine") + ", the custodian found " + doc("consent")},
	"consent nobody gave":       {func(d *pledge.Declaration, e *pledge.Examined, w *world) { e.Consent = "" }, "consent.report is " + doc("consent") + ", the custodian was given nothing"},
	"no consent on either":      {func(d *pledge.Declaration, e *pledge.Examined, w *world) { e.Consent, d.Consent.Report = "", "" }, ""},
	"no exclusion report":       {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Exclusion.Report = "" }, "exclusion.report is missing, the custodian found"},
	"another exclusion report":  {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Exclusion.Report = doc("mine") }, "exclusion.report is " + doc("mine") + ", the custodian found " + doc("exclusion") + ": declare what dataset preflight or the seal's answer gives"},
	"passed, and did not":       {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Exclusion.Result = "pass" }, "exclusion.result must be fail, for the custodian found " + mobile},
	"a result of its own":       {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Exclusion.Result = "waived" }, "exclusion.result must be fail"},
	"failed, and did not":       {func(d *pledge.Declaration, e *pledge.Examined, w *world) { e.Findings, d.Overrides = nil, nil }, "exclusion.result must be pass"},
	"nobody signed":             {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Exclusion.SignedBy = "" }, "exclusion.signed_by needs"},
	"another quality report":    {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Quality.Report = doc("mine") }, "quality.report is " + doc("mine")},
	"a better score":            {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Quality.Scores.Completeness = bp(9876) }, "quality.scores.completeness is 9876, the custodian measured 9875"},
	"a score where none is":     {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Quality.Scores.Timeliness = bp(0) }, "quality.scores.timeliness is 0, the custodian measured null"},
	"null where a score is":     {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Quality.Scores.Validity = nil }, "quality.scores.validity is null, the custodian measured 10000"},
	"findings that are hidden":  {func(d *pledge.Declaration, e *pledge.Examined, w *world) { e.More = 1 }, "the custodian found 1 findings beyond those"},
	"one not answered for":      {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Overrides = d.Overrides[1:] }, "the custodian found " + lapsed + ": mend the data"},
	"answered in another order": {func(d *pledge.Declaration, e *pledge.Examined, w *world) { slices.Reverse(d.Overrides) }, ""},
	"what was not found":        {func(d *pledge.Declaration, e *pledge.Examined, w *world) { e.Findings = e.Findings[:2] }, "overrides answers for " + gaps + ", which the custodian did not find"},
	"another place": {func(d *pledge.Declaration, e *pledge.Examined, w *world) {
		d.Overrides[2].Finding = "quality/completeness/00ff00ff00fe"
	}, "the custodian found " + gaps + ": mend the data"},
	"another's key": {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Overrides[1].SignedBy = w.bank.kid() }, "who answers for a finding signs the command"},
	"the custodian's key": {func(d *pledge.Declaration, e *pledge.Examined, w *world) {
		d.Overrides[0].SignedBy = w.exchange.kid()
	}, "who answers for a finding signs the command"},
	"no basis":    {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Consent.Basis = " " }, "consent.basis"},
	"no document": {func(d *pledge.Declaration, e *pledge.Examined, w *world) { d.Consent.Documents = []string{} }, "consent.documents"},
}

func TestDeclarationAgainstPreflight(t *testing.T) {
	for name, c := range departures {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			e := found(lapsed, mobile, gaps)
			d := answers(e, w.owner)
			c.change(&d, &e, w)
			b := w.examined(e)
			b.Declaration = d
			got := w.try(w.sign(w.owner, pledge.AssetNotarize, b))
			want := pledge.DeclarationIncomplete
			if c.reason == "" {
				want = ""
			}
			if got.Code != want || !strings.Contains(got.Detail, c.reason) {
				t.Errorf("got %s: %s, want %s", orApplied(got.Code), got.Detail, cmp.Or(c.reason, "applied"))
			}
		})
	}
}

// TestFirstThreeReasons: they come in the order of the declaration's members,
// and a fourth waits for the next attempt.
func TestFirstThreeReasons(t *testing.T) {
	w := newWorld(t)
	b := w.examined(found(lapsed, mobile, gaps))
	b.Declaration = pledge.Declaration{Consent: pledge.Consent{Basis: "contract", Documents: []string{doc("d")}}}
	first := w.refuse(pledge.DeclarationIncomplete, w.owner, pledge.AssetNotarize, b).Detail
	where := []int{strings.Index(first, "consent.report"), strings.Index(first, "exclusion.report"), strings.Index(first, "exclusion.result")}
	if !slices.IsSorted(where) || where[0] < 0 || strings.Count(first, "; ") != 2 {
		t.Errorf("%s", first)
	}
	for range 20 {
		if again := w.refuse(pledge.DeclarationIncomplete, w.owner, pledge.AssetNotarize, b).Detail; again != first {
			t.Fatalf("%s, and before %s", again, first)
		}
	}
}

// TestWithoutPreflight: a custodian that did not look leaves all as it was,
// and nothing to override.
func TestWithoutPreflight(t *testing.T) {
	w := newWorld(t)
	b := w.dataset(w.owner, "x", file("a", "a", 1))
	b.Declaration.Overrides = answers(found(gaps), w.owner).Overrides
	if got := w.refuse(pledge.DeclarationIncomplete, w.owner, pledge.AssetNotarize, b); !strings.Contains(got.Detail, "overrides") {
		t.Errorf("%s", got.Detail)
	}
	b.Declaration = declaration()
	b.Declaration.Exclusion.Result = "fail"
	w.refuse(pledge.DeclarationIncomplete, w.owner, pledge.AssetNotarize, b)
	b.Declaration = declaration()
	b.Declaration.Consent.Report = doc("the owner's own")
	if a := w.asset(w.do(w.owner, pledge.AssetNotarize, b)); a.V != pledge.PreflightVersion || a.Preflight != nil {
		t.Errorf("%+v", a)
	}
}

// TestOverrideByARevokedKey: it is no signature, so it is no answer.
func TestOverrideByARevokedKey(t *testing.T) {
	w := newWorld(t)
	b := w.examined(found(gaps))
	w.do(w.centre, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: w.owner.uscc, KID: w.owner.kid()})
	w.refuse(pledge.RevokedKey, w.owner, pledge.AssetNotarize, b)
}

// TestPreflightOfAnotherCustodian: what is found counts only on a receipt that does.
func TestPreflightOfAnotherCustodian(t *testing.T) {
	w := newWorld(t)
	b := w.examined(found())
	r := w.parse(b.CustodyReceipt).Body().(*pledge.ReceiptBody)
	for name, signer := range map[string]*actor{"no exchange": w.bank, "the owner": w.owner} {
		b.CustodyReceipt = w.sign(signer, pledge.CustodyReceiptAct, r)
		if got := w.try(w.sign(w.owner, pledge.AssetNotarize, b)); got.Code != pledge.CustodyMissing {
			t.Errorf("signed by %s: %s", name, orApplied(got.Code))
		}
	}
}

// TestAllThatCanBeAnsweredFor: the most findings, each with the longest words,
// fit into one command beside the most files that must be listed.
func TestAllThatCanBeAnsweredFor(t *testing.T) {
	w := newWorld(t)
	var list []string
	for i := range 64 {
		list = append(list, fmt.Sprintf("exclusion/%s/%012x", strings.Repeat("a", 24), i))
	}
	b := w.examined(found(list...), manyFiles(pledge.MustList)...)
	for i := range b.Declaration.Overrides {
		b.Declaration.Overrides[i].Reason, b.Declaration.Overrides[i].Capacity = strings.Repeat("因", 166), strings.Repeat("名", 66)
	}
	jws := w.sign(w.owner, pledge.AssetNotarize, b)
	t.Logf("%d bytes of %d", len(jws), pledge.MaxCommand)
	if got := w.try(jws); got.Code != "" {
		t.Errorf("%s: %s", got.Code, got.Detail)
	}
}

// TestPreflightVersions: one spelling of each version, and no other.
func TestPreflightVersions(t *testing.T) {
	w := newWorld(t)
	plain := string(w.st.kv[pledge.KeyAsset(w.notarize(w.owner, "plain"))])
	full := string(w.st.kv[pledge.KeyAsset(w.do(w.owner, pledge.AssetNotarize, w.examined(found(gaps), file("b", "b", 1))))])
	nothing := found()
	nothing.Consent = ""
	bare := string(w.st.kv[pledge.KeyAsset(w.do(w.owner, pledge.AssetNotarize, w.examined(nothing, file("c", "c", 1))))])
	b := w.withSM3(sm3("a"), sm3("a"))
	b.Declaration.Consent.Report = doc("consent")
	both := string(w.st.kv[pledge.KeyAsset(w.do(w.owner, pledge.AssetNotarize, b))])
	for name, c := range map[string][3]string{
		"preflight as version 1":      {full, `"v":3`, `"v":1`},
		"nothing found as version 1":  {bare, `"v":3`, `"v":1`},
		"overrides alone":             {plain, `},"quality":{`, `},"overrides":[` + overridesOf(1) + `],"quality":{`},
		"preflight as version 2":      {full, `"v":3`, `"v":2`},
		"preflight as version 0":      {full, `"v":3`, `"v":0`},
		"version 4":                   {full, `"v":3`, `"v":4`},
		"none of it as version 3":     {plain, `"v":1`, `"v":3`},
		"SM3 and a report, version 2": {both, `"v":3`, `"v":2`},
		"SM3 and a report, version 1": {both, `"v":3`, `"v":1`},
		"no findings, in brackets":    {full, `"findings":["` + gaps + `"]`, `"findings":[]`},
		"nothing more":                {full, `"quality":"` + doc("quality report"), `"more":0,"quality":"` + doc("quality report")},
	} {
		bad := strings.Replace(c[0], c[1], c[2], 1)
		if a, err := pledge.DecodeAsset([]byte(bad)); err == nil || a.ID != "" || bad == c[0] {
			t.Errorf("%s: accepted", name)
		}
		if _, err := pledge.DecodeAsset([]byte(c[0])); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
