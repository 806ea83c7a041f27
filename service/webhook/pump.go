package webhook

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

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
	var full []string
	touched := map[string]bool{}
	err := h.db.change(ctx, func(tx *sql.Tx) error {
		hooks, err := active(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range told {
			if err := h.place(ctx, tx, t, hooks, touched, &full); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range full {
		h.o.Logger.WarnContext(ctx, "webhook suspended: its queue is full", "webhook", id)
		h.quit(id)
		delete(touched, id)
	}
	for id := range touched {
		h.wake(id)
	}
	return nil
}

// place queues the notices of one event, and moves the cursor behind it. What
// a full queue cannot take is told in its registration, never dropped in silence.
func (h *Hooks) place(ctx context.Context, tx *sql.Tx, t service.Told, hooks []service.Webhook, touched map[string]bool, full *[]string) error {
	for i := range hooks {
		w := &hooks[i]
		for _, n := range t.Notices {
			if w.State != service.WebhookActive || !wants(*w, n) {
				continue
			}
			if w.Waiting+w.Dead >= h.o.Queue {
				w.State = service.WebhookSuspended
				*full = append(*full, w.ID)
				if err := overflow(ctx, tx, w.ID); err != nil {
					return err
				}
				continue
			}
			if err := put(ctx, tx, *w, n); err != nil {
				return err
			}
			w.Waiting++
			touched[w.ID] = true
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
		service.WebhookSuspended, "too many deliveries wait", "see that the target answers, then replay; GET /v1/notices?after=missed_after lists what was not queued", id)
	if err != nil {
		return fmt.Errorf("suspending a webhook: %w", err)
	}
	return nil
}

func put(ctx context.Context, tx *sql.Tx, w service.Webhook, n service.Notice) error {
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("encoding a notice: %w", err)
	}
	// A file that was put back to an older state reads some events again.
	_, err = tx.ExecContext(ctx, `INSERT OR IGNORE INTO queue (hook, delivery, record, body, tries, due, dead, cause, died) VALUES (?,?,?,?,0,0,0,'','')`,
		w.ID, deliveryID(w, n), n.RecordID, body)
	if err != nil {
		return fmt.Errorf("queueing a notice: %w", err)
	}
	return nil
}

func wants(w service.Webhook, n service.Notice) bool {
	return n.To == w.Party && n.Position.Block > w.Since &&
		(len(w.Records) == 0 || slices.Contains(w.Records, n.RecordID) || slices.Contains(w.Records, n.Subject)) &&
		(len(w.Acts) == 0 || slices.Contains(w.Acts, n.Act))
}

// deliveryID is the same wherever and however often it is delivered: two
// replicas that both deliver to one target repeat each other, no more.
func deliveryID(w service.Webhook, n service.Notice) string {
	sum := sha256.Sum256([]byte(w.Party + "\n" + w.URL + "\n" + n.ID))
	return "dl_" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26]
}
