package fabric

import (
	"context"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// call is one Submit. Its commands go in runs, one after the other: a later
// run sees what an earlier one did.
type call struct {
	items []*item
	next  int   // the items before it are decided
	sent  int   // those from next to sent are under way
	err   error // why the items from next on took no effect
	done  chan struct{}
	over  bool // done is closed
	gone  bool // the caller left
}

// item is one command of a call.
type item struct {
	jws     string
	command *pledge.Command // nil when it does not parse
	outcome pledge.Outcome  // Status "" while undecided
	err     error           // undecided for good, and why
	twin    *item           // the same command, under way for somebody else
}

// Submit implements service.Ledger.
func (l *Ledger) Submit(ctx context.Context, commands []string) ([]pledge.Outcome, error) {
	if !l.enter() {
		return nil, errClosed
	}
	defer l.calls.Done()
	if len(commands) == 0 {
		return nil, l.takesCommands(ctx)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, l.options.CommitTimeout, errTooSlow)
	defer cancel()
	c, weight := newCall(commands)
	weight = min(weight, l.options.limits.bytesInFlight)
	if err := l.flight.Acquire(ctx, weight); err != nil {
		return nil, unable("waiting for room in the ledger", context.Cause(ctx))
	}
	defer l.flight.Release(weight)
	l.put(c)
	select {
	case <-c.done:
	case <-ctx.Done():
	}
	return l.answer(c, context.Cause(ctx))
}

var errTooSlow = fmt.Errorf("the ledger takes too long: %w", service.ErrUnavailable)

// enter counts a caller in, whom Close then waits for.
func (l *Ledger) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.calls.Add(1)
	return true
}

// overhead is what a command costs in memory beside its bytes, roughly.
const overhead = 4 << 10

func newCall(commands []string) (*call, int64) {
	c := &call{items: make([]*item, len(commands)), done: make(chan struct{})}
	weight := int64(0)
	for i, jws := range commands {
		c.items[i] = newItem(jws)
		weight += int64(min(len(jws), pledge.MaxCommand)) + overhead
	}
	return c, weight
}

// newItem parses a command; what does not parse is refused here and now.
func newItem(jws string) *item {
	command, err := pledge.ParseCommand(jws)
	if err != nil {
		return &item{jws: jws, outcome: refusedBy(jwsID(jws), err)}
	}
	return &item{jws: jws, command: command}
}

// sleep waits, unless ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
