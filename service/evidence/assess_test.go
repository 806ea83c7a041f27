package evidence_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

func factsOf(r evidence.Report) map[string][]string {
	found := map[string][]string{}
	for _, f := range r.Negative {
		found[f.Code] = append(found[f.Code], f.RecordID)
	}
	return found
}

func partOf(t *testing.T, r evidence.Report, number string) evidence.Part {
	t.Helper()
	for _, p := range r.Parts {
		if p.Number == number {
			return p
		}
	}
	t.Fatalf("no part %s", number)
	return evidence.Part{}
}

func scoreOf(t *testing.T, r evidence.Report, law, article string) evidence.Score {
	t.Helper()
	for _, s := range r.Scorecard {
		if s.Law == law && s.Article == article {
			return s
		}
	}
	t.Fatalf("no score for %s %s", law, article)
	return evidence.Score{}
}

// Whoever reads one language reads all of it.
func TestBothLanguagesSayEverything(t *testing.T) {
	for where, w := range evidence.AllWords() {
		if strings.TrimSpace(w.ZH) == "" || strings.TrimSpace(w.EN) == "" {
			t.Errorf("%s: %+v", where, w)
		}
		if strings.Count(w.ZH, "{}") != strings.Count(w.EN, "{}") {
			t.Errorf("%s: the languages name another number of things", where)
		}
	}
}

func TestScorecardHasEveryProvision(t *testing.T) {
	have := evidence.Provisions()
	for _, want := range []string{
		"在线诉讼规则 16", "在线诉讼规则 17(1)", "在线诉讼规则 17(2)", "在线诉讼规则 17(3)", "在线诉讼规则 17(4)", "在线诉讼规则 18",
		"民事证据规定 15", "民事证据规定 19", "民事证据规定 93(1)", "民事证据规定 93(2)", "民事证据规定 93(3)", "民事证据规定 93(4)",
		"民事证据规定 93(5)", "民事证据规定 93(6)", "民事证据规定 94", "电子签名法 5", "电子签名法 6", "电子签名法 8(3)", "电子签名法 13",
		"互联网法院规定 11(1)", "互联网法院规定 11(6)", "民法典担保制度解释 55", "民法典担保制度解释 63",
	} {
		if !slices.Contains(have, want) {
			t.Errorf("no %s", want)
		}
	}
}

// What the scorecard names exists: checks of the ledger, parts of the list.
func TestScorecardNamesWhatThereIs(t *testing.T) {
	s := newStory(t)
	r := check(t, s.write(s.pledge), s.trust())
	if len(r.Scorecard) != len(evidence.Provisions()) {
		t.Errorf("%d lines, %d provisions arise for a pledge", len(r.Scorecard), len(evidence.Provisions()))
	}
	for _, line := range r.Scorecard {
		for _, name := range line.Checks {
			if !slices.Contains(evidence.CheckNames("solo"), name) {
				t.Errorf("%s %s names the check %q", line.Law, line.Article, name)
			}
		}
		for _, number := range line.Parts {
			partOf(t, r, number)
		}
		if line.Reason.ZH == "" || line.Reason.EN == "" || line.Mark == "" {
			t.Errorf("%s %s: %+v", line.Law, line.Article, line)
		}
	}
}

func TestScorecardFollowsTheFindings(t *testing.T) {
	s := newStory(t)
	r := check(t, s.write(s.pledge), s.trust())
	for _, tt := range []struct {
		law, article string
		want         evidence.Mark
	}{
		{"在线诉讼规则", "16", evidence.MarkWeak}, // one operator
		{"在线诉讼规则", "17(1)", evidence.MarkNone},
		{"在线诉讼规则", "17(2)", evidence.MarkNone},
		{"民事证据规定", "15", evidence.MarkWeak}, // the data are not there
		{"电子签名法", "5", evidence.MarkPass},
		{"互联网法院规定", "11(2)", evidence.MarkWeak}, // no time stamp
		{"民法典担保制度解释", "55", evidence.MarkWeak},
		{"民法典担保制度解释", "63", evidence.MarkNone}, // not registered by law
	} {
		if got := scoreOf(t, r, tt.law, tt.article); got.Mark != tt.want {
			t.Errorf("%s %s: got %s (%s), want %s", tt.law, tt.article, got.Mark, got.Reason.EN, tt.want)
		}
	}
	f := unpack(t, s.write(s.pledge))
	f["README.txt"] = []byte("x")
	for _, line := range check(t, f.zip(t), s.trust()).Scorecard {
		if line.Mark != evidence.MarkNone {
			t.Errorf("a package that failed: %s %s is %s", line.Law, line.Article, line.Mark)
		}
	}
}

