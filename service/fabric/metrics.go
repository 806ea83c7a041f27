package fabric

import "github.com/datapledge/datapledge/service"

var _ service.Metered = (*Ledger)(nil)

// Metrics implements service.Metered.
func (l *Ledger) Metrics() []service.Metric {
	s := l.Stats()
	head, _, _ := l.chain.look()
	gauge := func(name, help string, v float64) service.Metric {
		return service.Metric{Name: name, Help: help, Value: v}
	}
	counter := func(name, help string, v int64) service.Metric {
		return service.Metric{Name: name, Help: help, Value: float64(v), Counter: true}
	}
	return []service.Metric{
		gauge("height", "Number of the newest block of the verified copy.", float64(head.Height)),
		gauge("batches_in_flight", "Batches of commands under way.", float64(s.InFlight)),
		gauge("commands_waiting", "Commands that wait for a batch.", float64(s.Waiting)),
		gauge("undecided", "Transactions in the journal without a verdict.", float64(s.Undriven)),
		gauge("largest_batch_commands", "Commands of the largest batch since the start.", float64(s.Largest)),
		counter("batches_total", "Batches sent.", s.Batches),
		counter("batched_commands_total", "Commands in batches sent.", s.Commands),
		counter("conflicts_total", "Transactions that lost to another one, and went again.", s.Conflicts),
		counter("endorse_retries_total", "Proposals sent again.", s.EndorseRetries),
		counter("resent_total", "Envelopes sent to the orderers again.", s.Resent),
		counter("renewed_total", "Transactions made anew for commands without a verdict.", s.Renewed),
		counter("late_total", "Transactions without a verdict in time.", s.Undecided),
		counter("unknown_outcomes_total", "Outcomes answered as unknown.", s.Unknown),
		counter("resumed_total", "Transactions that an earlier process had left under way.", s.Resumed),
	}
}
