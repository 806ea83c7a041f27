package quality

// tally counts how often keys occur, in bounded memory: of all keys, or, when
// there are too many, of those whose hash ends in zero bits. Which keys stay
// depends on the keys alone, not on their order; a key that stayed was
// counted from its first occurrence on.
type tally struct {
	keys   []uint64 // open addressing; 0 is free
	counts []uint32
	used   int
	bits   uint // keys end in so many zero bits
}

// slots of a tally; it holds at most half as many keys, in 6 MiB.
const slots = 1 << 19

func newTally() *tally { return &tally{keys: make([]uint64, slots), counts: make([]uint32, slots)} }

func (t *tally) add(key uint64) {
	if key == 0 {
		key = 1 << 63 // 0 marks a free slot
	}
	if key&(1<<t.bits-1) != 0 {
		return
	}
	i := t.find(key)
	if t.keys[i] == 0 {
		t.keys[i] = key
		if t.used++; t.used > slots/2 {
			t.counts[i] = 1
			t.thin()
			return
		}
	}
	if t.counts[i]++; t.counts[i] == 0 {
		t.counts[i]-- // as many as can be counted
	}
}

// find is where a key is, or would be. The upper half of a key places it: the
// low bits are the same for all that are left.
func (t *tally) find(key uint64) int {
	i := int(key >> 32 & (slots - 1))
	for t.keys[i] != 0 && t.keys[i] != key {
		i = (i + 1) & (slots - 1)
	}
	return i
}

// thin keeps half of the keys.
func (t *tally) thin() {
	old, counts := t.keys, t.counts
	t.keys, t.counts, t.used = make([]uint64, slots), make([]uint32, slots), 0
	t.bits++
	for i, key := range old {
		if key != 0 && key&(1<<t.bits-1) == 0 {
			j := t.find(key)
			t.keys[j], t.counts[j] = key, counts[i]
			t.used++
		}
	}
}

// sums are what a tally knows of the keys that it holds.
type sums struct {
	keys, rows int64 // different keys, and rows that have one of them
	smallest   int64 // rows of the rarest key
	below      int64 // rows whose key has fewer than k rows
}

func (t *tally) sums(k int64) sums {
	var s sums
	for i, key := range t.keys {
		if key == 0 {
			continue
		}
		n := int64(t.counts[i])
		s.keys++
		s.rows += n
		if s.smallest == 0 || n < s.smallest {
			s.smallest = n
		}
		if n < k {
			s.below += n
		}
	}
	return s
}
