package sketch

import (
	"errors"
	"math"
	"math/bits"
	"slices"
)

// Estimate is how much of one set is in another, in basis points, with the
// bounds between which it lies in 997 of 1,000 cases. Of is how many hashes it
// rests on: none, and nothing is known.
type Estimate struct {
	BP   int `json:"bp"`
	Low  int `json:"low_bp"`
	High int `json:"high_bp"`
	Of   int `json:"of"`
}

// ErrOtherKey: hashes made with different keys cannot be compared.
var ErrOtherKey = errors.New("the sketches were made with different keys")

func (s Set) sort() Set {
	slices.Sort(s.Hashes)
	return s
}

// Containment is how much of a's rows are in b, and of b's in a.
func Containment(a, b Sketch) (ab, ba Estimate, err error) {
	if a.KeyID != b.KeyID {
		return ab, ba, ErrOtherKey
	}
	ab, ba = a.Rows.in(b.Rows)
	return ab, ba, nil
}

// in compares what both sets hold below the smaller limit: there, both are
// whole.
func (s Set) in(o Set) (so, os Estimate) {
	limit := min(s.Limit, o.Limit)
	mine, others := s.below(limit), o.below(limit)
	both := 0
	for i, j := 0, 0; i < len(mine) && j < len(others); {
		switch {
		case mine[i] < others[j]:
			i++
		case mine[i] > others[j]:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	return estimate(both, len(mine), s.All && o.All), estimate(both, len(others), s.All && o.All)
}

func (s Set) below(limit uint64) []uint64 {
	if limit == math.MaxUint64 {
		return s.Hashes
	}
	i, _ := slices.BinarySearch(s.Hashes, limit)
	return s.Hashes[:i]
}

// estimate is Wilson's interval at three standard deviations, in whole
// numbers: (x + 9/2 ± 3 √(x(n-x)/n + 9/4)) / (n + 9). Sets that are held
// whole are counted, not estimated.
func estimate(x, n int, exact bool) Estimate {
	if n == 0 {
		return Estimate{High: 10000}
	}
	e := Estimate{BP: x * 10000 / n, Of: n}
	if exact {
		e.Low, e.High = e.BP, e.BP
		return e
	}
	// All in millionths: the root of a number of 10^-12 is one of 10^-6.
	const unit = 1_000_000
	spread := 3 * int(root(uint64(x*(n-x))*unit/uint64(n)*unit+2_250_000*unit))
	middle := x*unit + 4_500_000
	e.Low = max(0, (middle-spread)*10000/((n+9)*unit))
	e.High = min(10000, ((middle+spread)*10000+(n+9)*unit-1)/((n+9)*unit))
	e.Low, e.High = min(e.Low, e.BP), max(e.High, e.BP)
	return e
}

// root is the whole square root, rounded up.
func root(n uint64) uint64 {
	if n == 0 {
		return 0
	}
	r := uint64(1) << ((bits.Len64(n) + 1) / 2)
	for {
		next := (r + n/r) / 2
		if next >= r {
			break
		}
		r = next
	}
	if r*r < n {
		r++
	}
	return r
}

// Columns is how many of a's columns with many values are found in b: those
// of which at least half of the values are there.
func Columns(a, b Sketch) (found, of int, err error) {
	if a.KeyID != b.KeyID {
		return 0, 0, ErrOtherKey
	}
	for _, mine := range a.Cells {
		if slices.ContainsFunc(b.Cells, mine.found) {
			found++
		}
	}
	return found, len(a.Cells), nil
}
