package pledge

import (
	"errors"
	"fmt"
	"time"
)

// Apply applies commands in their order. Each sees the writes of those
// before it; a refused one leaves no write and harms no neighbour; a repeated
// one answers its first outcome with Duplicate set and writes nothing. What
// the applied ones wrote is Put to st at the end, every key once. Results
// stand in the order of commands; Outcome.Position and Outcome.Record are left to the ledger
// (see RecordKey). The error is a fault of st or of what st holds, never a
// refusal: then nothing may be committed.
//
// The result depends on st, tx and commands only.
func Apply(st State, tx Tx, commands []*Command) ([]Result, error) {
	b, err := newBatch(st, tx)
	if err != nil {
		return nil, err
	}
	results := make([]Result, len(commands))
	for i, c := range commands {
		if results[i], err = b.run(c); err != nil {
			return nil, err
		}
	}
	if err := b.flush(); err != nil {
		return nil, err
	}
	return results, nil
}

// run gives one command its outcome.
func (b *batch) run(c *Command) (Result, error) {
	if c == nil || c.body == nil {
		return Result{Outcome: refused("", Errorf(Malformed, "not a parsed command"))}, nil
	}
	out, err := b.command(c)
	if err != nil {
		b.rollback()
		var refusal *Error
		if !errors.As(err, &refusal) {
			return Result{}, fmt.Errorf("applying %s: %w", c.ID, err)
		}
		return Result{Outcome: refused(c.ID, refusal)}, nil
	}
	return Result{Outcome: out, Writes: b.commit()}, nil
}

func refused(id string, e *Error) Outcome {
	return Outcome{CommandID: id, Status: Refused, Code: e.Code, Detail: e.Detail}
}

// command is one that came alone. What was signed for a closing does not take
// effect without the rest of it.
func (b *batch) command(c *Command) (Outcome, error) {
	return b.signed(c, func() error {
		if c.Payload.Closing != "" {
			return Errorf(ClosingOnly, "%s was signed for the closing %s and takes effect with all of it only; send closing.execute", c.ID, clip(c.Payload.Closing))
		}
		return b.timely(c.At(), c.ID, MaxAge)
	})
}

// member is a command within a closing, whose plan was checked.
func (b *batch) member(c *Command) (Outcome, error) {
	return b.signed(c, func() error { return b.timely(c.At(), c.ID, MaxClosingAge) })
}

// signed makes the checks that every act shares, in the contract's order:
// what a stranger may learn from a refusal grows only with what was proved.
func (b *batch) signed(c *Command, fit func() error) (Outcome, error) {
	by, key, err := b.signer(c)
	if errors.Is(err, RevokedKey) && c.Verify(key.JWK) == nil {
		// Revoking a key does not unmake what it signed before: whoever asks
		// again after a lost answer, for the revocation itself not least, must
		// not read a no.
		if out, done, err := b.before(c); done {
			return out, err
		}
	}
	if err != nil {
		return Outcome{}, err
	}
	if err := c.Verify(key.JWK); err != nil {
		return Outcome{}, err
	}
	a := acts[c.Payload.Act]
	if err := a.authority(c, by, key); err != nil {
		return Outcome{}, err
	}
	if c.Payload.On != b.tx.Channel {
		return Outcome{}, Errorf(WrongChannel, "%s is for channel %q; this is %q", c.ID, clip(c.Payload.On), b.tx.Channel)
	}
	if out, done, err := b.before(c); done || err != nil {
		return out, err
	}
	if err := fit(); err != nil {
		return Outcome{}, err
	}
	ch := &change{batch: b, c: c, by: by, stamp: Stamp{Command: c.ID, By: by.ID, At: b.now}}
	return ch.apply(a)
}

// signer finds the party and its key in the register.
func (b *batch) signer(c *Command) (Party, PartyKey, error) {
	by, ok, err := b.party(c.Payload.By)
	if err != nil {
		return by, PartyKey{}, err
	}
	if !ok {
		return by, PartyKey{}, Errorf(UnknownParty, "%s is not enrolled; the IP centre enrols parties", c.Payload.By)
	}
	key, ok := by.key(c.KID)
	if !ok {
		return by, key, Errorf(UnknownKey, "%s has no key %s; add it with party.add_key", by.ID, c.KID)
	}
	if key.Revoked != nil {
		return by, key, Errorf(RevokedKey, "the key %s of %s was revoked at %s", c.KID, by.ID, key.Revoked.At)
	}
	return by, key, nil
}

// before answers a command that took effect already, or never may.
func (b *batch) before(c *Command) (Outcome, bool, error) {
	r, ok, err := b.commandRecord(c.Payload.By, c.ID)
	if err != nil || !ok {
		return Outcome{}, false, err
	}
	if r.Status == StatusFenced {
		return Outcome{}, false, Errorf(Fenced, "%s was fenced at %s; sign a new command", c.ID, r.At)
	}
	return Outcome{CommandID: c.ID, Status: Applied, RecordID: r.RecordID, Duplicate: true}, true, nil
}

// timely refuses by the two clocks; it never chooses by them.
func (b *batch) timely(at time.Time, what string, oldest time.Duration) error {
	if age := b.tx.Time.Sub(at); age > oldest {
		return Errorf(Stale, "%s was signed at %s, more than %d hours ago; sign it anew", what, at.Format(time.RFC3339), int64(oldest/time.Hour))
	} else if -age > MaxAhead {
		return Errorf(Stale, "%s is dated %s, more than 5 minutes ahead of the ledger; check your clock", what, at.Format(time.RFC3339))
	}
	return nil
}

// change is one command at work.
type change struct {
	*batch
	c     *Command
	by    Party
	stamp Stamp
}

// apply runs the act and leaves its outcome under the command's key, in the
// same set of writes: both are on the ledger, or neither.
func (ch *change) apply(a act) (Outcome, error) {
	out, err := a.do(ch)
	if err != nil || out.Duplicate {
		return out, err
	}
	out.CommandID, out.Status = ch.c.ID, Applied
	err = put(ch.batch, KeyCommand(ch.by.ID, ch.c.ID), CommandRecord{V: Version, Status: Applied, RecordID: out.RecordID, At: ch.now})
	return out, err
}
