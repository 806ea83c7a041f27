package solo

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// frozen is a layer that takes no more changes, in the order of the hashes.
// Hashes are spread evenly, so their first bits lead to within a few lines.
type frozen struct {
	lines  []hashed
	starts []uint32 // where the lines with each value of the first bits begin
	bits   int
	next   int    // lines before it are in the file
	height uint64 // the index in the file is whole up to here once all are
}

// newFrozen sorts a copy of lines.
func newFrozen(lines []hashed, height uint64) *frozen {
	f := &frozen{lines: make([]hashed, len(lines)), bits: max(bits.Len(uint(len(lines)))-3, 0), height: height}
	f.starts = make([]uint32, 1<<f.bits+1)
	for i := range lines {
		f.starts[f.group(&lines[i].hash)+1]++
	}
	for g := range 1 << f.bits {
		f.starts[g+1] += f.starts[g]
	}
	f.fill(lines)
	return f
}

// fill puts every line into its group and sorts the groups.
func (f *frozen) fill(lines []hashed) {
	ends := slices.Clone(f.starts)
	for i := range lines {
		end := &ends[f.group(&lines[i].hash)]
		f.lines[*end] = lines[i]
		*end++
	}
	for g := range 1 << f.bits {
		slices.SortFunc(f.lines[f.starts[g]:f.starts[g+1]], func(a, b hashed) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	}
}

// group is the value of the first bits of a hash.
func (f *frozen) group(h *keyHash) uint32 {
	return uint32(uint64(binary.BigEndian.Uint32(h[:])) >> (32 - f.bits))
}

func (f *frozen) get(h keyHash) (location, bool) {
	g := f.group(&h)
	for i := f.starts[g]; i < f.starts[g+1]; i++ {
		if f.lines[i].hash == h {
			return f.lines[i].location, true
		}
	}
	return location{}, false
}
