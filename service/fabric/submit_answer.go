package fabric

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

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
