package table

import "encoding/binary"

// thrift reads the compact protocol of Apache Thrift, in which Parquet writes
// its footer and the heads of its pages. It builds nothing: who calls it takes
// the fields wanted and all others are passed over, so that a few bytes that
// claim a long list cost no memory. After a fault everything reads as zero.
type thrift struct {
	b    []byte
	at   int
	bad  bool // not thrift, or nested too deep
	over bool // it goes on after the last byte
	// refusal is why who calls it wants no more.
	refusal error
}

// Kinds of values.
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
)

func (t *thrift) ok() bool { return !t.bad && !t.over && t.refusal == nil }

func (t *thrift) byte() byte {
	if !t.ok() || t.at >= len(t.b) {
		t.over = true
		return 0
	}
	t.at++
	return t.b[t.at-1]
}

func (t *thrift) unsigned() uint64 {
	if !t.ok() {
		return 0
	}
	v, n := binary.Uvarint(t.b[t.at:])
	if n <= 0 {
		t.over, t.bad = n == 0, n < 0
		return 0
	}
	t.at += n
	return v
}

func (t *thrift) int() int64 {
	v := t.unsigned()
	return int64(v>>1) ^ -int64(v&1)
}

// binary gives bytes of the input itself.
func (t *thrift) binary() []byte {
	n := t.unsigned()
	if !t.ok() || n > uint64(len(t.b)-t.at) {
		t.over = true
		return nil
	}
	t.at += int(n)
	return t.b[t.at-int(n) : t.at]
}

// name gives the text of a short name.
func (t *thrift) name() string {
	b := t.binary()
	if len(b) > nameLength {
		t.refusal = longName()
		return ""
	}
	return string(b)
}

// fields calls take for each field of a structure; what take leaves, by false,
// is passed over. A truth has no bytes: its kind is its value.
func (t *thrift) fields(take func(id int, kind byte) bool) {
	for id := 0; t.ok(); {
		head := t.byte()
		kind := head & 15
		if kind == 0 {
			return
		}
		if id += int(head >> 4); head>>4 == 0 {
			id = int(t.int())
		}
		if t.ok() && !take(id, kind) {
			t.pass(kind, 0)
		}
	}
}

// list gives the length of a list and the kind of its items. No item has less
// than a byte.
func (t *thrift) list() (n int, kind byte) {
	head := t.byte()
	count := uint64(head >> 4)
	if count == 15 {
		count = t.unsigned()
	}
	if count > uint64(len(t.b)-t.at) {
		t.over = true
		return 0, 0
	}
	return int(count), head & 15
}

// each calls take for each structure of a list; false if it is another list.
func (t *thrift) each(kind byte, take func()) bool {
	if kind != thriftList {
		t.bad = true
		return true
	}
	n, of := t.list()
	if of != thriftStruct && n > 0 {
		t.bad = true
	}
	for i := 0; i < n && t.ok(); i++ {
		take()
	}
	return true
}

// number takes a field that is a number.
func (t *thrift) number(kind byte, into *int64) bool {
	if kind < 3 || kind > 6 {
		t.bad = true
		return true
	}
	if kind == thriftByte {
		*into = int64(int8(t.byte()))
		return true
	}
	*into = t.int()
	return true
}
