package sketch

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// evasions leave no row as it was. What is found of them are columns, or
// nothing: the table says which.
var evasions = []mutation{
	{"a column of noise added", func(r rows, d *rand.Rand) []byte {
		return text(r.each(func(row []string) []string { return append(row, fmt.Sprint(d.Uint64())) }))
	}, 0},
	{"a number for every row added", func(r rows, _ *rand.Rand) []byte {
		n := 0
		return text(r.each(func(row []string) []string { n++; return append(row, fmt.Sprint(n)) }))
	}, 0},
	{"letters in upper case", func(r rows, _ *rand.Rand) []byte { return text(r.each(cells(strings.ToUpper))) }, 0},
	{"days written otherwise", func(r rows, _ *rand.Rand) []byte {
		return text(r.each(cells(func(s string) string {
			if len(s) == 10 && s[4] == '-' {
				return strings.ReplaceAll(s, "-", "/")
			}
			return s
		})))
	}, 0},
	{"every cell spelled otherwise", func(r rows, _ *rand.Rand) []byte {
		return text(r.each(cells(func(s string) string { return "v" + s })))
	}, 0},
}

func cells(change func(string) string) func([]string) []string {
	return func(row []string) []string {
		for c := range row {
			row[c] = change(row[c])
		}
		return row
	}
}

// notFound ends the table.
const notFound = "\nA scan asks for a person from 30 % of the rows on, or where half of the columns are found again. What has neither is not found: a table of\n" +
	"which every cell is spelled otherwise (letters, days, units, rounding), one with another column all of whose own columns have few values, and a\n" +
	"whole of which less than half of the columns were registered. Rows count as they are spelled, but for blanks, a plus sign and zeros after decimals.\n"
