package table

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
)

// compact writes a structure of Thrift's compact protocol, with claims that no
// library would write.
type compact struct {
	b    []byte
	last int
}

func (s *compact) field(id int, kind byte, value []byte) *compact {
	s.b = append(append(s.b, byte(id-s.last)<<4|kind), value...)
	s.last = id
	return s
}

func (s *compact) long(id int, n int64) *compact {
	return s.field(id, 6, binary.AppendUvarint(nil, uint64(n<<1^n>>63)))
}

func (s *compact) text(id int, text string) *compact {
	return s.field(id, thriftBinary, append(binary.AppendUvarint(nil, uint64(len(text))), text...))
}

func (s *compact) list(id int, items ...[]byte) *compact {
	head := binary.AppendUvarint([]byte{0xf0 | thriftStruct}, uint64(len(items)))
	return s.field(id, thriftList, append(head, bytes.Join(items, nil)...))
}

func (s *compact) end() []byte { return append(s.b, 0) }

func node(name string, children int64) []byte {
	return new(compact).long(3, 0).text(4, name).long(5, children).end()
}

func numbers(name string) []byte {
	return new(compact).long(1, int32Kind).long(3, 0).text(4, name).end()
}

// chunkAt is a column chunk of so many bytes at a place.
func chunkAt(codec, size, at int64) []byte {
	meta := new(compact).long(4, codec).long(7, size).long(9, at).end()
	return new(compact).field(3, thriftStruct, meta).end()
}

// crafted puts a footer behind the pages.
func crafted(pages []byte, rows int64, schema [][]byte, chunks ...[]byte) []byte {
	group := new(compact).list(1, chunks...).long(3, rows).end()
	footer := new(compact).list(2, schema...).long(3, rows).list(4, group).end()
	file := append(append([]byte("PAR1"), pages...), footer...)
	return append(binary.LittleEndian.AppendUint32(file, uint32(len(footer))), "PAR1"...)
}

// overflowing is a page of the second version whose levels claim these sizes.
func overflowing(levels, repeats int64) []byte {
	kind := new(compact).long(1, 1).long(4, 0).long(5, levels).long(6, repeats).end()
	page := new(compact).long(1, pageDataV2).long(2, 16).long(3, 16).field(8, thriftStruct, kind).end()
	page = append(page, make([]byte, 16)...)
	return crafted(page, 1, [][]byte{node("r", 1), numbers("a")}, chunkAt(0, int64(len(page)), 4))
}

// zeros is a page of so many numbers, packed.
func zeros(values int) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(make([]byte, 4*values))
	_ = w.Close()
	packed := b.Bytes()
	kind := new(compact).long(1, int64(values)).long(2, 0).long(3, 3).long(4, 3).end()
	head := new(compact).long(1, pageData).long(2, int64(4*values)).long(3, int64(len(packed))).field(5, thriftStruct, kind).end()
	return append(head, packed...)
}

// zeroColumns is a file of columns of zeros, each with a page of its own.
func zeroColumns(columns, values int) []byte {
	schema, page := [][]byte{node("r", int64(columns))}, zeros(values)
	var pages []byte
	var chunks [][]byte
	for i := range columns {
		schema = append(schema, numbers(string(rune('a'+i))))
		chunks = append(chunks, chunkAt(codecGzip, int64(len(page)), int64(4+i*len(page))))
		pages = append(pages, page...)
	}
	return crafted(pages, int64(values), schema, chunks...)
}
