package quality

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// TestShortNumbersAreLongNumbers writes every number of up to six characters,
// good or bad, and many of eight, before other text.
func TestShortNumbersAreLongNumbers(t *testing.T) {
	const set = "07.-+"
	dice := rand.New(rand.NewPCG(21, 22))
	for i := range 5 * 5 * 5 * 5 * 5 * 5 * 4 {
		text := []byte("0.-+.-+.0.-")
		n := 1 + i%8
		for j, rest := 0, i/8; j < n; j, rest = j+1, rest/5 {
			text[j] = set[rest%5]
			if n > 5 {
				text[j] = set[dice.IntN(5)]
			}
		}
		cell := text[:n]
		if table.Bytes(cell)&table.Digit == 0 {
			continue
		}
		if got, want := numberKind(cell), longNumber(cell); got != want {
			t.Fatalf("%q is %s, want %s", cell, got, want)
		}
	}
}

// TestKnownKindsAreKinds: what a class and a length tell is what the text tells.
func TestKnownKindsAreKinds(t *testing.T) {
	dice := rand.New(rand.NewPCG(23, 24))
	letters := []string{"0", "1", "2", "9", "A", "T", "e", "-", ".", ":", "@", " ", "+", "/", "*", ",", "_", "\\", "张", "NULL", "N/A", "false", "TRUE", "2024-01-31", "19991231"}
	for range 100_000 {
		text, some := "", 1+dice.IntN(3)
		from := dice.IntN(len(letters))
		for range dice.IntN(10) {
			text += letters[(from+dice.IntN(some)*7)%len(letters)]
		}
		b := &table.Batch{Rows: 1, Columns: 1, Text: []byte(text), Ends: []uint32{uint32(len(text))}, Classes: []table.Class{table.Bytes([]byte(text))}}
		p := &Profiler{cols: make([]column, 1)}
		p.addCells(b)
		want := kindOf(b.Text, b.Classes[0])
		if want == Text && absent(b.Text) {
			want = Empty
		}
		if p.cols[0].kinds[want] != 1 {
			t.Fatalf("%q is not %s: %v", text, want, p.cols[0].kinds)
		}
	}
}

func TestDaysOfAllYears(t *testing.T) {
	for d := time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 10000; d = d.AddDate(0, 0, 17) {
		got, ok := date([]byte(d.Format("2006-01-02")))
		if !ok || got != d.Unix()/86400 {
			t.Fatalf("%s is day %d, %v, want %d", d.Format("2006-01-02"), got, ok, d.Unix()/86400)
		}
	}
}

// TestISODays writes bytes of all kinds into days.
func TestISODays(t *testing.T) {
	dice := rand.New(rand.NewPCG(25, 26))
	for range 200_000 {
		day := []byte(time.Date(dice.IntN(10000), 1, 1+dice.IntN(366), 0, 0, 0, 0, time.UTC).Format("2006-01-02"))
		for range dice.IntN(3) {
			day[dice.IntN(10)] = []byte("0123456789-/.:,\x00\x0a\x1f\x7f\x80\xb0\xff")[dice.IntN(22)]
		}
		if got, want := isoDay(day), isDate(day) && day[4] == '-'; got != want {
			t.Fatalf("%q is a day: %v, want %v", day, got, want)
		}
	}
}
