package index

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// queueBytes bounds what is decoded and not yet written.
const queueBytes = 16 << 20

// queue hands blocks from the follower to the writer. It is bounded by their
// size, since a block may hold one command or thousands.
type queue struct {
	blocks chan block
	room   *semaphore.Weighted
}

func newQueue() *queue {
	return &queue{blocks: make(chan block, 1024), room: semaphore.NewWeighted(queueBytes)}
}

func (q *queue) put(ctx context.Context, b block) error {
	b.weight = min(b.weight, queueBytes)
	if err := q.room.Acquire(ctx, b.weight); err != nil {
		return err
	}
	select {
	case q.blocks <- b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// poll returns the next block when there is one already.
func (q *queue) poll() (block, bool) {
	select {
	case b, ok := <-q.blocks:
		return b, ok
	default:
		return block{}, false
	}
}

// done gives the room of a block back.
func (q *queue) done(b block) { q.room.Release(b.weight) }
