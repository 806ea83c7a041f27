// Package ledgerbench measures what a ledger loses as it grows: the solo
// ledger and its read model with a million assets, beside the same with a
// thousand, in the same run (PERFORMANCE.md row 9).
package ledgerbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// Options of a run. Dir is needed; for the rest the zero value means the default.
type Options struct {
	Dir      string // an existing folder that the ledgers are made in and removed from again
	Assets   int    // on the large ledger; 1,000,000
	Small    int    // on the small one; 1,000
	Rounds   int    // of which the medians count; 5
	Commands int    // of each kind of load on either ledger in a round, about; 8000
	Asked    int    // questions of each kind to either ledger in a round; 1000
	Log      io.Writer
}

func (o *Options) setDefaults() {
	for _, d := range []struct {
		v *int
		n int
	}{{&o.Assets, 1_000_000}, {&o.Small, 1000}, {&o.Rounds, 5}, {&o.Commands, 8000}, {&o.Asked, 1000}} {
		if *d.v <= 0 {
			*d.v = d.n
		}
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
}

// Needed is about how many bytes of disk, and how long, a run of so many
// assets takes.
func Needed(assets int) (bytes int64, took time.Duration) {
	const bytesAsset, perSecond = 13_000, 1_000
	return int64(assets) * bytesAsset, 2*time.Minute + time.Duration(assets/perSecond)*time.Second
}

// Rate is a throughput in commands a second; Ratio is Large over Small.
type Rate struct {
	What                string
	Large, Small, Ratio float64
}

// Answer is how long one kind of question takes. Ratios are Large over Small.
type Answer struct {
	What                   string
	Large, Small           Times
	MedianRatio, LastRatio float64
}

// Times are medians over the rounds: of the median, and of the 99th percentile.
type Times struct{ Median, P99 time.Duration }

// Result of a run. Memory is the most that the process held in memory of its
// own, without the pages of files, in bytes; 0 where that is not known.
type Result struct {
	Rates         []Rate
	Answers       []Answer
	Assets, Small int
	Filled        Filled
	Memory        int64
}

// Filled is what making the large ledger took. Bytes are those of its files.
type Filled struct {
	Commands                int
	Took                    time.Duration
	LedgerBytes, IndexBytes int64
}

// Run makes the two ledgers, measures both by turns, and removes them.
func Run(ctx context.Context, o Options) (_ Result, err error) {
	o.setDefaults()
	dir, err := os.MkdirTemp(o.Dir, "ledgerbench-")
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	large, err := open(ctx, filepath.Join(dir, "large"))
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, large.close()) }()
	filled, err := large.fill(ctx, o.Assets, o.Log)
	if err != nil {
		return Result{}, fmt.Errorf("filling the large ledger: %w", err)
	}
	r := Result{Assets: o.Assets, Small: o.Small, Filled: filled}
	m := newMeasures()
	for round := range o.Rounds {
		fmt.Fprintf(o.Log, "measuring, round %d of %d …\n", round+1, o.Rounds)
		if err := o.round(ctx, m, large, filepath.Join(dir, fmt.Sprint("small", round))); err != nil {
			return Result{}, fmt.Errorf("measuring: %w", err)
		}
	}
	r.Rates, r.Answers, r.Memory = m.rates(), m.answers(), large.memory.Load()
	return r, nil
}

// round measures the large ledger beside a small one, which is made anew: after
// a round of load it is no longer small.
func (o Options) round(ctx context.Context, m *measures, large *ledger, dir string) (err error) {
	small, err := open(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, small.close(), os.RemoveAll(dir)) }()
	if _, err := small.fill(ctx, o.Small, io.Discard); err != nil {
		return fmt.Errorf("filling the small ledger: %w", err)
	}
	runtime.GC()
	if err := m.ask(ctx, large, small, o.Asked); err != nil {
		return err
	}
	return m.load(ctx, large, small, o.Commands)
}

func median[T float64 | time.Duration](v []T) T { return percentile(v, 50) }

// percentile of values, which it sorts.
func percentile[T float64 | time.Duration](v []T, p int) T {
	slices.Sort(v)
	return v[min(len(v)*p/100, len(v)-1)]
}
