package webhook

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// Dead lists deliveries that were given up, oldest first.
func (h *Hooks) Dead(ctx context.Context, party, id string, p service.Page) ([]service.DeadLetter, string, error) {
	if _, err := h.db.owned(ctx, party, id); err != nil {
		return nil, "", err
	}
	after, err := position(p.Cursor)
	if err != nil {
		return nil, "", err
	}
	limit := defaultLimit
	if p.Limit > 0 {
		limit = min(p.Limit, maxLimit)
	}
	var last int64
	list := []service.DeadLetter{}
	rows, err := h.db.db.QueryContext(ctx, `SELECT n, delivery, record, tries, cause, died, body FROM queue
		WHERE hook = ? AND dead = 1 AND n > ? ORDER BY n LIMIT ?`, id, after, limit+1)
	err = each(rows, err, func(rows *sql.Rows) error {
		var d service.DeadLetter
		var n int64
		var body []byte
		err := rows.Scan(&n, &d.DeliveryID, &d.RecordID, &d.Tries, &d.Cause, &d.At, &body)
		d.Notice = body
		if list = append(list, d); len(list) <= limit {
			last = n
		}
		return err
	})
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], strconv.FormatInt(last, 36), nil
}

func position(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 36, 64)
	if err != nil || n < 0 {
		return 0, pledge.Errorf(pledge.Malformed, "cursor is not one of this list: start again without it")
	}
	return n, nil
}

// Replay queues dead letters again, at their old places, and wakes a suspended
// registration.
func (h *Hooks) Replay(ctx context.Context, party, kid, id string, deliveries []string) (n int, err error) {
	if _, err := h.db.owned(ctx, party, id); err != nil {
		return 0, err
	}
	err = h.db.change(ctx, func(tx *sql.Tx) error {
		n, err = revive(ctx, tx, id, deliveries)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE hooks SET state = ?, cause = '', remedy = '', kid = ? WHERE id = ?`, service.WebhookActive, kid, id)
		if err != nil {
			return fmt.Errorf("waking a webhook: %w", err)
		}
		// What waits after a failure need not wait on.
		if _, err = tx.ExecContext(ctx, `UPDATE queue SET due = 0 WHERE hook = ? AND dead = 0`, id); err != nil {
			return fmt.Errorf("waking a webhook: %w", err)
		}
		return nil
	})
	if err == nil {
		h.wake(id)
	}
	return n, err
}

func revive(ctx context.Context, tx *sql.Tx, id string, deliveries []string) (int, error) {
	const again = `UPDATE queue SET dead = 0, tries = 0, due = 0 WHERE hook = ? AND dead = 1`
	if len(deliveries) == 0 {
		return affected(tx.ExecContext(ctx, again, id))
	}
	all := 0
	for _, d := range deliveries {
		n, err := affected(tx.ExecContext(ctx, again+` AND delivery = ?`, id, d))
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, pledge.Errorf(pledge.NotFound, "%.80s is no dead letter of %s; nothing was replayed", d, id)
		}
		all += n
	}
	return all, nil
}

func affected(r sql.Result, err error) (int, error) {
	if err != nil {
		return 0, fmt.Errorf("replaying: %w", err)
	}
	n, err := r.RowsAffected()
	return int(n), err
}
