package chaincode

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// TestHintsAreOnlyHints: what was fetched in advance, and in which order,
// changes no result.
func TestHintsAreOnlyHints(t *testing.T) {
	m := started(t)
	args := [][]byte{[]byte(enrol(2)), []byte(enrol(3)), []byte("x"), []byte(enrol(2))}
	want, err := decide(m.fake, pledge.Tx{Channel: channel, Time: now}, parse(args))
	if err != nil {
		t.Fatal(err)
	}
	commands := []*pledge.Command{parse(args)[0].command, parse(args)[1].command, parse(args)[3].command}
	for range 20 {
		st := newState(m.fake)
		keys := slices.Concat(pledge.Reads(commands[0]), pledge.Reads(commands[1]), []string{pledge.KeyChannel()})
		rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		if err := st.fetch(keys[:rand.IntN(len(keys))]); err != nil {
			t.Fatal(err)
		}
		got, err := pledge.Apply(st, pledge.Tx{Channel: channel, Time: now}, commands)
		if err != nil || !slices.EqualFunc(pledge.TxWrites(got), pledge.TxWrites(want), sameWrite) {
			t.Fatalf("%v: other writes", err)
		}
	}
}

// short is a peer that answers too few values.
type short struct{ *fake }

func (s short) GetMultipleStates(keys ...string) ([][]byte, error) {
	return make([][]byte, len(keys)-1), nil
}

func TestTooFewValues(t *testing.T) {
	m := started(t)
	m.args = [][]byte{[]byte("apply"), []byte(enrol(2))}
	if r := m.invoke(short{m.fake}); r.Status != 500 {
		t.Errorf("got %d %s", r.Status, r.Message)
	}
}

// FuzzInvoke: whatever is asked, nothing panics, a refusal is one in full, and
// what cannot be read leaves nothing.
func FuzzInvoke(f *testing.F) {
	seeds := []string{"apply\nx", "apply\n" + enrol(2), "apply\n" + enrol(2) + "\n" + enrol(3), "genesis\n{}", "genesis\n" + text(genesis()),
		"get\nv1/channel\nv1/party/x", "record\n" + usccOf(1), "record\nas_x", "info", "", "\xff", "get\nv1/asset/\xff"}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := started(t)
		before := maps.Clone(m.kv)
		status, _, message := m.call(strings.Split(s, "\n")...)
		var r refusal
		if status != 200 && (status < 400 || status >= 500 || pledge.StrictUnmarshal([]byte(message), &r) != nil || r.Detail == "") {
			t.Errorf("%q: %d %q", s, status, message)
		}
		if status != 200 && !maps.EqualFunc(before, m.kv, bytes.Equal) {
			t.Errorf("%q: refused, and changed the channel", s)
		}
	})
}
