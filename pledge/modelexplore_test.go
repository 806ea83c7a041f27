package pledge_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// explorer goes through all states of a configuration, nearest first. Of a
// state that was seen only its name and the way to it are kept.
type explorer struct {
	t     *testing.T
	m     *small
	cells []*cell
	index map[string]int
	// commands are the cells of what was signed, by command id.
	commands map[string]int
	roots    []*node
	seen     map[[2]uint64]struct{}
	ways     []way
	here     int // the state that is being left

	transitions, applied, depth int
	acts                        map[string]bool
	about                       map[*pledge.Command]string // the record of a command
}

// way is how a state was first reached: from which one, by which move; -1 is
// the clock.
type way struct{ from, move int32 }

type place struct {
	p  point
	at int
}

func explore(t *testing.T, m *small) *explorer {
	x := &explorer{t: t, m: m, index: map[string]int{}, commands: map[string]int{}, seen: map[[2]uint64]struct{}{}, acts: map[string]bool{}, about: map[*pledge.Command]string{}, here: -1}
	for range len(m.moves) * len(m.clock) {
		x.roots = append(x.roots, &node{})
	}
	for id, c := range m.signed {
		x.commands[id] = x.cell(pledge.KeyCommand(c.Payload.By, id))
	}
	var first point
	for _, key := range slices.Sorted(maps.Keys(m.st.kv)) {
		if !x.constant(key) {
			i := x.cell(key)
			first.at[i] = x.intern(i, m.st.kv[key])
		}
	}
	frontier := x.arrive(nil, &first, way{-1, -1})
	for ; len(frontier) > 0; x.depth++ {
		var next []place
		for _, f := range frontier {
			next = x.leave(next, f)
		}
		frontier = next
	}
	x.replays()
	return x
}

// leave makes every move from a state.
func (x *explorer) leave(next []place, f place) []place {
	x.here = f.at
	if int(f.p.tick) < len(x.m.clock)-1 {
		later := f.p
		later.tick++
		next = x.arrive(next, &later, way{int32(f.at), -1})
	}
	for i, mv := range x.m.moves {
		if mv.from > int(f.p.tick) {
			continue
		}
		x.transitions++
		next = x.move(next, f, int32(i))
	}
	return next
}

// move lets a command arrive. Its answer arrives as well, or is lost.
func (x *explorer) move(next []place, f place, i int32) []place {
	c, e, after := x.m.moves[i].command, x.effect(&f.p, int(i)), f.p
	if len(e.cells) > 0 {
		after = x.after(&f.p, e)
		x.checkMove(&f.p, &after, c, e)
		next = x.arrive(next, &after, way{int32(f.at), i})
	}
	if x.m.clients {
		if told, news := x.told(&after, c, e); news {
			next = x.arrive(next, &told, way{int32(f.at), i})
		}
	}
	return next
}

func (x *explorer) after(p *point, e *effect) point {
	q := *p
	for i, c := range e.cells {
		q.at[c] = e.values[i]
	}
	return q
}

// arrive takes a state that is new, and checks it.
func (x *explorer) arrive(next []place, p *point, by way) []place {
	name := p.name()
	if _, old := x.seen[name]; old || len(x.seen) >= mostStates {
		return next
	}
	x.seen[name] = struct{}{}
	x.ways = append(x.ways, by)
	x.here = len(x.ways) - 1
	x.checkState(p)
	x.here = int(by.from)
	return append(next, place{*p, len(x.ways) - 1})
}

// path is the shortest way to a state.
func (x *explorer) path(at int) (moves []int) {
	for ; at > 0; at = int(x.ways[at].from) {
		moves = append(moves, int(x.ways[at].move))
	}
	slices.Reverse(moves)
	return moves
}

// fail tells how to get where something does not hold.
func (x *explorer) fail(format string, args ...any) {
	x.t.Helper()
	var story strings.Builder
	for _, i := range x.path(x.here) {
		if i < 0 {
			fmt.Fprintln(&story, "  the clock moves on")
			continue
		}
		fmt.Fprintln(&story, "  "+x.spell(x.m.moves[i].command))
	}
	x.t.Fatalf("%s\nafter\n%s", fmt.Sprintf(format, args...), story.String())
}

func (x *explorer) spell(c *pledge.Command) string {
	return fmt.Sprintf("%s by %s %s: %s", c.Payload.Act, x.m.partyOf(c.Payload.By).role, c.Payload.By, c.Payload.Body)
}
