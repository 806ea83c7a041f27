package webhook

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/datapledge/datapledge/service"
)

// pump queues notices as they come, and returns what stopped it. Without a
// registration there is nothing to read.
func (h *Hooks) pump(ctx context.Context, source Source) error {
	for {
		all, err := h.wanted(ctx)
		if err != nil {
			return err
		}
		cursor, err := h.db.cursor(ctx)
		if err != nil {
			return err
		}
		told, err := source.Told(ctx, cursor, since(all))
		if err != nil {
			return err
		}
		if err := h.enqueue(ctx, told); err != nil {
			return err
		}
	}
}

// wanted waits for a registration.
func (h *Hooks) wanted(ctx context.Context) ([]service.Webhook, error) {
	for {
		all, err := hooks(ctx, h.db.db, ``)
		if err != nil || len(all) > 0 {
			return all, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-h.first:
		}
	}
}

// since is the newest block of which nobody is to be told.
func since(all []service.Webhook) uint64 {
	least := all[0].Since
	for _, w := range all {
		least = min(least, w.Since)
	}
	return least
}

func (s *store) cursor(ctx context.Context) (cursor string, err error) {
	if err = s.db.QueryRowContext(ctx, `SELECT cursor FROM position`).Scan(&cursor); err != nil {
		return "", fmt.Errorf("reading webhooks: %w", err)
	}
	return cursor, nil
}

// enqueue keeps the deliveries of some events, and that they were read, in one
// transaction.
func (h *Hooks) enqueue(ctx context.Context, told []service.Told) error {
	return h.queue(ctx, func(tx *sql.Tx, q *queueing) error {
		for _, t := range told {
			if err := h.place(ctx, tx, t, q); err != nil {
				return err
			}
		}
		return nil
	})
}

// place queues the notices of one event, and moves the cursor behind it.
func (h *Hooks) place(ctx context.Context, tx *sql.Tx, t service.Told, q *queueing) error {
	for _, n := range t.Notices {
		if err := q.add(ctx, tx, notice(n)); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE position SET cursor = ?, height = ?`, t.Cursor, int64(t.Height)); err != nil {
		return fmt.Errorf("queueing notices: %w", err)
	}
	return nil
}

// overflow suspends; the cursor in position is still that of the event before.
func overflow(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `UPDATE hooks SET state = ?, cause = ?, remedy = ?, missed = (SELECT cursor FROM position) WHERE id = ?`,
		service.WebhookSuspended, "too many deliveries wait", "see that the target answers, then replay; GET /v1/notices?after=missed_after and GET /v1/reminders list what was not queued", id)
	if err != nil {
		return fmt.Errorf("suspending a webhook: %w", err)
	}
	return nil
}
