package sensitive

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write PRECISION.md anew")

const (
	fullRows = 1000
	rareRows = 10000
)

// labelled is a column of which the truth is known.
type labelled struct {
	name   string
	rule   string // what is planted, "" for nothing
	count  int64  // how many cells of it
	values []string
	// of and form say of which column type it is which form; "" for none.
	of, form string
}

// corpus is every kind of column: by Chinese name, by English name, by no
// name at all; one cell in twenty; and one in 10,000 among cells of other kinds.
func corpus() []labelled {
	g := newSource(20251101)
	var all []labelled
	for _, k := range append(append([]kind{}, dirty...), attributes...) {
		for _, name := range []string{k.zh, k.en} {
			l := full(g, k, name)
			l.of, l.form = k.en, "dirty"
			all = append(all, l)
		}
		if knownAlone[k.rule] {
			all = append(all, full(g, k, "c1"))
		}
		if knownRare[k.rule] {
			for _, filler := range fillers {
				all = append(all, mixed(g, k, filler, fullRows, 20), mixed(g, k, filler, rareRows, rareRows))
			}
		}
	}
	for _, k := range append(append([]kind{}, nearMisses...), maskedKinds...) {
		k.rule = ""
		all = append(all, full(g, k, k.zh), full(g, k, k.en), full(g, k, "c1"))
	}
	for _, c := range columnTypes {
		all = append(all, c.columns(g)...)
	}
	return all
}

// knownRare are the rules that find single values in any column, knownAlone
// those that know a column by its values alone.
var (
	knownRare  = set("identity-number residence-card bank-card mobile-phone email plate vin officer-card imei uscc-sole-trader")
	knownAlone = set("identity-number residence-card bank-card mobile-phone email plate vin officer-card imei passport hk-macau-permit exit-permit fixed-phone ip-address mac-address position person-name address uscc-sole-trader")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

func full(g *source, k kind, name string) labelled {
	l := labelled{name: name, rule: k.rule}
	for range fullRows {
		l.values = append(l.values, k.value(g))
	}
	if k.rule != "" {
		l.count = fullRows
	}
	return l
}

func mixed(g *source, k, filler kind, rows, every int) labelled {
	l := labelled{name: "c1", rule: k.rule}
	at := g.IntN(every)
	for i := range rows {
		if i%every == at {
			l.values = append(l.values, k.value(g))
			l.count++
		} else {
			l.values = append(l.values, filler.value(g))
		}
	}
	return l
}

// score counts columns and cells of one rule.
type score struct{ rare, rareFound, columns, found, falsely, reviews, cells, cellsFound, cellsFalsely int64 }

func (s *score) take(planted, told int64, v Verdict) {
	if planted == 1 {
		s.rare, s.rareFound = s.rare+1, s.rareFound+min(told, 1)
	}
	s.cells += planted
	s.cellsFound += min(planted, told)
	s.cellsFalsely += max(0, told-planted)
	switch {
	case planted > 0 && told > 0:
		s.columns, s.found = s.columns+1, s.found+1
	case planted > 0:
		s.columns++
	case told > 0 && v == Review:
		s.reviews++
	case told > 0:
		s.falsely++
	}
}

// told is how many cells a report holds against a column by a rule.
func told(r ColumnResult, rule string) int64 {
	h := r.of(rule)
	if h.Verdict != Sensitive && h.Verdict != Review {
		return 0
	}
	return h.Count
}

// Every rule's precision and recall over the corpus, kept in PRECISION.md.
// What has a check digit must be found nearly always and nearly alone.
func TestPrecision(t *testing.T) {
	all := corpus()
	scores, forms := map[string]*score{}, formTable{}
	for _, r := range Rules() {
		scores[r.ID] = new(score)
	}
	for _, l := range all {
		r := cells(l.name, l.values...)
		if l.of != "" {
			forms.take(l, r.Verdict)
		}
		for id, s := range scores {
			if id == l.rule || !sameValue[[2]string{l.rule, id}] {
				s.take(l.planted(id), told(r, id), r.of(id).Verdict)
			}
		}
	}
	got := report(all, scores) + forms.String()
	forms.check(t)
	t.Log("\n" + got)
	golden(t, got)
	for _, r := range Rules() {
		if s := scores[r.ID]; r.CheckDigit && r.Kind != "business" && (s.columns == 0 || s.rare == 0 || s.rareFound < s.rare || below(s.found, s.columns, 9900) || below(s.cellsFound, s.cells, 9900) || below(s.found, s.found+s.falsely, 9800) || below(s.cellsFound, s.cellsFound+s.cellsFalsely, 9800)) {
			t.Errorf("%s: %+v", r.ID, *s)
		}
	}
}

// sameValue are values that are of both rules, whichever was planted.
var sameValue = map[[2]string]bool{
	{"driver-licence", "identity-number"}: true, {"minor", "person-name"}: true, {"hk-macau-permit", "exit-permit"}: true,
	{"specific-identity", "bank-card"}: true, {"identity-number-15", "imei"}: true,
}

func (l labelled) planted(rule string) int64 {
	if l.rule == rule {
		return l.count
	}
	return 0
}

func below(n, of int64, bp int64) bool { return n*10000 < of*bp }

func report(all []labelled, scores map[string]*score) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Precision and recall of the rules\n\nMade by TestPrecision from a fixed seed: %d columns, version %s of the rules. A column is found when its\n", len(all), Version())
	b.WriteString("verdict by the rule is sensitive or review; its cells are the rule's hits. Precision counts what is falsely sensitive.\nColumns planted wholly (by Chinese name, by English name and, where the rule knows values alone, without), one\ncell in 20, and one in 10,000.\n\n")
	b.WriteString("| rule | columns planted | found | falsely sensitive | falsely for review | precision | recall | found at 1 in 10,000 | cells planted | found | falsely | precision | recall |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, r := range Rules() {
		s := scores[r.ID]
		fmt.Fprintf(&b, "| %s%s | %d | %d | %d | %d | %s | %s | %s | %d | %d | %d | %s | %s |\n", r.ID, mark(r.CheckDigit), s.columns, s.found, s.falsely, s.reviews, share(s.found, s.found+s.falsely), share(s.found, s.columns), of(s.rareFound, s.rare),
			s.cells, s.cellsFound, s.cellsFalsely, share(s.cellsFound, s.cellsFound+s.cellsFalsely), share(s.cellsFound, s.cells))
	}
	b.WriteString("\n✓: has a check digit. —: nothing to measure: organizations' codes are never held against a column, masked forms\nand hash values are tested by TestMasked, free text by TestFreeText, latitude and longitude by TestPositions.\n")
	return b.String()
}

func mark(check bool) string {
	if check {
		return " ✓"
	}
	return ""
}

func of(n, all int64) string {
	if all == 0 {
		return "—"
	}
	return fmt.Sprintf("%d of %d", n, all)
}

func share(n, of int64) string {
	if of == 0 {
		return "—"
	}
	bp := n * 10000 / of
	return fmt.Sprintf("%d.%02d %%", bp/100, bp%100)
}

func golden(t *testing.T, got string) {
	t.Helper()
	const file = "PRECISION.md"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != got {
		t.Errorf("%s is not what the rules do now; see what changed with -update: %v", file, err)
	}
}
