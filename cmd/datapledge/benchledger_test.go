package main

import (
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/cmd/datapledge/ledgerbench"
)

func TestGrowthRows(t *testing.T) {
	r := ledgerbench.Result{
		Rates: []ledgerbench.Rate{{What: "commands", Large: 90, Small: 100, Ratio: 0.9}, {What: "others", Large: 89, Small: 100, Ratio: 0.89}},
		Answers: []ledgerbench.Answer{
			{What: "search", Large: ledgerbench.Times{Median: time.Millisecond, P99: 4 * time.Millisecond}, Small: ledgerbench.Times{Median: time.Millisecond, P99: 2 * time.Millisecond}, MedianRatio: 1, LastRatio: 2},
			{What: "query", LastRatio: 2.1},
		},
		Assets: 1_000_000, Small: 1000, Memory: 7 << 20,
	}
	rows := growthRows(r)
	for i, want := range []bool{true, false, true, false} {
		if rows[i].Met != want || rows[i].Row != "9" {
			t.Errorf("row %d: %+v, want met %t", i, rows[i], want)
		}
	}
	if d := rows[0].Detail; !strings.Contains(d, "90/s beside 100/s") || !strings.Contains(d, "7 MiB") {
		t.Errorf("detail %q", d)
	}
	if d := rows[2].Detail; !strings.Contains(d, "p99 4.00 ms beside 2.00 ms; median 1.00 ms beside 1.00 ms (1.00 x)") {
		t.Errorf("detail %q", d)
	}
}

func TestGrowthRefuses(t *testing.T) {
	a := &app{json: true}
	for _, n := range []int{-1, 1, 1999, 10_000_001} {
		if _, err := a.measureGrowth(t.Context(), 1, n, t.TempDir()); err == nil {
			t.Errorf("%d assets were accepted", n)
		}
	}
}
