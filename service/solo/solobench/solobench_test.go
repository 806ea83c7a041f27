package solobench_test

import (
	"testing"

	"github.com/datapledge/datapledge/service/solo/solobench"
)

func TestRun(t *testing.T) {
	rows, err := solobench.Run(t.Context(), solobench.Options{Dir: t.TempDir(), Commands: 90, Rounds: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 6 {
		t.Fatalf("got %d rows, want 6", len(rows))
	}
	for _, r := range rows {
		if r.Name == "" || r.Unit == "" || r.Value <= 0 || r.Peer <= 0 || r.Ratio != r.Value/r.Peer {
			t.Errorf("row %+v", r)
		}
	}
}

// BenchmarkRun prints PERFORMANCE.md row 8.
func BenchmarkRun(b *testing.B) {
	for range b.N {
		rows, err := solobench.Run(b.Context(), solobench.Options{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		for _, r := range rows {
			b.Logf("%-62s %9.0f / %9.0f = %.2f %s", r.Name, r.Value, r.Peer, r.Ratio, r.Unit)
		}
	}
}
