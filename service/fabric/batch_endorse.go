package fabric

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// applyArgs is the call of the chaincode that carries items.
func applyArgs(items []*item) [][]byte {
	args := [][]byte{[]byte("apply")}
	for _, it := range items {
		args = append(args, []byte(it.jws))
	}
	return args
}

// endorse has items endorsed. It returns either a transaction to order, or
// outcomes when there is nothing to order. Nothing was ordered so far.
func (l *Ledger) endorse(ctx context.Context, items []*item) (endorsed, []pledge.Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, l.options.EndorseTimeout)
	defer cancel()
	var differ error // members contradicted the own copy, or one another
	for tries := 1; ; tries++ {
		e, out, err := l.endorseOnce(ctx, items)
		if err == nil {
			return e, out, nil
		}
		conflict := errors.Is(err, service.ErrConflict)
		if conflict {
			differ = err
		}
		again := conflict || errors.Is(err, service.ErrUnavailable) && tries < 3
		if !again || sleep(ctx, backOff(20*time.Millisecond, tries)) != nil {
			return endorsed{}, nil, l.notEndorsed(outOfTime(ctx, err, differ))
		}
		l.stats.endorseRetries.Add(1)
	}
}

func (l *Ledger) endorseOnce(ctx context.Context, items []*item) (e endorsed, out []pledge.Outcome, err error) {
	e, err = l.wire.Endorse(ctx, applyArgs(items))
	switch {
	case err != nil:
		out, err = l.refusal(ctx, items, err)
	case len(e.Envelope) > l.options.limits.envelope:
		err = errTooBig
	case !e.Writes:
		out, err = l.unwritten(ctx, items, e)
	}
	return e, out, err
}

// outOfTime prefers what members said to that they were still being asked
// when the time was over.
func outOfTime(ctx context.Context, err, said error) error {
	silent := errors.Is(err, service.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)
	if ctx.Err() != nil && silent && said != nil {
		return said
	}
	return err
}

// notEndorsed makes sure that the caller reads "none took effect".
func (l *Ledger) notEndorsed(err error) error {
	if l.ctx.Err() != nil {
		return errClosed
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return fmt.Errorf("having commands endorsed: %w: %v", service.ErrUnavailable, err)
	}
	return fmt.Errorf("having commands endorsed: %w", err)
}

// refusal turns the refusal of a lone command into its outcome. That of a
// call as a whole has no word about a command: it may be too big for a
// transaction, or its sender's clock be wrong.
func (l *Ledger) refusal(ctx context.Context, items []*item, err error) ([]pledge.Outcome, error) {
	var refused *pledge.Error
	if !errors.As(err, &refused) {
		return nil, err
	}
	if len(items) > 1 {
		return nil, wholeCall(refused)
	}
	if refused.Code == pledge.Stale {
		mine, err := l.judge(items)
		if err != nil {
			return nil, err
		}
		if mine[0].Outcome.Code != pledge.Stale {
			return nil, wholeCall(refused)
		}
	}
	out := []pledge.Outcome{refusedBy(items[0].command.ID, refused)}
	return l.confirmed(ctx, items, out)
}

// unwritten are the outcomes of commands none of which changes anything:
// refused, or there already.
func (l *Ledger) unwritten(ctx context.Context, items []*item, e endorsed) ([]pledge.Outcome, error) {
	results, err := pledge.UnmarshalResults(e.Response, nil)
	if err == nil && len(results) != len(items) {
		err = fmt.Errorf("%d results for %d commands", len(results), len(items))
	}
	if err != nil {
		return nil, fmt.Errorf("the chaincode's answer: %w", err)
	}
	out := make([]pledge.Outcome, len(items))
	for i, r := range results {
		if out[i] = r.Outcome; r.Outcome.Status != pledge.Applied {
			continue
		}
		if !r.Outcome.Duplicate {
			return nil, fmt.Errorf("%s is said to apply, and to write nothing", r.Outcome.CommandID)
		}
		out[i] = l.first(ctx, items[i], r.Outcome)
	}
	return l.confirmed(ctx, items, out)
}

// confirmed holds refusals against the own copy of the channel. Endorsers
// that lag behind it may not know yet what this ledger has acknowledged, and
// nothing but a block proves them up to date. Nothing was ordered, so asking
// again is harmless; ErrConflict says so.
func (l *Ledger) confirmed(ctx context.Context, items []*item, out []pledge.Outcome) ([]pledge.Outcome, error) {
	if !anyDepends(out) {
		return out, nil
	}
	mine, err := l.judge(items)
	if err != nil {
		return nil, err
	}
	for i, o := range out {
		if depends(o) && (mine[i].Outcome.Status != pledge.Refused || mine[i].Outcome.Code != o.Code) {
			return nil, fmt.Errorf("members refuse %s (%s: %s), the own copy of the channel says %s %s: %w",
				o.CommandID, o.Code, o.Detail, mine[i].Outcome.Status, mine[i].Outcome.Code, service.ErrConflict)
		}
	}
	return out, ctx.Err()
}

func anyDepends(out []pledge.Outcome) bool {
	for _, o := range out {
		if depends(o) {
			return true
		}
	}
	return false
}

// depends reports whether a refusal may change with the state.
func depends(o pledge.Outcome) bool {
	switch o.Code {
	case pledge.Malformed, pledge.Unsigned, pledge.WrongChannel, pledge.Stale, pledge.TooLarge:
		return false
	}
	return o.Status == pledge.Refused
}

// judge applies items to the own copy of the channel, and leaves it as it is.
func (l *Ledger) judge(items []*item) ([]pledge.Result, error) {
	commands := make([]*pledge.Command, len(items))
	for i, it := range items {
		commands[i] = it.command
	}
	results, err := pledge.Apply(localState{l.chain}, pledge.Tx{Channel: l.options.Channel, Time: time.Now()}, commands)
	if err != nil {
		return nil, fmt.Errorf("judging commands on the own copy: %w", err)
	}
	return results, nil
}

// localState is the own copy of the channel as the rules see it.
type localState struct{ chain *chain }

func (s localState) Get(key string) ([]byte, error) {
	values, _, err := s.chain.get(key)
	if err != nil {
		return nil, err
	}
	return values[0], nil
}

func (localState) Put(string, []byte) error { return nil }
