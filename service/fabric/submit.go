package fabric

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
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

// answer takes what is not under way back, and says what is known.
func (l *Ledger) answer(c *call, cause error) ([]pledge.Outcome, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !c.over {
		c.gone = true
		l.queue.remove(c)
		c.err = unable("withdrawn before it was sent", cause)
	}
	return l.gather(c)
}

// gather makes the answer: an error only when none of the commands took
// effect, nor may have.
func (l *Ledger) gather(c *call) ([]pledge.Outcome, error) {
	out := make([]pledge.Outcome, len(c.items))
	effect := false
	for i, it := range c.items {
		out[i] = it.outcome
		if it.outcome.Status == "" && l.queue.flying[it.jws] != nil {
			out[i] = unknownOutcome(it.jws) // under way, for this caller or another
		}
		effect = effect || out[i].Status == pledge.Applied || out[i].Status == pledge.Unknown
	}
	if c.err != nil && !effect {
		return nil, c.err
	}
	for i := range out {
		if out[i].Status == "" {
			out[i] = unknownOutcome(c.items[i].jws)
		}
		if out[i].Status == pledge.Unknown {
			l.stats.unknown.Add(1)
		}
	}
	return out, nil
}

func unknownOutcome(jws string) pledge.Outcome {
	return pledge.Outcome{CommandID: jwsID(jws), Status: pledge.Unknown,
		Detail: "look the command up by its id, or send the same command again"}
}

func refusedBy(id string, err error) pledge.Outcome {
	o := pledge.Outcome{CommandID: id, Status: pledge.Refused, Code: pledge.Malformed, Detail: "not a command"}
	if e := (*pledge.Error)(nil); errors.As(err, &e) {
		o.Code, o.Detail = e.Code, e.Detail
	}
	return o
}

// jwsID is the id of whatever looks like a JWS, "" otherwise.
func jwsID(jws string) string {
	i := strings.LastIndexByte(jws, '.')
	if i < 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(jws[:i]))
	return "cmd_" + hex.EncodeToString(sum[:])
}

// unable says why nothing took effect. What ended because the caller left
// keeps the caller's reason alone.
func unable(what string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, service.ErrUnavailable) || errors.Is(err, service.ErrConflict) {
		return fmt.Errorf("%s: %w", what, err)
	}
	return fmt.Errorf("%s: %w: %w", what, service.ErrUnavailable, err)
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
