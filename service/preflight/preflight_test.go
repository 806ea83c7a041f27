package preflight_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/service/preflight/quality"
	"github.com/datapledge/datapledge/storage"
)

// run does what the command line does.
func run(t testing.TB, dir string, o preflight.Options) (preflight.Preflight, error) {
	t.Helper()
	r := preflight.NewReader(t.Context(), o)
	m, err := storage.Reading{Beside: r.Beside}.Folder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range r.Later() {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.At(name, f), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return r.Report(m.Fingerprint())
}

func mustRun(t testing.TB, dir string, o preflight.Options) preflight.Preflight {
	t.Helper()
	p, err := run(t, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// shipped is the real dataset that the product ships with.
func shipped(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"birdstrikes-1990s.csv", "birdstrikes-2000s.csv"} {
		text, err := os.ReadFile("../../cmd/datapledge/demo/data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func consent(t testing.TB, text string) *preflight.Consent {
	t.Helper()
	dir := folder(t, map[string]string{"consent.json": text, "licence.txt": "public domain", "old.txt": "old"})
	c, err := preflight.LoadConsent(filepath.Join(dir, "consent.json"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const goodConsent = `{"v":1,"basis":"public domain","as_of":"2026-01-31","documents":[
	{"path":"licence.txt","kind":"public","scope":"any use","sources":["*"],"expires":""}]}`

// TestShippedDatasetPasses: real data, and no false finding in it.
func TestShippedDatasetPasses(t *testing.T) {
	p := mustRun(t, shipped(t), preflight.Options{Consent: consent(t, goodConsent)})
	if !p.Passed() || len(p.Fix) != 0 {
		t.Errorf("passed %v, to fix: %+v", p.Passed(), p.Fix)
	}
	if n := len(p.Exclusion.Files); n != 2 || p.Exclusion.Files[0].Tables[0].Rows < 1000 {
		t.Errorf("%d files, of which the first has %+v", n, p.Exclusion.Files[0].Tables)
	}
}

// TestReportsAreTheSameToTheByte, and their digests are in the declaration.
func TestReportsAreTheSameToTheByte(t *testing.T) {
	dir, o := shipped(t), preflight.Options{Consent: consent(t, goodConsent)}
	first, second := mustRun(t, dir, o), mustRun(t, dir, o)
	for name, pair := range map[string][2]any{"consent": {first.Consent, second.Consent}, "exclusion": {first.Exclusion, second.Exclusion}, "quality": {first.Quality, second.Quality}} {
		a, err := preflight.Canonical(pair[0])
		if err != nil {
			t.Fatal(err)
		}
		if b, err := preflight.Canonical(pair[1]); err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: another report of the same bytes", name)
		}
	}
	d, err := first.Declaration()
	if err != nil {
		t.Fatal(err)
	}
	want, _ := preflight.Digest(second.Exclusion)
	if d.Exclusion.Report != want || d.Exclusion.Result != "pass" || d.Quality.Report == "" || len(d.Consent.Documents) != 1 || d.Quality.Scores.Completeness == nil || d.Quality.Scores.Timeliness != nil {
		t.Errorf("declaration %+v", d)
	}
}

// secret is in every cell of a table that has something of everything.
var secrets = []string{"11010519491231002X", "13800138000", "6222021234567890128", "zhang.san@example.com", "secretvalue", "浙A12345", "欧阳锋"}

func leaky() map[string]string {
	var rows strings.Builder
	rows.WriteString("证件号,手机,卡号,邮箱,备注,车牌,姓名\n")
	for range 50 {
		rows.WriteString(strings.Join(secrets, ",") + "\n")
	}
	return map[string]string{
		"people.csv": rows.String(), "headless.csv": strings.Join(secrets, ",") + "\n" + strings.Join(secrets, ",") + "\n",
		"broken.csv": "a,b\n" + strings.Join(secrets, ",") + "\n\"" + secrets[4], "broken.jsonl": `{"a":"` + secrets[4] + `"` + "\n" + `{"` + secrets[1],
		"notes.txt": secrets[4],
	}
}

// TestNothingLeaks: no value of the data is in a report, a summary or an
// error, and what is there is found.
func TestNothingLeaks(t *testing.T) {
	p := mustRun(t, folder(t, leaky()), preflight.Options{})
	if p.Exclusion.Result != preflight.Fail || p.Passed() {
		t.Error("a table of identity numbers passed")
	}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var both bytes.Buffer
	p.Summary(&both, "zh")
	p.Summary(&both, "en")
	for _, s := range secrets {
		if strings.Contains(string(text), s) || strings.Contains(both.String(), s) {
			t.Errorf("%q is in the report or the summary", s)
		}
	}
	for _, rule := range []string{"people.csv: column 证件号", "people.csv: 列 手机"} {
		if !strings.Contains(both.String(), rule) {
			t.Errorf("%q is not in the summary:\n%s", rule, both.String())
		}
	}
}

func TestConsent(t *testing.T) {
	for name, c := range map[string]struct{ file, code string }{
		"nothing":   {`{"v":1,"basis":"x","as_of":"2026-01-31","documents":[]}`, "no-document"},
		"no basis":  {`{"v":1,"basis":" ","as_of":"2026-01-31","documents":[{"path":"licence.txt","kind":"public","scope":"s","sources":["*"],"expires":""}]}`, "no-basis"},
		"missing":   {`{"v":1,"basis":"x","as_of":"2026-01-31","documents":[{"path":"gone.pdf","kind":"consent","scope":"s","sources":["*"],"expires":""}]}`, "missing"},
		"expired":   {`{"v":1,"basis":"x","as_of":"2026-01-31","documents":[{"path":"old.txt","kind":"consent","scope":"s","sources":["*"],"expires":"2026-01-30"}]}`, "expired"},
		"no scope":  {`{"v":1,"basis":"x","as_of":"2026-01-31","documents":[{"path":"old.txt","kind":"consent","scope":"","sources":["*"],"expires":""}]}`, "no-scope"},
		"uncovered": {`{"v":1,"basis":"x","as_of":"2026-01-31","documents":[{"path":"old.txt","kind":"consent","scope":"s","sources":["b*.csv"],"expires":"2026-01-31"}]}`, "uncovered"},
	} {
		p := mustRun(t, folder(t, map[string]string{"a.csv": "x,y\n1,2\n", "b.csv": "x,y\n1,2\n"}), preflight.Options{Consent: consent(t, c.file)})
		if p.Consent.Result != preflight.Fail || len(p.Fix) == 0 || p.Fix[0].Code != c.code {
			t.Errorf("%s: %s, to fix %+v", name, p.Consent.Result, p.Fix)
		}
	}
	p := mustRun(t, folder(t, map[string]string{"a.csv": "x,y\n1,2\n"}), preflight.Options{})
	if p.Consent.Result != preflight.Fail {
		t.Error("consent was not asked for")
	}
}

func TestBadConsentFiles(t *testing.T) {
	for name, text := range map[string]string{
		"version": `{"v":2,"basis":"","as_of":"2026-01-31","documents":[]}`, "no day": `{"v":1,"basis":"","as_of":"","documents":[]}`,
		"twice":    `{"v":1,"v":1,"basis":"","as_of":"2026-01-31","documents":[]}`,
		"escapes":  `{"v":1,"basis":"","as_of":"2026-01-31","documents":[{"path":"../x","kind":"consent","scope":"","sources":[],"expires":""}]}`,
		"kind":     `{"v":1,"basis":"","as_of":"2026-01-31","documents":[{"path":"x","kind":"letter","scope":"","sources":[],"expires":""}]}`,
		"pattern":  `{"v":1,"basis":"","as_of":"2026-01-31","documents":[{"path":"x","kind":"consent","scope":"","sources":["["],"expires":""}]}`,
		"date":     `{"v":1,"basis":"","as_of":"2026-01-31","documents":[{"path":"x","kind":"consent","scope":"","sources":[],"expires":"soon"}]}`,
		"not JSON": `{`,
	} {
		dir := folder(t, map[string]string{"consent.json": text})
		if _, err := preflight.LoadConsent(filepath.Join(dir, "consent.json")); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

func expectations(t *testing.T, text string) *quality.Expectations {
	t.Helper()
	e, err := quality.ParseExpectations(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestExpectationsDecide(t *testing.T) {
	dir := folder(t, map[string]string{"a.csv": "age,district,x\n30,west,1\n30,west,2\n41,east,\n"})
	e := expectations(t, `{"v":1,"at_least":{"completeness":9500},"tables":{"a.csv":{"quasi_identifiers":["age","district"],"k":2}}}`)
	p := mustRun(t, dir, preflight.Options{Consent: consent(t, goodConsent), Expectations: e})
	var codes []string
	for _, f := range p.Fix {
		codes = append(codes, f.Code)
	}
	if got := strings.Join(codes, " "); got != "k-anonymity below-expectation" || p.Exclusion.Result != preflight.Fail || p.Quality.Result != preflight.Fail {
		t.Errorf("to fix: %s; exclusion %s, quality %s", got, p.Exclusion.Result, p.Quality.Result)
	}
	var bad *preflight.ExpectationError
	for _, text := range []string{`{"v":1,"tables":{"b.csv":{"key":["x"]}}}`, `{"v":1,"tables":{"a.csv":{"key":["nobody"]}}}`} {
		if _, err := run(t, dir, preflight.Options{Expectations: expectations(t, text)}); !errors.As(err, &bad) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestWhatIsNoTableIsSaid: nobody claims to have looked inside.
func TestWhatIsNoTableIsSaid(t *testing.T) {
	p := mustRun(t, folder(t, map[string]string{"picture.png": "\x89PNG\r\n\x1a\n\x00\x01", "a.csv": "x,y\n1,2\n"}), preflight.Options{Consent: consent(t, goodConsent)})
	if f := p.Exclusion.Files[1]; f.Examined || f.Path != "picture.png" || len(p.Fix) != 1 || p.Fix[0].Code != "not-examined" || p.Fix[0].Must {
		t.Errorf("%+v, %+v", f, p.Fix)
	}
	if !p.Passed() {
		t.Error("a picture fails")
	}
}

func TestEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := preflight.NewReader(ctx, preflight.Options{})
	w := r.Beside("a.csv", 4)
	if _, err := w.Write([]byte("a,b\n")); err != nil {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.Report("sha256:"); !errors.Is(err, context.Canceled) {
		t.Errorf("a pass that was called off reports: %v", err)
	}
}
