package fabric

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// What one transaction may come to, beside outcomes and faults.
var (
	// errLost: in a block, without effect, because another transaction
	// changed what this one had read.
	errLost = fmt.Errorf("another transaction came first: %w", service.ErrConflict)
	// errUndecided: it was sent, and nobody knows yet.
	errUndecided = fmt.Errorf("no block holds it yet: %w", service.ErrUnknownOutcome)
	// errTooBig: what the commands do does not go into one transaction.
	errTooBig = errors.New("the transaction is too big")
)

// delivery is a batch on its way, in one transaction or in several.
type delivery struct {
	l       *Ledger
	items   []*item
	answers []itemEnd
	alone   bool
}

// itemEnd is what became of an item. At most one is set; none while its
// transaction is still pursued.
type itemEnd struct {
	outcome pledge.Outcome
	err     error
}

func (l *Ledger) run(b *batch) {
	l.stats.batch(len(b.items))
	began := time.Now()
	d := &delivery{l: l, items: b.items, answers: make([]itemEnd, len(b.items))}
	d.deliver(0, len(b.items), 0)
	l.land(b, d, time.Since(began))
}

// deliver brings the items from..to onto the ledger, in order, and reports
// whether those after them may follow. What loses a conflict is tried once
// more as a whole, then in halves: what nobody contests stays together.
func (d *delivery) deliver(from, to, tries int) bool {
	for {
		out, err := d.l.transact(d.l.ctx, d.items[from:to])
		lost := errors.Is(err, errLost)
		if !lost && !errors.Is(err, errTooBig) {
			return d.settle(from, to, out, err)
		}
		if lost {
			d.l.stats.conflicts.Add(1)
			d.goAlone()
		}
		if to-from > 1 && (!lost || tries > 0) {
			return d.halves(from, to)
		}
		if tries++; tries >= d.l.options.limits.conflicts || !lost {
			return d.settle(from, to, nil, err)
		}
		if err := sleep(d.l.ctx, backOff(10*time.Millisecond, tries)); err != nil {
			return d.settle(from, to, nil, errClosed)
		}
	}
}

func (d *delivery) halves(from, to int) bool {
	middle := (from + to) / 2
	if d.deliver(from, middle, 1) {
		return d.deliver(middle, to, 1)
	}
	for i := middle; i < to; i++ {
		d.answers[i].err = unable("not sent, since what went before it has no end", service.ErrConflict)
	}
	return false
}

func (d *delivery) settle(from, to int, out []pledge.Outcome, err error) bool {
	if errors.Is(err, errUndecided) {
		return false
	}
	for i := from; i < to; i++ {
		if d.answers[i].err = err; err == nil {
			d.answers[i].outcome = out[i-from]
		}
	}
	return err == nil
}

// backOff is a random pause that grows with the tries, a second at most.
func backOff(first time.Duration, tries int) time.Duration {
	most := min(first<<min(tries, 10), time.Second)
	return most/2 + rand.N(most/2)
}

// transact brings items onto the ledger in one transaction. With an error
// other than errUndecided, nothing of it took effect nor ever will.
func (l *Ledger) transact(ctx context.Context, items []*item) ([]pledge.Outcome, error) {
	commands := make([]string, len(items))
	for i, it := range items {
		commands[i] = it.jws
	}
	if n := len(l.journal.open()); n >= l.options.limits.openRows {
		return nil, unable(fmt.Sprintf("%d transactions have no verdict yet", n), service.ErrUnavailable)
	}
	l.options.limits.step("before INTENT")
	r, err := l.journal.intent(commands)
	if err != nil {
		return nil, unable("accepting commands", err)
	}
	l.options.limits.step("after INTENT")
	e, out, err := l.endorse(ctx, items)
	l.options.limits.step("after endorsing")
	if err != nil || out != nil {
		return out, errors.Join(err, l.unordered(r, out))
	}
	return l.order(ctx, r, items, e)
}
