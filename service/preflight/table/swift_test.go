package table

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// read is all rows of a CSV file, by steps or byte by byte; after the header
// that is.
func read(t testing.TB, content string, bytewise bool) (all []Batch, err error) {
	f := new(File)
	tab, err := openCSV(context.Background(), f, strings.NewReader(content), Options{}.defaults())
	if err != nil {
		return nil, err
	}
	rows, ok := tab.rows.(*csvRows)
	if !ok {
		t.Fatal("CSV is not read as CSV")
	}
	rows.bytewise = rows.bytewise || bytewise
	for {
		b, err := tab.Next(context.Background())
		if err != nil {
			return all, err
		}
		all = append(all, Batch{b.First, b.Rows, b.Columns, slices.Clone(b.Text), slices.Clone(b.Ends), slices.Clone(b.Classes), slices.Clone(b.Odd)})
	}
}

// sameByteByByte: steps change nothing.
func sameByteByByte(t testing.TB, content string) {
	want, wrong := read(t, content, true)
	got, err := read(t, content, false)
	var e, w *Error
	if errors.As(err, &e) != errors.As(wrong, &w) || e != nil && *e != *w {
		t.Fatalf("%.999q ends with %v, want %v", content, err, wrong)
	}
	if len(got) != len(want) {
		t.Fatalf("%.999q has %d batches, want %d", content, len(got), len(want))
	}
	for i, w := range want {
		if g := got[i]; g.First != w.First || g.Rows != w.Rows || g.Columns != w.Columns || string(g.Text) != string(w.Text) ||
			!slices.Equal(g.Ends, w.Ends) || !slices.Equal(g.Classes, w.Classes) || !slices.Equal(g.Odd, w.Odd) {
			t.Fatalf("%.999q\nis %.999q %v\nwant %.999q %v", content, g.Text, g.Ends, w.Text, w.Ends)
		}
	}
}

// TestSteps reads tables that are mostly regular, with everything in them
// that is not.
func TestSteps(t *testing.T) {
	dice := rand.New(rand.NewPCG(11, 12))
	usual := strings.Fields(`1 22 -3.25 2024-01-31 word two-words-and-more 张三 上海市浦东新区世纪大道 "quoted" "with,comma" "" a@b.cn 0`)
	odd := []string{"", `""`, `"two ""quotes"" in it"`, "\"line\nend\"", "\"line\r\nend\"", `"x"y`, `a"b`, "a\rb", "\r", `""x`, "\"\r\"", strings.Repeat("long ", 40), `"` + strings.Repeat("长,", 70) + `"`}
	for range 600 {
		columns, mess := 1+dice.IntN(6), dice.IntN(30)
		end := []string{"\n", "\r\n", "\n", "\r"}[dice.IntN(4)]
		var text strings.Builder
		for range 1 + dice.IntN(40) {
			for c := range columns {
				if c > 0 && dice.IntN(200) >= mess/6 {
					text.WriteByte(',')
				}
				if dice.IntN(100) < mess {
					text.WriteString(odd[dice.IntN(len(odd))])
				} else {
					text.WriteString(usual[dice.IntN(len(usual))])
				}
			}
			text.WriteString(end)
		}
		sameByteByByte(t, text.String())
	}
}

func FuzzSteps(f *testing.F) {
	f.Add([]byte("a,b\n1,\"2\"\r\n\"3\"\"\",4\n"), uint8(9))
	f.Add([]byte("a\rb,\"c\",-1.5\r"), uint8(40))
	f.Fuzz(func(t *testing.T, content []byte, times uint8) {
		sameByteByByte(t, "a,b,c\n"+strings.Repeat(string(content[:min(len(content), 1000)]), int(times%64)))
	})
}
