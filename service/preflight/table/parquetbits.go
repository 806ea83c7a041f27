package table

import "encoding/binary"

// hybrid reads numbers in runs or packed in groups of eight (Encodings.md,
// RLE/Bit-Packing Hybrid), one by one: a long run costs no memory.
type hybrid struct {
	b      []byte
	width  int
	left   uint64 // of the run or of the group
	packed bool
	value  uint32
	bit    int
}

// next gives false when there is no more.
func (h *hybrid) next() (uint32, bool) {
	for h.left == 0 {
		if !h.run() {
			return 0, false
		}
	}
	h.left--
	if !h.packed {
		return h.value, true
	}
	v, ok := h.unpack()
	if !ok {
		return 0, false
	}
	if h.bit += h.width; h.left == 0 {
		h.b, h.bit = h.b[h.bit>>3:], 0
	}
	return v, true
}

// unpack reads a packed number, at the end of the page bit by bit.
func (h *hybrid) unpack() (v uint32, ok bool) {
	if at := h.bit >> 3; at+8 <= len(h.b) {
		word := binary.LittleEndian.Uint64(h.b[at:]) >> (h.bit & 7)
		return uint32(word & (1<<h.width - 1)), true
	}
	for i := range h.width {
		at := h.bit + i
		if at>>3 >= len(h.b) {
			return 0, false
		}
		v |= uint32(h.b[at>>3]>>(at&7)&1) << i
	}
	return v, true
}

// run reads the head of the next run.
func (h *hybrid) run() bool {
	head, n := binary.Uvarint(h.b)
	if n <= 0 {
		return false
	}
	h.b = h.b[n:]
	if h.packed = head&1 == 1; h.packed {
		h.left = head >> 1 * 8
		return head>>1 <= uint64(len(h.b))+1 // the last group may be cut short
	}
	size := (h.width + 7) / 8
	if len(h.b) < size {
		return false
	}
	h.value, h.left = 0, head>>1
	for i := range size {
		h.value |= uint32(h.b[i]) << (8 * i)
	}
	h.b = h.b[size:]
	return true
}

// bits is how many bits numbers up to most take.
func bits(most int) (n int) {
	for ; most > 0; most >>= 1 {
		n++
	}
	return n
}

// delta reads numbers packed as differences (Encodings.md, DELTA_BINARY_PACKED).
type delta struct {
	b            []byte
	block, minis int
	total        uint64
	last         int64
	first        bool
	least        int64  // of the differences of this block
	widths       []byte // of the miniblocks left in this block
	mini         []byte
	left, bit    int // of the miniblock
}

// newDelta takes no more than so many numbers, whatever the head claims.
func newDelta(b []byte, most int64) (*delta, bool) {
	d := &delta{b: b, first: true}
	block, ok1 := d.unsigned()
	minis, ok2 := d.unsigned()
	total, ok3 := d.unsigned()
	last, ok4 := d.signed()
	if !ok1 || !ok2 || !ok3 || !ok4 || total > uint64(most) || block > 1<<20 || minis == 0 || minis > block || block/minis%8 != 0 || block/minis == 0 {
		return nil, false
	}
	d.block, d.minis, d.total, d.last = int(block), int(minis), total, last
	return d, true
}

func (d *delta) unsigned() (uint64, bool) {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		return 0, false
	}
	d.b = d.b[n:]
	return v, true
}

func (d *delta) signed() (int64, bool) {
	v, ok := d.unsigned()
	return int64(v>>1) ^ -int64(v&1), ok
}

// next gives false when there is no more.
func (d *delta) next() (int64, bool) {
	if d.total == 0 {
		return 0, false
	}
	if d.total--; d.first {
		d.first = false
		return d.last, true
	}
	if d.left == 0 && !d.miniblock() {
		return 0, false
	}
	width, v := int(d.widths[0]), uint64(0)
	for i := range width {
		at := d.bit + i
		v |= uint64(d.mini[at>>3]>>(at&7)&1) << i
	}
	d.bit += width
	if d.left--; d.left == 0 {
		d.widths = d.widths[1:]
	}
	d.last += d.least + int64(v)
	return d.last, true
}

// miniblock takes the next miniblock, and before the first the block's head.
func (d *delta) miniblock() bool {
	if len(d.widths) == 0 {
		least, ok := d.signed()
		if !ok || len(d.b) < d.minis {
			return false
		}
		d.least, d.widths, d.b = least, d.b[:d.minis], d.b[d.minis:]
	}
	per := d.block / d.minis
	size := per / 8 * int(d.widths[0])
	if d.widths[0] > 64 || len(d.b) < size {
		return false
	}
	d.mini, d.b, d.left, d.bit = d.b[:size], d.b[size:], per, 0
	return true
}

// rest skips what is left and gives the bytes behind it.
func (d *delta) rest() ([]byte, bool) {
	for d.total > 0 {
		if _, ok := d.next(); !ok {
			return nil, false
		}
	}
	return d.b, true
}
