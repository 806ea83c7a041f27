package fabric

import (
	"testing"
	"time"
)

// TestPace: batches grow while they are quick, shrink when one is slow,
// within bounds; a small batch that was quick teaches nothing.
func TestPace(t *testing.T) {
	p := newPace(2 << 20)
	start := p.room
	if start <= paceFloor || start >= 2<<20 {
		t.Fatalf("starts with %d", start)
	}
	if p.learn(100, false, time.Millisecond); p.room != start {
		t.Errorf("a lone command changed it to %d", p.room)
	}
	for range 20 {
		p.learn(p.room, true, 100*time.Millisecond)
	}
	if p.room != 2<<20 {
		t.Errorf("got %d after many quick ones, want all there is", p.room)
	}
	if p.learn(p.room, true, time.Second); p.room != 2<<20 {
		t.Errorf("got %d after a good one", p.room)
	}
	if p.learn(1<<20, true, 3*time.Second); p.room != 512<<10 {
		t.Errorf("got %d after a slow one of 1 MiB, want half of that", p.room)
	}
	for range 20 {
		p.learn(p.room, true, time.Minute)
	}
	if p.room != paceFloor {
		t.Errorf("got %d, want the floor", p.room)
	}
	if p := newPace(1000); p.room != 1000 {
		t.Errorf("got %d of 1000", p.room)
	}
}
