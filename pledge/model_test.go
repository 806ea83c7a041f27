package pledge_test

import (
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// small is a configuration that is explored whole: what stands on the ledger
// at first, what parties sign, and which hours the clock shows. The network is
// the worst there is: whatever was signed can arrive at any later time, in any
// order, as often as it likes, or never; so a lost answer, a crash before or
// after a commit and a repetition by another replica are all among its moves.
type small struct {
	*world
	clock []time.Time
	moves []move
	// keysChange: parties are a part of the state, too.
	keysChange bool
	// clients: each command's sender is a part of the state; see modelclients.
	clients bool
	signed  map[string]*pledge.Command
	before  map[string]bool
	opened  bool
}

// move is a command that may arrive once the clock shows from.
type move struct {
	command *pledge.Command
	from    int
}

// newSmall has a clock that shows the given hours after the start.
func newSmall(t *testing.T, hours ...int) *small {
	m := &small{world: newWorld(t), signed: map[string]*pledge.Command{}, before: map[string]bool{}}
	for _, h := range hours {
		m.clock = append(m.clock, start.Add(time.Duration(h)*time.Hour))
	}
	return m
}

// open ends what is given, and begins what is explored.
func (m *small) open() {
	for key := range m.st.kv {
		if kind, id, _ := pledge.ParseKey(key); kind == "command" {
			m.before[id[len(id)-68:]] = true
		}
	}
	m.opened = true
}

// may lets a party sign something when the clock shows one of the ticks; it
// gives the last of the commands.
func (m *small) may(a *actor, act pledge.Act, body any, ticks ...int) *pledge.Command {
	m.t.Helper()
	if len(ticks) == 0 {
		ticks = []int{0}
	}
	var c *pledge.Command
	for _, tick := range ticks {
		m.now = m.clock[tick]
		c = m.command(a, act, body)
		m.add(c, tick)
	}
	m.now = m.clock[0]
	return c
}

func (m *small) add(c *pledge.Command, tick int) {
	m.signed[c.ID] = c
	for _, in := range c.Closing() {
		m.signed[in.ID] = in
	}
	m.moves = append(m.moves, move{c, tick})
}

// fence lets the signer of a command ask for a definite no.
func (m *small) fence(c *pledge.Command, ticks ...int) {
	m.may(m.partyOf(c.Payload.By), pledge.CommandFence, pledge.FenceBody{CommandID: c.ID}, ticks...)
}

func (m *small) partyOf(id string) *actor {
	for _, a := range m.actors() {
		if a.uscc == id {
			return a
		}
	}
	m.t.Fatalf("nobody is %s", id)
	return nil
}

// TestModel explores every configuration and counts the states.
func TestModel(t *testing.T) {
	states, transitions, whole := 0, 0, 0
	for _, c := range smalls {
		t.Run(c.name, func(t *testing.T) {
			x := explore(t, c.make(t))
			t.Logf("%d states, %d transitions, %d situations, depth %d", len(x.seen), x.transitions, x.applied, x.depth)
			states, transitions, whole = states+len(x.seen), transitions+x.transitions, whole+1
			x.reaches(c.reaches)
		})
	}
	t.Logf("together %d states, %d transitions", states, transitions)
	if full && whole == len(smalls) && states < atLeast {
		t.Errorf("%d states, want at least %d", states, atLeast)
	}
}

// atLeast is how many states all configurations have together.
const atLeast = 1_000_000
