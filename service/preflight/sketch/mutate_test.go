package sketch

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// rows are a table as people think of it; the first is the header.
type rows [][]string

func shipped(t testing.TB) rows {
	t.Helper()
	var all rows
	for _, name := range []string{"birdstrikes-1990s.csv", "birdstrikes-2000s.csv"} {
		text, err := os.ReadFile("../../../cmd/datapledge/demo/data/" + name)
		if err != nil {
			t.Fatal(err)
		}
		part, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, part[min(len(all), 1):]...) // one header
	}
	return all
}

func (r rows) csv(comma rune) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma = comma
	_ = w.WriteAll(r)
	return out.Bytes()
}

func (r rows) jsonl() []byte {
	var out bytes.Buffer
	for _, row := range r[1:] {
		object := map[string]string{}
		for i, name := range r[0] {
			object[name] = row[i]
		}
		line, _ := json.Marshal(object)
		out.Write(append(line, '\n'))
	}
	return out.Bytes()
}

func (r rows) copy() rows {
	out := make(rows, len(r))
	for i := range r {
		out[i] = slices.Clone(r[i])
	}
	return out
}

// pick keeps columns, in this order.
func (r rows) pick(columns ...int) rows {
	out := make(rows, len(r))
	for i, row := range r {
		for _, c := range columns {
			out[i] = append(out[i], row[c])
		}
	}
	return out
}

func (r rows) shuffle(dice *rand.Rand) rows {
	out := r.copy()
	dice.Shuffle(len(out)-1, func(i, j int) { out[i+1], out[j+1] = out[j+1], out[i+1] })
	return out
}

// edit changes a share of the cells.
func (r rows) edit(dice *rand.Rand, share float64) rows {
	out := r.copy()
	for i := range out[1:] {
		for c := range out[i+1] {
			if dice.Float64() < share {
				out[i+1][c] = fmt.Sprint("edited ", dice.Uint64())
			}
		}
	}
	return out
}

// invent makes rows that nobody else has.
func invent(dice *rand.Rand, header []string, n int) rows {
	out := rows{header}
	for range n {
		row := make([]string, len(header))
		for c := range row {
			row[c] = fmt.Sprint(dice.Uint32() % 100_000)
		}
		out = append(out, row)
	}
	return out
}

func (r rows) each(change func(row []string) []string) rows {
	out := make(rows, len(r))
	for i, row := range r {
		out[i] = change(slices.Clone(row))
	}
	return out
}

// mutation is a way to hide that data are another's.
type mutation struct {
	name string
	made func(r rows, dice *rand.Rand) []byte
	// What is left of the rows must be exactly that, whatever the test
	// computes; -1: whatever it computes.
	share int
}

func text(r rows) []byte { return r.csv(',') }

