package fabric

import "sync/atomic"

// Stats are counters since the ledger was opened, and what is under way now.
type Stats struct {
	InFlight  int // batches under way
	Waiting   int // commands that wait for a batch
	Undriven  int // rows of the journal without an end
	Batches   int64
	Commands  int64 // in batches; per batch is Commands / Batches
	Largest   int64 // commands of the largest batch
	Conflicts int64 // transactions that lost to another one, and went again
	// EndorseRetries counts proposals sent again, Resent envelopes sent again,
	// Renewed commands that went in one more transaction.
	EndorseRetries, Resent, Renewed int64
	Undecided                       int64 // transactions without a verdict in time
	Unknown                         int64 // outcomes answered as unknown
	Resumed                         int64 // rows that an earlier process had left
}

type counters struct {
	batches, commands, largest, conflicts      atomic.Int64
	endorseRetries, resent, renewed, undecided atomic.Int64
	unknown, resumed                           atomic.Int64
}

func (c *counters) batch(n int) {
	c.batches.Add(1)
	c.commands.Add(int64(n))
	for {
		most := c.largest.Load()
		if int64(n) <= most || c.largest.CompareAndSwap(most, int64(n)) {
			return
		}
	}
}

// Stats returns the counters, for metrics.
func (l *Ledger) Stats() Stats {
	l.mu.Lock()
	s := Stats{InFlight: l.queue.running, Waiting: l.queue.pending}
	l.mu.Unlock()
	c := &l.stats
	s.Undriven = len(l.journal.open())
	s.Batches, s.Commands, s.Largest, s.Conflicts = c.batches.Load(), c.commands.Load(), c.largest.Load(), c.conflicts.Load()
	s.EndorseRetries, s.Resent, s.Renewed = c.endorseRetries.Load(), c.resent.Load(), c.renewed.Load()
	s.Undecided, s.Unknown, s.Resumed = c.undecided.Load(), c.unknown.Load(), c.resumed.Load()
	return s
}
