package index

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Resolve turns an AsOf into the head it selects.
func (ix *Index) Resolve(ctx context.Context, at service.AsOf) (service.Head, error) {
	switch {
	case at.Height != nil && at.Time != "":
		return service.Head{}, pledge.Errorf(pledge.Malformed, "as_of is a height or a time, not both")
	case at.Height != nil:
		return ix.resolveHeight(ctx, *at.Height)
	case at.Time != "":
		return ix.resolveTime(ctx, at.Time)
	}
	return ix.Head(ctx)
}

func (ix *Index) resolveHeight(ctx context.Context, height uint64) (service.Head, error) {
	if height > math.MaxInt64 {
		return service.Head{}, fmt.Errorf("block %d: %w", height, service.ErrNotFound)
	}
	return query(ix, func(s *store) (service.Head, error) {
		h := service.Head{Height: height}
		err := s.get(ctx, fmt.Sprintf("block %d", height), `SELECT hash FROM blocks WHERE number = ?`, []any{int64(height)}, &h.Hash)
		return h, err
	})
}

func (ix *Index) resolveTime(ctx context.Context, text string) (service.Head, error) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return service.Head{}, pledge.Errorf(pledge.Malformed, "as_of %q is neither a height nor an RFC 3339 time", text)
	}
	return query(ix, func(s *store) (h service.Head, err error) {
		var height int64
		err = s.get(ctx, "block at "+text, `SELECT number, hash FROM blocks WHERE time <= ? ORDER BY time DESC, number DESC LIMIT 1`,
			[]any{nanos(t)}, &height, &h.Hash)
		h.Height = uint64(height)
		return h, err
	})
}

// BlockTime returns the time of a block, in UTC. Where a ledger's times step
// back it is the latest time so far, which is the one that Resolve goes by.
func (ix *Index) BlockTime(ctx context.Context, height uint64) (time.Time, error) {
	return query(ix, func(s *store) (time.Time, error) {
		if height > math.MaxInt64 {
			return time.Time{}, fmt.Errorf("block %d: %w", height, service.ErrNotFound)
		}
		var t int64
		err := s.get(ctx, fmt.Sprintf("block %d", height), `SELECT time FROM blocks WHERE number = ?`, []any{int64(height)}, &t)
		return time.Unix(0, t).UTC(), err
	})
}

// stampTime writes a block's time; digits below a millisecond only where the
// ledger has them, so that the text resolves to the very block.
func stampTime(t int64) string {
	const millis = "2006-01-02T15:04:05.000Z07:00"
	if t%int64(time.Millisecond) != 0 {
		return time.Unix(0, t).UTC().Format(time.RFC3339Nano)
	}
	return time.Unix(0, t).UTC().Format(millis)
}
