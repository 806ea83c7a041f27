package table

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"math"
	"runtime"
	"testing"
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

var overflows = [][2]int64{{math.MaxInt64, math.MaxInt64}, {math.MaxInt64, 1}, {1, math.MaxInt64}, {math.MinInt64, 0}, {0, -1}, {16, 1}}

func TestParquetLevelsOverflow(t *testing.T) {
	for _, c := range overflows {
		_, err := random(Parquet, overflowing(c[0], c[1]), Options{})
		wantError(t, err, Malformed, 1)
	}
	if got, err := random(Parquet, overflowing(0, 0), Options{}); err != nil || got[0].rows[0][0] != "0" {
		t.Error(got, err)
	}
}

// allocated says how many bytes a reading took, freed ones included.
func allocated(read func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	read()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A byte of the footer is a node, a row group or a column chunk; each would
// take a hundred of memory.
func TestParquetFooterOfEmptyParts(t *testing.T) {
	empty := make([][]byte, 1<<20)
	for i := range empty {
		empty[i] = []byte{0}
	}
	root := [][]byte{node("r", 1), numbers("a")}
	for name, c := range map[string]struct {
		footer []byte
		code   string
	}{
		"nodes":  {new(compact).list(2, empty...).end(), TooManyColumns},
		"groups": {new(compact).list(2, root...).list(4, empty...).end(), Unsupported},
		"chunks": {new(compact).list(2, root...).list(4, new(compact).list(1, empty...).end()).end(), TooManyColumns},
	} {
		var err error
		took := allocated(func() { _, err = readFooter(c.footer, Options{}.defaults()) })
		wantError(t, err, c.code, 0)
		if took > 100<<20 {
			t.Errorf("%s: %d bytes for a footer of %d", name, took, len(c.footer))
		}
	}
}

func TestParquetChunksOfAllGroups(t *testing.T) {
	chunks := make([][]byte, 1<<14)
	for i := range chunks {
		chunks[i] = []byte{0}
	}
	group := new(compact).list(1, chunks...).end()
	groups := make([][]byte, chunksMost>>14+1)
	for i := range groups {
		groups[i] = group
	}
	_, err := readFooter(new(compact).list(4, groups...).end(), Options{}.defaults())
	wantError(t, err, Unsupported, 0)
}

func TestParquetLongNames(t *testing.T) {
	long := string(bytes.Repeat([]byte("x"), nameLength))
	for name, c := range map[string]struct {
		schema [][]byte
		code   string
	}{
		"as long as may be": {[][]byte{node("r", 1), numbers(long)}, Truncated},
		"a column":          {[][]byte{node("r", 1), numbers(long + "x")}, Unsupported},
		"a node":            {[][]byte{node("r", 1), node(long+"x", 1), numbers("a")}, Unsupported},
		"a way":             {[][]byte{node("r", 1), node(long[:128], 1), numbers(long[:128])}, Unsupported},
	} {
		_, err := random(Parquet, crafted(nil, 1, c.schema, chunkAt(0, 0, 4)), Options{})
		if e, is := err.(*Error); !is || e.Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParquetColumnsShareAChunk(t *testing.T) {
	page := zeros(10)
	n := int64(len(page))
	schema := [][]byte{node("r", 2), numbers("a"), numbers("b")}
	for name, second := range map[string][]byte{"whole": chunkAt(codecGzip, n, 4), "part": chunkAt(codecGzip, n, 4+n-1)} {
		_, err := random(Parquet, crafted(append(page, page...), 10, schema, chunkAt(codecGzip, n, 4), second), Options{})
		if e, is := err.(*Error); !is || e.Code != Malformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := random(Parquet, zeroColumns(2, 10), Options{}); err != nil || len(got[0].rows) != 10 {
		t.Error(err)
	}
}

// What pages unpack to is counted for the file as a whole.
func TestParquetPagesUnpackToTooMuch(t *testing.T) {
	content := zeroColumns(4, 1<<18)
	_, err := count(Random(Parquet, bytes.NewReader(content), int64(len(content)), Options{Free: 3 << 20}))
	if e, is := err.(*Error); !is || e.Code != Bomb {
		t.Error(err)
	}
}

// Pages given up and unpacked again are counted: what would take many times
// the size of the file is refused.
func TestParquetPagesReadAgainTooOften(t *testing.T) {
	content := zeroColumns(2, 1<<22)
	f, err := Random(Parquet, bytes.NewReader(content), int64(len(content)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	table, err := f.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := parquetRowsOf(table)
	for p.again = 64 << 20; err == nil; {
		_, err = table.Next(t.Context())
	}
	if e, is := err.(*Error); !is || e.Code != Unsupported {
		t.Error(err)
	}
}

func parquetRowsOf(t *Table) *parquetRows { return t.rows.(*guard).rows.(*parquetRows) }

type faulty struct{}

func (faulty) fill(_ context.Context, b *Batch) error {
	b.add(0)
	panic("fault")
}

func (faulty) next(context.Context) (*Table, error) { panic("fault") }
func (faulty) close() error                         { return nil }

// A fault of a reader is an *Error, not the end of the program.
func TestFaultIsAnError(t *testing.T) {
	g := &guard{tables: faulty{}, rows: faulty{}}
	_, err := (&File{tables: g}).Next(t.Context())
	wantError(t, err, Malformed, 0)
	b, err := (&Table{Columns: []string{"a", "b"}, rows: g}).Next(t.Context())
	if wantError(t, err, Malformed, 0); b != nil {
		t.Error(b)
	}
}

type plenty struct{}

func (plenty) fill(_ context.Context, b *Batch) error {
	b.Text = append(b.Text, make([]byte, 2*textRatio)...)
	b.add(0)
	b.Rows++
	return nil
}

// What comes out of a file is measured by its size.
func TestMoreComesOutThanMayBe(t *testing.T) {
	for name, g := range map[string]*guard{"text": {text: textFree, size: textFree / textRatio}, "cells": {cells: cellsFree, size: cellsFree/cellsRatio - 1}} {
		g.rows = plenty{}
		table := &Table{Columns: []string{"a"}, rows: g}
		if b, err := table.Next(t.Context()); err != nil || b.Rows != 1 {
			t.Errorf("%s: the row before is lost: %v", name, err)
		}
		_, err := table.Next(t.Context())
		wantError(t, err, Bomb, 2)
	}
}
