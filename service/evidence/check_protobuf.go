package evidence

import (
	"errors"
	"math/bits"
)

// The checker reads protocol buffers itself, in one pass and without copies:
// what a hostile block takes in memory is bounded by its size, and nothing is
// understood in two ways. A field that may stand once stands once; fields
// that the format does not name are passed over.

// slot is where a field goes.
type slot struct {
	number uint64
	value  *uint64
	bytes  *[]byte
	each   func([]byte) error
}

func number(n uint64, v *uint64) slot             { return slot{number: n, value: v} }
func bytesOf(n uint64, b *[]byte) slot            { return slot{number: n, bytes: b} }
func each(n uint64, take func([]byte) error) slot { return slot{number: n, each: take} }
func textOf(n uint64, s *string) slot {
	seen := false
	return slot{number: n, each: func(b []byte) error {
		if seen {
			return errTwice
		}
		seen, *s = true, string(b)
		return nil
	}}
}

var (
	errCut   = errors.New("a message ends inside a field")
	errWire  = errors.New("a field has an unknown or wrong type")
	errTwice = errors.New("a field that may stand once stands twice")
)

// scan reads one message into slots.
func scan(data []byte, slots ...slot) error {
	var seen uint64
	for len(data) > 0 {
		tag, n := uvarint(data)
		if n == 0 {
			return errCut
		}
		data = data[n:]
		v, b, n, err := fieldValue(data, tag&7)
		if err != nil {
			return err
		}
		data = data[n:]
		for i, s := range slots {
			if s.number != tag>>3 {
				continue
			}
			if s.each == nil && seen&(1<<i) != 0 {
				return errTwice
			}
			seen |= 1 << i
			if err := s.take(tag&7, v, b); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s slot) take(kind, v uint64, b []byte) error {
	switch {
	case kind == 0 && s.value != nil:
		*s.value = v
	case kind == 2 && s.bytes != nil:
		*s.bytes = b
	case kind == 2 && s.each != nil:
		return s.each(b)
	default:
		return errWire
	}
	return nil
}

// fieldValue reads a value of a wire type and says how long it is.
func fieldValue(data []byte, kind uint64) (v uint64, b []byte, n int, err error) {
	switch kind {
	case 0:
		if v, n = uvarint(data); n == 0 {
			err = errCut
		}
	case 1:
		n = 8
	case 5:
		n = 4
	case 2:
		var size uint64
		size, n = uvarint(data)
		if n == 0 || size > uint64(len(data)-n) {
			return 0, nil, 0, errCut
		}
		b, n = data[n:n+int(size)], n+int(size)
	default:
		err = errWire
	}
	if err == nil && n > len(data) {
		err = errCut
	}
	return v, b, n, err
}

// uvarint reads a number in its shortest spelling; n is 0 when it is not one.
func uvarint(data []byte) (v uint64, n int) {
	for n < len(data) && n < 10 {
		c := data[n]
		v |= uint64(c&0x7f) << (7 * n)
		if n++; c < 0x80 {
			if want := max(1, (bits.Len64(v)+6)/7); n != want {
				return 0, 0
			}
			return v, n
		}
	}
	return 0, 0
}
