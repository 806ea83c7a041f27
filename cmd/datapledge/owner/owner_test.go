package owner_test

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/cmd/datapledge/owner"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/preflight"
)

const (
	clean   = "day,size\n2026-01-01,3\n2026-01-02,5\n"
	persons = "day,phone\n2026-01-01,13800138000\n2026-01-02,13912345678\n"
)

// write puts files into a new folder, and a consent document beside it.
func write(t *testing.T, files map[string]string) (folder string, o preflight.Options) {
	t.Helper()
	top := t.TempDir()
	folder = filepath.Join(top, "data")
	put(t, filepath.Join(top, "form.txt"), "I agree.")
	put(t, filepath.Join(top, "consent.json"), `{"v":1,"basis":"consent","as_of":"2026-01-31","documents":[{"path":"form.txt","kind":"consent","scope":"models","sources":["*"],"expires":""}]}`)
	for name, text := range files {
		put(t, filepath.Join(folder, filepath.FromSlash(name)), text)
	}
	consent, err := preflight.LoadConsent(filepath.Join(top, "consent.json"))
	if err != nil {
		t.Fatal(err)
	}
	return folder, preflight.Options{Consent: consent}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func found(t *testing.T, files map[string]string) owner.Found {
	t.Helper()
	folder, o := write(t, files)
	f, err := owner.Reading{Preflight: o}.Folder(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// workbook is a small one of two mobile phones, as ECMA-376 has it.
func workbook(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` +
			`<row r="1"><c r="A1" t="inlineStr"><is><t>phone</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>13800138000</t></is></c></row>` +
			`<row r="3"><c r="A3" t="inlineStr"><is><t>13912345678</t></is></c></row></sheetData></worksheet>`,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A folder, and the same files one by one, are the same dataset.
func TestFolderAndFiles(t *testing.T) {
	folder, o := write(t, map[string]string{"a.csv": clean, "b.xlsx": workbook(t)})
	r := owner.Reading{Preflight: o}
	whole, err := r.Folder(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := r.Files(t.Context(), []string{filepath.Join(folder, "b.xlsx"), filepath.Join(folder, "a.csv")})
	if err != nil {
		t.Fatal(err)
	}
	if err := whole.Agree(parts.Examined); err != nil || whole.Manifest.Fingerprint() != parts.Manifest.Fingerprint() {
		t.Error(err)
	}
	if len(whole.Examined.Findings) != 1 || !strings.HasPrefix(whole.Examined.Findings[0], "exclusion/mobile-phone/") {
		t.Errorf("the workbook was not looked into: %v", whole.Examined.Findings)
	}
}

func TestOpen(t *testing.T) {
	f := found(t, map[string]string{"a.csv": persons, "b.csv": persons})
	ids := f.Examined.Findings
	if len(ids) != 2 {
		t.Fatalf("found %v", ids)
	}
	open, more, err := f.Open([]pledge.Override{{Finding: ids[1]}})
	if err != nil || more != 0 || !slices.Equal(open, ids[:1]) {
		t.Errorf("got %v and %d more, %v", open, more, err)
	}
	if open, _, err = f.Open([]pledge.Override{{Finding: ids[0]}, {Finding: ids[1]}}); err != nil || len(open) != 0 {
		t.Errorf("got %v, %v", open, err)
	}
	if _, _, err = f.Open([]pledge.Override{{Finding: "exclusion/email/000000000000"}}); !errors.As(err, new(*owner.Unknown)) {
		t.Errorf("an override of nothing: %v", err)
	}
}

// What a declaration says must be what was found; the rest is filled in.
func TestComplete(t *testing.T) {
	f := found(t, map[string]string{"a.csv": clean})
	made, err := f.Declare("kid", nil)
	if err != nil || made.Exclusion.SignedBy != "kid" || made.Exclusion.Result != "pass" || made.Consent.Report == "" || len(made.Consent.Documents) != 1 {
		t.Fatalf("got %+v, %v", made, err)
	}
	for what, change := range map[string]func(*pledge.Declaration){
		"":                  func(d *pledge.Declaration) { *d = pledge.Declaration{} },
		"consent.basis":     func(d *pledge.Declaration) { d.Consent.Basis = "other" },
		"consent.documents": func(d *pledge.Declaration) { d.Consent.Documents = []string{d.Consent.Report} },
		"consent.report":    func(d *pledge.Declaration) { d.Consent.Report = d.Quality.Report },
		"exclusion.report":  func(d *pledge.Declaration) { d.Exclusion.Report = d.Quality.Report },
		"exclusion.result":  func(d *pledge.Declaration) { d.Exclusion.Result = "fail" },
		"quality.report":    func(d *pledge.Declaration) { d.Quality.Report = d.Exclusion.Report },
		"quality.scores":    func(d *pledge.Declaration) { d.Quality.Scores = pledge.Scores{Completeness: new(int)} },
	} {
		d := made
		change(&d)
		got, err := f.Complete(d, "kid")
		differs := (*owner.Disagreement)(nil)
		switch {
		case what == "" && (err != nil || f.Agree(f.Examined) != nil || got.Exclusion != made.Exclusion || got.Quality.Report != made.Quality.Report):
			t.Errorf("nothing said: %+v, %v", got, err)
		case what != "" && (!errors.As(err, &differs) || differs.What != what):
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Without a consent file the owner's words on it stand.
func TestOwnWordsOnConsent(t *testing.T) {
	folder, _ := write(t, map[string]string{"a.csv": clean})
	f, err := owner.Reading{}.Folder(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	said := pledge.Declaration{Consent: pledge.Consent{Basis: "own data", Documents: []string{"sha256:x"}}}
	got, err := f.Complete(said, "kid")
	if err != nil || got.Consent.Basis != "own data" || len(got.Consent.Documents) != 1 || got.Consent.Report != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAgree(t *testing.T) {
	f := found(t, map[string]string{"a.csv": persons})
	for what, change := range map[string]func(*pledge.Examined){
		"":                             func(e *pledge.Examined) { e.Sketch = "sha256:of the custodian's" },
		"the rules for sensitive data": func(e *pledge.Examined) { e.Ruleset = "" },
		"the consent report":           func(e *pledge.Examined) { e.Consent = "" },
		"the exclusion report":         func(e *pledge.Examined) { e.Exclusion = e.Quality },
		"the quality report":           func(e *pledge.Examined) { e.Quality = e.Exclusion },
		"the quality scores":           func(e *pledge.Examined) { e.Scores = pledge.Scores{} },
		"the findings":                 func(e *pledge.Examined) { e.Findings = nil },
		"the number of findings":       func(e *pledge.Examined) { e.More++ },
	} {
		theirs := f.Examined
		change(&theirs)
		err := f.Agree(theirs)
		if (err == nil) != (what == "") || err != nil && !strings.HasPrefix(err.Error(), what) {
			t.Errorf("%q: %v", what, err)
		}
	}
}
