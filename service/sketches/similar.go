package sketches

import (
	"context"
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/service"
)

// Similar implements service.ContentIndex. It lists at most 100 assets that
// have at least eight rows of the sketch in common and one percent of either,
// or of whose columns, or the sketch's, half are found again. Of large tables one
// that shares few rows with the sketch may be missed, as the package says;
// complete does not speak of it. complete is false also when the sketch of an
// asset is missing here, or was made with another key; assets that have none
// count for nothing.
//
// The answer depends on what is registered up to the block, and on nothing
// that came later.
func (ix *Index) Similar(ctx context.Context, digest string, upTo uint64) ([]service.Similar, bool, error) {
	sum, ok := parseDigest(digest)
	if !ok {
		return nil, false, fmt.Errorf("%.80q is no digest of a sketch: %w", digest, service.ErrNotFound)
	}
	query, key, err := fetch(ctx, ix.o.Vault, sum)
	if err != nil {
		return nil, false, err
	}
	if err := ix.shows(ctx, upTo); err != nil {
		return nil, false, err
	}
	select {
	case ix.busy <- struct{}{}:
		defer func() { <-ix.busy }()
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
	ix.store.mu.RLock()
	defer ix.store.mu.RUnlock()
	if head, _ := ix.state.look(); !ix.store.ready || head == nil || head.Height < upTo {
		return nil, false, behind(nil, upTo)
	}
	list, complete, err := ix.store.search(ctx, *query, key, upTo)
	if errors.Is(err, errDamaged) || errors.Is(err, errTorn) {
		ix.damage(err)
		err = fmt.Errorf("searching for like content: %w: %w", service.ErrUnavailable, err)
	}
	return list, complete, err
}

// shows waits a bounded time for a block.
func (ix *Index) shows(ctx context.Context, upTo uint64) error {
	wait, cancel := context.WithTimeout(ctx, ix.o.Patience)
	defer cancel()
	err := ix.state.waitFor(wait, upTo)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// damage has Run look at all files again.
func (ix *Index) damage(err error) {
	select {
	case ix.damaged <- err:
	default:
	}
}

// count brings the numbers up to date.
func (ix *Index) count() {
	missing := 0
	for _, h := range ix.store.cat.list {
		if !h.have {
			missing++
		}
	}
	ix.assets.Store(int64(len(ix.store.cat.list)))
	ix.missing.Store(int64(missing))
}

// Metrics implements service.Metered.
func (ix *Index) Metrics() []service.Metric {
	lag := uint64(0)
	if head, shown := ix.ledger.Load()+1, ix.shown.Load(); head > shown {
		lag = head - shown
	}
	return []service.Metric{
		{Name: "content_indexed_assets", Help: "Assets that name a sketch of their content, with those whose sketch is missing.", Value: float64(ix.assets.Load())},
		{Name: "content_missing_sketches", Help: "Sketches that the vault does not have, or has damaged: searches say that they are not complete.", Value: float64(ix.missing.Load())},
		{Name: "content_lag_blocks", Help: "Blocks that the index of content is behind the ledger.", Value: float64(lag)},
	}
}
