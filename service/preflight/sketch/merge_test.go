package sketch

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// split deals the rows of a table out to so many files, some rows to two.
func (r rows) split(dice *rand.Rand, files int) []rows {
	out := make([]rows, files)
	for i := range out {
		out[i] = rows{r[0]}
	}
	for _, row := range r[1:] {
		for range 1 + dice.IntN(5)/4 {
			f := dice.IntN(files) * dice.IntN(files) / files // files of different sizes
			out[f] = append(out[f], row)
		}
	}
	return out
}

func merged(t *testing.T, files []rows) Sketch {
	t.Helper()
	var list []Sketch
	for _, f := range files {
		if len(f) > 1 {
			list = append(list, sketched(t, text(f), channel))
		}
	}
	m, ok := Merge(list)
	if !ok {
		t.Fatal("tables with rows have no sketch together")
	}
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	if again, _ := Merge(list); !reflect.DeepEqual(m, again) {
		t.Error("the order of the tables changes their sketch")
	}
	return m
}

// TestSplitTablesAreTheirUnion: the rows of a dataset are the same, in
// however many files they stand.
func TestSplitTablesAreTheirUnion(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 5))
	whole := shipped(t)
	for _, base := range []rows{whole, whole[:4000], whole[:40], append(whole.copy(), invent(dice, whole[0], 8_000)[1:]...)} {
		want := sketched(t, text(base), channel)
		for _, files := range []int{1, 2, 12} {
			got := merged(t, base.split(dice, files))
			if !reflect.DeepEqual(got.Rows, want.Rows) {
				t.Errorf("%d rows in %d files: %d hashes below %d (all %v), in one: %d below %d (all %v)", len(base)-1, files,
					len(got.Rows.Hashes), got.Rows.Limit, got.Rows.All, len(want.Rows.Hashes), want.Rows.Limit, want.Rows.All)
			}
		}
	}
}

// TestMergedSketchesKeepTheirBounds hides the data of several files in other
// ones, and compares with what the files' rows really share.
func TestMergedSketchesKeepTheirBounds(t *testing.T) {
	base := shipped(t)[:6000]
	original, kept := merged(t, []rows{base[:2500], append(rows{base[0]}, base[2500:]...)}), set(base)
	for i, m := range mutations {
		dice := rand.New(rand.NewPCG(11, uint64(i)))
		hidden, other := read(t, m.made(base, dice)), invent(dice, []string{"a", "b", "c"}, 3000)
		truly := set(hidden)
		for row := range set(other) {
			truly[row] = true
		}
		ab, ba, err := Containment(original, merged(t, append(hidden.split(dice, 3), other)))
		if err != nil {
			t.Fatal(err)
		}
		for what, e := range map[string]struct {
			truth int
			Estimate
		}{"original in it": {share(kept, truly), ab}, "it in the original": {share(truly, kept), ba}} {
			if e.truth < e.Low || e.truth > e.High {
				t.Errorf("%s, in four files: %s: %d bp, estimated %+v", m.name, what, e.truth, e.Estimate)
			}
		}
	}
}

func TestMergeKeepsColumnsOnce(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 9))
	var tables []Sketch
	for i := range 20 {
		var header []string
		for c := range 40 {
			header = append(header, fmt.Sprint("c", i, c))
		}
		tables = append(tables, sketched(t, text(invent(dice, header, 100)), channel))
	}
	m, _ := Merge(tables)
	if len(m.Cells) != mostColumns {
		t.Errorf("%d columns are kept of 800", len(m.Cells))
	}
	again, _ := Merge(append(slices.Clone(tables), tables[3:9]...))
	if !reflect.DeepEqual(m, again) {
		t.Error("a table that stands twice changes the sketch")
	}
	half, _ := Merge(tables[:10])
	if found, of, _ := Columns(m, half); found < 100 || of != mostColumns {
		t.Errorf("half the tables: %d of %d columns are found", found, of)
	}
	encoded, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var back Sketch
	if err := json.Unmarshal(encoded, &back); err != nil || !reflect.DeepEqual(m, back) {
		t.Errorf("a merged sketch came back different (%v)", err)
	}
}

