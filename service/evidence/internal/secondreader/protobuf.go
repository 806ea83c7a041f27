package secondreader

import (
	"encoding/binary"
	"errors"
	"slices"
)

// message is a protocol buffer, taken apart: the values of each field. The
// first fault of it or of a message inside stays in bad.
type message struct {
	fields map[int][]field
	bad    *error
}

type field struct {
	varint bool
	passed bool // of a kind that nothing here is of
	number uint64
	bytes  []byte
}

func open(data []byte, bad *error) message {
	m := message{map[int][]field{}, bad}
	for len(data) > 0 && *bad == nil {
		tag, n := varint(data, bad)
		if data = data[n:]; *bad != nil {
			break
		}
		var f field
		f, data = valueOf(tag&7, data, bad)
		m.fields[int(tag>>3)] = append(m.fields[int(tag>>3)], f)
	}
	return m
}

func valueOf(wire uint64, data []byte, bad *error) (field, []byte) {
	size := map[uint64]int{1: 8, 5: 4}[wire]
	switch wire {
	case 0:
		v, n := varint(data, bad)
		return field{varint: true, number: v}, data[n:]
	case 2:
		v, n := varint(data, bad)
		if data = data[n:]; v > uint64(len(data)) {
			*bad = errors.New("a field longer than its message")
			return field{}, nil
		}
		return field{bytes: data[:v:v]}, data[v:]
	case 1, 5:
		if len(data) >= size {
			return field{passed: true}, data[size:]
		}
	case 3:
		return field{passed: true}, group(data, bad)
	}
	*bad = errors.New("a field of no known kind")
	return field{}, nil
}

// group passes over fields up to the end of a group.
func group(data []byte, bad *error) []byte {
	for *bad == nil {
		tag, n := varint(data, bad)
		if data = data[n:]; *bad != nil || tag&7 == 4 {
			break
		}
		_, data = valueOf(tag&7, data, bad)
	}
	return data
}

func varint(data []byte, bad *error) (uint64, int) {
	v, n := binary.Uvarint(data)
	if n <= 0 || n > 1 && data[n-1] == 0 {
		*bad = errors.New("a number that is not in its shortest spelling")
		return 0, 0
	}
	return v, n
}

// of are the values of a field that are of its kind: others are unknown ones.
func (m message) of(n int, varint bool) []field {
	return slices.DeleteFunc(slices.Clone(m.fields[n]), func(f field) bool { return f.varint != varint || f.passed })
}

func (m message) one(n int, varint bool) field {
	list := m.of(n, varint)
	if len(list) == 0 {
		return field{}
	}
	if len(list) > 1 {
		*m.bad = errors.New("a field twice")
	}
	return list[0]
}

func (m message) has(n int) bool        { return len(m.of(n, false)) > 0 }
func (m message) bytes(n int) []byte    { return m.one(n, false).bytes }
func (m message) text(n int) string     { return string(m.bytes(n)) }
func (m message) number(n int) int64    { return int64(m.one(n, true).number) }
func (m message) message(n int) message { return open(m.bytes(n), m.bad) }

func (m message) all(n int) [][]byte {
	var out [][]byte
	for _, f := range m.of(n, false) {
		out = append(out, f.bytes)
	}
	return out
}

func (m message) messages(n int) []message {
	var out []message
	for _, b := range m.all(n) {
		out = append(out, open(b, m.bad))
	}
	return out
}

// entry is what a map has under a key.
func (m message) entry(n int, key string) message {
	for _, e := range m.messages(n) {
		if e.text(1) == key {
			return e.message(2)
		}
	}
	return open(nil, m.bad)
}
