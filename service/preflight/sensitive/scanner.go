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
	named   []bool   // columns whose names speak of a rule
	filled  []uint32 // cells of each column that are not empty, of the batch at hand
	wide    []byte   // a piece of text with fullwidth digits made ASCII
	// of the cell at hand
	col           *column
	found, veiled uint64 // rules
}

// NewScanner makes a scanner for a table with these columns.
func NewScanner(columns []string) *Scanner {
	s := &Scanner{lex: lex(), rules: loaded().Rules, columns: make([]column, len(columns)),
		named: make([]bool, len(columns)), filled: make([]uint32, len(columns))}
	for i, name := range columns {
		h := newHeading(name)
		for r := range s.rules {
			if by := s.lex.words[r].naming(h); by != unnamed {
				s.columns[i].speakers = append(s.columns[i].speakers, speaker{r, by, detectors[s.rules[r].Detector]})
			}
		}
		s.named[i] = s.columns[i].speakers != nil
	}
	s.names = s.printable(columns)
	return s
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
			if n := end - begin; n > 0 && col < len(s.filled) {
				s.filled[col]++
				if lengths[class&kindOf]>>min(n, longest)&1 != 0 || s.named[col] {
					s.cell(&s.columns[col], b.Text[begin:end], class, b.First+int64(row))
				}
			}
			begin, i = end, i+1
		}
	}
	for col, n := range s.filled {
		s.columns[col].nonEmpty += int64(n)
	}
	clear(s.filled)
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
