package ledgerbench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/datapledge/datapledge/service/ledgertest/actors"
	"github.com/datapledge/datapledge/service/solo/solobench"
)

// load submits commands of each kind to both ledgers, by turns.
func (m *measures) load(ctx context.Context, large, small *ledger, n int) error {
	for _, k := range loads() {
		var rates [2][2]float64
		for i, l := range []*ledger{large, small} {
			var err error
			if rates[0][i], rates[1][i], err = l.loaded(ctx, m.random, k, n); err != nil {
				return fmt.Errorf("%s: %w", k.what, err)
			}
		}
		m.ran("durable commands, "+k.what, rates[0])
		m.ran("commands into the read model, "+k.what, rates[1])
	}
	return nil
}

// load is a kind of it: jobs of so many commands each.
type load struct {
	what     string
	commands int
	make     func(c *actors.Cast, by *actors.Actor, name string) []string
}

func loads() []load {
	return []load{
		{"notarizations", 1, func(c *actors.Cast, by *actors.Actor, name string) []string {
			return []string{c.Notarize(by, actors.NewDataset(name, 1))}
		}},
		{"whole pledges", 9, func(c *actors.Cast, by *actors.Actor, name string) []string {
			jws, _, id, terms := c.Story(name, by, c.Bank)
			return append(jws, c.Register(c.Bank, id, terms, 0), c.Release(c.Bank, id, "PAID"))
		}},
	}
}

// loaded makes commands by owners at random and tells two rates: how fast they
// become durable while the read model stands still, and how fast it then takes
// them over.
func (l *ledger) loaded(ctx context.Context, random *rand.Rand, k load, n int) (durable, projected float64, err error) {
	const callers = 64
	jobs := make([][]string, max(n/k.commands, 1))
	by := make([]int, len(jobs))
	for i := range by {
		by[i] = random.IntN(l.owners)
	}
	mark := random.Uint64()
	solobench.Parallel(runtime.GOMAXPROCS(0), len(jobs), func(i int) {
		jobs[i] = k.make(l.cast, owner(by[i]), l.cast.Own(fmt.Sprint(mark, k.what, i)))
	})
	runtime.GC()
	if durable, err = l.submit(ctx, callers, jobs); err != nil {
		return 0, 0, err
	}
	start := time.Now()
	err = l.settle(ctx)
	l.remember()
	return durable, float64(len(jobs)*k.commands) / time.Since(start).Seconds(), err
}

func (l *ledger) submit(ctx context.Context, callers int, jobs [][]string) (float64, error) {
	l.gate.Lock()
	defer l.gate.Unlock()
	return solobench.Submit(ctx, l.solo, callers, jobs)
}
