package evidence

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// SetPatience changes, for one test, how long a package waits for others.
func SetPatience(t *testing.T, d time.Duration) {
	before := patience
	patience = d
	t.Cleanup(func() { patience = before })
}

// Build is Write without its own check: what a dishonest maker hands out.
func (s Source) Build(ctx context.Context, recordID string) ([]byte, error) {
	return s.build(ctx, recordID)
}

// CheckNames lists the checks that there are for a kind of ledger.
func CheckNames(ledger string) []string {
	var list []string
	for _, n := range namesOf(ledger) {
		list = append(list, n.name)
	}
	return list
}

// AllWords lists every text that a report can hold, by where it stands.
func AllWords() map[string]Words {
	all := map[string]Words{}
	add := func(where string, known map[string]Words) {
		for name, w := range known {
			all[where+" "+name] = w
		}
	}
	add("kind", kindWords)
	add("ledger", ledgerWords)
	add("fact", negativeWords)
	add("law", lawWords)
	add("detail", detailWords)
	for _, ledger := range []string{ledgerSolo, ledgerFabric} {
		for _, n := range namesOf(ledger) {
			all["check "+ledger+" "+n.name] = Words{n.zh, n.en}
		}
	}
	for _, p := range partRules {
		all["part "+p.number] = p.title
		for i, l := range p.lines {
			all[fmt.Sprintf("part %s line %d", p.number, i)] = Words{l.has.ZH + l.lacks.ZH, l.has.EN + l.lacks.EN}
		}
	}
	for _, f := range factors {
		name := "factor " + f.law + " " + f.article
		all[name] = f.asks
		for i, l := range f.lines {
			all[fmt.Sprintf("%s line %d", name, i)] = l.why
		}
	}
	all["meaning solo"], all["meaning fabric"] = meaningSolo, meaningFabric
	return all
}

// Provisions lists the provisions of the scorecard, "law article".
func Provisions() []string {
	var list []string
	for _, f := range factors {
		list = append(list, f.law+" "+f.article)
	}
	return list
}

// Optional is whether a package of an asset, a pledge or a party stands
// without what the check is about.
func Optional(name string) bool {
	for _, n := range namesOf(ledgerFabric) {
		if n.name == name {
			return n.need == whenAsked || n.need == forSearch
		}
	}
	return false
}
