package fabric

import "time"

// goAlone waits until nothing else of ours is under way, and keeps it so.
func (d *delivery) goAlone() {
	if d.alone {
		return
	}
	d.alone = true
	q := &d.l.queue
	d.l.mu.Lock()
	defer d.l.mu.Unlock()
	q.running--
	q.wantAlone++
	q.changed.Broadcast()
	for d.l.ctx.Err() == nil && (q.alone > 0 || q.running > 0) {
		q.changed.Wait()
	}
	q.wantAlone--
	q.alone++
	q.running++
}

// land tells the callers, and lets the next batch go.
func (l *Ledger) land(b *batch, d *delivery, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue.pace.learn(b.bytes, 2*b.bytes > l.queue.pace.room || len(b.items) == l.options.MaxCommands, took)
	for i, it := range d.items {
		if a := d.answers[i]; a.err != nil || a.outcome.Status != "" {
			it.outcome, it.err = a.outcome, a.err
			l.queue.landed(it)
		}
	}
	for _, c := range b.calls {
		l.queue.next(c)
	}
	l.queue.running--
	if d.alone {
		l.queue.alone--
	}
	l.queue.changed.Broadcast()
	l.queue.dispatch()
}

func (q *queue) landed(it *item) {
	if q.flying[it.jws] == it {
		delete(q.flying, it.jws)
	}
}

// next lets a call go on after its run landed, unless part of it has no end.
func (q *queue) next(c *call) {
	for _, it := range c.items[c.next:c.sent] {
		if it.outcome.Status == "" {
			c.finish(it.err) // nil: gather says unknown
			return
		}
	}
	c.next = c.sent
	switch {
	case c.next == len(c.items):
		c.finish(nil)
	case !c.gone:
		q.add(c)
	}
}
