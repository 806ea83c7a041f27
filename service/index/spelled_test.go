package index_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
)

// spelledModel finds the names or numbers by walking all that was ever written.
func spelledModel(m *maker, height uint64, number bool, like string) []service.Spelled {
	now, ever := map[string][]service.Spelled{}, []service.Spelled{}
	for _, b := range m.blocks[:height+1] {
		writes := b.Genesis
		for _, c := range b.Commands {
			writes = append(writes, c.Writes...)
		}
		for _, w := range writes {
			now[w.Key] = spellingsIn(w, number)
			for _, s := range now[w.Key] {
				if !slices.Contains(ever, s) && service.Folded(s.Text) == service.Folded(like) {
					ever = append(ever, s)
				}
			}
		}
	}
	for i, s := range ever {
		ever[i].Former = !slices.Contains(now[s.Key], s)
	}
	return ever
}

func spellingsIn(w pledge.Write, number bool) (out []service.Spelled) {
	kind, _, _ := pledge.ParseKey(w.Key)
	if kind == "command" || kind == "file" {
		return nil
	}
	var v any
	_ = json.Unmarshal(w.Value, &v)
	walkTexts(v, nil, func(path []string, text string) {
		last := path[len(path)-1]
		isName := last == "debtor_name" || last == "name" && len(path) == 1 && (kind == "party" || kind == "asset")
		isNumber := last == "number" || strings.HasSuffix(last, "_number") || strings.HasSuffix(last, "_no")
		if text != "" && (number && isNumber || !number && isName) {
			out = append(out, service.Spelled{Key: w.Key, Member: strings.Join(path, "."), Text: text})
		}
	})
	return out
}

func walkTexts(v any, path []string, fn func([]string, string)) {
	switch v := v.(type) {
	case string:
		fn(path, v)
	case []any:
		for _, item := range v {
			walkTexts(item, path, fn)
		}
	case map[string]any:
		for name, item := range v {
			walkTexts(item, append(slices.Clone(path), name), fn)
		}
	}
}

func sorted(list []service.Spelled) []service.Spelled {
	list = slices.Clone(list)
	sort.Slice(list, func(i, j int) bool { return fmt.Sprint(list[i]) < fmt.Sprint(list[j]) })
	return list
}

// checkSpelled compares every name and number of the story, as of a height,
// with the model, and gives how many were found.
func checkSpelled(t tb, ix *index.Index, m *maker, height uint64) (found int) {
	t.Helper()
	last := uint64(len(m.blocks) - 1)
	for _, number := range []bool{false, true} {
		ask, texts := ix.Named, []string{"nobody's name"}
		if number {
			ask, texts = ix.Numbered, slices.Clone(numbers)
		}
		for _, b := range m.blocks[:last+1] {
			for _, c := range b.Commands {
				for _, w := range c.Writes {
					for _, s := range spellingsIn(w, number) {
						texts = append(texts, s.Text)
					}
				}
			}
		}
		slices.Sort(texts)
		for _, like := range slices.Compact(texts) {
			got, err := ask(context.Background(), like, height, 1000)
			if want := spelledModel(m, height, number, like); err != nil || !slices.Equal(sorted(got), sorted(want)) {
				t.Fatalf("%q (number %t) as of %d: got %+v, %v, want %+v", like, number, height, got, err, want)
			}
			found += len(got)
		}
	}
	return found
}

func TestSpelled(t *testing.T) {
	m := story("spelled", 40)
	ix := opened(t, m)
	found := 0
	for _, height := range []uint64{0, 7, 20, 40} {
		found += checkSpelled(t, ix, m, height)
	}
	if found < 100 {
		t.Errorf("only %d were found", found)
	}
}

// Names and numbers are found in every kind of record, by any spelling, and
// where they stood before.
func TestSpelledAnywhere(t *testing.T) {
	m := newMaker("anywhere")
	a := m.notarize(owners[0], "ＡＢＣ 航空（浙江）数据")
	order := m.command("order.freeze", owners[0], "pl_1", struct{}{}, m.write(pledge.KeyPledge("pl_1"),
		map[string]any{"orders": []any{map[string]any{"file_no": "(2026)浙0192执1号"}, map[string]any{"case": map[string]any{"case_number": "7"}}}}),
		m.write("v1/odd/1", []string{"number"}), m.write("v1/fingerprint/1", []string{"number"}))
	m.block(a, order)
	m.block(m.asset(a.Outcome.RecordID, func(a *pledge.Asset) { a.Name = "改名" }))
	ix := opened(t, m)
	key := pledge.KeyAsset(a.Outcome.RecordID)
	named := func(text string, height uint64) []service.Spelled {
		return must(ix.Named(t.Context(), text, height, 10))(t)
	}
	if got := named("abc航空(浙江)数据", 1); len(got) != 1 || got[0] != (service.Spelled{Key: key, Member: "name", Text: "ＡＢＣ 航空（浙江）数据"}) {
		t.Errorf("got %+v", got)
	}
	if got := named("abc航空(浙江)数据", 2); len(got) != 1 || !got[0].Former {
		t.Errorf("got %+v, want the former name", got)
	}
	if a, b := named("改名", 1), named("改名", 2); len(a) != 0 || len(b) != 1 {
		t.Errorf("got %+v, then %+v, want nothing before it was renamed", a, b)
	}
	for _, tt := range []struct{ text, member string }{{"（２０２６）浙0192执1号", "orders.file_no"}, {"7", "orders.case.case_number"}, {"改名", ""}} {
		got := must(ix.Numbered(t.Context(), tt.text, 2, 10))(t)
		if (tt.member == "") != (len(got) == 0) || len(got) > 0 && (got[0].Key != pledge.KeyPledge("pl_1") || got[0].Member != tt.member) {
			t.Errorf("%s: got %+v, want %s", tt.text, got, tt.member)
		}
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestSpelledIsBounded(t *testing.T) {
	m := newMaker("bounded")
	for range 5 {
		m.block(m.notarize(owners[0], "one name"))
	}
	ix := opened(t, m)
	for height, want := range []int{0, 1, 2, 3, 3, 3} {
		if got := must(ix.Named(t.Context(), "ONE-NAME", uint64(height), 3))(t); len(got) != want {
			t.Errorf("as of %d: got %d, want %d", height, len(got), want)
		}
	}
}
