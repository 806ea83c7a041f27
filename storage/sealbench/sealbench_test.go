package sealbench_test

import (
	"testing"

	"github.com/datapledge/datapledge/storage/sealbench"
)

// TestRun runs everything once, small: no figure is asserted.
func TestRun(t *testing.T) {
	rows, err := sealbench.Run(t.Context(), sealbench.Options{Dir: t.TempDir(), Size: 20 << 20, Rounds: 1, MemoryMax: 64 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 {
		t.Errorf("got %d rows, want 4", len(rows))
	}
	for _, r := range rows {
		if r.Value <= 0 || r.Goal == "" || r.Detail == "" {
			t.Errorf("got %+v", r)
		}
		t.Logf("%+v", r)
	}
}

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
