package table

import (
	"bytes"
	"math"
	"runtime"
	"testing"
)

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
