package fabric

import (
	"bytes"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// contest is one dataset that two commands want to notarize: the first
// wins, the other one is refused.
type contest struct {
	commands [2]string
	outcomes [2][2]pledge.Outcome // by replica and command
}

// TestReplicasRace: two services with folders of their own, each with both
// commands of 1,000 contested datasets. One of each pair wins, whoever asks, both replicas
// say the same, and what was acknowledged is what the blocks hold.
func TestReplicasRace(t *testing.T) {
	patient := func(o *Options) { o.CommitTimeout, o.EndorseTimeout = 2*time.Minute, 2*time.Minute } // every answer is wanted
	b := newBench(t, patient)
	o := quiet(t.TempDir())
	patient(&o)
	other := openSim(t, b.net.client(), o)
	defer closeLedger(t, other)
	n := 1000
	if testing.Short() {
		n = 100
	}
	contests := make([]*contest, n)
	for i := range contests {
		d := actors.NewDataset(b.Own(fmt.Sprint("contest", i)), 1)
		contests[i] = &contest{commands: [2]string{b.Notarize(b.Enterprise, d), b.Notarize(b.Enterprise, d)}}
	}
	var all sync.WaitGroup
	for r, l := range []*Ledger{b.l, other} {
		for worker := range 50 {
			all.Go(func() {
				for i := worker; i < n; i += 50 {
					contests[i].enter(t, l, r)
				}
			})
		}
	}
	all.Wait()
	blocks := b.committed(b.l)
	for i, c := range contests {
		c.check(b, i, blocks)
	}
	if s := b.l.Stats(); s.Conflicts == 0 && other.Stats().Conflicts == 0 {
		t.Errorf("the replicas never met: %+v", s)
	}
	b.ended()
}

// enter submits one command after the other, each replica another one first.
func (c *contest) enter(t *testing.T, l *Ledger, replica int) {
	for turn := range 2 {
		i := (replica + turn) % 2
		out, err := l.Submit(t.Context(), []string{c.commands[i]})
		if err != nil {
			t.Errorf("replica %d: %v", replica, err)
			return
		}
		c.outcomes[replica][i] = out[0]
	}
}

func (b *bench) committed(l *Ledger) map[string]service.Committed {
	b.Helper()
	head, err := l.Head(b.Context())
	try(b.T, err)
	out := map[string]service.Committed{}
	err = l.Follow(b.Context(), 0, func(block service.Block) error {
		for _, c := range block.Commands {
			out[c.Outcome.CommandID] = c
		}
		if block.Number == head.Height {
			return errSim
		}
		return nil
	})
	if err != errSim {
		b.Fatal(err)
	}
	return out
}

func (c *contest) check(b *bench, i int, blocks map[string]service.Committed) {
	b.Helper()
	winners := 0
	for k, command := range c.commands {
		first, second := c.outcomes[0][k], c.outcomes[1][k]
		if n := b.times(command); n > 1 || first.Status != second.Status || n == 1 != (first.Status == pledge.Applied) {
			b.Fatalf("contest %d, command %d, took effect %d times:\n%+v\n%+v", i, k, n, first, second)
		}
		if first.Status != pledge.Applied {
			if first.Code != pledge.Duplicate || second.Code != pledge.Duplicate {
				b.Errorf("contest %d: the loser was told %s and %s", i, first.Code, second.Code)
			}
			continue
		}
		winners++
		held := blocks[actors.CommandID(command)].Outcome
		for _, o := range []pledge.Outcome{first, second} {
			if held.Position == nil || o.Position == nil || *o.Position != *held.Position || !bytes.Equal(o.Record, held.Record) || o.RecordID != held.RecordID {
				b.Errorf("contest %d: told %+v, the block holds %+v", i, o, held)
			}
		}
		if first.Duplicate == second.Duplicate {
			b.Errorf("contest %d: first for both, or for none: %t", i, first.Duplicate)
		}
	}
	if winners != 1 {
		b.Errorf("contest %d has %d winners", i, winners)
	}
}
