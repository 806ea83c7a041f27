package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// moving is a source whose head moves on at chosen reads. Every value says at
// which head it stands.
type moving struct {
	moves []bool // by read: whether there is a new block before it
	head  Head
	asked [][]string
}

func (m *moving) Get(_ context.Context, keys ...string) ([][]byte, Head, error) {
	if n := len(m.asked); n < len(m.moves) && m.moves[n] {
		m.head.Height++
	}
	m.asked = append(m.asked, keys)
	values := make([][]byte, len(keys))
	for i, k := range keys {
		values[i] = fmt.Append(nil, k, m.head.Height)
	}
	return values, m.head, nil
}

// chain reads a, which leads to b, which leads to c.
func chain(read *string) func(v *view) error {
	return func(v *view) error {
		*read = ""
		for _, key := range []string{"a", "b", "c"} {
			value := v.get(key)
			*read += string(value)
			if value == nil {
				break
			}
		}
		return nil
	}
}

func TestSnapshotIsOfOneHead(t *testing.T) {
	for name, tt := range map[string]struct {
		moves []bool
		read  string
		asked []string
	}{
		"nothing new":           {nil, "a0b0c0", []string{"[]", "[a]", "[b]", "[c]"}},
		"new before the first":  {[]bool{true}, "a1b1c1", []string{"[]", "[a]", "[b]", "[c]"}},
		"new before the second": {[]bool{false, true}, "a1b1c1", []string{"[]", "[a]", "[b]", "[c]"}},
		"new in between":        {[]bool{false, false, true}, "a1b1c1", []string{"[]", "[a]", "[b]", "[a b]", "[c]"}},
		"new before the last":   {[]bool{false, false, false, true}, "a1b1c1", []string{"[]", "[a]", "[b]", "[c]", "[a b c]"}},
		"new while it is read again": {[]bool{false, false, true, true}, "a2b2c2",
			[]string{"[]", "[a]", "[b]", "[a b]", "[c]"}},
	} {
		t.Run(name, func(t *testing.T) {
			var read string
			m := &moving{moves: tt.moves}
			head, err := snapshot(t.Context(), m, chain(&read))
			if err != nil || head != m.head || read != tt.read {
				t.Errorf("read %s at %d, %v, want %s", read, head.Height, err, tt.read)
			}
			var asked []string
			for _, keys := range m.asked {
				asked = append(asked, fmt.Sprint(keys))
			}
			if !slices.Equal(asked, tt.asked) {
				t.Errorf("asked for %v, want %v", asked, tt.asked)
			}
		})
	}
}

func TestSnapshotEnds(t *testing.T) {
	deeper := func(v *view) error {
		v.get(fmt.Sprint(len(v.keys)))
		return nil
	}
	if _, err := snapshot(t.Context(), &moving{}, deeper); err == nil {
		t.Error("what leads ever deeper was read")
	}
	broken := errors.New("broken")
	if _, err := snapshot(t.Context(), &moving{}, func(*view) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("got %v, want what the reader said", err)
	}
}
