package linear

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// state is the ledger replayed so far.
type state map[string][]byte

func (s state) Get(key string) ([]byte, error) { return s[key], nil }

func (s state) Put(key string, value []byte) error {
	s[key] = value
	return nil
}

// readOnly lets a command be tried without a trace.
type readOnly struct{ state }

func (readOnly) Put(string, []byte) error { return nil }

// checker replays the ledger and holds the history against it.
type checker struct {
	channel string
	state   state
	height  uint64
	looks   map[uint64][]look
	waiting []*op // refused, sorted by lowest; none of the states fitted so far
	open    []*op // those of them whose time has come
	faults  []string
	applied map[string]pledge.Position
}

func newChecker(channel string, h *history, behind uint64) *checker {
	c := &checker{channel: channel, state: state{}, looks: map[uint64][]look{}, applied: map[string]pledge.Position{}}
	for _, l := range h.looks {
		c.looks[l.height] = append(c.looks[l.height], l)
	}
	for _, o := range h.ops {
		if o.outcome.Status == pledge.Refused {
			o.lowest -= min(o.lowest, behind)
			c.waiting = append(c.waiting, o)
		}
	}
	slices.SortStableFunc(c.waiting, func(a, b *op) int { return cmp.Compare(a.lowest, b.lowest) })
	return c
}

func (c *checker) fault(format string, args ...any) {
	if len(c.faults) < 20 {
		c.faults = append(c.faults, fmt.Sprintf(format, args...))
	}
}

// block replays a block: each of its commands must do, after those before it,
// what the ledger says that it did.
func (c *checker) block(b service.Block) error {
	for _, w := range b.Genesis {
		c.state[w.Key] = w.Value
	}
	for _, x := range b.Commands {
		if err := c.command(x); err != nil {
			return err
		}
		if err := c.refusals(); err != nil {
			return err
		}
	}
	return c.end(b.Number)
}

// end: what was read at this height, and whom its time has passed by.
func (c *checker) end(height uint64) error {
	c.height = height
	for _, l := range c.looks[height] {
		if !bytes.Equal(c.state[l.key], l.value) {
			c.fault("at height %d %s was read as %s, and is %s", height, l.key, l.value, c.state[l.key])
		}
	}
	for len(c.waiting) > 0 && c.waiting[0].lowest <= height {
		c.open, c.waiting = append(c.open, c.waiting[0]), c.waiting[1:]
	}
	if err := c.refusals(); err != nil {
		return err
	}
	c.open = slices.DeleteFunc(c.open, func(o *op) bool {
		late := o.highest <= height
		if late {
			c.fault("%s was refused with %s between heights %d and %d, and no state there refuses it so: %s", o.outcome.CommandID, o.outcome.Code, o.lowest, o.highest, o.outcome.Detail)
		}
		return late
	})
	return nil
}

func (c *checker) command(x service.Committed) error {
	if _, twice := c.applied[x.Outcome.CommandID]; twice {
		c.fault("%s took effect twice", x.Outcome.CommandID)
	}
	c.applied[x.Outcome.CommandID] = *x.Outcome.Position
	r, err := c.try(c.state, x.JWS, stampOf(x))
	if err != nil {
		return err
	}
	if r.Outcome.Status != pledge.Applied || r.Outcome.Duplicate || r.Outcome.RecordID != x.Outcome.RecordID {
		c.fault("%s is on the ledger, and the rules make it %+v", x.Outcome.CommandID, r.Outcome)
	}
	if !slices.EqualFunc(r.Writes, x.Writes, func(a, b pledge.Write) bool { return a.Key == b.Key && bytes.Equal(a.Value, b.Value) }) {
		c.fault("%s wrote other values than the rules", x.Outcome.CommandID)
	}
	return nil
}

// refusals takes the refused commands off the list that this state refuses
// just so.
func (c *checker) refusals() (err error) {
	c.open = slices.DeleteFunc(c.open, func(o *op) bool {
		if err != nil {
			return false
		}
		var r pledge.Result
		r, err = c.try(readOnly{c.state}, o.jws, o.at)
		return err == nil && r.Outcome.Status == pledge.Refused && r.Outcome.Code == o.outcome.Code
	})
	return err
}

func (c *checker) try(st pledge.State, jws string, at time.Time) (pledge.Result, error) {
	p, err := pledge.ParseCommand(jws)
	if err != nil {
		return pledge.Result{}, fmt.Errorf("a client sent what is no command: %w", err)
	}
	rs, err := pledge.Apply(st, pledge.Tx{Channel: c.channel, Time: at}, []*pledge.Command{p})
	if err != nil {
		return pledge.Result{}, err
	}
	return rs[0], nil
}

// stampOf is the time of the transaction that carried a command, which the
// command's own record bears.
func stampOf(x service.Committed) time.Time {
	for _, w := range x.Writes {
		if kind, _, _ := pledge.ParseKey(w.Key); kind != "command" {
			continue
		}
		if r, err := pledge.DecodeCommand(w.Value); err == nil {
			t, _ := time.Parse(time.RFC3339Nano, r.At)
			return t
		}
	}
	return time.Time{}
}

// moment is a place in the ledger's order with the time in which it was taken.
type moment struct {
	at         pledge.Position
	sent, done int64
	what       string
}

// inTime: whoever was answered before another was sent stands before it.
func (c *checker) inTime(h *history, behind uint64) {
	var list []moment
	for _, o := range h.ops {
		switch p, ok := c.applied[o.outcome.CommandID]; {
		case o.outcome.Status != pledge.Applied || o.outcome.Duplicate:
		case !ok || o.outcome.Position == nil || *o.outcome.Position != p:
			c.fault("%s was answered %+v, and is on the ledger at %+v", o.outcome.CommandID, o.outcome, p)
		default:
			list = append(list, moment{p, o.sent, o.done, o.outcome.CommandID})
		}
	}
	for _, l := range h.looks {
		m := moment{pledge.Position{Block: l.height + behind, Tx: math.MaxInt}, l.sent, l.done, "a read of " + l.key}
		if behind > 0 {
			m.done = math.MaxInt64 // moved on, it says nothing of what came after it
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b moment) int {
		return cmp.Or(cmp.Compare(a.at.Block, b.at.Block), cmp.Compare(a.at.Tx, b.at.Tx), cmp.Compare(a.at.Index, b.at.Index))
	})
	// Reads at one height stand side by side: only what stands before counts.
	before, latest := moment{sent: -1}, moment{sent: -1}
	for i, m := range list {
		if i > 0 && m.at != list[i-1].at {
			before = latest
		}
		if m.done < before.sent {
			c.fault("%s was answered before %s was sent, and stands after it (%+v, %+v)", m.what, before.what, m.at, before.at)
		}
		if m.sent > latest.sent {
			latest = m
		}
	}
}