func TestNothingHasNoSketch(t *testing.T) {
	empty := sketched(t, []byte("a,b\n,\n , \n"), channel)
	one := sketched(t, []byte("a,b\n1,2\n"), channel)
	other := sketched(t, []byte("a,b\n1,2\n"), [32]byte{7})
	for name, list := range map[string][]Sketch{"no table": nil, "no values": {empty, empty}, "two keys": {one, other}} {
		if _, ok := Merge(list); ok {
			t.Errorf("%s: has a sketch", name)
		}
	}
	if m, ok := Merge([]Sketch{empty, one}); !ok || !m.Rows.All || len(m.Rows.Hashes) != 1 {
		t.Errorf("one row: %+v (%v)", m, ok)
	}
}

// TestPoorTablesMatchNothing: tables of one row, or of one value, are not in
// everything, and nothing is in them.
func TestPoorTablesMatchNothing(t *testing.T) {
	base := shipped(t)
	rich := sketched(t, text(base), channel)
	small := sketched(t, text(base[:100]), channel)
	for name, file := range map[string]string{
		"one row":      "a,b\n1,2\n",
		"all equal":    "a,b\n" + strings.Repeat("x,x\n", 5000),
		"zeros":        "a\n" + strings.Repeat("0\n", 5000),
		"almost empty": "a,b,c\n" + strings.Repeat(",,1\n,1,\n", 5000),
	} {
		poor := sketched(t, []byte(file), channel)
		for _, s := range []Sketch{rich, small} {
			ab, ba, _ := Containment(poor, s)
			if ab.BP != 0 || ba.BP != 0 {
				t.Errorf("%s: shares %d and %d bp", name, ab.BP, ba.BP)
			}
			if found, _, _ := Columns(s, poor); found != 0 || len(poor.Cells) != 0 {
				t.Errorf("%s: %d columns are found", name, found)
			}
		}
	}
}

// TestMergeCutsAtTheSmallestLimit: above it one of the tables is not whole.
func TestMergeCutsAtTheSmallestLimit(t *testing.T) {
	m, ok := Merge([]Sketch{{Rows: Set{Hashes: []uint64{1, 5, 9}, Limit: 10}}, {Rows: Set{Hashes: []uint64{5, 12}, Limit: math.MaxUint64, All: true}}})
	if want := (Set{Hashes: []uint64{1, 5, 9}, Limit: 10}); !ok || !reflect.DeepEqual(m.Rows, want) {
		t.Errorf("merged: %+v", m.Rows)
	}
}

func TestDocumentsHaveOneSpelling(t *testing.T) {
	s, _ := Merge([]Sketch{sketched(t, text(shipped(t)), channel)})
	good, err := s.Document()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := ParseDocument(good); err != nil || !reflect.DeepEqual(s, back) {
		t.Errorf("came back different (%v)", err)
	}
	other, _ := json.Marshal(s)
	for name, bad := range map[string][]byte{
		"members in another order": other, "with a blank": append(slices.Clone(good), ' '), "with another member": append([]byte(`{"a":1,`), good[1:]...),
		"huge": append(slices.Clone(good), make([]byte, 1<<20)...), "nothing": nil,
		"a hash twice":               []byte(`{"cells":[],"key_id":"","rows":{"hashes":"AAAAAAAAAAIAAAAAAAAAAg"},"v":1}`),
		"a limit with a zero before": []byte(`{"cells":[],"key_id":"","rows":{"hashes":"AAAAAAAAAAI","limit":"07"},"v":1}`),
	} {
		if _, err := ParseDocument(bad); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
	if _, err := ParseDocument([]byte(`{"cells":[],"key_id":"","rows":{"hashes":"AAAAAAAAAAI","limit":"7"},"v":1}`)); err != nil {
		t.Errorf("the good one beside them: %v", err)
	}
}
