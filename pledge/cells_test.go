package pledge_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// stage is a State of three layers: the ledger, the records of a scene, and
// what was written.
type stage struct{ ledger, records, written map[string][]byte }

func (s *stage) Get(key string) ([]byte, error) {
	for _, layer := range []map[string][]byte{s.written, s.records, s.ledger} {
		if v, ok := layer[key]; ok {
			return v, nil
		}
	}
	return nil, nil
}

func (s *stage) Put(key string, value []byte) error { s.written[key] = value; return nil }

// matrix is a table of the law with all that it is crossed with.
type matrix struct {
	law           []line
	states        map[string]string
	circumstances []circumstance
	ofAsset       bool
	scene         *scene

	cells, applied, waiting atomic.Int64
}

// TestEveryCell: every act in every state by every party in every
// circumstance, with all other signatures there, and with none.
func TestEveryCell(t *testing.T) {
	s := newScene(newWorld(t))
	for _, c := range []struct {
		*matrix
		cells, applied, waiting int64
	}{
		{&matrix{law: pledgeLaw, states: pledgeStates, circumstances: pledgeCircumstances, scene: s}, 279774, 12489, 1781},
		{&matrix{law: assetLaw, states: assetStates, circumstances: assetCircumstances, scene: s, ofAsset: true}, 19035, 1002, 288},
	} {
		t.Run(fmt.Sprint("asset ", c.ofAsset), func(t *testing.T) {
			t.Run("all", func(t *testing.T) {
				for _, f := range c.circumstances {
					t.Run(f.name, func(t *testing.T) { t.Parallel(); c.circumstance(t, f) })
				}
			})
			if got := []int64{c.matrix.cells.Load(), c.matrix.applied.Load(), c.matrix.waiting.Load()}; !slices.Equal(got, []int64{c.cells, c.applied, c.waiting}) {
				t.Errorf("%d cells, %d took effect, %d wait for signatures", got[0], got[1], got[2])
			}
		})
	}
}

func (m *matrix) circumstance(t *testing.T, f circumstance) {
	s := m.scene.copy()
	s.t = t
	for _, l := range m.law {
		m.act(t, s, f, l)
	}
}

// act tries one act in a circumstance: the bodies are the same in all states.
func (m *matrix) act(t *testing.T, base *scene, f circumstance, l line) {
	commands := map[string]*pledge.Command{}
	for state, can := range m.states {
		s := base.copy()
		s.ofAsset = m.ofAsset
		if m.ofAsset {
			s.a.InForce = nil
			s.p.State = "PENDING"
		} else {
			s.inState(state)
		}
		f.set(s)
		s.dress(l.act)
		if m.ofAsset {
			s.a.Status = state
		}
		act, body := trials[l.act](s)
		s.consent(act, body)
		seen := map[string]map[string][]byte{}
		for name, by := range s.cast {
			if commands[name] == nil {
				commands[name] = signedOnce(s, by, act, body)
			}
			for _, q := range quorums(l.in(f), name) {
				m.cell(t, &trial{s, f, l, state, can, name, q, act, must(pledge.ActDigest(act, body)), seen}, commands[name])
			}
		}
	}
}

var signedOnes sync.Map

// signedOnce signs and reads a command once for all who try the same.
func signedOnce(s *scene, a *actor, act pledge.Act, body any) *pledge.Command {
	key := a.uscc + string(act) + string(must(pledge.CanonicalJSON(body)))
	if c, ok := signedOnes.Load(key); ok {
		return c.(*pledge.Command)
	}
	c, _ := signedOnes.LoadOrStore(key, s.command(a, act, body))
	return c.(*pledge.Command)
}
