package preflight_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/preflight"
)

// BenchmarkPass divides what a preflight reads in a second by what
// encoding/csv alone reads of the same bytes, interleaved, medians of five.
// The pass is one goroutine: it is fed without hashing.
func BenchmarkPass(b *testing.B) {
	text, err := os.ReadFile("../../cmd/datapledge/demo/data/birdstrikes-1990s.csv")
	if err != nil {
		b.Fatal(err)
	}
	_, rows, _ := bytes.Cut(text, []byte("\n"))
	text = append(text, bytes.Repeat(rows, 15)...)
	for _, with := range []struct {
		name string
		o    preflight.Options
	}{{"scan and profile", preflight.Options{}}, {"and sketch", preflight.Options{SketchKey: &[32]byte{1}}}} {
		b.Run(with.name, func(b *testing.B) {
			var mine, peer []time.Duration
			for b.Loop() {
				for range 5 {
					mine = append(mine, timed(func() { pass(b, text, with.o) }))
					peer = append(peer, timed(func() { readCSV(b, text) }))
				}
			}
			slices.Sort(mine)
			slices.Sort(peer)
			m, p := mine[len(mine)/2], peer[len(peer)/2]
			b.ReportMetric(float64(len(text))/m.Seconds()/1e6, "MB/s")
			b.ReportMetric(float64(len(text))/p.Seconds()/1e6, "csv-MB/s")
			b.ReportMetric(p.Seconds()/m.Seconds(), "ratio")
		})
	}
}

func timed(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

func pass(b *testing.B, text []byte, o preflight.Options) {
	r := preflight.NewReader(b.Context(), o)
	w := r.Beside("a.csv", int64(len(text)))
	for part := range slices.Chunk(text, 1<<20) {
		if _, err := w.Write(part); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	if _, err := r.Report("sha256:"); err != nil {
		b.Fatal(err)
	}
}

func readCSV(b *testing.B, text []byte) {
	r := csv.NewReader(bytes.NewReader(text))
	r.ReuseRecord = true
	for {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}
