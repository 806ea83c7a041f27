package pledge_test

import (
	"bytes"
	"fmt"
	"maps"

	"github.com/datapledge/datapledge/pledge"
)

// replays goes to a few hundred of the states once more, by Apply alone and
// from the start: what was remembered must be what the rules do (invariants
// vii, 9 and 10), and each command that is sent again answers as it did at
// first and changes nothing (invariant 8).
func (x *explorer) replays() {
	step := max(1, len(x.ways)/replayed)
	for at := 0; at < len(x.ways); at += step {
		x.here = at
		st, p := x.m.st.clone(), point{}
		for _, key := range x.firstCells() {
			p.at[x.index[key]] = 1
		}
		for _, move := range x.path(at) {
			x.replay(st, &p, move)
		}
		for i, c := range x.cells {
			if !bytes.Equal(st.kv[c.key], x.value(&p, i).raw) && c.kind != "" {
				x.fail("%s is\n%s\nand was\n%s", c.key, st.kv[c.key], x.value(&p, i).raw)
			}
		}
	}
}

const replayed = 300

// firstCells are the keys that stood there at first; their values are 1.
func (x *explorer) firstCells() (keys []string) {
	for key := range maps.Keys(x.m.st.kv) {
		if !x.constant(key) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (x *explorer) replay(st *memory, p *point, move int) {
	if move < 0 {
		p.tick++
		return
	}
	e := x.effect(p, move)
	c := must(pledge.ParseCommand(x.m.moves[move].command.JWS))
	if out := x.send(st, p, c); fmt.Sprint(out) != fmt.Sprint(e.out) {
		x.fail("%s: %+v, and before it was %+v", x.spell(c), out, e.out)
	}
	before := st.digest()
	again := x.send(st, p, c)
	again.Duplicate = e.out.Duplicate
	if e.out.Status == pledge.Applied && e.out.CommandID == c.ID && fmt.Sprint(again) != fmt.Sprint(e.out) || st.digest() != before {
		x.fail("%s: %+v, and again: %+v", x.spell(c), e.out, again)
	}
	*p = x.after(p, e)
}

func (x *explorer) send(st *memory, p *point, c *pledge.Command) pledge.Outcome {
	rs, err := pledge.Apply(st, pledge.Tx{Channel: channel, Time: x.m.clock[p.tick]}, []*pledge.Command{c})
	if err != nil {
		x.fail("a fault: %v", err)
	}
	return rs[0].Outcome
}
