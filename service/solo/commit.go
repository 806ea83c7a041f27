package solo

import (
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// The rules get commands in slices: between two of them the size of the
// block is looked at, within one a record is decoded only once.
const (
	sliceCommands = 256
	sliceBytes    = 1 << 20
)

// sliceOf is the first slice of todo, of at most n commands.
func sliceOf(todo []task, n int) []task {
	size := 0
	for i, t := range todo {
		if size += len(t.command().JWS); i > 0 && (i == n || i == sliceCommands || size > sliceBytes) {
			return todo[:i]
		}
	}
	return todo
}

// commitAll is the one goroutine that changes the ledger: all that is ready
// goes into one block with one commit, then the next.
func (l *Ledger) commitAll() {
	defer l.done.Done()
	var room []byte
	for {
		left := l.options.limits.commands
		parts := l.ready.take(func(p *part) bool { left -= len(p.jws); return left >= 0 })
		if len(parts) == 0 {
			return
		}
		room = l.process(parts, room)
	}
}

// process decides parts, in as many blocks as their size needs. It passes on
// the room that blocks are built in.
func (l *Ledger) process(parts []*part, room []byte) []byte {
	todo := tasksOf(parts)
	var err error
	for len(todo) > 0 && err == nil {
		var n int
		n, room, err = l.decide(todo, room)
		todo = todo[n:]
	}
	for _, p := range parts {
		p.err = err
		if p.whole() {
			p.err = nil
		}
		close(p.done)
		l.flight.Release(p.weight)
	}
	return room
}

func tasksOf(parts []*part) []task {
	var todo []task
	for _, p := range parts {
		if !p.take() {
			continue
		}
		for i, c := range p.commands {
			if c != nil {
				todo = append(todo, task{p, i})
			}
		}
	}
	return todo
}

// whole reports whether every outcome is decided.
func (p *part) whole() bool {
	for i := range p.outcomes {
		if p.outcomes[i].Status == "" {
			return false
		}
	}
	return true
}

// decide makes one block of the first tasks and answers them; it returns
// how many. With an error, those that it did not answer took no effect.
func (l *Ledger) decide(todo []task, room []byte) (int, []byte, error) {
	if err := l.broken; err != nil {
		return 0, room, err
	}
	b := newBuilder(l.head.Height+1, room)
	outcomes, err := l.apply(b, todo)
	if err != nil {
		err = unavailable("applying commands", err)
		l.breakDown(err)
		return 0, b.buf, err
	}
	todo = todo[:len(outcomes)]
	if len(b.leaves) > 0 {
		err = l.store(b)
	}
	for i, t := range todo {
		switch {
		case err == nil:
			t.part.outcomes[t.i] = outcomes[i]
		case errors.Is(err, service.ErrUnknownOutcome):
			t.part.outcomes[t.i] = unknown(t.part.jws[t.i])
		}
	}
	return len(todo), b.buf, err
}

// apply runs the rules over commands until the block is full.
func (l *Ledger) apply(b *builder, todo []task) (outcomes []pledge.Outcome, err error) {
	v, err := l.newView()
	if err != nil {
		return nil, err
	}
	defer v.close()
	b.at = laterOf(l.time, l.options.Now().UTC().Truncate(time.Millisecond))
	tx := pledge.Tx{Channel: l.info.Channel, Time: b.at}
	for len(outcomes) < len(todo) && len(outcomes) < l.options.limits.commands && len(b.buf) < l.options.limits.bytes {
		next := sliceOf(todo[len(outcomes):], l.options.limits.commands-len(outcomes))
		commands := make([]*pledge.Command, len(next))
		for i, t := range next {
			commands[i] = t.command()
		}
		results, err := pledge.Apply(v, tx, commands)
		if err != nil {
			return nil, err
		}
		if len(results) != len(commands) {
			return nil, fmt.Errorf("%d outcomes for %d commands", len(results), len(commands))
		}
		for i, r := range results {
			o, err := l.settle(b, v, commands[i], r)
			if err != nil {
				return nil, err
			}
			outcomes = append(outcomes, o)
		}
	}
	return outcomes, nil
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// settle puts what applied into the block, and gives a repeated command the
// place and the record of the first time.
func (l *Ledger) settle(b *builder, v *view, c *pledge.Command, r pledge.Result) (pledge.Outcome, error) {
	o := r.Outcome
	if o.Status != pledge.Applied {
		return o, nil
	}
	if !o.Duplicate {
		return b.add(c.JWS, r), nil
	}
	// A fence that came too late answers for the command it names.
	if i, ok := b.first[o.CommandID]; ok {
		o = b.entries[i].Outcome
		o.Duplicate = true
		return o, nil
	}
	first, err := v.firstOutcome(pledge.KeyCommand(c.Payload.By, o.CommandID))
	if err != nil {
		return o, err
	}
	o.Position, o.RecordID, o.Record = first.Position, first.RecordID, first.Record
	return o, nil
}

// store makes the block durable and then visible.
func (l *Ledger) store(b *builder) error {
	b.seal(l.options.Operator, l.info.Channel, l.head.Hash, b.at)
	written, err := l.write(func(tx *bbolt.Tx) error { return b.put(tx) }, 2*len(b.places)+l.options.limits.step)
	if err != nil {
		return err
	}
	l.publish(b, written)
	return nil
}

// keepRecent is how many blocks are kept at hand for followers.
const keepRecent = 2

// publish shows a durable block to readers.
func (l *Ledger) publish(b *builder, flushed int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.head, l.time = b.head, b.at
	for _, p := range b.places {
		l.state.active.put(p.hash, p.location)
		l.state.values.put(p.Write)
	}
	l.state.written(flushed)
	l.state.freeze(b.number, l.options.limits.flush)
	if len(l.recent) == keepRecent {
		l.recent = append(l.recent[:0], l.recent[1:]...)
	}
	l.recent = append(l.recent, b.block())
	if !l.closed {
		close(l.grown)
		l.grown = make(chan struct{})
	}
}

// flushAll writes what is left of the state index, so that the next opening
// has nothing to rebuild.
func (l *Ledger) flushAll() error {
	for l.broken == nil && l.state.unwritten() {
		l.mu.Lock()
		l.state.freeze(l.head.Height, 1)
		l.mu.Unlock()
		next, err := l.write(func(*bbolt.Tx) error { return nil }, 1<<14)
		if err != nil {
			return err
		}
		l.mu.Lock()
		l.state.written(next)
		l.mu.Unlock()
	}
	return nil
}
