package sketch

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/preflight/table"
)

var channel = [32]byte{1, 2, 3}

// TestMutations hides real data in many ways, and compares what the sketches
// estimate with what two sets of rows really share. OVERLAP.md is the table;
// with DATAPLEDGE_UPDATE=1 it is written anew.
func TestMutations(t *testing.T) {
	base := shipped(t)
	original, kept := sketched(t, text(base), channel), set(base)
	var out strings.Builder
	out.WriteString("# Overlap, estimated and true\n\nReal data (" + fmt.Sprint(len(base)-1) + " rows, 14 columns) and what it was made into. Shares in percent; the bounds hold\n" +
		"in 997 of 1,000 cases. *Columns* are those with many values that are found again, where rows are not.\n\n" +
		"| made into | original in it: true | estimated | bounds | it in the original: true | estimated | bounds | columns |\n|---|---|---|---|---|---|---|---|\n")
	for i, m := range slices.Concat(mutations, evasions) {
		file := m.made(base, rand.New(rand.NewPCG(7, uint64(i))))
		truly, made := set(read(t, file)), sketched(t, file, channel)
		if m.name == "another table" {
			truly = map[string]bool{"x": true}
		}
		in, back := share(kept, truly), share(truly, kept)
		ab, ba, err := Containment(original, made)
		if err != nil {
			t.Fatal(err)
		}
		if m.share >= 0 && in != m.share {
			t.Errorf("%s: %d of the rows are left, by the test's own count", m.name, in)
		}
		for _, e := range []struct {
			what  string
			truth int
			Estimate
		}{{"original in it", in, ab}, {"it in the original", back, ba}} {
			if e.truth < e.Low || e.truth > e.High {
				t.Errorf("%s: %s: %d bp, estimated %+v", m.name, e.what, e.truth, e.Estimate)
			}
		}
		found, of, _ := Columns(original, made)
		fmt.Fprintf(&out, "| %s | %s | %s | %s–%s | %s | %s | %s–%s | %d of %d |\n", m.name, percent(in), percent(ab.BP), percent(ab.Low), percent(ab.High),
			percent(back), percent(ba.BP), percent(ba.Low), percent(ba.High), found, of)
	}
	out.WriteString(notFound)
	golden(t, "OVERLAP.md", out.String())
}

func percent(bp int) string { return fmt.Sprintf("%d.%02d", bp/100, bp%100) }

func golden(t *testing.T, name, got string) {
	t.Helper()
	if os.Getenv("DATAPLEDGE_UPDATE") != "" {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil || string(want) != got {
		t.Errorf("%s is not what was measured now: %v\n%s", name, err, got)
	}
}

// read is the test's own reader; it knows the three kinds of text above.
func read(t *testing.T, file []byte) rows {
	t.Helper()
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	if file[0] == '{' {
		return readLines(t, file)
	}
	r := csv.NewReader(bytes.NewReader(file))
	first, _, _ := bytes.Cut(file, []byte("\n"))
	for _, comma := range "\t;" {
		if bytes.ContainsRune(first, comma) {
			r.Comma = comma
		}
	}
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func readLines(t *testing.T, file []byte) rows {
	out := rows{nil}
	for line := range bytes.Lines(file) {
		var object map[string]string
		if err := json.Unmarshal(line, &object); err != nil {
			t.Fatal(err)
		}
		var row []string
		for _, v := range object {
			row = append(row, v)
		}
		out = append(out, row)
	}
	return out
}

// set is the different rows, each as the sorted list of its values.
func set(r rows) map[string]bool {
	out := map[string]bool{}
	for _, row := range r[1:] {
		var cells []string
		for _, v := range row {
			v = strings.TrimSpace(v)
			if strings.Trim(v, "0123456789.") == "" && strings.Count(v, ".") == 1 {
				v = strings.TrimSuffix(strings.TrimRight(v, "0"), ".")
			}
			if v != "" {
				cells = append(cells, v)
			}
		}
		slices.Sort(cells)
		out[strings.Join(cells, "\x00")] = true
	}
	return out
}

func share(a, b map[string]bool) int {
	n := 0
	for row := range a {
		if b[row] {
			n++
		}
	}
	return n * 10000 / len(a)
}

func TestOtherKeyTellsNothing(t *testing.T) {
	file := text(shipped(t))
	a, b := sketched(t, file, channel), sketched(t, file, [32]byte{9})
	if _, _, err := Containment(a, b); !errors.Is(err, ErrOtherKey) {
		t.Errorf("sketches of two keys were compared: %v", err)
	}
	if _, _, err := Columns(a, b); !errors.Is(err, ErrOtherKey) {
		t.Errorf("columns of two keys were compared: %v", err)
	}
	b.KeyID = a.KeyID // somebody who pretends
	if ab, _, _ := Containment(a, b); ab.BP != 0 {
		t.Errorf("the same rows under two keys share %d bp of their hashes", ab.BP)
	}
}

func TestSketchSurvivesJSON(t *testing.T) {
	for _, file := range [][]byte{text(shipped(t)), []byte("a,b\n1,2\n3,4\n")} {
		s := sketched(t, file, channel)
		encoded, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var again Sketch
		if err := json.Unmarshal(encoded, &again); err != nil || !reflect.DeepEqual(s, again) {
			t.Errorf("a sketch came back different (%v)", err)
		}
	}
}

func TestBadSketchesAreRefused(t *testing.T) {
	for name, bad := range map[string]string{
		"version":     `{"v":2,"key_id":"","rows":{"hashes":""},"cells":[]}`,
		"half a hash": `{"v":1,"key_id":"","rows":{"hashes":"AAAAAA"},"cells":[]}`,
		"disorder":    `{"v":1,"key_id":"","rows":{"hashes":"AAAAAAAAAAIAAAAAAAAAAQ"},"cells":[]}`,
		"over limit":  `{"v":1,"key_id":"","rows":{"hashes":"AAAAAAAAAAI","limit":"1"},"cells":[]}`,
		"no number":   `{"v":1,"key_id":"","rows":{"hashes":"","limit":"x"},"cells":[]}`,
		"no base64":   `{"v":1,"key_id":"","rows":{"hashes":"!"},"cells":[]}`,
	} {
		var s Sketch
		if err := json.Unmarshal([]byte(bad), &s); err == nil {
			t.Errorf("%s: was read", name)
		}
	}
}

// TestBottomKeepsTheSmallest compares with a set that keeps everything.
func TestBottomKeepsTheSmallest(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	b, all := newBottom(64), map[uint64]bool{}
	for range 20_000 {
		h := dice.Uint64() % 5000 << 40
		b.add(h)
		if h != 0 {
			all[h] = true
		}
	}
	var want []uint64
	for h := range all {
		want = append(want, h)
	}
	slices.Sort(want)
	if got := b.set(); !slices.Equal(got.Hashes, want[:64]) || got.Limit != want[64] || got.All {
		t.Errorf("kept %v, limit %d", got.Hashes, got.Limit)
	}
}

func BenchmarkSketch(b *testing.B) {
	file := bytes.Repeat(text(shipped(b)), 4)
	f, err := table.Stream(table.CSV, bytes.NewReader(file), table.Options{})
	if err != nil {
		b.Fatal(err)
	}
	tab, err := f.Next(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	batch, err := tab.Next(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	s := New(channel, len(tab.Columns))
	b.SetBytes(int64(len(batch.Text) + len(batch.Ends)))
	for b.Loop() {
		s.Add(batch)
	}
}
