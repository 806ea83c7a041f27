package sensitive

import (
	"slices"
	"strconv"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// printable gives the names of columns that may be told: one that hits a rule
// itself is data, and becomes its number.
func (s *Scanner) printable(columns []string) []string {
	out := slices.Clone(columns)
	for i, name := range columns {
		if s.tellsData(name) {
			out[i] = "#" + strconv.Itoa(i+1)
		}
	}
	return out
}

// tellsData says whether a text that stands where a column's name does holds
// what a rule looks for, masked or not, or digits or text that no name has.
func (s *Scanner) tellsData(name string) bool {
	var c column
	b := trim([]byte(name))
	s.col, s.found, s.veiled = &c, 0, 0
	s.content(b, table.Bytes(b))
	return s.found|s.veiled != 0 || len(b) > 2*longText || longRun(b) >= 9
}

// longRun is the length of the longest run of digits.
func longRun(b []byte) int {
	longest, n := 0, 0
	for _, c := range b {
		if n++; !isDigit(c) {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}
