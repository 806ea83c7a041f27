package timestamp

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// firstOpen is the first block that no file covers.
func (s *Stamper) firstOpen() (next uint64) {
	for _, p := range s.store.all() {
		if p.first > next {
			break
		}
		next = max(next, p.last+1)
	}
	return next
}

// newest is the number after the newest block in any file, 0 without any.
func (s *Stamper) newest() (next uint64) {
	for _, p := range s.store.all() {
		next = max(next, p.last+1)
	}
	return next
}

// covered keeps the batch at hand while blocks are compared one by one.
type covered struct{ at batch }

// compare says whether the block is stamped already, and ErrForked when
// another one is stamped in its place.
func (c *covered) compare(ctx context.Context, s *Stamper, number uint64, hash string) (bool, error) {
	if c.at.Batch == nil || c.at.Hash(number) == "" {
		var err error
		if c.at, err = s.find(ctx, number); errors.Is(err, service.ErrNotFound) {
			return false, nil
		} else if err != nil {
			return false, err
		}
	}
	if got := c.at.Hash(number); got != hash {
		return false, fmt.Errorf("%w: block %d is %s, stamped at %s was %s", ErrForked, number, hash, c.at.token.Time.Format(time.RFC3339), got)
	}
	return true, nil
}

// find is the earliest token over a block, ErrNotFound when there is none.
func (s *Stamper) find(ctx context.Context, number uint64) (found batch, err error) {
	for _, p := range s.store.over(number) {
		b, err := s.store.load(p)
		if errors.Is(err, errDamaged) {
			s.tell(ctx, p, err)
			continue
		}
		if err != nil {
			return batch{}, err
		}
		if found.Batch == nil || b.token.Time.Before(found.token.Time) {
			found = b
		}
	}
	if found.Batch == nil {
		return batch{}, fmt.Errorf("a time stamp of block %d: %w", number, service.ErrNotFound)
	}
	return found, nil
}

// Of implements service.TimeStamps.
func (s *Stamper) Of(ctx context.Context, number uint64) (service.TimeStamp, error) {
	b, err := s.find(ctx, number)
	if err != nil {
		return service.TimeStamp{}, err
	}
	return service.TimeStamp{Time: b.token.Time.Format(time.RFC3339Nano), Authority: b.token.Authority, First: b.First, Last: b.Last}, nil
}

// part is a file of an evidence package.
type part struct {
	Channel string   `json:"channel"`
	First   uint64   `json:"first"`
	Last    uint64   `json:"last"`
	Path    []string `json:"path"`
	Token   string   `json:"token"`
	V       int      `json:"v"`
}

// Parts is what evidence packages hold of a block's time stamp: nothing while
// it has none.
func (s *Stamper) Parts(ctx context.Context, number uint64) (map[string][]byte, error) {
	b, err := s.find(ctx, number)
	if errors.Is(err, service.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	p := part{Channel: s.store.channel, First: b.First, Last: b.Last, Token: base64.RawURLEncoding.EncodeToString(b.token.DER), V: 1}
	for _, sum := range b.Path(number) {
		p.Path = append(p.Path, hex.EncodeToString(sum))
	}
	data, err := pledge.CanonicalJSON(p)
	if err != nil {
		return nil, fmt.Errorf("printing a time stamp: %w", err)
	}
	return map[string][]byte{fmt.Sprintf("timestamps/%020d.json", number): data}, nil
}

// Metrics implements service.Metered.
func (s *Stamper) Metrics() []service.Metric {
	next, head := s.next.Load(), s.head.Load()
	var lag uint64
	if head+1 > next {
		lag = head + 1 - next
	}
	return []service.Metric{
		{Name: "timestamp_stamped_blocks", Help: "Blocks from the first on that are stamped, without a gap.", Value: float64(next)},
		{Name: "timestamp_lag_blocks", Help: "Blocks that are not stamped yet.", Value: float64(lag)},
		{Name: "timestamp_failures_total", Help: "Requests for a time stamp that failed.", Value: float64(s.failures.Load()), Counter: true},
		{Name: "timestamp_forked", Help: "1 when the ledger differs from what was stamped: nothing is stamped any more.", Value: flag(s.forked.Load())},
	}
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
