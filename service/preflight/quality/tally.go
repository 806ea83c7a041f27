package quality

import "math"

// tally counts how often keys occur, in bounded memory: of all keys, or, when
// there are too many, of those whose hash ends in zero bits. Which keys stay
// depends on the keys alone, not on their order; a key that stayed was
// counted from its first occurrence on.
type tally struct {
	keys  []uint64 // open addressing; 0 is free
	again []uint32 // occurrences after the first: most keys have none, and need no second look-up
	used  int
	bits  uint // keys end in so many zero bits
	ahead uint64
}

// A tally begins with the fewest slots, and grows to the most; it holds at most
// half as many keys, in 6 MiB.
const (
	fewestSlots = 1 << 11 // and four times as many, until there are the most
	mostSlots   = 1 << 19
)

func newTally() *tally {
	t := new(tally)
	t.room(fewestSlots)
	return t
}

func (t *tally) room(slots int) {
	t.keys, t.again, t.used = make([]uint64, slots), make([]uint32, slots), 0
}

// addAll takes many keys. Their slots are far apart in memory: reading some at
// once before they are needed lets the processor fetch them side by side.
func (t *tally) addAll(keys []uint64) {
	for len(keys) > 0 {
		some := keys[:min(len(keys), 16)]
		if t.bits == 0 {
			for _, key := range some {
				t.ahead |= t.keys[t.place(key)]
			}
		}
		for _, key := range some {
			t.add(key)
		}
		keys = keys[len(some):]
	}
}

func (t *tally) add(key uint64) {
	if key == 0 {
		key = 1 << 63 // 0 marks a free slot
	}
	if key&(1<<t.bits-1) != 0 {
		return
	}
	i := t.find(key)
	if t.keys[i] != 0 {
		if t.again[i] < math.MaxUint32-1 { // as many as can be counted
			t.again[i]++
		}
		return
	}
	t.keys[i] = key
	if t.used++; t.used > len(t.keys)/2 {
		t.grow()
	}
}

// place is where a search for a key begins. The upper half of a key places it:
// the low bits are the same for all that are left.
func (t *tally) place(key uint64) int { return int(key >> 32 & uint64(len(t.keys)-1)) }

// find is where a key is, or would be.
func (t *tally) find(key uint64) int {
	i := t.place(key)
	for t.keys[i] != 0 && t.keys[i] != key {
		i = (i + 1) & (len(t.keys) - 1)
	}
	return i
}

// grow makes room for more keys; when that is the most, it keeps half of them.
func (t *tally) grow() {
	keys, again := t.keys, t.again
	if len(keys) < mostSlots {
		t.room(4 * len(keys))
	} else {
		t.bits++
		keys, again = t.left()
		clear(t.keys)
		clear(t.again)
		t.used = 0
	}
	for i, key := range keys {
		if key != 0 {
			j := t.find(key)
			t.keys[j], t.again[j] = key, again[i]
			t.used++
		}
	}
}

// left are copies of the keys that stay: a second table would take more.
func (t *tally) left() (keys []uint64, again []uint32) {
	keys, again = make([]uint64, 0, mostSlots/4+mostSlots/64), make([]uint32, 0, mostSlots/4+mostSlots/64)
	for i, key := range t.keys {
		if key != 0 && key&(1<<t.bits-1) == 0 {
			keys, again = append(keys, key), append(again, t.again[i])
		}
	}
	return keys, again
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
		n := int64(t.again[i]) + 1
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
