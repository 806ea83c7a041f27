package demo

import (
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

func TestMadeUpCodesAreWellFormed(t *testing.T) {
	for _, code := range []string{companyCode, bankCode, rivalCode} {
		if err := pledge.CheckUSCC(code); err != nil {
			t.Errorf("%s: %v", code, err)
		}
	}
}

func shippedTables(t *testing.T) [][]byte {
	t.Helper()
	var tables [][]byte
	for _, name := range []string{"data/birdstrikes-1990s.csv", "data/birdstrikes-2000s.csv"} {
		data, err := shipped.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, data)
	}
	return tables
}

// The figures are those of the published file, counted by other means.
func TestExamineTheShippedDataset(t *testing.T) {
	exclusion, quality, err := examine(shippedTables(t))
	if err != nil {
		t.Fatal(err)
	}
	if exclusion.Result != "pass" || exclusion.Cells != 140_000 || len(exclusion.Columns) != 14 {
		t.Errorf("%+v", exclusion)
	}
	if quality.Rows != 10_000 || quality.Empty != 2836 || quality.Repeated != 24 ||
		quality.Completeness != 9797 || quality.Uniqueness != 9976 {
		t.Errorf("%+v", quality)
	}
}

func TestExamineFindsWhatMustNotBeThere(t *testing.T) {
	for _, cell := range []string{"11010519491231002X", "13800138000", "someone@example.org", "6222021234567890123", "078-05-1120", "10.0.0.7"} {
		exclusion, _, err := examine([][]byte{[]byte("a,b\nharmless," + cell + "\n")})
		if err != nil || exclusion.Result != "fail" {
			t.Errorf("%s was not noticed: %+v, %v", cell, exclusion.LookedFor, err)
		}
	}
}

func TestExamineRefuses(t *testing.T) {
	for name, text := range map[string][]string{
		"no rows": {"a,b\n"}, "no header": {""}, "other columns": {"a,b\n1,2\n", "a,c\n1,2\n"}, "a short row": {"a,b\n1\n"},
	} {
		var tables [][]byte
		for _, s := range text {
			tables = append(tables, []byte(s))
		}
		if _, _, err := examine(tables); err == nil {
			t.Errorf("%s: examined", name)
		}
	}
}

func TestPapersSayWhatTheyAre(t *testing.T) {
	entries, err := shipped.ReadDir("documents")
	if err != nil || len(entries) < 6 {
		t.Fatalf("%d documents, %v", len(entries), err)
	}
	for _, e := range entries {
		text, err := shipped.ReadFile("documents/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if e.Name() != "consent.txt" && !strings.Contains(string(text), "made up") {
			t.Errorf("%s does not say that it is made up", e.Name())
		}
	}
}
