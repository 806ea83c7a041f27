//go:build unix

package preflight_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"slices"
	"syscall"
	"testing"

	"github.com/datapledge/datapledge/service/preflight"
)

// BenchmarkPass divides what a preflight reads in a second of processor time
// by what encoding/csv alone reads of the same bytes, interleaved, medians of
// the rounds. The time of a processor hardly depends on what else the machine
// does, and counts all goroutines.
func BenchmarkPass(b *testing.B) {
	all := corpora(b)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b.Run(name, func(b *testing.B) { againstCSV(b, all[name], preflight.Options{}) })
		b.Run(name+"+sketch", func(b *testing.B) { againstCSV(b, all[name], preflight.Options{SketchKey: &[32]byte{1}}) })
	}
}

func againstCSV(b *testing.B, text []byte, o preflight.Options) {
	var mine, ratio []float64
	for b.Loop() {
		m := cpu(func() { pass(b, text, o) })
		mine, ratio = append(mine, m), append(ratio, cpu(func() { readCSV(b, text) })/m)
	}
	slices.Sort(mine)
	slices.Sort(ratio)
	b.ReportMetric(float64(len(text))/mine[len(mine)/2]/1e6, "MB/cpu-s")
	b.ReportMetric(ratio[len(ratio)/2], "x-encoding/csv")
}

// cpu is in seconds.
func cpu(do func()) float64 {
	start := spent()
	do()
	return spent() - start
}

func spent() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
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
