package sketches

import (
	"context"
	"fmt"
	"sync"

	"github.com/datapledge/datapledge/service"
)

// state is how far the ledger was followed, for those who wait.
type state struct {
	mu      sync.Mutex
	head    *service.Head // nil: nothing can be searched
	changed chan struct{}
}

func newState() *state { return &state{changed: make(chan struct{})} }

func (s *state) set(head *service.Head) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head = head
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *state) look() (*service.Head, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.head, s.changed
}

// waitFor returns when a block is shown, or ErrUnavailable when ctx ends.
func (s *state) waitFor(ctx context.Context, height uint64) error {
	for {
		head, changed := s.look()
		if head != nil && head.Height >= height {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return behind(head, height)
		}
	}
}

func behind(head *service.Head, height uint64) error {
	shown := "no block"
	if head != nil {
		shown = fmt.Sprintf("block %d", head.Height)
	}
	return &service.Trouble{Cause: fmt.Sprintf("the index of content shows %s, not yet %d", shown, height),
		Remedy: "try again in a moment; when it stays so, see what the log says of sketches", Err: service.ErrUnavailable}
}
