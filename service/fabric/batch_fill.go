package fabric

import "github.com/datapledge/datapledge/pledge"

// fill takes the longest run of every call in turn until the batch is full.
func (q *queue) fill() *batch {
	b := &batch{}
	waiting := q.waiting
	q.waiting = nil
	for i, c := range waiting {
		if q.full(b, 0) {
			q.waiting = append(q.waiting, waiting[i:]...)
			break
		}
		before := len(b.items)
		q.take(c, b)
		switch {
		case len(b.items) > before:
			b.calls = append(b.calls, c)
			q.pending -= len(c.items) - c.next
		case c.sent == len(c.items):
			q.pending -= len(c.items) - c.next
			c.finish(nil)
		default:
			q.waiting = append(q.waiting, c)
		}
	}
	return b
}

// take moves commands of a call into b, in order, up to the first that
// has to wait for the same command of somebody else.
func (q *queue) take(c *call, b *batch) {
	for _, it := range c.items[c.sent:] {
		if it.outcome.Status == "" {
			if q.full(b, len(it.jws)) || !q.free(it) {
				return
			}
			if it.outcome.Status == "" {
				q.flying[it.jws] = it
				b.items = append(b.items, it)
				b.bytes += len(it.jws)
			}
		}
		c.sent++
	}
}

// full reports whether b holds as many as a transaction may now, or would
// with so many bytes more.
func (q *queue) full(b *batch, more int) bool {
	return len(b.items) > 0 && (len(b.items) >= q.l.options.MaxCommands || b.bytes+more > q.pace.room)
}

// free reports whether the same command is not under way already. When it was, and
// took effect, that is the answer; a refusal is not, it may be too old.
func (q *queue) free(it *item) bool {
	other := q.flying[it.jws]
	if t := it.twin; t != nil && t != other {
		it.twin = nil
		if t.outcome.Status == pledge.Applied {
			it.outcome = t.outcome
			it.outcome.Duplicate = true
			return true
		}
	}
	it.twin = other
	return other == nil
}
