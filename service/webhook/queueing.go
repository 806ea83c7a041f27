package webhook

import (
	"context"
	"database/sql"

	"github.com/datapledge/datapledge/service"
)

// queueing adds letters to the queues of the active webhooks in one transaction.
type queueing struct {
	most    int // deliveries that one may have waiting or dead
	hooks   []service.Webhook
	touched map[string]bool
	full    []string
}

// queue runs fn in one transaction; then those with something new are woken, and
// those that are full have ended.
func (h *Hooks) queue(ctx context.Context, fn func(tx *sql.Tx, q *queueing) error) error {
	q := &queueing{most: h.o.Queue, touched: map[string]bool{}}
	err := h.db.change(ctx, func(tx *sql.Tx) (err error) {
		if q.hooks, err = active(ctx, tx); err != nil {
			return err
		}
		return fn(tx, q)
	})
	if err != nil {
		return err
	}
	for _, id := range q.full {
		h.o.Logger.WarnContext(ctx, "webhook suspended: its queue is full", "webhook", id)
		h.quit(id)
		delete(q.touched, id)
	}
	for id := range q.touched {
		h.wake(id)
	}
	return nil
}

// add queues a letter for whoever wants it. What a full queue cannot take is
// told in its registration, never dropped in silence.
func (q *queueing) add(ctx context.Context, tx *sql.Tx, l letter) error {
	for i := range q.hooks {
		w := &q.hooks[i]
		if w.State != service.WebhookActive || !l.wantedBy(*w) {
			continue
		}
		if err := q.addTo(ctx, tx, w, l); err != nil {
			return err
		}
	}
	return nil
}

func (q *queueing) addTo(ctx context.Context, tx *sql.Tx, w *service.Webhook, l letter) error {
	if w.Waiting+w.Dead >= q.most {
		w.State = service.WebhookSuspended
		q.full = append(q.full, w.ID)
		return overflow(ctx, tx, w.ID)
	}
	w.Waiting++
	q.touched[w.ID] = true
	return l.put(ctx, tx, *w)
}
