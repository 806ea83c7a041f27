// Package fabricbench measures the ledger of a consortium: signed commands
// through REST with group commit, beside the same kind of commands one a
// transaction, on the same network in the same run.
package fabricbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// Options of a run. Dir and Consortium are needed; for the rest the zero
// value means the default.
type Options struct {
	Dir        string // an empty folder, for network and services
	Consortium network.Consortium
	Tools      string // see network.Options
	Rounds     int    // of which the medians count; 5
	Commands   int    // in a round of each kind with group commit; 4000
	Alone      int    // in a round of each kind, one a transaction; 300
	Lone       int    // one after the other, in a round; 20
	Log        io.Writer
}

func (o *Options) setDefaults() {
	for _, d := range []struct {
		v *int
		n int
	}{{&o.Rounds, 5}, {&o.Commands, 4000}, {&o.Alone, 300}, {&o.Lone, 20}} {
		if *d.v <= 0 {
			*d.v = d.n
		}
	}
	if o.Log == nil {
		o.Log = io.Discard
	}
}

// Rate is throughput of one kind of command, in commands a second. Ratio is
// Group over Alone.
type Rate struct {
	Kind       string  `json:"kind"`
	Signatures int     `json:"signatures"`
	Group      float64 `json:"group"`
	Alone      float64 `json:"one_a_transaction"`
	Ratio      float64 `json:"ratio"`
	// Spent is processor time in µs for each command of the group, by kind of process.
	Spent map[string]float64 `json:"spent_us"`
}

// Result of a run. Lone and LonePlain are medians for a command while nothing
// else goes on: through REST with group commit, and through the SDK as it comes.
type Result struct {
	Rates     []Rate        `json:"rates"`
	Lone      time.Duration `json:"lone_ns"`
	LonePlain time.Duration `json:"lone_plain_ns"`
}

// LoneRatio is what group commit costs a command that comes alone.
func (r Result) LoneRatio() float64 { return float64(r.Lone) / float64(r.LonePlain) }

// kind is a sort of command; each is independent of all others.
type kind struct {
	name       string
	signatures int
	make       func(c *actors.Cast, by *actors.Actor, n int) string
}

func kinds() []kind {
	return []kind{
		{"fences", 1, func(c *actors.Cast, by *actors.Actor, n int) string {
			return c.Fence(by, "cmd_"+actors.Digest(c.Own(fmt.Sprint("fence", by.USCC, n)))[len("sha256:"):])
		}},
		{"enrolments", 1, enrolment},
		{"notarizations", 2, func(c *actors.Cast, by *actors.Actor, n int) string {
			return c.Notarize(by, actors.NewDataset(c.Own(fmt.Sprint("asset", by.USCC, n)), 2))
		}},
	}
}

// Run starts a network of its own, measures, and ends it.
func Run(ctx context.Context, o Options) (_ Result, err error) {
	o.setDefaults()
	s, err := newStage(ctx, o)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	var result Result
	for _, k := range kinds() {
		rate, err := s.rate(ctx, k)
		if err != nil {
			return result, fmt.Errorf("measuring %s: %w", k.name, err)
		}
		result.Rates = append(result.Rates, rate)
	}
	result.Lone, result.LonePlain, err = s.lone(ctx)
	return result, err
}

func median[T float64 | time.Duration](v []T) T {
	slices.Sort(v)
	return v[len(v)/2]
}
