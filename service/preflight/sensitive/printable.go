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
// That it could be a person's name does not count: so could 毛利 and 成本.
func (s *Scanner) tellsData(name string) bool {
	b := trim([]byte(name))
	names := uint64(0)
	if rule := s.lex.ruleOf[personName]; rule >= 0 {
		names = 1 << rule
	}
	return s.alone(b)&^names != 0 || len(b) > 2*longText || longRun(b) >= 9
}

// alone are the rules that a text hits that stands in no column.
func (s *Scanner) alone(b []byte) uint64 {
	var c column
	s.col, s.found, s.veiled = &c, 0, 0
	s.content(b, table.Bytes(b))
	return s.found | s.veiled
}

// Alone names the rules that a text hits by itself, masked or not. Many words
// are like a value, so that this says less than a column does.
func Alone(text string) []string {
	s := NewScanner([]string{"#1"})
	hits := s.alone(trim([]byte(text)))
	var out []string
	for i, r := range s.rules {
		if hits&(1<<i) != 0 {
			out = append(out, r.ID)
		}
	}
	return out
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
