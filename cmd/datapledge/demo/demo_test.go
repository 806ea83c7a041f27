package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func TestMadeUpCodesAreWellFormed(t *testing.T) {
	for _, code := range []string{companyCode, bankCode, rivalCode, copierCode} {
		if err := pledge.CheckUSCC(code); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func unpacked(t *testing.T) *story {
	t.Helper()
	dir := t.TempDir()
	s := &story{o: Options{Dir: dir}, dataset: filepath.Join(dir, "dataset")}
	if err := s.unpack(); err != nil {
		t.Fatal(err)
	}
	return s
}

// The figures are those of the published file, counted by other means.
func TestShippedDatasetPasses(t *testing.T) {
	s := unpacked(t)
	found, err := s.preflight(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := found.Preflight
	if !p.Passed() || len(p.Fix) != 0 || len(found.Examined.Findings) != 0 {
		t.Errorf("false findings: %+v", p.Fix)
	}
	if rows := p.Quality.Files[0].Tables[0].Rows + p.Quality.Files[1].Tables[0].Rows; rows != 10_000 {
		t.Errorf("%d rows", rows)
	}
	for line, want := range map[string]string{
		consentLine(p.Consent):     "pass; 2 documents cover 2 of 2 files",
		exclusionLine(p.Exclusion): "pass; 10000 rows looked at by ",
		qualityLine(p.Quality):     "completeness 98.93 %, accuracy 99.95 %, consistency 100.00 %, timeliness not measured",
	} {
		if !strings.Contains(line, want) {
			t.Errorf("%q is not in %q", want, line)
		}
	}
}

func TestExamineFindsWhatMustNotBeThere(t *testing.T) {
	for _, cell := range []string{"11010519491231002X", "13800138000", "someone@example.org", "6222021234567890128"} {
		s := unpacked(t)
		path := filepath.Join(s.dataset, "birdstrikes-2000s.csv")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte("NEWARK LIBERTY INTL ARPT"), []byte(cell)), 0o644); err != nil {
			t.Fatal(err)
		}
		found, err := s.preflight(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if p := found.Preflight; p.Passed() || len(p.Fix) != 1 || !strings.Contains(p.Fix[0].What.EN, "column Airport Name") {
			t.Errorf("%s was not noticed: %+v", cell, p.Fix)
		}
	}
}

func TestPapersSayWhatTheyAre(t *testing.T) {
	entries, err := shipped.ReadDir("documents")
	if err != nil || len(entries) < 9 {
		t.Fatalf("%d documents, %v", len(entries), err)
	}
	for _, e := range entries {
		text, err := shipped.ReadFile("documents/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Ext(e.Name()) == ".txt" && e.Name() != "consent.txt" && !strings.Contains(string(text), "made up") {
			t.Errorf("%s does not say that it is made up", e.Name())
		}
	}
}
