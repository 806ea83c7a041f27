package sensitive

import (
	"math/bits"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// Scanner looks through the batches of one table. It is not safe for several
// goroutines. Its memory depends on the number of columns alone.
type Scanner struct {
	lex     *lexicon
	rules   []Rule
	names   []string
	columns []column
	wide    []byte // a piece of text with fullwidth digits made ASCII
	// of the cell at hand
	col           *column
	found, veiled uint64 // rules
}

// NewScanner makes a scanner for a table with these columns.
func NewScanner(columns []string) *Scanner {
	s := &Scanner{lex: lex(), rules: loaded().Rules, columns: make([]column, len(columns))}
	for i, name := range columns {
		h := newHeading(name)
		for r := range s.rules {
			if by := s.lex.words[r].naming(h); by != unnamed {
				s.columns[i].speakers = append(s.columns[i].speakers, speaker{r, by, detectors[s.rules[r].Detector]})
			}
		}
	}
	s.names = s.printable(columns)
	return s
}

// kindOf takes from a class what a cell's bytes say, without what the format does.
const kindOf = table.Null - 1

// shortest is, for each kind of cell, the number of bytes below which no rule
// can know it without a column's name. Most cells of most tables are shorter.
var shortest = func() (t [table.Null]uint8) {
	for i := range t {
		t[i] = shortestOf(table.Class(i))
	}
	return t
}()

func shortestOf(kind table.Class) uint8 {
	switch {
	case kind&table.High != 0 && kind&table.Star != 0:
		return 4 // *伟
	case kind&table.High != 0:
		return 6 // 王伟
	case kind == table.Digit:
		return 10 // a near miss of a mobile number
	case kind == table.Digit|table.Dash:
		return 11 // a date is shorter, a phone is not
	case kind == table.Digit|table.Dot:
		return 7 // 8.8.8.8
	case kind&(table.Digit|table.At) != 0:
		return 7
	}
	return longText // nothing but letters and marks
}

// longText is from how many bytes on a cell with spaces or Chinese is free text.
const longText = 60

// Add looks at the cells of a batch. Cells of columns that NewScanner was not
// told of are passed over.
func (s *Scanner) Add(b *table.Batch) {
	i, begin := 0, uint32(0)
	for row := range b.Rows {
		for col := range b.Columns {
			end, class := b.Ends[i], b.Classes[i]
			cell := b.Text[begin:end]
			begin, i = end, i+1
			if len(cell) == 0 || col >= len(s.columns) {
				continue
			}
			c := &s.columns[col]
			c.nonEmpty++
			if len(cell) < int(shortest[class&kindOf]) && c.speakers == nil {
				continue
			}
			s.cell(c, cell, class, b.First+int64(row))
		}
	}
}

// cell looks at one cell and counts it once for each rule.
func (s *Scanner) cell(c *column, b []byte, class table.Class, row int64) {
	s.col, s.found, s.veiled = c, 0, 0
	if class&table.Space != 0 {
		b = trim(b)
	}
	if len(b) >= longText && class&(table.Space|table.High) != 0 {
		c.long++
		if c.text == nil {
			c.text = new(variety)
		}
		c.text.add(b)
	}
	s.content(b, class&^table.Number)
	if c.speakers != nil {
		s.spoken(b, class)
	}
	if s.found|s.veiled != 0 {
		s.count(row)
	}
}

func (s *Scanner) count(row int64) {
	for set := s.found; set != 0; set &= set - 1 {
		t := s.col.tally(bits.TrailingZeros64(set), len(s.rules))
		if t.count < firstRows {
			t.rows[t.count] = row
		}
		t.count++
	}
	for set := s.veiled &^ s.found; set != 0; set &= set - 1 {
		s.col.tally(bits.TrailingZeros64(set), len(s.rules)).masked++
	}
}

// note takes what a detector says of a value of the cell at hand.
func (s *Scanner) note(d detector, o outcome) bool {
	rule := s.lex.ruleOf[d]
	if o == other || rule < 0 {
		return false
	}
	if o == masked {
		s.veiled |= 1 << rule
		return true
	}
	if s.rules[rule].Chance.NearIn > 0 && s.found&(1<<rule) == 0 {
		t := s.col.tally(rule, len(s.rules))
		t.pool++
		if o == near {
			t.near++
		}
	}
	if o == hit {
		s.found |= 1 << rule
	}
	return o == hit
}

func trim(b []byte) []byte {
	for len(b) > 0 && b[0] <= ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] <= ' ' {
		b = b[:len(b)-1]
	}
	return b
}