var mutations = []mutation{
	{"the same", func(r rows, _ *rand.Rand) []byte { return text(r) }, 10000},
	{"rows shuffled", func(r rows, d *rand.Rand) []byte { return text(r.shuffle(d)) }, 10000},
	{"columns reversed", func(r rows, _ *rand.Rand) []byte {
		return text(r.each(func(row []string) []string { slices.Reverse(row); return row }))
	}, 10000},
	{"columns renamed", func(r rows, _ *rand.Rand) []byte {
		out := r.copy()
		for c := range out[0] {
			out[0][c] = fmt.Sprint("column ", string(rune('A'+c)))
		}
		return text(out)
	}, 10000},
	{"as TSV", func(r rows, _ *rand.Rand) []byte { return r.csv('\t') }, 10000},
	{"with semicolons", func(r rows, _ *rand.Rand) []byte { return r.csv(';') }, 10000},
	{"with a byte order mark", func(r rows, _ *rand.Rand) []byte { return append([]byte("\xef\xbb\xbf"), text(r)...) }, 10000},
	{"as GB18030", func(r rows, _ *rand.Rand) []byte {
		out, _ := simplifiedchinese.GB18030.NewEncoder().Bytes(text(r))
		return out
	}, 10000},
	{"as JSON Lines", func(r rows, _ *rand.Rand) []byte { return r.jsonl() }, 10000},
	{"every cell quoted", func(r rows, _ *rand.Rand) []byte {
		var out strings.Builder
		for _, row := range r {
			out.WriteString(`"` + strings.Join(row, `","`) + "\"\r\n")
		}
		return []byte(out.String())
	}, 10000},
	{"blanks around cells", func(r rows, _ *rand.Rand) []byte {
		return text(r.each(func(row []string) []string {
			for c := range row {
				row[c] = " " + row[c] + "  "
			}
			return row
		}))
	}, 10000},
	{"zeros after decimals", func(r rows, _ *rand.Rand) []byte {
		return text(r.each(func(row []string) []string {
			if n := len(row) - 1; row[n] != "" && strings.Trim(row[n], "0123456789") == "" {
				row[n] += ".00"
			}
			return row
		}))
	}, 10000},
	{"an empty column added", func(r rows, _ *rand.Rand) []byte {
		return text(r.each(func(row []string) []string { return append(row, "") }))
	}, 10000},
	{"every row twice", func(r rows, d *rand.Rand) []byte { return text(append(r.copy(), r[1:]...).shuffle(d)) }, 10000},
	{"1 % of the rows", func(r rows, d *rand.Rand) []byte { return text(r.shuffle(d)[:1+len(r)/100]) }, -1},
	{"10 % of the rows", func(r rows, d *rand.Rand) []byte { return text(r.shuffle(d)[:1+len(r)/10]) }, -1},
	{"the first half", func(r rows, _ *rand.Rand) []byte { return text(r[:len(r)/2]) }, -1},
	{"among as many others", func(r rows, d *rand.Rand) []byte {
		return text(append(r.copy(), invent(d, r[0], len(r))[1:]...).shuffle(d))
	}, 10000},
	{"among ten times as many", func(r rows, d *rand.Rand) []byte {
		return text(append(r.copy(), invent(d, r[0], 10*len(r))[1:]...).shuffle(d))
	}, 10000},
	{"half, among as many others", func(r rows, d *rand.Rand) []byte {
		return text(append(r.shuffle(d)[:len(r)/2], invent(d, r[0], len(r)/2)[1:]...).shuffle(d))
	}, -1},
	{"1 % of the cells changed", func(r rows, d *rand.Rand) []byte { return text(r.edit(d, 0.01)) }, -1},
	{"5 % of the cells changed", func(r rows, d *rand.Rand) []byte { return text(r.edit(d, 0.05)) }, -1},
	{"10 %, 5 % of its cells changed", func(r rows, d *rand.Rand) []byte { return text(r.shuffle(d)[:1+len(r)/10].edit(d, 0.05)) }, -1},
	{"another table", func(r rows, d *rand.Rand) []byte { return text(invent(d, r[0], len(r))) }, 0},
	{"four columns dropped", func(r rows, _ *rand.Rand) []byte { return text(r.pick(0, 1, 3, 5, 6, 8, 9, 10, 11, 13)) }, 0},
	{"split: the first six columns", func(r rows, _ *rand.Rand) []byte { return text(r.pick(0, 1, 2, 3, 4, 5)) }, 0},
	{"joined with three columns", func(r rows, d *rand.Rand) []byte {
		return text(r.each(func(row []string) []string {
			return append(row, fmt.Sprint(d.Uint32()), "x", fmt.Sprint(d.Uint32()%7))
		}))
	}, 0},
}

// sketched reads a file as the product does.
func sketched(t testing.TB, file []byte, key [32]byte) Sketch {
	t.Helper()
	name := "table.csv"
	if file[0] == '{' {
		name = "table.jsonl"
	}
	f, err := table.Stream(table.Sniff(name, file[:min(len(file), 64<<10)]), bytes.NewReader(file), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tab, err := f.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s := New(key, len(tab.Columns))
	for {
		b, err := tab.Next(t.Context())
		if err != nil {
			break
		}
		s.Add(b)
	}
	return s.Sketch()
}
