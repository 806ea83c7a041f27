package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/cmd/datapledge/fabricbench"
	"github.com/datapledge/datapledge/storage/sealbench"
)

// The goals of rows 6 and 7: group commit beside one command a transaction,
// and what it may cost a command that comes alone.
const (
	groupGoal = 20
	loneGoal  = 1.5
)

// measureFabric starts a consortium for it.
func (a *app) measureFabric(ctx context.Context, rounds int, dir string) (_ []sealbench.Row, err error) {
	c, err := freeConsortium()
	if err != nil {
		return nil, err
	}
	if dir, err = os.MkdirTemp(dir, "datapledge-bench-"); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	a.say("measuring the ledger of a consortium …")
	r, err := fabricbench.Run(ctx, fabricbench.Options{Dir: dir, Consortium: c, Rounds: rounds, Log: sayer{a}})
	if err != nil {
		return nil, networkHint(err)
	}
	return fabricRows(r), nil
}

func fabricRows(r fabricbench.Result) (rows []sealbench.Row) {
	for _, k := range r.Rates {
		rows = append(rows, sealbench.Row{
			Row: "6", Work: k.Kind + " through REST into a consortium: group commit to one a transaction", Value: k.Ratio, Unit: "x",
			Goal: fmt.Sprintf(">= %d", groupGoal), Met: k.Ratio >= groupGoal,
			Detail: fmt.Sprintf("%s: %.0f/s beside %.0f/s; processor time a command in a group: %s",
				k.Kind, k.Group, k.Alone, spent(k.Spent)),
		})
	}
	return append(rows, sealbench.Row{
		Row: "7", Work: "a lone command, to a lone one through the SDK's own channel client", Value: r.LoneRatio(), Unit: "x",
		Goal: fmt.Sprintf("<= %.1f", loneGoal), Met: r.LoneRatio() <= loneGoal,
		Detail: fmt.Sprintf("%.1f ms beside %.1f ms", r.Lone.Seconds()*1e3, r.LonePlain.Seconds()*1e3),
	})
}

func spent(by map[string]float64) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, fmt.Sprintf("%s %.0f µs", name, by[name]))
	}
	return strings.Join(parts, ", ")
}
