package fabric

import (
	"context"
	"log/slog"
	"slices"
)

// watch tells what becomes of a transaction, once, on the channel that it
// returns; at once when the transaction stands in a block already. It is
// closed untold when the chain is closed. The function ends the watch and
// must be called.
func (c *chain) watch(txID string) (<-chan verdict, func()) {
	out := make(chan verdict, 1)
	ctx, cancel := context.WithCancel(c.ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if v, ok := c.recent.tx(txID); ok {
		out <- v
		return out, cancel
	}
	if c.closed {
		close(out)
		return out, cancel
	}
	c.watchers[txID] = append(c.watchers[txID], out)
	c.running.Go(func() { c.lookUp(ctx, txID, out) })
	return out, func() {
		cancel()
		c.unwatch(txID, out)
	}
}

// lookUp looks for a transaction in the blocks before the recent ones.
func (c *chain) lookUp(ctx context.Context, txID string, out chan verdict) {
	c.dbMu.RLock()
	at, ok, err := c.db.tx(txID)
	c.dbMu.RUnlock()
	err = c.noteDamage(err)
	if err == nil && ok {
		var d *decoded
		if d, err = c.decodedBlock(ctx, at.Block); err == nil && at.Tx < len(d.txs) {
			c.mu.Lock()
			c.tellOne(d, at.Tx)
			c.mu.Unlock()
		}
	}
	if err != nil && ctx.Err() == nil {
		c.log.WarnContext(ctx, "a transaction could not be looked up", slog.String("tx", txID), slog.Any("error", err))
	}
}

func (c *chain) unwatch(txID string, out chan verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	rest := slices.DeleteFunc(c.watchers[txID], func(w chan verdict) bool { return w == out })
	if len(rest) == 0 {
		delete(c.watchers, txID)
		return
	}
	c.watchers[txID] = rest
}

// tell MUST be called with mu held. A transaction that was refused as a
// repetition says nothing about the one that came first.
func (c *chain) tell(d *decoded) {
	for i, tx := range d.txs {
		if tx.code != duplicateTx {
			c.tellOne(d, i)
		}
	}
}

func (c *chain) tellOne(d *decoded, i int) {
	id := d.txs[i].id
	for _, w := range c.watchers[id] {
		w <- d.verdict(i) // has room for the one that it is told
	}
	delete(c.watchers, id)
}

// dismiss MUST be called with mu held, at close.
func (c *chain) dismiss() {
	for id, all := range c.watchers {
		for _, w := range all {
			close(w)
		}
		delete(c.watchers, id)
	}
}
