package sketch

import (
	"math"
	"slices"
)

// bottom holds the k smallest different hashes of all that it was given.
type bottom struct {
	k     int
	limit uint64   // what is not below it is not among the smallest
	seen  []uint64 // open addressing, 0 is free; at most half full
	used  int
	all   bool       // nothing was left out
	last  [16]uint64 // what seen was asked for lately, by its caller's hash
}

func newBottom(k int) *bottom {
	return &bottom{k: k, limit: math.MaxUint64, seen: make([]uint64, 4*k), all: true}
}

// again says whether a hash, of which what is added is made, was there lately;
// adding twice changes nothing.
func (b *bottom) again(h uint64) bool {
	last := &b.last[h%uint64(len(b.last))]
	is := *last == h
	*last = h
	return is
}

// add takes a hash. Zero does not exist: it marks a free slot.
func (b *bottom) add(h uint64) {
	if h >= b.limit || h == 0 {
		return
	}
	mask := uint64(len(b.seen) - 1)
	i := h & mask
	for b.seen[i] != 0 {
		if b.seen[i] == h {
			return
		}
		i = (i + 1) & mask
	}
	b.seen[i] = h
	if b.used++; b.used >= 2*b.k {
		b.cut()
	}
}

// cut keeps the k smallest.
func (b *bottom) cut() {
	smallest := b.sorted()
	if len(smallest) <= b.k {
		return
	}
	b.limit, b.all = smallest[b.k], false
	clear(b.seen)
	b.used = b.k
	mask := uint64(len(b.seen) - 1)
	for _, h := range smallest[:b.k] {
		i := h & mask
		for b.seen[i] != 0 {
			i = (i + 1) & mask
		}
		b.seen[i] = h
	}
}

// sorted are the hashes held, smallest first.
func (b *bottom) sorted() []uint64 {
	out := make([]uint64, 0, b.used)
	for _, h := range b.seen {
		if h != 0 {
			out = append(out, h)
		}
	}
	slices.Sort(out)
	return out
}

// set is what is left at the end.
func (b *bottom) set() Set {
	b.cut()
	return Set{Hashes: b.sorted(), Limit: b.limit, All: b.all}
}
