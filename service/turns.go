package service

import (
	"context"
	"runtime"
	"sync"
)

// turns bound how many passes run at once, and of one party half of them: who
// seals one dataset after the other does not keep others from their turn.
type turns struct {
	all chan struct{}

	mu      sync.Mutex
	parties map[string]*partyTurns
}

// partyTurns are there while somebody of the party waits or has one.
type partyTurns struct {
	seats chan struct{}
	users int
}

func newTurns() *turns {
	return &turns{all: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), parties: map[string]*partyTurns{}}
}

// take waits for a turn until ctx ends. Whoever has one calls leave.
func (t *turns) take(ctx context.Context, party string) (leave func(), err error) {
	p := t.come(party)
	select {
	case p.seats <- struct{}{}:
	case <-ctx.Done():
		t.depart(party)
		return nil, ctx.Err()
	}
	select {
	case t.all <- struct{}{}:
	case <-ctx.Done():
		<-p.seats
		t.depart(party)
		return nil, ctx.Err()
	}
	return func() { <-t.all; <-p.seats; t.depart(party) }, nil
}

func (t *turns) come(party string) *partyTurns {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.parties[party]
	if p == nil {
		p = &partyTurns{seats: make(chan struct{}, cap(t.all)/2)}
		t.parties[party] = p
	}
	p.users++
	return p
}

func (t *turns) depart(party string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p := t.parties[party]; p.users == 1 {
		delete(t.parties, party)
	} else {
		p.users--
	}
}