// With the data beside it, a package shows the original.
func TestScorecardWithData(t *testing.T) {
	s := newStory(t)
	report, dir := check(t, s.write(s.asset), s.trust()), dataset("a", "b")
	r, err := evidence.CheckData(t.Context(), report, dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := scoreOf(t, r, "民事证据规定", "15"); got.Mark != evidence.MarkPass {
		t.Errorf("got %s", got.Mark)
	}
	if got := partOf(t, r, "02"); got.State != evidence.Partial {
		t.Errorf("part 02: got %s", got.State)
	}
	dir["extra.csv"] = &fstest.MapFile{Data: []byte("x")}
	if r, err = evidence.CheckData(t.Context(), report, dir); err != nil || scoreOf(t, r, "民事证据规定", "15").Mark != evidence.MarkNone {
		t.Errorf("other data: got %v, %v", scoreOf(t, r, "民事证据规定", "15"), err)
	}
}

func TestPartsOfAPledge(t *testing.T) {
	s := newStory(t)
	r := check(t, s.write(s.pledge), s.trust())
	want := map[string]evidence.PartState{"00": evidence.Partial, "02": evidence.Missing, "04": evidence.Partial, "07": evidence.Partial, "09": evidence.Missing, "13": evidence.Present}
	for number, state := range want {
		if got := partOf(t, r, number); got.State != state {
			t.Errorf("%s: got %s, want %s", number, got.State, state)
		}
	}
	for _, p := range r.Parts {
		if p.State != evidence.Present && (p.Lacks == nil || p.Lacks.ZH == "") {
			t.Errorf("%s: %s without saying why", p.Number, p.State)
		}
	}
	if len(r.Parts) != 14 {
		t.Errorf("%d parts", len(r.Parts))
	}
}

// A package without the list stands: it was not always there.
func TestPartsListIsOptional(t *testing.T) {
	s := newStory(t)
	f := unpack(t, s.write(s.asset))
	delete(f, "parts.json")
	r := check(t, f.pack(t, s.exchange), s.trust())
	if !r.OK() || r.Find(evidence.CheckParts).Result != evidence.NotPresent || len(r.Parts) != 14 {
		t.Error(text(r))
	}
}

func TestKeysByPosition(t *testing.T) {
	s := newStory(t)
	r := check(t, s.write(s.asset), s.trust())
	byKID := map[string]evidence.KeyLife{}
	for _, k := range r.Keys {
		byKID[k.KID] = k
	}
	old, new, founder, curve := byKID[s.owner.kid()], byKID[s.owner2.kid()], byKID[s.ipcentre.kid()], byKID[s.other.kid()]
	if old.Revoked == nil || old.Enrolled.Block != 1 || old.Revoked.Block != 3 || old.Revoked.Index != 1 || old.Scope != "admin" || !strings.HasPrefix(old.Name, "企业甲") {
		t.Errorf("the revoked key: %+v", old)
	}
	if new.Revoked != nil || new.Enrolled.Block != 3 || new.Enrolled.Index != 0 || new.Scope != "operate" || new.Enrolled.CommandID == "" {
		t.Errorf("the added key: %+v", new)
	}
	if founder.Enrolled.Block != 0 || founder.Enrolled.CommandID != "" || founder.Enrolled.Time == "" {
		t.Errorf("a founder's key: %+v", founder)
	}
	if curve.Alg != "ES256" {
		t.Errorf("a P-256 key: %+v", curve)
	}
	if got := factsOf(r)["key-revoked"]; !slices.Equal(got, []string{s.owner.party}) {
		t.Errorf("revoked keys of %v", got)
	}
}

// A party's keys stand together, whenever they came.
func TestKeysByParty(t *testing.T) {
	s := newStory(t)
	var parties []string
	for _, k := range check(t, s.write(s.kin), s.trust()).Keys {
		parties = append(parties, k.Party)
	}
	if runs := slices.Compact(slices.Clone(parties)); len(runs) != 6 {
		t.Errorf("got %v", parties)
	}
}

// Nothing is derived from a package that does not stand.
func TestNothingFollowsFromAFailedPackage(t *testing.T) {
	s := newStory(t)
	f := unpack(t, s.write(s.pledge))
	f["README.txt"] = []byte("x")
	r := check(t, f.zip(t), s.trust())
	if r.OK() || len(r.Keys)+len(r.Negative)+len(r.Parts)+len(r.Record) > 0 {
		t.Error(text(r))
	}
}

// Whoever has no other reader is told what the record says.
func TestReportTellsTheRecord(t *testing.T) {
	s := newStory(t)
	for name, tt := range map[string]struct {
		data []byte
		want map[string]string
	}{
		"pledge": {s.write(s.pledge), map[string]string{"state": "ACTIVE", "pledgee": "银行 " + s.bank.party, "secured_max": "CNY 1,200,000.00", "name": "鸟击记录 a", "perfection": "NONE"}},
		"asset":  {s.write(s.kin), map[string]string{"owner": "企业乙 <B> " + s.other.party, "files": "2", "size": "1100", "status": "NOTARIZED"}},
		"party":  {s.write(s.bank.party), map[string]string{"name": "银行", "roles": "bank"}},
	} {
		got := map[string]string{}
		for _, d := range check(t, tt.data, s.trust()).Record {
			got[d.Key] = d.Value
			if d.Label.ZH == "" || d.Label.EN == "" {
				t.Errorf("%s: %s has no label", name, d.Key)
			}
		}
		for key, want := range tt.want {
			if got[key] != want {
				t.Errorf("%s: %s is %q, want %q", name, key, got[key], want)
			}
		}
	}
}

func TestNegativeFacts(t *testing.T) {
	s := newStory(t)
	r := factsOf(check(t, s.write(s.pledge), s.trust()))
	for _, code := range []string{"one-partys-word", "no-time-stamp", "no-imprint", "not-perfected", "overlaps"} {
		if r[code] == nil {
			t.Errorf("a pledge in force: no %s", code)
		}
	}
	for _, code := range []string{"disputed", "frozen", "pledge-ended", "not-registered", "encumbered", "release-demanded", "custody-unchecked"} {
		if r[code] != nil {
			t.Errorf("a pledge in force: %s", code)
		}
	}
	if r := factsOf(check(t, s.write(s.asset), s.trust())); r["encumbered"] == nil {
		t.Error("the pledge on the asset is not told")
	}
	if r := factsOf(check(t, s.write(s.released), s.trust())); r["pledge-ended"] == nil || r["encumbered"] == nil {
		t.Errorf("a released pledge: %v", r)
	}
	if r := factsOf(check(t, s.write(s.bank.party), s.trust())); r["not-perfected"] != nil {
		t.Errorf("a party: %v", r)
	}
}

func (s *story) perfect(k key, step, number string) {
	s.t.Helper()
	day := func(years int) string { return s.created.AddDate(years, 0, -1).Format(time.DateOnly) }
	s.commit(s.sign(k, pledge.PledgePerfect, pledge.PerfectBody{PledgeID: s.pledge, Step: step, Registration: pledge.Registration{Registry: pledge.RegistryCNIPA,
		Number: number, RegisteredAt: day(0), TermEnd: day(2), Proof: "sha256:" + hash("registry"), DebtorName: "企业甲 \"A\""}}))
}

// Only a registration that somebody verified, and whose term runs, counts.
func TestNegativeFactsOfPerfection(t *testing.T) {
	s := newStory(t)
	at := func(years int) evidence.Report {
		src := s.source()
		src.Now = func() time.Time { return madeAt.AddDate(years, 0, 0) }
		var b bytes.Buffer
		if err := src.Write(t.Context(), &b, s.pledge); err != nil {
			t.Fatal(err)
		}
		return check(t, b.Bytes(), s.trust())
	}
	s.perfect(s.bank, pledge.StepFile, "0211")
	filed := at(0)
	if f := factsOf(filed); f["not-perfected"] == nil || f["perfection-doubtful"] == nil || scoreOf(t, filed, "民法典担保制度解释", "63").Mark != evidence.MarkWeak {
		t.Errorf("filed: %v", f)
	}
	s.perfect(s.notary, pledge.StepVerify, "0211")
	verified := at(0)
	if f := factsOf(verified); f["not-perfected"] != nil || f["perfection-over"] != nil {
		t.Errorf("verified: %v", f)
	}
	over := at(3)
	if f := factsOf(over); f["perfection-over"] == nil || f["term-over"] == nil || scoreOf(t, over, "民法典担保制度解释", "63").Mark != evidence.MarkNone {
		t.Errorf("three years later: %v", f)
	}
}

func TestNegativeFactsOfDisputes(t *testing.T) {
	s := newStory(t)
	s.notarize(s.other, "a", "b", "z") // the same bytes, by another
	r := factsOf(check(t, s.write(s.asset), s.trust()))
	if r["disputed"] == nil {
		t.Errorf("got %v", r)
	}
}

func TestNegativeFactsOfOffers(t *testing.T) {
	s := newStory(t)
	offer := s.commit(s.sign(s.other, pledge.PledgePropose, pledge.ProposeBody{AssetID: s.kin, Pledgee: s.bank.party, Terms: s.terms("exclusive")}))
	r := factsOf(check(t, s.write(offer), s.trust()))
	if r["not-registered"] == nil || r["custody-unchecked"] == nil || r["offer-expired"] != nil {
		t.Errorf("an open offer: %v", r)
	}
	src := s.source()
	src.Now = func() time.Time { return madeAt.AddDate(0, 2, 0) }
	var b bytes.Buffer
	if err := src.Write(t.Context(), &b, offer); err != nil {
		t.Fatal(err)
	}
	if r := factsOf(check(t, b.Bytes(), s.trust())); r["offer-expired"] == nil {
		t.Errorf("an old offer: %v", r)
	}
}

func TestNegativeFactsOfDemands(t *testing.T) {
	s := newStory(t)
	s.commit(s.sign(s.owner2, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: s.pledge, Reason: pledge.Demand, Proof: "sha256:" + hash("paid")}))
	r := check(t, s.write(s.pledge), s.trust())
	if factsOf(r)["release-demanded"] == nil {
		t.Errorf("got %v", r.Negative)
	}
	for _, f := range r.Negative {
		if f.Code == "release-demanded" && (f.Since == "" || !strings.Contains(f.EN, s.owner.party)) {
			t.Errorf("got %+v", f)
		}
	}
}

