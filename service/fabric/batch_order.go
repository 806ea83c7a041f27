package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/pledge"
)

// order has an endorsed transaction put into a block, and reads its outcomes
// from there.
func (l *Ledger) order(ctx context.Context, r *row, items []*item, e endorsed) ([]pledge.Outcome, error) {
	a := attempt{e.TxID, e.Envelope}
	l.options.limits.step("before ENDORSED")
	if err := l.journal.endorsed(r, a); err != nil {
		return nil, l.notKept(r, err)
	}
	l.options.limits.step("after ENDORSED")
	bounded, cancel := context.WithTimeout(ctx, l.options.CommitTimeout)
	defer cancel()
	v, err := l.drive(bounded, r, a, true)
	switch {
	case errors.Is(err, errNotSent):
		if jerr := l.unordered(r, nil); jerr != nil {
			break // it may be sent when this process starts again
		}
		return nil, unable("sending a transaction", err)
	case err == nil:
		return l.decided(ctx, r, items, v)
	}
	l.stats.undecided.Add(1)
	l.log.Warn("no verdict in time; the transaction is driven on", slog.String("tx_id", a.txID), slog.Any("error", err))
	l.background.Go(func() { l.pursue(r, items) })
	return nil, errUndecided
}

// notKept: the envelope goes nowhere. But when nobody knows what the disk
// has of it, the next process may find it, and send it.
func (l *Ledger) notKept(r *row, err error) error {
	l.log.Error("a transaction could not be kept before it is sent", slog.Uint64("row", r.id), slog.Any("error", err))
	if l.journal.fault() != nil {
		return errUndecided
	}
	return errors.Join(unable("keeping a transaction before it is sent", err), l.unordered(r, nil))
}

// decided ends a row with the verdict of its transaction.
func (l *Ledger) decided(ctx context.Context, r *row, items []*item, v verdict) ([]pledge.Outcome, error) {
	l.options.limits.step("before end")
	e := entry{State: rowCommitted, Block: v.Block, Tx: v.Tx, Code: v.Code}
	if v.Code != int32(peer.TxValidationCode_VALID) {
		e.State = rowInvalid
	}
	l.note(r, l.journal.end(r, e))
	l.options.limits.step("after end")
	switch code := peer.TxValidationCode(v.Code); code {
	case peer.TxValidationCode_VALID:
		return l.outcomes(ctx, items, v), nil
	case peer.TxValidationCode_MVCC_READ_CONFLICT, peer.TxValidationCode_PHANTOM_READ_CONFLICT:
		return nil, errLost
	default:
		return nil, fmt.Errorf("the channel's peers found the transaction in block %d invalid, without effect: %s", v.Block, code)
	}
}

// note logs that a row's end did not reach the journal: it is driven to the
// same end again after the next start.
func (l *Ledger) note(r *row, err error) {
	if err != nil {
		l.log.Error("the end of a row was not kept", slog.Uint64("row", r.id), slog.Any("error", err))
	}
}

// unordered ends a row of which no orderer has, or will get, a byte.
func (l *Ledger) unordered(r *row, out []pledge.Outcome) error {
	e := entry{State: rowAbandoned}
	if len(out) == 1 && out[0].Code == pledge.Fenced {
		e.State = rowFenced
	}
	l.options.limits.step("before end")
	err := l.journal.end(r, e)
	l.options.limits.step("after end")
	if len(r.attempts) > 0 && err != nil {
		return err
	}
	l.note(r, err)
	return nil
}

// outcomes are those of a valid transaction, from its block.
func (l *Ledger) outcomes(ctx context.Context, items []*item, v verdict) []pledge.Outcome {
	out := make([]pledge.Outcome, len(items))
	here := map[string]pledge.Outcome{}
	for _, c := range v.Committed {
		here[c.Outcome.CommandID] = c.Outcome
	}
	for i, it := range items {
		out[i] = unknownOutcome(it.jws)
		if len(v.Results) != len(items) || it.command == nil {
			continue // it applied something that cannot be read: ask by the id
		}
		o := v.Results[i].Outcome
		committed, isHere := here[o.CommandID]
		switch {
		case o.Status != pledge.Applied:
			out[i] = o
		case isHere:
			out[i] = committed
			out[i].Duplicate = o.Duplicate
		case o.Duplicate:
			out[i] = l.first(ctx, it, o)
		}
	}
	return out
}

// first is the outcome that a repeated command had the first time. The own
// copy may have to catch up with it.
func (l *Ledger) first(ctx context.Context, it *item, o pledge.Outcome) pledge.Outcome {
	ctx, cancel := context.WithTimeout(ctx, l.options.EndorseTimeout)
	defer cancel()
	for {
		head, herr := l.chain.head()
		known, ok, err := l.chain.outcome(it.command.Payload.By, o.CommandID)
		if ok && err == nil {
			known.Duplicate = true
			return known
		}
		if err == nil {
			err = herr
		}
		if err == nil {
			err = l.chain.waitFor(ctx, head.Height+1)
		}
		if err != nil {
			l.log.Warn("no block shows a command that took effect before", slog.String("command_id", o.CommandID), slog.Any("error", err))
			return unknownOutcome(it.jws)
		}
	}
}
