package sealbench_test

import (
	"bytes"
	"context"
	"io"
	"sync/atomic"
	"testing"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/sealbench"
)

// TestRun runs everything once, small: no figure is asserted.
func TestRun(t *testing.T) {
	var lines, reports atomic.Int64
	examine := func(context.Context) (storage.Beside, func(string) error) {
		return func(string, int64) io.WriteCloser { return &counter{lines: &lines} }, func(string) error { reports.Add(1); return nil }
	}
	rows, err := sealbench.Run(t.Context(), sealbench.Options{Dir: t.TempDir(), Size: 20 << 20, Rounds: 1, MemoryMax: 64 << 20, Examine: examine})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 7 {
		t.Errorf("got %d rows, want 7", len(rows))
	}
	if lines.Load() < 500_000 || reports.Load() != 9 {
		t.Errorf("the examination saw %d lines, and gave %d reports", lines.Load(), reports.Load())
	}
	for _, r := range rows {
		if r.Value <= 0 || r.Goal == "" || r.Detail == "" {
			t.Errorf("got %+v", r)
		}
		t.Logf("%+v", r)
	}
}

// counter stands for an examination.
type counter struct{ lines *atomic.Int64 }

func (c *counter) Write(b []byte) (int, error) {
	c.lines.Add(int64(bytes.Count(b, []byte("\n"))))
	return len(b), nil
}

func (c *counter) Close() error { return nil }

// BenchmarkTable prints the table: go test -bench Table -benchtime 1x.
func BenchmarkTable(b *testing.B) {
	for b.Loop() {
		rows, err := sealbench.Run(b.Context(), sealbench.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range rows {
			b.Logf("row %s: %s: %.2f %s (goal %s, met %v): %s", r.Row, r.Work, r.Value, r.Unit, r.Goal, r.Met, r.Detail)
			b.ReportMetric(r.Value, r.Unit+"/row"+r.Row)
		}
	}
}

// BenchmarkSeal is the product's side alone, for profiles.
func BenchmarkSeal(b *testing.B) {
	if err := sealbench.Seal(b.Context(), 256<<20, b.N); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(256 << 20)
}
