package preflight_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/storage"
)

// examine does what a custodian does, on a folder.
func examine(t *testing.T, dir string, given service.Given) (service.Examined, error) {
	t.Helper()
	x, err := (&preflight.Examiner{}).Begin(t.Context(), given)
	if err != nil {
		return service.Examined{}, err
	}
	m, err := storage.Reading{Beside: x.Beside}.Folder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range x.Later() {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := x.At(name, bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	return x.Report(m.Fingerprint())
}

func given(t *testing.T, c *preflight.Consent, expectations string) service.Given {
	t.Helper()
	g, err := preflight.GivenOf(c, []byte(expectations))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

const wants = `{"v":1,"at_least":{"timeliness":1,"conformity":10000},"tables":{"people.csv":{"columns":{"备注":{"type":"integer"}}}}}`

// TestCustodianReportsWhatTheOwnerSaw: for the same bytes, and the same said
// of them, the reports are the same to the byte.
func TestCustodianReportsWhatTheOwnerSaw(t *testing.T) {
	dir, c := folder(t, leaky()), consent(t, goodConsent)
	own := mustRun(t, dir, preflight.Options{Consent: c, Expectations: expectations(t, wants)})
	e, err := examine(t, dir, given(t, c, wants))
	if err != nil {
		t.Fatal(err)
	}
	for digest, report := range map[string]any{e.Consent: own.Consent, e.Exclusion: own.Exclusion, e.Quality: own.Quality} {
		want, err := preflight.Canonical(report)
		if err != nil || !bytes.Equal(e.Documents[digest], want) {
			t.Errorf("%s: %v, another report than the owner's", digest, err)
		}
		if again, err := preflight.Digest(report); err != nil || again != digest {
			t.Errorf("%s is the digest of nothing: %v", digest, err)
		}
	}
	if len(e.Documents) != 3 {
		t.Errorf("%d documents", len(e.Documents))
	}
}

var findingID = regexp.MustCompile(`^(consent|exclusion|quality)/[a-z0-9._-]+/[0-9a-f]{12}$`)

func answer(t *testing.T, e service.Examined) (a preflight.Answer) {
	t.Helper()
	if err := json.Unmarshal(e.Answer, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// TestFindingsAreTheFixesThatMustBe, and each has a name of its own.
func TestFindingsAreTheFixesThatMustBe(t *testing.T) {
	c := consent(t, `{"v":1,"basis":"x","as_of":"2026-01-31","documents":[{"path":"gone.pdf","kind":"consent","scope":"s","sources":["*"]},
		{"path":"lost.pdf","kind":"consent","scope":"s","sources":["*"]}]}`)
	e, err := examine(t, folder(t, leaky()), given(t, c, wants))
	if err != nil {
		t.Fatal(err)
	}
	a := answer(t, e)
	must := map[string]bool{}
	for _, f := range a.Fix {
		if f.Must != (f.ID != "") || f.Must && (must[f.ID] || !findingID.MatchString(f.ID)) {
			t.Errorf("%+v: its name is bad, or another's", f)
		}
		if f.Must {
			must[f.ID] = true
		}
	}
	for _, id := range e.Findings {
		if !must[id] {
			t.Errorf("%s is no fix", id)
		}
	}
	counts := map[string]int{}
	for _, id := range e.Findings {
		principle, _, _ := strings.Cut(id, "/")
		counts[principle]++
	}
	if len(e.Findings) != len(must) || counts["consent"] != 3 || counts["quality"] != 2 || counts["exclusion"] < 5 || a.Result != preflight.Fail {
		t.Errorf("%v of %d fixes, %s", counts, len(must), a.Result)
	}
	if d := a.Declaration; d.Exclusion.Report != e.Exclusion || d.Consent.Report != e.Consent || d.Quality.Report != e.Quality || d.Exclusion.Result != "fail" || *d.Quality.Scores.Completeness != *e.Scores.Completeness {
		t.Errorf("the declaration %+v is not of what was found, %+v", d, e.Examined)
	}
}

// TestNothingGivenNothingSaid: without documents nobody reports on consent.
func TestNothingGivenNothingSaid(t *testing.T) {
	e, err := examine(t, folder(t, map[string]string{"a.csv": "x,y\n1,2\n"}), service.Given{})
	if err != nil {
		t.Fatal(err)
	}
	a := answer(t, e)
	if e.Consent != "" || len(e.Findings) != 0 || len(e.Documents) != 2 || a.Result != preflight.Pass || len(a.Fix) != 0 || a.Consent != nil || a.Declaration.Consent.Report != "" {
		t.Errorf("%+v\n%s", e.Examined, e.Answer)
	}
}

// TestMoreFindingsThanAReceiptLists are counted.
func TestMoreFindingsThanAReceiptLists(t *testing.T) {
	row := strings.TrimSuffix(strings.Repeat("13800138000,", 70), ",") + "\n"
	var head strings.Builder
	for i := range 70 {
		head.WriteString("c" + strings.Repeat("x", i) + ",")
	}
	e, err := examine(t, folder(t, map[string]string{"a.csv": strings.TrimSuffix(head.String(), ",") + "\n" + strings.Repeat(row, 30)}), service.Given{})
	if err != nil || len(e.Findings) != 64 || e.More != 6 {
		t.Errorf("%d findings listed, %d more, %v", len(e.Findings), e.More, err)
	}
}

func TestBadGivenIsMalformed(t *testing.T) {
	doc := func(digest string) string {
		return `{"v":1,"basis":"x","as_of":"2026-01-31","documents":[{"path":"a","kind":"consent","scope":"","sources":["*"],"digest":"` + digest + `"}]}`
	}
	for name, g := range map[string]service.Given{
		"null":          {Consent: json.RawMessage("null")},
		"unknown":       {Consent: json.RawMessage(`{"v":1,"basis":"x","as_of":"2026-01-31","documents":[],"more":1}`)},
		"short digest":  {Consent: json.RawMessage(doc("sha256:00"))},
		"upper case":    {Consent: json.RawMessage(doc("sha256:" + strings.Repeat("AB", 32)))},
		"other digest":  {Consent: json.RawMessage(doc(strings.Repeat("ab", 32)))},
		"expectations":  {Expectations: json.RawMessage(`{"v":2}`)},
		"unknown table": {Expectations: json.RawMessage(`{"v":1,"tables":{"b.csv":{"key":["x"]}}}`)},
		"bad column":    {Expectations: json.RawMessage(`{"v":1,"tables":{"a.csv":{"key":["nobody"]}}}`)},
		"too much":      {Consent: json.RawMessage(`{"v":1,"basis":"` + strings.Repeat("x", 1<<20) + `","as_of":"2026-01-31","documents":[]}`)},
	} {
		var refused *pledge.Error
		if _, err := examine(t, folder(t, map[string]string{"a.csv": "x,y\n1,2\n"}), g); !errors.As(err, &refused) || refused.Code != pledge.Malformed || refused.Detail == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := preflight.ParseGiven(service.Given{Consent: json.RawMessage(doc("sha256:" + strings.Repeat("ab", 32)))}); err != nil {
		t.Errorf("a good one: %v", err)
	}
}

// TestConsentFileStatesDigests: one whose document is another is refused.
func TestConsentFileStatesDigests(t *testing.T) {
	text := func(digest string) string {
		return strings.Replace(goodConsent, `"path":"licence.txt"`, `"path":"licence.txt","digest":"`+digest+`"`, 1)
	}
	good := consent(t, goodConsent).Documents[0].Digest
	if again := consent(t, text(good)); again.Documents[0].Digest != good {
		t.Errorf("%q became %q", good, again.Documents[0].Digest)
	}
	dir := folder(t, map[string]string{"consent.json": text("sha256:" + strings.Repeat("00", 32)), "licence.txt": "public domain"})
	if _, err := preflight.LoadConsent(filepath.Join(dir, "consent.json")); err == nil {
		t.Error("another document was taken")
	}
}

// TestTooManyPatternsForSoManyFiles are refused before anybody compares them.
func TestTooManyPatternsForSoManyFiles(t *testing.T) {
	x, err := (&preflight.Examiner{}).Begin(t.Context(), service.Given{Consent: json.RawMessage(
		`{"v":1,"basis":"x","as_of":"2026-01-31","documents":[{"path":"a","kind":"consent","scope":"","sources":["` + strings.Repeat("*a", 300_000) + `"]}]}`)})
	if err != nil {
		t.Fatal(err)
	}
	for range 2000 {
		_ = x.Beside("a", 0).Close()
	}
	if _, err := x.Report("sha256:"); !errors.Is(err, pledge.Malformed) {
		t.Errorf("%v", err)
	}
}

// TestConsentThatIsOverToday is not made good by a day on which it was in force.
func TestConsentThatIsOverToday(t *testing.T) {
	const from, to = `{"v":1,"basis":"consent","as_of":"`, `","documents":[{"path":"a","kind":"consent","scope":"any","sources":["*"],"expires":"2026-02-10","digest":""}]}`
	for asOf, days := range map[string]map[string]bool{
		"2026-01-31": {"2026-02-01T00:00:00Z": true, "2026-02-11T11:00:00Z": true, "2026-02-11T13:00:00Z": false, "2027-01-01T00:00:00Z": false},
		"2026-02-11": {"2027-01-01T00:00:00Z": true}, // the report says that it is over
	} {
		for now, fine := range days {
			at, err := time.Parse(time.RFC3339, now)
			if err != nil {
				t.Fatal(err)
			}
			e := preflight.Examiner{Now: func() time.Time { return at }}
			_, err = e.Begin(t.Context(), service.Given{Consent: []byte(from + asOf + to)})
			if refused := (*pledge.Error)(nil); (err == nil) != fine || err != nil && (!errors.As(err, &refused) || refused.Code != pledge.Malformed || !strings.Contains(err.Error(), "2026-02-10")) {
				t.Errorf("as of %s, on %s: %v", asOf, now, err)
			}
		}
	}
}

// TestQualityTellsItsDay: ages are as good as the day that they are counted to,
// which the owner chose.
func TestQualityTellsItsDay(t *testing.T) {
	dir := folder(t, map[string]string{"a.csv": "made,n\n2019-12-30,1\n2019-12-31,2\n"})
	for asOf, fresh := range map[string]bool{"2020-01-01": true, "2026-01-01": false} {
		e, err := examine(t, dir, given(t, nil, `{"v":1,"as_of":"`+asOf+`","at_least":{"timeliness":10000},"tables":{"a.csv":{"current":"made","max_age_days":30}}}`))
		if err != nil {
			t.Fatal(err)
		}
		if has := bytes.Contains(e.Documents[e.Quality], []byte(`"as_of":"`+asOf+`"`)); !has || (len(e.Findings) == 0) != fresh {
			t.Errorf("as of %s: named %t, findings %v", asOf, has, e.Findings)
		}
	}
}
