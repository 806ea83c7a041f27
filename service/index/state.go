package index

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/datapledge/datapledge/service"
)

// state is what is known without asking the file. Whoever waits for a block
// waits for changed to be closed, and looks again.
type state struct {
	mu      sync.Mutex
	head    *service.Head
	lost    []service.Regression
	closed  bool
	changed chan struct{}
	marked  bool          // a query met damage, and the file is still there
	damaged chan struct{} // closed while marked
}

func (s *state) init() {
	s.changed, s.damaged = make(chan struct{}), make(chan struct{})
}

// set changes something under the lock and wakes all who wait.
func (s *state) set(fn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *state) publish(h service.Head) { s.set(func() { s.head = &h }) }
func (s *state) close()                 { s.set(func() { s.closed = true }) }

// lose notes lost blocks, each once.
func (s *state) lose(lost ...service.Regression) {
	s.set(func() {
		for _, r := range lost {
			s.lost = append(without(s.lost, r.Lost), r)
		}
	})
}

// find takes back that a block was lost.
func (s *state) find(h service.Head) { s.set(func() { s.lost = without(s.lost, h) }) }

func without(lost []service.Regression, h service.Head) []service.Regression {
	return slices.DeleteFunc(slices.Clone(lost), func(r service.Regression) bool { return r.Lost == h })
}

// forget goes with the file: its head, and what was found wrong with it.
func (s *state) forget() {
	s.set(func() {
		if s.head = nil; s.marked {
			s.marked, s.damaged = false, make(chan struct{})
		}
	})
}

func (s *state) regressions() []service.Regression {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost
}

// damage marks that the file must be rebuilt; marking it twice is no more.
func (s *state) damage() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.marked {
		s.marked = true
		close(s.damaged)
	}
}

// mark is closed when the file that is there now must be rebuilt.
func (s *state) mark() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.damaged
}

func (s *state) look() (head *service.Head, changed <-chan struct{}, closed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head, s.changed, s.closed
}

// Head is the newest block that was projected. ErrNotFound before the first.
func (ix *Index) Head(context.Context) (service.Head, error) {
	head, _, closed := ix.state.look()
	switch {
	case closed:
		return service.Head{}, errClosed
	case head == nil:
		return service.Head{}, fmt.Errorf("no block is projected yet: %w", service.ErrNotFound)
	}
	return *head, nil
}

// WaitFor returns when block height is projected, or with ctx's error, or
// with ErrUnavailable when the read model is closed.
func (ix *Index) WaitFor(ctx context.Context, height uint64) error {
	for {
		head, changed, closed := ix.state.look()
		if head != nil && head.Height >= height {
			return nil
		}
		if closed {
			return errClosed
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// Regressed tells that the ledger once lacked, or had another block in place
// of, a block that was projected from it: the highest when there were several.
// It is nil again when the very blocks are back. It is kept in the file:
// deleting the file means that an operator has looked into it.
func (ix *Index) Regressed() *service.Regression {
	var highest *service.Regression
	for _, r := range ix.state.regressions() {
		if highest == nil || r.Lost.Height > highest.Lost.Height {
			highest = &r
		}
	}
	return highest
}
