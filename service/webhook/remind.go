package webhook

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/datapledge/datapledge/service"
)

// remindUntil looks for reminders, now and then, until ctx ends.
func (h *Hooks) remindUntil(ctx context.Context, source Source) {
	for said := ""; ctx.Err() == nil; pause(ctx, h.o.Remind) {
		err := h.remind(ctx, source)
		if err == nil {
			said = ""
		} else if ctx.Err() == nil && err.Error() != said {
			said = err.Error()
			h.o.Logger.ErrorContext(ctx, "webhooks: reminders cannot be read; trying again", "error", err)
		}
	}
}

// remind queues the reminders that were told since it was last asked, and that
// they were, in one transaction. Before the first registration nobody is told.
func (h *Hooks) remind(ctx context.Context, source Source) error {
	until := h.o.Now().Truncate(time.Millisecond) // as it is kept
	all, err := hooks(ctx, h.db.db, ``)
	if err != nil || len(all) == 0 {
		return err
	}
	after, err := h.db.reminded(ctx, all)
	if err != nil || !until.After(after) {
		return err
	}
	list, err := source.Reminded(ctx, after, until)
	if err != nil {
		return err
	}
	return h.queue(ctx, func(tx *sql.Tx, q *queueing) error { return placeReminders(ctx, tx, q, list, until) })
}

func placeReminders(ctx context.Context, tx *sql.Tx, q *queueing, list []service.Reminder, until time.Time) error {
	for _, r := range list {
		if err := q.add(ctx, tx, reminder(r)); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE position SET reminded = ?`, until.UnixMilli()); err != nil {
		return fmt.Errorf("queueing reminders: %w", err)
	}
	return nil
}

// reminded is the moment up to which reminders were asked for, or the one of the
// oldest registration.
func (s *store) reminded(ctx context.Context, all []service.Webhook) (time.Time, error) {
	var at int64
	if err := s.db.QueryRowContext(ctx, `SELECT reminded FROM position`).Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("reading webhooks: %w", err)
	}
	after := moment(all[0].Created) // the list is in the order of registration
	if asked := time.UnixMilli(at); asked.After(after) {
		after = asked
	}
	return after, nil
}
