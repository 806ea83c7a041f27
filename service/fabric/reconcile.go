package fabric

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/pledge"
)

// reconcile drives the rows that an earlier process left to an end. Commands
// that were never endorsed took no effect, and whoever sent them was never
// answered: they end here. All others are sent again as they are.
func (l *Ledger) reconcile() {
	for _, r := range l.journal.open() {
		if len(r.attempts) == 0 {
			l.note(r, l.unordered(r, nil))
			continue
		}
		items := make([]*item, len(r.commands))
		l.mu.Lock()
		for i, jws := range r.commands {
			items[i] = newItem(jws)
			l.queue.flying[jws] = items[i]
		}
		l.mu.Unlock()
		l.stats.resumed.Add(1)
		l.background.Go(func() { l.pursue(r, items) })
	}
}

// ending is a verdict on one of the transactions of a row.
type ending struct {
	verdict verdict
	err     error
}

// maxAttempts bounds the transactions that carry the same commands.
const maxAttempts = 4

// pursue drives a row until its end, or the ledger's: the next opening then
// goes on. The same bytes go again and again, since only a block can say
// what became of them; after a long time the commands go in a new transaction as
// well, because a command takes effect once.
func (l *Ledger) pursue(r *row, items []*item) {
	ctx, cancel := context.WithCancel(l.ctx)
	defer cancel()
	endings := make(chan ending, maxAttempts)
	follow := func(a attempt) {
		l.background.Go(func() {
			v, err := l.drive(ctx, r, a, false)
			endings <- ending{v, err}
		})
	}
	for _, a := range r.attempts {
		follow(a)
	}
	renew := time.NewTicker(l.options.limits.renew)
	defer renew.Stop()
	for open := len(r.attempts); open > 0; {
		select {
		case <-ctx.Done():
			return
		case e := <-endings:
			if open--; e.err != nil || l.closes(ctx, r, items, e.verdict, open) {
				return
			}
		case <-renew.C:
			a, over := l.renewed(ctx, r, items)
			if over {
				return
			}
			if a != nil {
				open++
				follow(*a)
			}
		}
	}
}

// closes ends the row when a verdict tells the fate of every command: all of
// them applied, or no other transaction could still apply one.
func (l *Ledger) closes(ctx context.Context, r *row, items []*item, v verdict, open int) bool {
	valid := v.Code == int32(peer.TxValidationCode_VALID)
	all := valid && len(v.Results) == len(items) && !slices.ContainsFunc(v.Results, func(x pledge.Result) bool { return x.Outcome.Status != pledge.Applied })
	if open > 0 && !all {
		return false
	}
	out, err := l.decided(ctx, r, items, v)
	l.log.Info("transaction driven to its end", slog.Uint64("row", r.id), slog.Uint64("block", v.Block),
		slog.String("verdict", peer.TxValidationCode(v.Code).String()))
	l.resolve(items, out, err)
	return true
}

// resolve tells those who wait for the same commands.
func (l *Ledger) resolve(items []*item, out []pledge.Outcome, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, it := range items {
		if it.err = err; err == nil {
			it.outcome = out[i]
		}
		l.queue.landed(it)
	}
	l.queue.dispatch()
}

// renewed has the commands of a row endorsed afresh. It reports over when
// they stand on the ledger already, or were fenced; else it may return
// one more transaction to drive.
func (l *Ledger) renewed(ctx context.Context, r *row, items []*item) (*attempt, bool) {
	if len(r.attempts) >= maxAttempts || slices.ContainsFunc(items, func(it *item) bool { return it.command == nil }) {
		return nil, false
	}
	e, out, err := l.endorse(ctx, items)
	if err != nil {
		l.log.Warn("commands without a verdict could not be endorsed again", slog.Uint64("row", r.id), slog.Any("error", err))
		return nil, false
	}
	if out != nil {
		return nil, l.known(r, items, out)
	}
	a := attempt{e.TxID, e.Envelope}
	if err := l.journal.endorsed(r, a); err != nil {
		l.note(r, err)
		return nil, false
	}
	l.stats.renewed.Add(1)
	return &a, false
}

// known ends a row all of whose commands have an end on the ledger. Any
// other refusal is none: the first transaction may yet commit.
func (l *Ledger) known(r *row, items []*item, out []pledge.Outcome) bool {
	e := entry{State: rowFenced}
	for _, o := range out {
		if o.Status == pledge.Applied {
			e.State, e.Block, e.Tx = rowCommitted, o.Position.Block, o.Position.Tx
		} else if o.Code != pledge.Fenced {
			return false
		}
	}
	l.note(r, l.journal.end(r, e))
	l.resolve(items, out, nil)
	return true
}
