package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/datapledge/datapledge/cmd/datapledge/ledgerbench"
	"github.com/datapledge/datapledge/storage/sealbench"
)

// The goals of row 9: what a ledger may lose as it grows.
const (
	growthGoal = 0.9 // of the throughput
	slowerGoal = 2   // times the 99th percentile
)

// measureGrowth measures a ledger of so many assets beside a small one.
func (a *app) measureGrowth(ctx context.Context, rounds, assets int, dir string) ([]sealbench.Row, error) {
	if assets < 2000 || assets > 10_000_000 {
		return nil, usagef("-assets: 2000 to 10000000")
	}
	if dir == "" {
		dir = os.TempDir()
	}
	bytes, took := ledgerbench.Needed(assets)
	a.say("making and measuring a ledger of %d assets: about %.1f GB in %s, and %s …", assets, float64(bytes)/1e9, dir, took.Round(time.Minute))
	r, err := ledgerbench.Run(ctx, ledgerbench.Options{Dir: dir, Assets: assets, Rounds: rounds, Log: sayer{a}})
	if err != nil {
		return nil, fmt.Errorf("measuring the growth of a ledger: %w", err)
	}
	return growthRows(r), nil
}

func growthRows(r ledgerbench.Result) (rows []sealbench.Row) {
	with := fmt.Sprintf("%d assets to %d", r.Assets, r.Small)
	for _, k := range r.Rates {
		rows = append(rows, sealbench.Row{
			Row: "9", Work: k.What + ": " + with, Value: k.Ratio, Unit: "x", Goal: fmt.Sprintf(">= %.1f", growthGoal), Met: k.Ratio >= growthGoal,
			Detail: fmt.Sprintf("%s: %.0f/s beside %.0f/s", k.What, k.Large, k.Small),
		})
	}
	for _, t := range r.Answers {
		rows = append(rows, sealbench.Row{
			Row: "9", Work: t.What + ", p99: " + with, Value: t.LastRatio, Unit: "x", Goal: fmt.Sprintf("<= %d", slowerGoal), Met: t.LastRatio <= slowerGoal,
			Detail: fmt.Sprintf("%s: p99 %s beside %s; median %s beside %s (%.2f x)", t.What,
				shortly(t.Large.P99), shortly(t.Small.P99), shortly(t.Large.Median), shortly(t.Small.Median), t.MedianRatio),
		})
	}
	rows[0].Detail += fmt.Sprintf("; the large one: %d commands in %s, ledger %.1f GB, read model %.1f GB, memory at most %d MiB",
		r.Filled.Commands, r.Filled.Took.Round(time.Second), float64(r.Filled.LedgerBytes)/1e9, float64(r.Filled.IndexBytes)/1e9, r.Memory>>20)
	return rows
}

func shortly(d time.Duration) string { return fmt.Sprintf("%.2f ms", d.Seconds()*1e3) }
