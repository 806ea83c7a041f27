package table

import (
	"encoding/binary"
)

// source gives the values of a page one by one, each as the bytes that PLAIN
// has for it, valid until the next; false when there is no more.
type source func() ([]byte, bool)

// plainValues reads PLAIN.
func plainValues(l *leaf, b []byte) source {
	if l.kind == boolean {
		h := &hybrid{b: b, width: 1, packed: true, left: uint64(len(b)) * 8}
		return booleans(h)
	}
	return func() ([]byte, bool) {
		size := l.width
		if l.kind == bytesKind {
			if len(b) < 4 {
				return nil, false
			}
			n := binary.LittleEndian.Uint32(b)
			if b = b[4:]; uint64(n) > uint64(len(b)) {
				return nil, false
			}
			size = int(n)
		}
		if len(b) < size {
			return nil, false
		}
		v := b[:size]
		b = b[size:]
		return v, true
	}
}

func booleans(h *hybrid) source {
	var v [1]byte
	return func() ([]byte, bool) {
		n, ok := h.next()
		v[0] = byte(n)
		return v[:], ok
	}
}

// dictionary is the values that a column chunk refers to.
type dictionary struct {
	b    []byte
	ends []uint32 // of values that say their own length
	leaf *leaf
	size int
}

func newDictionary(l *leaf, b []byte, values int64) (*dictionary, error) {
	d := &dictionary{b: b, leaf: l}
	next := plainValues(l, b)
	if l.width > 0 {
		d.size = int(min(values, int64(len(b)/l.width)))
	}
	for at := 0; l.width == 0 && int64(d.size) < values; d.size++ {
		v, ok := next()
		if !ok {
			break
		}
		at += 4 + len(v)
		d.ends = append(d.ends, uint32(at))
	}
	if l.kind == boolean || int64(d.size) < values {
		return nil, failure(Malformed, "a dictionary claims more than it holds")
	}
	return d, nil
}

// values reads references into the dictionary.
func (d *dictionary) values(b []byte) source {
	if len(b) == 0 || b[0] > 32 {
		return func() ([]byte, bool) { return nil, false }
	}
	h := &hybrid{b: b[1:], width: int(b[0])}
	return func() ([]byte, bool) {
		i, ok := h.next()
		if !ok || int64(i) >= int64(d.size) {
			return nil, false
		}
		return d.get(int(i)), true
	}
}

func (d *dictionary) get(i int) []byte {
	if w := d.leaf.width; w > 0 {
		return d.b[i*w : i*w+w]
	}
	begin := uint32(4)
	if i > 0 {
		begin += d.ends[i-1]
	}
	return d.b[begin:d.ends[i]]
}

// deltaValues reads DELTA_BINARY_PACKED.
func deltaValues(l *leaf, b []byte, count int64) source {
	d, ok := newDelta(b, count)
	var v [8]byte
	return func() ([]byte, bool) {
		if !ok {
			return nil, false
		}
		n, more := d.next()
		binary.LittleEndian.PutUint64(v[:], uint64(n))
		return v[:l.width], more
	}
}

// lengthValues reads DELTA_LENGTH_BYTE_ARRAY: lengths, then the bytes.
func lengthValues(b []byte, count int64) source {
	lengths, ok1 := newDelta(b, count)
	behind, ok2 := newDelta(b, count)
	if ok2 {
		b, ok2 = behind.rest()
	}
	return func() ([]byte, bool) {
		if !ok1 || !ok2 {
			return nil, false
		}
		n, ok := lengths.next()
		if !ok || n < 0 || n > int64(len(b)) {
			return nil, false
		}
		v := b[:n]
		b = b[n:]
		return v, true
	}
}

// frontValues reads DELTA_BYTE_ARRAY: how much of the value before comes
// again, then what is new. It holds one value, of no more than most bytes.
func frontValues(b []byte, count int64, most int) source {
	prefixes, ok1 := newDelta(b, count)
	behind, ok2 := newDelta(b, count)
	if ok2 {
		b, ok2 = behind.rest()
	}
	suffixes := lengthValues(b, count)
	var value []byte
	return func() ([]byte, bool) {
		if !ok1 || !ok2 {
			return nil, false
		}
		n, ok := prefixes.next()
		suffix, more := suffixes()
		if !ok || !more || n < 0 || n > int64(len(value)) || int(n)+len(suffix) > most {
			return nil, false
		}
		value = append(value[:n], suffix...)
		return value, true
	}
}

// splitValues reads BYTE_STREAM_SPLIT: all first bytes, then all second ones …
func splitValues(l *leaf, b []byte) source {
	v, at, each := make([]byte, l.width), 0, 0
	if l.width > 0 {
		each = len(b) / l.width
	}
	return func() ([]byte, bool) {
		if at >= each {
			return nil, false
		}
		for i := range v {
			v[i] = b[i*each+at]
		}
		at++
		return v, true
	}
}
