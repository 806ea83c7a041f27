package solo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"
)

func lineOf(n int) (keyHash, location) {
	return hashKey(fmt.Sprint("key", n)), location{block: uint64(n) + 1, index: uint32(n)}
}

// crowded makes hashes that share their first bytes.
func crowded(n int) (keyHash, location) {
	var h keyHash
	binary.BigEndian.PutUint64(h[8:], uint64(n)*0x9E3779B97F4A7C15)
	return h, location{block: uint64(n) + 1}
}

func TestLayersFindWhatWasPutLast(t *testing.T) {
	for _, lines := range []func(int) (keyHash, location){lineOf, crowded} {
		for _, n := range []int{1, 2, 7, 8, 9, 1000, 5000} {
			s := newLayers(limits{})
			for i := range n {
				h, at := lines(i)
				s.active.put(h, location{block: 9e9})
				s.active.put(h, at)
			}
			findAll(t, &s, lines, n)
			s.freeze(7, n)
			if s.frozen == nil || s.frozen.height != 7 || len(s.frozen.lines) != n || len(s.active.lines) != 0 {
				t.Fatalf("%d lines: not frozen", n)
			}
			findAll(t, &s, lines, n)
			h, _ := lines(0)
			s.active.put(h, location{block: 8e9})
			if at, ok := s.find(h); !ok || at.block != 8e9 {
				t.Errorf("%d lines: what is newer than frozen is not found: %v, %t", n, at, ok)
			}
		}
	}
}

func findAll(t *testing.T, s *layers, lines func(int) (keyHash, location), n int) {
	t.Helper()
	for i := range n {
		h, want := lines(i)
		if at, ok := s.find(h); !ok || at != want {
			t.Fatalf("line %d of %d is at %v, %t", i, n, at, ok)
		}
	}
	h, _ := lines(n)
	if at, ok := s.find(h); ok {
		t.Errorf("a line that was never put is at %v", at)
	}
}

func TestFrozenIsInOrder(t *testing.T) {
	for _, lines := range []func(int) (keyHash, location){lineOf, crowded} {
		s := newLayers(limits{})
		for i := range 3000 {
			h, at := lines(i)
			s.active.put(h, at)
		}
		s.freeze(0, 1)
		for i := range s.frozen.lines[1:] {
			if a, b := s.frozen.lines[i].hash, s.frozen.lines[i+1].hash; bytes.Compare(a[:], b[:]) >= 0 {
				t.Fatalf("lines %d and %d are out of order", i, i+1)
			}
		}
	}
}

func TestFreezeWaitsUntilItIsFull(t *testing.T) {
	s := newLayers(limits{})
	for i := range 9 {
		h, at := lineOf(i)
		s.active.put(h, at)
	}
	if s.freeze(1, 10); s.frozen != nil {
		t.Error("frozen before it is full")
	}
	s.freeze(1, 9)
	h, at := lineOf(9)
	s.active.put(h, at)
	if s.freeze(2, 1); s.frozen.height != 1 || !s.unwritten() {
		t.Error("frozen again before the first is written")
	}
	s.written(9)
	if s.frozen != nil || !s.unwritten() {
		t.Error("what is written stays, or what is not is taken for written")
	}
}

// BenchmarkFreeze is how long readers wait when a full layer is frozen.
func BenchmarkFreeze(b *testing.B) {
	lines := make([]hashed, 1<<19)
	for i := range lines {
		lines[i].hash, lines[i].location = lineOf(i)
	}
	for b.Loop() {
		newFrozen(lines, 0)
	}
}
