package solo

import (
	"errors"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// The proofs of a whole block are those of its entries.
func TestProveBlock(t *testing.T) {
	w := newWorld(t)
	l := w.open(t)
	w.fill(t, l)
	head, err := l.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for n := range head.Height + 1 {
		list, err := l.ProveBlock(t.Context(), n)
		if err != nil || len(list) == 0 {
			t.Fatalf("block %d: got %v, %v", n, list, err)
		}
		for i, got := range list {
			want, err := l.Prove(t.Context(), pledge.Position{Block: n, Index: i})
			if err != nil || string(got) != string(want) {
				t.Errorf("block %d entry %d: got %s, want %s, %v", n, i, got, want, err)
			}
		}
		if _, err := l.Prove(t.Context(), pledge.Position{Block: n, Index: len(list)}); !errors.Is(err, service.ErrNotFound) {
			t.Errorf("block %d has more than %d entries: %v", n, len(list), err)
		}
	}
	if _, err := l.ProveBlock(t.Context(), head.Height+1); !errors.Is(err, service.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
