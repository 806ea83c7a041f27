package sketch

import (
	"math/rand/v2"
	"testing"
)

// TestFinderCountsAsColumnsDoes, in all that the real data were made into.
func TestFinderCountsAsColumnsDoes(t *testing.T) {
	base := shipped(t)[:3000]
	original := sketched(t, text(base), channel)
	f, some := NewFinder(original), 0
	for i, m := range mutations {
		made := sketched(t, m.made(base, rand.New(rand.NewPCG(5, uint64(i)))), channel)
		want, of, _ := Columns(original, made)
		got, gotOf, err := f.In(made)
		if err != nil || got != want || gotOf != of {
			t.Errorf("%s: %d of %d columns, not %d of %d (%v)", m.name, got, gotOf, want, of, err)
		}
		back, _, _ := Columns(made, original)
		if got, _, _ := NewFinder(made).In(original); got != back {
			t.Errorf("%s: the other way %d, not %d", m.name, got, back)
		}
		if want > 0 && want < of {
			some++
		}
	}
	if some == 0 {
		t.Error("nowhere some columns are found and others not")
	}
	if _, _, err := f.In(Sketch{}); err == nil {
		t.Error("sketches of two keys were compared")
	}
}
