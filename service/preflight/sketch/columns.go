package sketch

// Finder looks for the columns of one sketch in many others, and counts what
// Columns does.
type Finder struct {
	keyID string
	cells []Set
	at    map[uint64][]int32 // which columns have a hash
}

// NewFinder makes a Finder of a sketch's columns.
func NewFinder(s Sketch) *Finder {
	f := &Finder{keyID: s.KeyID, cells: s.Cells, at: make(map[uint64][]int32, valueHashes*len(s.Cells))}
	for c, set := range s.Cells {
		for _, h := range set.Hashes {
			f.at[h] = append(f.at[h], int32(c))
		}
	}
	return f
}

// In is how many of the columns are found in another sketch.
func (f *Finder) In(o Sketch) (found, of int, err error) {
	if f.keyID != o.KeyID {
		return 0, 0, ErrOtherKey
	}
	have, counts := make([]bool, len(f.cells)), make([]int, len(f.cells))
	for _, other := range o.Cells {
		clear(counts)
		for _, h := range other.Hashes {
			for _, c := range f.at[h] {
				counts[c]++
			}
		}
		for c, n := range counts {
			// All that two sets share is below both limits: fewer cannot be found.
			if !have[c] && n >= fewestShared && f.cells[c].found(other) {
				have[c], found = true, found+1
			}
		}
	}
	return found, len(f.cells), nil
}

// fewestShared is half of the fewest hashes that a share of a column rests on.
const fewestShared = fewestValues / 4 / 2

// found: at least half of a column's values are in the other one.
func (s Set) found(o Set) bool {
	e, _ := s.in(o)
	return e.BP >= 5000 && e.Of >= fewestValues/4
}