// One language is printed without the other.
func TestReportInOneLanguage(t *testing.T) {
	s := newStory(t)
	r := check(t, s.write(s.pledge), s.trust())
	zh, en, both := textIn(t, r, evidence.LangZH), textIn(t, r, evidence.LangEN), textIn(t, r, evidence.LangBoth)
	if strings.Contains(zh, "every required check") || !strings.Contains(zh, "全部必要检查均通过") {
		t.Error(zh)
	}
	if strings.Contains(en, "全部必要检查") || !strings.Contains(en, "every required check passed") {
		t.Error(en)
	}
	for _, part := range []string{"every required check passed", "全部必要检查均通过", "民法典有关担保制度的解释", "REVOKED"} {
		if !strings.Contains(both, part) {
			t.Errorf("no %q in both", part)
		}
	}
	var j bytes.Buffer
	if err := r.WriteJSON(&j); err != nil || !json.Valid(j.Bytes()) {
		t.Fatal(err)
	}
}

func textIn(t *testing.T, r evidence.Report, lang string) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteTextIn(&b, lang); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Receipts that were proven count; time stamps that are not there do not.
func TestProvenReceiptsCount(t *testing.T) {
	s, _, f := imprinted(t)
	r := check(t, f.pack(t, s.exchange), s.trust())
	found := factsOf(r)
	if !r.OK() || found["no-imprint"] != nil || found["imprint-unproven"] != nil || found["no-time-stamp"] == nil {
		t.Errorf("got %v", found)
	}
	if p := partOf(t, r, "04"); p.State != evidence.Partial || p.Has == nil || !strings.Contains(p.Has.EN, "imprint") {
		t.Errorf("part 04: %+v", p)
	}
	if bare := partOf(t, check(t, s.write(s.pledge), s.trust()), "04"); bare.State != evidence.Partial || strings.Contains(bare.Has.EN, "imprint") {
		t.Errorf("part 04 without receipts: %+v", bare)
	}
}
