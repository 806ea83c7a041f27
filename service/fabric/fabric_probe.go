package fabric

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/datapledge/datapledge/service"
)

// prober is a wire that can look at the network without using it.
type prober interface {
	// newest is the number of the newest block that any peer has.
	newest(ctx context.Context) (uint64, error)
	// reach fails when fewer orderers can be reached than are needed.
	reach(ctx context.Context) error
}

var _ prober = (*sdkWire)(nil)

// catchUp waits until the copy has what the peers have now, so that nobody
// is answered from a past that an earlier process had left behind. A copy
// that does not grow any more is taken as it is: one peer alone that speaks
// of more blocks must not keep the service down.
func (l *Ledger) catchUp(ctx context.Context) error {
	p, ok := l.wire.(prober)
	if !ok {
		return nil
	}
	number, err := p.newest(ctx)
	if err != nil {
		l.log.Warn("no peer tells how long the channel is", slog.Any("error", err))
		return nil
	}
	for last := uint64(0); ; {
		bounded, cancel := context.WithTimeout(ctx, l.options.limits.stall)
		err := l.chain.waitFor(bounded, number)
		cancel()
		head, _, _ := l.chain.look()
		switch {
		case err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
			return err
		case head.Height == last:
			l.log.Warn("a peer speaks of blocks that cannot be read", slog.Uint64("newest", number), slog.Uint64("read", last))
			return nil
		}
		last = head.Height
	}
}

// newest implements prober.
func (w *sdkWire) newest(ctx context.Context) (uint64, error) {
	type reply struct {
		height uint64
		err    error
	}
	peers := w.preferred(delivers)
	replies := make(chan reply, len(peers))
	for _, m := range peers {
		w.spawn(func() {
			height, err := w.height(ctx, m, probeTimeout)
			replies <- reply{height, err}
		})
	}
	most, last := uint64(0), fmt.Errorf("no peer delivers blocks: %w", service.ErrUnavailable)
	for range peers {
		if r := <-replies; r.err != nil {
			last = r.err
		} else {
			most = max(most, r.height)
		}
	}
	if most == 0 {
		return 0, last
	}
	return most - 1, nil
}

// reach implements prober.
func (w *sdkWire) reach(ctx context.Context) error {
	replies := make(chan error, len(w.lanes))
	for _, l := range w.lanes {
		w.spawn(func() {
			s, err := l.open()
			if err == nil {
				s.cancel()
			}
			replies <- err
		})
	}
	last := error(service.ErrUnavailable)
	for up, asked := 0, 0; asked < len(w.lanes); asked++ {
		select {
		case err := <-replies:
			if err != nil {
				last = err
			} else if up++; up >= w.quorum {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fmt.Errorf("fewer than the %d orderers that are needed: %w", w.quorum, last)
}
