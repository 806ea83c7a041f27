package imprint

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/anchor"
)

// catchUpTime is how long the ledger may lack a block that another member has
// sent a checkpoint of already.
const catchUpTime = 10 * time.Second

// batch puts blocks first to last under one root: those that are delivered,
// when they are all there, else as the ledger gives them once more.
func (s *Channel) batch(ctx context.Context, first, last uint64, blocks []Delivery) (*anchor.Batch, error) {
	if b := s.again(first, last, blocks); b != nil {
		return b, nil
	}
	b := anchor.New(s.o.Checkpoints.Of())
	if from := blocks[0].Number; from <= first && last <= blocks[len(blocks)-1].Number {
		for _, d := range blocks[first-from : last-from+1] {
			if err := b.Add(d.Number, d.Hash); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	ctx, cancel := context.WithTimeout(ctx, catchUpTime)
	defer cancel()
	err := s.o.Ledger.Follow(ctx, first, func(block service.Block) error {
		if err := b.Add(block.Number, block.Hash); err != nil {
			return err
		}
		if block.Number == last {
			return errSeen
		}
		return nil
	})
	if !errors.Is(err, errSeen) {
		return nil, s.missing(ctx, last, err)
	}
	s.mu.Lock()
	s.read = b
	s.mu.Unlock()
	return b, nil
}

// again is what was read before, when it is the same and what is delivered
// agrees with it.
func (s *Channel) again(first, last uint64, blocks []Delivery) *anchor.Batch {
	s.mu.Lock()
	b := s.read
	s.mu.Unlock()
	if b == nil || b.First != first || b.Last != last {
		return nil
	}
	for _, d := range blocks {
		if h := b.Hash(d.Number); h != "" && h != d.Hash {
			return nil
		}
	}
	return b
}

func (s *Channel) missing(ctx context.Context, last uint64, err error) error {
	head, herr := s.o.Ledger.Head(context.WithoutCancel(ctx))
	if herr == nil && head.Height < last {
		return &behind{head.Height, last}
	}
	return fmt.Errorf("reading the ledger up to block %d: %w", last, err)
}
