package node

import (
	"context"
	"errors"
	"time"
)

// Clocks say whether this replica submits what is due: pledges that lapse,
// objections that expire, checks that were missed. Any number of replicas may;
// the rules decide by the ledger's time.
type Clocks struct {
	Enabled  bool     `json:"enabled"`
	Interval Duration `json:"interval"`
}

func (c Clocks) check() (faults []error) {
	if time.Duration(c.Interval) < time.Second {
		faults = append(faults, errors.New("clocks.interval: at least 1s"))
	}
	return faults
}

func (n *Node) startClocks(ctx context.Context) {
	if !n.config.Clocks.Enabled {
		return
	}
	n.running.Go(func() {
		tick := time.NewTicker(time.Duration(n.config.Clocks.Interval))
		defer tick.Stop()
		n.service.RunClocks(ctx, tick.C)
	})
}
