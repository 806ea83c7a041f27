package solo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// part is a run of commands of one Submit, small enough for one block.
type part struct {
	jws      []string
	commands []*pledge.Command // nil where the command is malformed
	outcomes []pledge.Outcome  // Status "" while undecided
	weight   int64
	fate     atomic.Int32
	err      error // set, nothing of this part took effect
	done     chan struct{}
}

// The fates of a part: only what nobody has taken can be withdrawn.
const (
	waiting = iota
	taken
	withdrawn
)

func (p *part) take() bool     { return p.fate.CompareAndSwap(waiting, taken) }
func (p *part) withdraw() bool { return p.fate.CompareAndSwap(waiting, withdrawn) }

// overhead is what a command costs in memory beside its bytes, roughly.
const overhead = 4 << 10

func weigh(jws string) int64 { return int64(min(len(jws), pledge.MaxCommand)) + overhead }

// cut divides commands into parts.
func (l *Ledger) cut(commands []string) []*part {
	most := max(l.options.limits.inFlight/8, pledge.MaxCommand+overhead)
	var parts []*part
	for len(commands) > 0 {
		n, weight := 0, int64(0)
		for n < len(commands) && n < l.options.limits.commands && (n == 0 || weight+weigh(commands[n]) <= most) {
			weight += weigh(commands[n])
			n++
		}
		parts = append(parts, &part{
			jws: commands[:n:n], commands: make([]*pledge.Command, n), outcomes: make([]pledge.Outcome, n),
			weight: min(weight, l.options.limits.inFlight), done: make(chan struct{}),
		})
		commands = commands[n:]
	}
	return parts
}

// Submit implements service.Ledger.
func (l *Ledger) Submit(ctx context.Context, commands []string) ([]pledge.Outcome, error) {
	if err := l.refusing(); err != nil {
		return nil, err
	}
	parts := l.cut(append([]string(nil), commands...))
	sent, err := l.send(ctx, parts)
	for _, p := range parts[:sent] {
		if werr := wait(ctx, p); werr != nil && err == nil {
			err = werr
		}
	}
	return gather(parts, sent, err)
}

func (l *Ledger) refusing() error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return errClosed
	}
	return l.broken
}

// send hands parts over, in order, as room becomes free.
func (l *Ledger) send(ctx context.Context, parts []*part) (int, error) {
	for i, p := range parts {
		if err := l.flight.Acquire(ctx, p.weight); err != nil {
			return i, fmt.Errorf("waiting for room in the ledger: %w", err)
		}
		if !l.inbox.put(p) {
			l.flight.Release(p.weight)
			return i, errClosed
		}
	}
	return len(parts), nil
}

// wait returns when p is decided. When ctx ends first it tries to take the
// part back; an error means that nothing of it took effect.
func wait(ctx context.Context, p *part) error {
	select {
	case <-p.done:
		return p.err
	case <-ctx.Done():
	}
	if p.withdraw() {
		return fmt.Errorf("withdrawn before it was applied: %w", ctx.Err())
	}
	select {
	case <-p.done:
		return p.err
	default:
		return nil // on its way; gather says unknown
	}
}

// gather makes the answer: an error only when none of the commands took
// effect, nor may have.
func gather(parts []*part, sent int, err error) ([]pledge.Outcome, error) {
	var out []pledge.Outcome
	effect := false
	for i, p := range parts {
		outcomes := p.decided(i < sent)
		for j := range outcomes {
			effect = effect || outcomes[j].Status == pledge.Applied || outcomes[j].Status == pledge.Unknown
			if outcomes[j].Status == "" {
				outcomes[j] = unknown(p.jws[j])
			}
		}
		out = append(out, outcomes...)
	}
	if err != nil && !effect {
		return nil, err
	}
	return out, nil
}

// decided returns the outcomes as far as they may be read: "" where nothing
// took effect for want of trying, Unknown where it is under way.
func (p *part) decided(sent bool) []pledge.Outcome {
	select {
	case <-p.done:
		return p.outcomes
	default:
	}
	out := make([]pledge.Outcome, len(p.jws))
	for i := range out {
		if sent && p.fate.Load() == taken {
			out[i] = unknown(p.jws[i])
		}
	}
	return out
}

func unknown(jws string) pledge.Outcome {
	return pledge.Outcome{CommandID: commandID(jws), Status: pledge.Unknown,
		Detail: "look the command up by its id, or send the same command again"}
}

// commandID is the id of whatever looks like a JWS, "" otherwise.
func commandID(jws string) string {
	i := strings.LastIndexByte(jws, '.')
	if i < 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(jws[:i]))
	return "cmd_" + hex.EncodeToString(sum[:])
}

func refused(jws string, err error) pledge.Outcome {
	o := pledge.Outcome{CommandID: commandID(jws), Status: pledge.Refused, Code: pledge.Malformed, Detail: "not a command"}
	if e := (*pledge.Error)(nil); errors.As(err, &e) {
		o.Code, o.Detail = e.Code, e.Detail
	}
	return o
}

// unavailable wraps why nothing took effect.
func unavailable(what string, err error) error {
	return fmt.Errorf("%s: %w: %w", what, service.ErrUnavailable, err)
}
