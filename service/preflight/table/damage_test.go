package table

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// flips damages a file at random places, and wants an *Error or cells, and
// never much memory.
func flips(t *testing.T, f Format, content []byte, times int, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range times {
		damaged := bytes.Clone(content)
		for range 1 + r.IntN(3) {
			damaged[r.IntN(len(damaged))] = byte(r.Uint32())
		}
		var e *Error
		if _, err := random(f, damaged, Options{}); err != nil && !errors.As(err, &e) {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if per := (after.TotalAlloc - before.TotalAlloc) / uint64(times); per > 100<<20 {
		t.Errorf("%d bytes for each file of %d", per, len(content))
	}
}

func TestDamagedParquet(t *testing.T) {
	for i, o := range [][]parquet.WriterOption{
		{parquet.DataPageVersion(1)},
		{parquet.DataPageVersion(2), parquet.Compression(&parquet.Snappy)},
		{parquet.DataPageVersion(1), parquet.Compression(&parquet.Zstd)},
	} {
		flips(t, Parquet, parquetOf(t, someOf(20), o...), 80, uint64(i))
	}
}

func FuzzParquet(f *testing.F) {
	f.Add(parquetOf(f, pairs2(10)))
	f.Add(parquetOf(f, someOf(3), parquet.DataPageVersion(2)))
	f.Add(zeroColumns(2, 10))
	for _, c := range overflows {
		f.Add(overflowing(c[0], c[1]))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		var e *Error
		_, err := count(Random(Parquet, bytes.NewReader(content), int64(len(content)), Options{Free: 1 << 20}))
		if !errors.As(err, &e) && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
	})
}
