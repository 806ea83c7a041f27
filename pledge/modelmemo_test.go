package pledge_test

import (
	"regexp"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// node is a question that Apply asked the ledger about a command: what stands
// in a cell. The answers lead to the next question, and in the end to what the
// command did. So each command is applied once in each situation that differs
// in what it reads; that nothing else counts is tested by replaying.
type node struct {
	cell int
	next map[uint16]*node
	done *effect
}

type effect struct {
	out    pledge.Outcome
	cells  []int
	values []uint16
}

// reader is a state as Apply sees it; it notes what it was asked.
type reader struct {
	x     *explorer
	p     *point
	cells []int
}

func (r *reader) Get(key string) ([]byte, error) {
	if r.x.constant(key) {
		return r.x.m.st.kv[key], nil
	}
	i := r.x.cell(key)
	r.cells = append(r.cells, i)
	return r.x.value(r.p, i).raw, nil
}

func (r *reader) Put(string, []byte) error { return nil }

// constant keys are those that no command of the configuration writes.
func (x *explorer) constant(key string) bool {
	kind, id, _ := pledge.ParseKey(key)
	return kind == "channel" || kind == "party" && !x.m.keysChange || kind == "command" && x.m.before[id[strings.IndexByte(id, '/')+1:]]
}

// effect finds what a move does in a state, by what it did before or by Apply.
func (x *explorer) effect(p *point, move int) *effect {
	n := x.roots[int(p.tick)*len(x.m.moves)+move]
	for n != nil && n.next != nil {
		n = n.next[p.at[n.cell]]
	}
	if n != nil && n.done != nil {
		return n.done
	}
	return x.apply(p, move)
}

func (x *explorer) apply(p *point, move int) *effect {
	r := &reader{x: x, p: p}
	c := x.m.moves[move].command
	res := x.run(r, c, int(p.tick))
	x.applied++
	x.note(c, res.Outcome)
	e := &effect{out: res.Outcome}
	for _, w := range res.Writes {
		if x.constant(w.Key) {
			x.fail("%s writes %s, which was not expected to change", c.Payload.Act, w.Key)
		}
		i := x.cell(w.Key)
		e.cells, e.values = append(e.cells, i), append(e.values, x.intern(i, w.Value))
	}
	x.remember(p, move, r.cells, e)
	x.clockOnlyRefuses(p, c, res)
	return e
}

func (x *explorer) run(st pledge.State, c *pledge.Command, tick int) pledge.Result {
	rs, err := pledge.Apply(st, pledge.Tx{Channel: channel, Time: x.m.clock[tick]}, []*pledge.Command{c})
	if err != nil {
		x.fail("a fault: %v", err)
	}
	return rs[0]
}

// remember hangs an effect behind the questions and answers that led to it.
func (x *explorer) remember(p *point, move int, cells []int, e *effect) {
	n := x.roots[int(p.tick)*len(x.m.moves)+move]
	for _, i := range cells {
		if n.next == nil {
			n.cell, n.next = i, map[uint16]*node{}
		}
		if n.cell != i {
			x.fail("%s asks for %s, where it asked for %s before", x.m.moves[move].command.Payload.Act, x.cells[i].key, x.cells[n.cell].key)
		}
		if n.next[p.at[i]] == nil {
			n.next[p.at[i]] = &node{}
		}
		n = n.next[p.at[i]]
	}
	n.done = e
}

var clockText = regexp.MustCompile(`"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]*Z"`)

// clockOnlyRefuses: at another time the command is refused, or does the same
// but for the times it writes (LAW.md, invariant vi).
func (x *explorer) clockOnlyRefuses(p *point, c *pledge.Command, first pledge.Result) {
	for tick := int(p.tick) + 1; tick < len(x.m.clock) && first.Outcome.Status == pledge.Applied; tick++ {
		later := x.run(&reader{x: x, p: p}, c, tick)
		if later.Outcome.Status == pledge.Applied && timeless(later) != timeless(first) {
			x.fail("%s does one thing at %s:\n%s\nand another at %s:\n%s", c.Payload.Act, x.m.clock[p.tick], timeless(first), x.m.clock[tick], timeless(later))
		}
	}
}

func timeless(r pledge.Result) string {
	text := r.Outcome.RecordID
	for _, w := range r.Writes {
		text += "\n" + w.Key + " " + clockText.ReplaceAllString(string(w.Value), `"time"`)
	}
	return text
}
