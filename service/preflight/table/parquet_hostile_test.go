package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	wire "github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

type pair struct {
	A int64  `parquet:"a"`
	B string `parquet:"b,dict"`
}

func pairs2(n int) (all []pair) {
	for i := range n {
		all = append(all, pair{int64(i), fmt.Sprint("v", i%3)})
	}
	return all
}

// refooter changes the footer of a Parquet file.
func refooter(t testing.TB, content []byte, change func(m *format.FileMetaData)) []byte {
	t.Helper()
	n := int(binary.LittleEndian.Uint32(content[len(content)-8:]))
	body := content[:len(content)-8-n]
	m := new(format.FileMetaData)
	if err := wire.Unmarshal(new(wire.CompactProtocol), content[len(body):len(content)-8], m); err != nil {
		t.Fatal(err)
	}
	change(m)
	b, err := wire.Marshal(new(wire.CompactProtocol), m)
	if err != nil {
		t.Fatal(err)
	}
	out := append(bytes.Clone(body), b...)
	return append(binary.LittleEndian.AppendUint32(out, uint32(len(b))), "PAR1"...)
}

func TestParquetFooterClaims(t *testing.T) {
	good := parquetOf(t, pairs2(100), parquet.Compression(&parquet.Snappy))
	for name, c := range map[string]struct {
		change func(m *format.FileMetaData)
		code   string
	}{
		"nothing":       {func(*format.FileMetaData) {}, ""},
		"rows":          {func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = 1<<60, 1<<60 }, Bomb},
		"rows negative": {func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = -5, -5 }, Malformed},
		"rows differ":   {func(m *format.FileMetaData) { m.NumRows = 7 }, Malformed},
		"rows too many": {func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = 101, 101 }, Truncated},
		"rows too few":  {func(m *format.FileMetaData) { m.NumRows, m.RowGroups[0].NumRows = 99, 99 }, Malformed},
		"size":          {func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.TotalCompressedSize = 1 << 40 }, Truncated},
		"offset":        {func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.DataPageOffset = 1 << 62 }, Truncated},
		"codec":         {func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.Codec = 3 }, Unsupported},
		"other codec":   {func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].MetaData.Codec = 6 }, Malformed},
		"columns":       {func(m *format.FileMetaData) { m.RowGroups[0].Columns = m.RowGroups[0].Columns[:1] }, Malformed},
		"children":      {func(m *format.FileMetaData) { m.Schema[0].NumChildren.V = 1 << 30 }, Malformed},
		"other file":    {func(m *format.FileMetaData) { m.RowGroups[0].Columns[0].FilePath = "/etc/passwd" }, Unsupported},
		"too many":      {func(m *format.FileMetaData) { widen(m, 20000) }, TooManyColumns},
		"deep":          {deepen, Malformed},
	} {
		_, err := random(Parquet, refooter(t, good, c.change), Options{})
		var e *Error
		if c.code == "" && err != nil || c.code != "" && (!errors.As(err, &e) || e.Code != c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func widen(m *format.FileMetaData, n int32) {
	m.Schema[0].NumChildren.V = n
	for int32(len(m.Schema)) <= n {
		m.Schema = append(m.Schema, m.Schema[1])
	}
}

func deepen(m *format.FileMetaData) {
	for i := 1; i < len(m.Schema); i++ {
		m.Schema[i].NumChildren.V, m.Schema[i].NumChildren.Valid = 1, true
	}
	m.Schema[0].NumChildren.V = 1
	for len(m.Schema) < 200 {
		m.Schema = append(m.Schema, m.Schema[1])
	}
}

func TestParquetTruncated(t *testing.T) {
	good := parquetOf(t, pairs2(100))
	for _, n := range []int{0, 3, 11, len(good) / 2, len(good) - 1} {
		_, err := random(Parquet, good[:n], Options{})
		wantError(t, err, Truncated, 0)
	}
	claims := append([]byte(nil), good...)
	binary.LittleEndian.PutUint32(claims[len(claims)-8:], 1<<31)
	_, err := random(Parquet, claims, Options{})
	wantError(t, err, Truncated, 0)
}

func TestParquetErrorSaysRowAndColumn(t *testing.T) {
	rows := make([]pair, 5000)
	rows[4500].B = "broken \xff secret"
	_, err := random(Parquet, parquetOf(t, rows), Options{})
	wantError(t, err, BrokenEncoding, 4501)
	if e := err.(*Error); e.Column != 2 || strings.Contains(e.Error(), "secret") {
		t.Error(e)
	}
	rows[4500].B = strings.Repeat("x", 101)
	_, err = random(Parquet, parquetOf(t, rows), Options{Cell: 100})
	wantError(t, err, CellTooLarge, 4501)
}

// A list of a few bytes that claims 2^31 items must not be made.
func TestThriftClaimsCostNothing(t *testing.T) {
	long := append([]byte{0x29, 0xfc}, binary.AppendUvarint(nil, 1<<31)...)
	if _, err := readFooter(long, Options{}.defaults()); err == nil {
		t.Error("a list longer than the footer was taken")
	}
	deep := bytes.Repeat([]byte{0x1c}, 1<<16)
	if _, err := readFooter(deep, Options{}.defaults()); err == nil {
		t.Error("structures without end were taken")
	}
}

// Pages given up to save memory and read again give the same cells.
func TestParquetPagesReadAgain(t *testing.T) {
	content := parquetOf(t, pairs2(10000), parquet.PageBufferSize(1<<20), parquet.Compression(&parquet.Zstd))
	want, err := random(Parquet, content, Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := Random(Parquet, bytes.NewReader(content), int64(len(content)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	table, err := f.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := parquetRowsOf(table)
	var rows [][]string
	for b := new(Batch); err == nil; {
		for _, c := range p.columns {
			if c.page.values != nil {
				c.drop()
			}
		}
		p.held = pagesMost + 1
		b.reset(1, len(table.Columns))
		if p.left == 0 {
			err = p.group()
		}
		if err == nil {
			_, err = p.ahead()
		}
		if err == nil {
			p.emit(b)
			rows = append(rows, cellsOf(b))
		}
	}
	if len(rows) != 10000 || fmt.Sprint(rows) != fmt.Sprint(want[0].rows) {
		t.Fatal(len(rows), err)
	}
}

func cellsOf(b *Batch) (cells []string) {
	for i := range b.Ends {
		cells = append(cells, string(b.Cell(i)))
	}
	return cells
}
