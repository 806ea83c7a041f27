package quality

import (
	"math/bits"
)

// Dimension is one of the six of GB/T 36344-2018.
type Dimension string

// The dimensions, in the order of the standard.
const (
	Conformity    Dimension = "conformity"    // 规范性
	Completeness  Dimension = "completeness"  // 完整性
	Accuracy      Dimension = "accuracy"      // 准确性
	Consistency   Dimension = "consistency"   // 一致性
	Timeliness    Dimension = "timeliness"    // 时效性
	Accessibility Dimension = "accessibility" // 可访问性
)

// Dimensions are all, in the order of the standard.
var Dimensions = []Dimension{Conformity, Completeness, Accuracy, Consistency, Timeliness, Accessibility}

// Measure is one thing that was counted: N of M were as the rule says. M is 0
// and NA says why where there was nothing to count.
type Measure struct {
	Dimension Dimension `json:"dimension"`
	Rule      string    `json:"rule"`
	Column    int       `json:"column,omitempty"` // 1 is the first; 0 is the table
	N         int64     `json:"n"`
	M         int64     `json:"m"`
	NA        string    `json:"na,omitempty"`     // no-expectation, no-values
	Sample    int64     `json:"sample,omitempty"` // one in so many keys was counted, by its hash; absent: all
}

// BP is the share in basis points, rounded down; false where it is not
// applicable. Only all of them are 10000.
func (m Measure) BP() (int, bool) { return Share(m.N, m.M) }

// Share is n of m in basis points, rounded down; false when m is 0.
func Share(n, m int64) (int, bool) {
	if m <= 0 || n < 0 || n > m {
		return 0, false
	}
	high, low := bits.Mul64(uint64(n), 10000)
	q, _ := bits.Div64(high, low, uint64(m))
	return int(q), true
}

// Shape is how the values of a column are written.
type Shape struct {
	Filled int64  `json:"filled"` // cells that hold something
	Kind   string `json:"kind"`   // what most of them look like
	Of     int64  `json:"of"`     // how many look so
}

// Anonymity is the k-anonymity of the quasi-identifiers.
type Anonymity struct {
	Columns  []int `json:"columns"` // 1 is the first
	K        int64 `json:"k"`       // asked for
	Smallest int64 `json:"smallest"`
	Groups   int64 `json:"groups"`
	Below    int64 `json:"rows_below_k"`
	Rows     int64 `json:"rows"`
	Sample   int64 `json:"sample,omitempty"` // one group in so many was counted
}

// Result is what was measured of a table.
type Result struct {
	Rows      int64      `json:"rows"`
	Columns   []Shape    `json:"columns"`
	Measures  []Measure  `json:"measures"`
	Anonymity *Anonymity `json:"k_anonymity,omitempty"`
}

// Result is what was measured so far.
func (p *Profiler) Result() Result {
	r := Result{Rows: p.rows, Columns: make([]Shape, len(p.cols))}
	for c := range p.cols {
		r.Columns[c] = p.cols[c].shape()
	}
	r.Measures = append(append(append(append(p.conformity(), p.completeness()...), p.accuracy()...), p.consistency()...), p.timeliness())
	r.Anonymity = p.anonymity()
	return r
}

func (c *column) filled() (n int64) {
	for k := Empty + 1; k < kinds; k++ {
		n += c.kinds[k]
	}
	return n
}

func (c *column) shape() Shape {
	best := Text
	for k := Empty + 1; k < kinds; k++ {
		if c.kinds[k] > c.kinds[best] {
			best = k
		}
	}
	s := Shape{Filled: c.filled(), Of: c.kinds[best]}
	if s.Filled > 0 {
		s.Kind = best.String()
	}
	return s
}
