package imprint

import (
	"context"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// checkpointInterval is between two checkpoints, unless there are blocks for a
// whole one: a channel under load makes several blocks a second, and each
// checkpoint costs its members a transaction.
const checkpointInterval = 2 * time.Second

// pace waits until the next checkpoint is due, when there is need of one. A
// lone block after a pause goes at once.
func (s *Channel) pace(ctx context.Context, last uint64) error {
	next, err := s.next(ctx)
	if err != nil || next > last || last-next+1 >= pledge.MaxCheckpointBlocks {
		return err
	}
	s.mu.Lock()
	early := s.o.Interval - s.o.Now().Sub(s.recorded)
	s.mu.Unlock()
	if early > 0 {
		s.o.Wait(ctx, early)
	}
	return ctx.Err()
}

// upTo is the last block of a checkpoint that begins with next: it takes in
// all that the ledger has by now, not only what is delivered.
func (s *Channel) upTo(ctx context.Context, next, last uint64) (uint64, error) {
	head, err := s.o.Ledger.Head(ctx)
	if err != nil {
		return 0, unreadable(err)
	}
	return min(max(head.Height, last), next+pledge.MaxCheckpointBlocks-1), nil
}

func (s *Channel) sent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.recorded = s.o.Now()
}
