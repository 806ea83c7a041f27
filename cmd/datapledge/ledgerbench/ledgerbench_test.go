package ledgerbench_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/datapledge/datapledge/cmd/datapledge/ledgerbench"
)

// tiny has every part of a run, and owners whose assets are not all pledged alike.
func tiny(dir string) ledgerbench.Options {
	return ledgerbench.Options{Dir: dir, Assets: 80, Small: 40, Rounds: 2, Commands: 18, Asked: 10}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	r, err := ledgerbench.Run(t.Context(), tiny(dir))
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Rates) != 4 || len(r.Answers) != 4 || r.Assets != 80 || r.Small != 40 {
		t.Errorf("got %+v", r)
	}
	for _, row := range r.Rates {
		if row.What == "" || row.Large <= 0 || row.Small <= 0 || row.Ratio != row.Large/row.Small {
			t.Errorf("rate %+v", row)
		}
	}
	for _, a := range r.Answers {
		if a.What == "" || a.Large.Median <= 0 || a.Small.Median <= 0 || a.Large.P99 < a.Large.Median || a.MedianRatio <= 0 || a.LastRatio <= 0 {
			t.Errorf("answer %+v", a)
		}
	}
	// 2 owners, 80 assets, and 4 more commands for each twentieth.
	if r.Filled.Commands != 2+80+16 || r.Filled.LedgerBytes == 0 || r.Filled.IndexBytes == 0 {
		t.Errorf("filled %+v", r.Filled)
	}
	isEmpty(t, dir)
}

func TestRunEndsWithItsContext(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ledgerbench.Run(ctx, tiny(dir)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
	isEmpty(t, dir)
}

func isEmpty(t *testing.T, dir string) {
	t.Helper()
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		t.Errorf("%s was left behind", f.Name())
	}
}
