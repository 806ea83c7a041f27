package fabric

import (
	"slices"
	"sync"
	"time"
)

// queue is who waits and what is under way. A lone command goes at once;
// while transactions are under way those that arrive gather, and go together
// in the next (Nagle's rule, RFC 896). The ledger's mu guards all of it.
type queue struct {
	l       *Ledger
	waiting []*call
	pending int              // commands of those who wait, roughly
	flying  map[string]*item // by JWS: sent, and no end known
	running int              // batches under way
	changed *sync.Cond

	// A batch that lost a conflict goes alone: then only others can make it
	// lose again.
	alone, wantAlone int

	armed, lingered bool

	pace pace
}

func (q *queue) init(l *Ledger) {
	q.l, q.flying, q.changed = l, map[string]*item{}, sync.NewCond(&l.mu)
	q.pace = newPace(l.options.MaxBytes)
}

// batch is what one transaction carries, or tries to.
type batch struct {
	items []*item
	calls []*call
	bytes int
}

// put lets a call wait for its turn.
func (l *Ledger) put(c *call) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue.add(c)
	l.queue.dispatch()
}

func (q *queue) add(c *call) {
	q.waiting = append(q.waiting, c)
	q.pending += len(c.items) - c.next
}

// remove takes a call out; what is under way of it goes on.
func (q *queue) remove(c *call) {
	if i := slices.Index(q.waiting, c); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
		q.pending -= len(c.items) - c.next
	}
}

// dispatch starts as many batches as may go now.
func (q *queue) dispatch() {
	for q.mayStart() {
		q.lingered = false
		b := q.fill()
		if len(b.items) == 0 {
			break
		}
		q.running++
		q.l.background.Go(func() { q.l.run(b) })
	}
	q.arm()
}

// mayStart is false for good once the ledger is released: release waits for
// what was started, so nothing may start while it waits.
func (q *queue) mayStart() bool {
	o := &q.l.options
	if q.l.ctx.Err() != nil || len(q.waiting) == 0 || q.running >= o.MaxInFlight || q.alone+q.wantAlone > 0 {
		return false
	}
	return q.running == 0 || q.lingered || q.pending >= o.MaxCommands
}

// arm sees to it that those who gather do not gather for long.
func (q *queue) arm() {
	if q.armed || len(q.waiting) == 0 || q.running >= q.l.options.MaxInFlight {
		return
	}
	q.armed = true
	time.AfterFunc(q.l.options.limits.linger, func() {
		q.l.mu.Lock()
		defer q.l.mu.Unlock()
		q.armed, q.lingered = false, true
		q.dispatchOnce()
	})
}

// dispatchOnce is dispatch by the clock: calls that wait for the same
// command of another one cannot go however long they linger.
func (q *queue) dispatchOnce() {
	if q.mayStart() {
		if b := q.fill(); len(b.items) > 0 {
			q.running++
			q.l.background.Go(func() { q.l.run(b) })
			q.lingered = false
			q.arm()
		}
	}
}

func (c *call) finish(err error) {
	if !c.over {
		c.err, c.over = err, true
		close(c.done)
	}
}
