package index

import (
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// FuzzCursor: what is accepted is what cursor writes, and nothing else.
func FuzzCursor(f *testing.F) {
	l := list{'a', []string{"owner", "", "text"}}
	for _, at := range []int64{0, 1, 127, 128, 1 << 40, 1<<63 - 1} {
		f.Add(l.cursor(at))
		f.Add(events().cursor(at))
		f.Add(l.cursor(at) + "A")
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := l.position(s, 7)
		if e, ok := err.(*pledge.Error); err != nil && (!ok || e.Code != pledge.Malformed || at != 0) {
			t.Fatalf("%q: position %d, %v", s, at, err)
		}
		if err == nil && s != "" && l.cursor(at) != s {
			t.Fatalf("%q was accepted and prints as %q", s, l.cursor(at))
		}
	})
}

func TestCursor(t *testing.T) {
	l := list{'a', []string{"owner"}}
	for _, at := range []int64{0, 1, 1<<63 - 1} {
		if got, err := l.position(l.cursor(at), 7); err != nil || got != at {
			t.Errorf("cursor at %d: got %d, %v", at, got, err)
		}
	}
	if at, err := l.position("", 7); err != nil || at != 7 {
		t.Errorf("no cursor: got %d, %v, want 7", at, err)
	}
}
