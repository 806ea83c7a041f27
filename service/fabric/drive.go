package fabric

import (
	"context"
	"errors"
	"time"
)

// drive sends one transaction until a block tells its fate. fresh: no orderer
// can have it yet, so that errNotSent may be the end of it. Otherwise the
// error is ctx's, and the fate is open.
func (l *Ledger) drive(ctx context.Context, r *row, a attempt, fresh bool) (verdict, error) {
	seen, forget := l.chain.watch(a.txID)
	defer forget()
	pause := l.options.limits.resend
	for tries := 0; ; tries++ {
		l.options.limits.step("before sending")
		ack := l.send(ctx, a)
		wait := pause
		select {
		case v, ok := <-seen:
			return verdictOr(v, ok)
		case <-ctx.Done():
			return verdict{}, ctx.Err()
		case err := <-ack:
			l.options.limits.step("after sending")
			unsent := errors.Is(err, errNotSent)
			if fresh = fresh && unsent; fresh && tries >= 2 {
				return verdict{}, err
			}
			if err == nil {
				l.note(r, l.journal.submitted(r))
			} else {
				wait = min(pause, backOff(200*time.Millisecond, tries))
			}
		}
		select {
		case v, ok := <-seen:
			return verdictOr(v, ok)
		case <-ctx.Done():
			return verdict{}, ctx.Err()
		case <-time.After(wait):
		}
		l.stats.resent.Add(1)
		pause = min(2*pause, 30*time.Second)
	}
}

func verdictOr(v verdict, ok bool) (verdict, error) {
	if !ok {
		return verdict{}, errClosed
	}
	return v, nil
}

// send broadcasts in the background: the verdict may be there before the
// last orderer answers.
func (l *Ledger) send(ctx context.Context, a attempt) <-chan error {
	ack := make(chan error, 1)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	l.background.Go(func() {
		defer cancel()
		ack <- l.wire.Broadcast(ctx, a.envelope)
	})
	return ack
}
