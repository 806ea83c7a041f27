package fabric

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	probeEvery   = 3 * time.Second // of silence
	probeTimeout = 3 * time.Second
	// patience is how many probes in a row may find that blocks are missing.
	patience = 3
)

// health is what the probes found since the last block.
type health struct {
	probes  int
	missing int // probes that found newer blocks than the stream had
}

// look asks, after some seconds of silence, whether the peer is alive and
// whether anybody has newer blocks. A dead peer's stream looks like a quiet
// one, and gRPC's own pings are answered with a hang-up when they come more
// often than once a minute, which is the default of Fabric's peers.
func (f *feed) look(ctx context.Context) {
	if f.probe != nil {
		return
	}
	f.probe = make(chan error, 1)
	out, next, h := f.probe, f.next, f.health
	f.health.probes++
	other := f.other(h.probes)
	f.w.spawn(func() { out <- f.check(ctx, next, other) })
}

// other is a peer of another member, another one each time.
func (f *feed) other(turn int) *member {
	var rest []*member
	for _, m := range f.w.preferred(delivers) {
		if m.msp != f.from.msp && !m.avoided() {
			rest = append(rest, m)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return rest[turn%len(rest)]
}

var errMissing = errors.New("newer blocks exist")

// check returns an error when the peer is dead, errMissing when it, or other,
// has blocks that the stream did not bring.
func (f *feed) check(ctx context.Context, next uint64, other *member) error {
	height, err := f.w.height(ctx, f.from, probeTimeout)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return f.broken(fmt.Errorf("it does not answer: %w", err))
	}
	if other != nil {
		if h, err := f.w.height(ctx, other, probeTimeout); err == nil {
			height = max(height, h)
		}
	}
	if height > next {
		return errMissing
	}
	return nil
}

// found takes a probe's result. Missing blocks may be on their way, so only
// several probes in a row without a block end the subscription.
func (f *feed) found(err error) error {
	if !errors.Is(err, errMissing) {
		f.health.missing = 0
		return err
	}
	if f.health.missing++; f.health.missing < patience {
		return nil
	}
	return f.broken(errors.New("it does not deliver blocks that others have"))
}
