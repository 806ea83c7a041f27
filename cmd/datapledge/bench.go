package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/service/solo/solobench"
	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/sealbench"
)

const benchHelp = `usage: datapledge bench [-ledger solo|fabric] [-rounds N] [-dir DIR] [-memory-max GIB]
       datapledge bench -assets N [-rounds N] [-dir DIR]

Measures this machine: each row is a figure of this program divided by a peer,
or by a limit, that is measured in the same run. Ratios are medians.

  -ledger LEDGER   solo: sealing, and the ledger of one node; fabric: the ledger
                   of a consortium, which is started for it on this machine
  -rounds N        rounds, of which the medians count; default 5
  -dir DIR         where the temporary files go: measure the disk that counts
  -memory-max GIB  the largest dataset of the memory row; default 1
  -assets N        instead: a solo ledger of N assets beside one of 1,000, what
                   each takes in and how fast it answers; 2,000 to 10,000,000.
                   1,000,000 take about 13 GB in DIR and half an hour

EXAMPLE
  datapledge bench -json > bench.json
  datapledge bench -assets 100000 -dir /var/lib/datapledge
` + exitCommon

// ledgerGoal is what row 8 must reach: the share of the bare signature check.
const ledgerGoal = 0.5

func (a *app) benchCommand() *cobra.Command {
	var rounds, gib, assets int
	var dir, ledger string
	c := a.command("bench", benchHelp, 0, 0, func(ctx context.Context, _ []string) error {
		if rounds < 1 || gib < 1 || gib > 64 {
			return usagef("-rounds: at least 1; -memory-max: 1 to 64")
		}
		var rows []sealbench.Row
		var err error
		switch {
		case assets != 0:
			rows, err = a.measureGrowth(ctx, rounds, assets, dir)
		case ledger == "solo":
			rows, err = a.measure(ctx, rounds, gib, dir)
		case ledger == "fabric":
			rows, err = a.measureFabric(ctx, rounds, dir)
		default:
			return usagef("-ledger: solo or fabric, not %q", ledger)
		}
		if err != nil {
			return err
		}
		out := map[string]any{"rows": rows, "cpus": runtime.NumCPU(), "go": runtime.Version(), "rounds": rounds}
		a.emit(out, func(w io.Writer) { printBench(w, rows) })
		return nil
	})
	c.Flags().IntVar(&rounds, "rounds", 5, "")
	c.Flags().IntVar(&gib, "memory-max", 1, "")
	c.Flags().IntVar(&assets, "assets", 0, "")
	c.Flags().StringVar(&dir, "dir", "", "")
	c.Flags().StringVar(&ledger, "ledger", "solo", "")
	return c
}

// measure runs the benchmarks, one after another: together they would
// measure each other.
func (a *app) measure(ctx context.Context, rounds, gib int, dir string) ([]sealbench.Row, error) {
	a.say("measuring sealing …")
	rows, err := sealbench.Run(ctx, sealbench.Options{Dir: dir, Rounds: rounds, MemoryMax: int64(gib) << 30, Examine: examine})
	if err != nil {
		return nil, fmt.Errorf("measuring sealing: %w", err)
	}
	a.say("measuring the ledger …")
	ledger, err := solobench.Run(ctx, solobench.Options{Rounds: rounds, Dir: dir})
	if err != nil {
		return nil, fmt.Errorf("measuring the ledger: %w", err)
	}
	for _, r := range ledger {
		rows = append(rows, sealbench.Row{
			Row: "8", Work: r.Name + ": " + r.Unit, Value: r.Ratio, Unit: "x", Goal: fmt.Sprintf(">= %.1f", ledgerGoal),
			Met: r.Ratio >= ledgerGoal, Detail: fmt.Sprintf("%.0f/s beside %.0f/s", r.Value, r.Peer),
		})
	}
	return rows, nil
}

// examine is the preflight that a custodian runs on what it seals.
func examine(ctx context.Context) (storage.Beside, func(string) error) {
	r := preflight.NewReader(ctx, preflight.Options{SketchKey: &[32]byte{1}})
	return r.Beside, func(fingerprint string) error {
		_, err := r.Report(fingerprint)
		return err
	}
}

func printBench(w io.Writer, rows []sealbench.Row) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "row\twhat\tvalue\tgoal\tmet")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%.3g %s\t%s\t%s\n", r.Row, r.Work, r.Value, r.Unit, r.Goal, map[bool]string{true: "yes", false: "NO"}[r.Met])
	}
	_ = t.Flush()
	fmt.Fprintln(w)
	for _, r := range rows {
		fmt.Fprintf(w, "row %s: %s\n", r.Row, r.Detail)
	}
}
