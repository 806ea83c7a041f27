package service

import (
	"context"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Some terms have an end that anybody may say on the ledger: a pledge lapses, an
// objection expires, a custody check was missed (LAW.md T6, T13, T18, T21). This
// does so, with the service's own key. Its clock only asks: the guards
// of the rules decide by the ledger's time, so that a trigger which comes too
// early, or twice, is refused and leaves nothing.

const (
	// clockBatch is how many triggers are submitted together, clockRound how many
	// at most in one round: what is left waits for the next.
	clockBatch = 100
	clockRound = 2000
	// A trigger that is refused waits before it is tried again, each time twice as
	// long.
	clockWait, clockWaitMost = time.Minute, 24 * time.Hour
)

// Clockwork remembers only which triggers were refused lately. Any number of
// replicas may run one.
type Clockwork struct {
	s       *Service
	refused map[clockName]refusedClock
}

type clockName struct{ record, kind, objection string }

type refusedClock struct {
	until time.Time
	wait  time.Duration
}

// NewClockwork makes one for a single goroutine.
func (s *Service) NewClockwork() *Clockwork {
	return &Clockwork{s, map[clockName]refusedClock{}}
}

// Struck says what a round did.
type Struck struct{ Applied, Refused int }

// Round submits what is ripe.
func (w *Clockwork) Round(ctx context.Context) (Struck, error) {
	var done Struck
	now, tried := w.s.now(), 0
	w.forget(now)
	q := ClockQuery{Ripe: now, Page: Page{Limit: clockBatch}}
	for tried < clockRound {
		page, next, err := w.s.o.Index.Clocks(ctx, q)
		if err != nil {
			return done, fmt.Errorf("listing what is due: %w", err)
		}
		due := w.waiting(page, now)
		if err := w.strike(ctx, due, now, &done); err != nil {
			return done, err
		}
		tried += len(due)
		if q.Cursor = next; next == "" {
			break
		}
	}
	return done, nil
}

// waiting leaves out what was refused not long ago.
func (w *Clockwork) waiting(page []Clock, now time.Time) (due []Clock) {
	for _, c := range page {
		if now.Before(w.refused[c.name()].until) {
			continue
		}
		due = append(due, c)
	}
	return due
}

func (w *Clockwork) strike(ctx context.Context, due []Clock, now time.Time, done *Struck) error {
	if len(due) == 0 {
		return nil
	}
	commands := make([]string, len(due))
	for i, c := range due {
		act, body := c.trigger()
		jws, err := w.s.o.Custodian.Sign(act, w.s.Channel(), body, now, nil)
		if err != nil {
			return fmt.Errorf("signing %s: %w", act, err)
		}
		commands[i] = jws
	}
	outcomes, err := w.s.Submit(ctx, commands)
	if err != nil {
		return fmt.Errorf("submitting what is due: %w", err)
	}
	for i, o := range outcomes {
		w.note(due[i].name(), o, now, done)
	}
	return nil
}

// note: what may have taken effect waits like a refusal, and is gone from the
// list when it did.
func (w *Clockwork) note(name clockName, o pledge.Outcome, now time.Time, done *Struck) {
	if o.Status == pledge.Applied {
		done.Applied++
		delete(w.refused, name)
		return
	}
	done.Refused++
	wait := min(max(2*w.refused[name].wait, clockWait), clockWaitMost)
	w.refused[name] = refusedClock{now.Add(wait), wait}
}

// forget drops what has not been due again for long.
func (w *Clockwork) forget(now time.Time) {
	for name, r := range w.refused {
		if now.Sub(r.until) > 2*clockWaitMost {
			delete(w.refused, name)
		}
	}
}

func (c Clock) name() clockName { return clockName{c.RecordID, c.Kind, c.Objection} }

// trigger is the command that says that a term is over. Only those kinds are
// ever ripe.
func (c Clock) trigger() (pledge.Act, any) {
	switch c.Kind {
	case pledge.ClockExpiry:
		return pledge.PledgeLapse, pledge.LapseBody{PledgeID: c.RecordID}
	case pledge.ClockTerm:
		return pledge.PledgePerfect, pledge.PerfectBody{PledgeID: c.RecordID, Step: pledge.StepLapse}
	case pledge.ClockCustody:
		return pledge.CustodyAlert, pledge.AlertBody{PledgeID: c.RecordID, Kind: pledge.AlertMissed}
	case pledge.ClockUpdate:
		return pledge.CustodyAlert, pledge.AlertBody{PledgeID: c.RecordID, Kind: pledge.AlertOverdue}
	}
	return pledge.ObjectionExpire, pledge.ExpireBody{RecordID: c.RecordID, ObjectionID: c.Objection}
}

// RunClocks makes a round at once and at every tick, until ctx ends. What fails
// is logged, and tried again at the next tick.
func (s *Service) RunClocks(ctx context.Context, ticks <-chan time.Time) {
	w := s.NewClockwork()
	for {
		done, err := w.Round(ctx)
		if err != nil && ctx.Err() == nil {
			s.o.Logger.ErrorContext(ctx, "what is due was not submitted", "error", err)
		}
		if done != (Struck{}) {
			s.o.Logger.InfoContext(ctx, "submitted what is due", "applied", done.Applied, "refused", done.Refused)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
	}
}
