package sensitive

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// ways are the masked forms in the order of the table; those that do not
// start from a value are nil: each column type has its own.
var ways = []struct {
	name string
	of   func(g *source, value string) string
}{
	{"stars", stars}, {"hash", hash}, {"generalized", nil}, {"truncated", nil},
	{"nulled", func(g *source, _ string) string { return g.one("NULL 无 - N/A 不详") }},
	{"tokens", func(g *source, value string) string { return "tok_" + hash(g, value)[:16] }},
}

// stars hides the middle half, and all but the first of few characters.
func stars(_ *source, value string) string {
	r := []rune(value)
	for i := min(len(r)-1, max(1, len(r)/4)); i < len(r)-len(r)/4; i++ {
		r[i] = '*'
	}
	return string(r)
}

func hash(_ *source, value string) string {
	sum := sha256.Sum256([]byte("salt" + value))
	return hex.EncodeToString(sum[:])
}

// masks makes one value in a masked way; nil: it makes no sense.
func (c columnType) masks(k kind, way int) func(*source) string {
	w, own := ways[way], map[string]string{"generalized": c.coarse, "truncated": c.cut}[ways[way].name]
	switch {
	case strings.Contains(c.without, w.name), w.of == nil && own == "":
		return nil
	case w.of == nil:
		return func(g *source) string { return g.like(own) }
	}
	return func(g *source) string { return w.of(g, k.value(g)) }
}

func kindCalled(en string) kind {
	for _, k := range append(append([]kind{}, dirty...), attributes...) {
		if k.en == en {
			return k
		}
	}
	return kind{}
}

// formRows is enough of a form that is the same in all cells.
const formRows = 300

// columns are the clean, near-miss and masked columns of a type, by Chinese
// name, by English name and by none, with nothing planted in them.
func (c columnType) columns(g *source) (all []labelled) {
	k := kindCalled(c.of)
	add := func(label, zh, en string, value func(*source) string) {
		for _, name := range []string{zh, en, "c1"} {
			l := labelled{name: name, of: c.of, form: label}
			for range formRows {
				l.values = append(l.values, value(g))
			}
			all = append(all, l)
		}
	}
	add("clean", c.clean.zh, c.clean.en, func(g *source) string { return g.like(c.clean.like) })
	add("near miss", c.near.zh, c.near.en, func(g *source) string { return g.like(c.near.like) })
	for i, w := range ways {
		if value := c.masks(k, i); value != nil {
			add(w.name, k.zh, k.en, value)
		}
	}
	return all
}

// formTable is how each type's columns were judged: the gravest verdict.
type formTable map[[2]string]Verdict

func (f formTable) take(l labelled, v Verdict) {
	key := [2]string{l.of, l.form}
	if old, ok := f[key]; !ok || gravity[v] > gravity[old] {
		f[key] = v
	}
}

func (f formTable) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## Forms\n\n%d types of column, each dirty, clean, near miss and masked: the gravest verdict by Chinese name, English name and\nnone. –: clean, M: masked, R: for review, S: sensitive; empty where the way makes no sense for the type.\nNulled is what stays when values are removed. Tokens and truncated values have no form that tells them from a\nvalue that was mistyped: a person looks.\n\n| type | dirty | clean | near miss |", len(columnTypes))
	for _, w := range ways {
		b.WriteString(" " + w.name + " |")
	}
	b.WriteString("\n|---|---|---|---|" + strings.Repeat("---|", len(ways)) + "\n")
	for _, c := range columnTypes {
		k := kindCalled(c.of)
		fmt.Fprintf(&b, "| %s, %s |", k.rule, c.of)
		for _, label := range formLabels() {
			b.WriteString(" " + map[Verdict]string{Clean: "–", Masked: "M", Review: "R", Sensitive: "S"}[f[[2]string{c.of, label}]] + " |")
		}
		b.WriteByte('\n')
	}
	b.WriteString("\n" + noForms())
	return b.String()
}

func formLabels() []string {
	labels := []string{"dirty", "clean", "near miss"}
	for _, w := range ways {
		labels = append(labels, w.name)
	}
	return labels
}

// noForms says why a way is left out.
func noForms() string {
	var b strings.Builder
	for _, why := range []string{free, stays} {
		var types []string
		for _, c := range columnTypes {
			if c.why == why {
				types = append(types, c.of)
			}
		}
		fmt.Fprintf(&b, "Left out for %s: %s.\n", strings.Join(types, ", "), why)
	}
	return b.String()
}

// check: nothing clean or nearly so is held against a column, nothing masked
// is sensitive, and nothing dirty passes.
func (f formTable) check(t *testing.T) {
	for key, v := range f {
		wrong := v == Sensitive
		switch key[1] {
		case "dirty":
			wrong = v != Sensitive && v != Review
		case "clean", "near miss":
			wrong = v != Clean
		}
		if wrong {
			t.Errorf("%s, %s: %s", key[0], key[1], v)
		}
	}
}

// What stars and cuts leave has to hide enough.
func TestWhatIsLeftInClear(t *testing.T) {
	for _, c := range []struct {
		column, value string
		want          Verdict
	}{
		{"家庭住址", "北京市朝阳区****1096室", Masked},
		{"家庭住址", "浙江省杭州市西湖区文三路***号", Masked},
		{"家庭住址", "浙江省杭州市西湖区文三路478号***", Sensitive},
		{"家庭住址", "浙江省杭州市***文三路478号", Sensitive},
		{"c1", "张** 138****8000 浙江省杭州市西湖区文三路478号", Review},
		{"登录IP", "36.40.12.0/24", Masked},
		{"登录IP", "36.40.*.*", Masked},
		{"登录IP", "36.40.12", Masked},
		{"登录IP", "36.40.12.9/32", Review},
		{"登录IP", "36.40.12.9", Sensitive},
		{"监护人", "王某某", Masked},
		{"监护人", "王晓明", Sensitive},
		{"监护人", "wang", Sensitive},
	} {
		if r := cells(c.column, c.value); r.Verdict != c.want {
			t.Errorf("%s %s: got %s because of %q, want %s", c.column, c.value, r.Verdict, r.Because, c.want)
		}
	}
}
