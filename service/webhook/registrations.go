package webhook

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Add registers a target after checking it.
func (h *Hooks) Add(ctx context.Context, w service.Webhook) (service.Webhook, error) {
	if err := h.checkTarget(ctx, w.URL); err != nil {
		return service.Webhook{}, err
	}
	w.ID = "wh_" + strings.ToLower(rand.Text())
	if err := h.db.change(ctx, func(tx *sql.Tx) error { return h.add(ctx, tx, &w) }); err != nil {
		return service.Webhook{}, err
	}
	h.wake(w.ID)
	select {
	case h.first <- struct{}{}:
	default:
	}
	return h.shown(w), nil
}

func (h *Hooks) add(ctx context.Context, tx *sql.Tx, w *service.Webhook) error {
	var all, same int
	var read int64
	err := tx.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(url = ?), 0), (SELECT height FROM position) FROM hooks WHERE party = ?`,
		w.URL, w.Party).Scan(&all, &same, &read)
	switch {
	case err != nil:
		return fmt.Errorf("counting webhooks: %w", err)
	case same > 0:
		return pledge.Errorf(pledge.Duplicate, "you have a webhook of this url; remove it first")
	case all >= h.o.PerParty:
		return pledge.Errorf(pledge.TooLarge, "a party has at most %d webhooks; remove one first", h.o.PerParty)
	}
	w.Since = max(w.Since, uint64(read)) // blocks that were read meanwhile are not read again
	_, err = tx.ExecContext(ctx, `INSERT INTO hooks VALUES (?,?,?,?,?,?,?,?,?,'','','')`,
		w.ID, w.Party, w.RegisteredBy, w.URL, listText(w.Records), listText(w.Acts), w.Created, int64(w.Since), service.WebhookActive)
	if err != nil {
		return fmt.Errorf("keeping a webhook: %w", err)
	}
	return nil
}

func listText[T any](list []T) string {
	text, _ := json.Marshal(list) // strings only
	return string(text)
}

// shown adds what is the same for all: who signs.
func (h *Hooks) shown(w service.Webhook) service.Webhook {
	w.Key, w.KeyID = h.o.Key.Public(), h.o.Key.KID()
	return w
}

// List lists a party's registrations, oldest first.
func (h *Hooks) List(ctx context.Context, party string) ([]service.Webhook, error) {
	list, err := hooks(ctx, h.db.db, `WHERE party = ?`, party)
	for i := range list {
		list[i] = h.shown(list[i])
	}
	return list, err
}

// Remove ends a registration, with all that waits for it.
func (h *Hooks) Remove(ctx context.Context, party, id string) error {
	h.quitIf(ctx, party, id)
	r, err := h.db.db.ExecContext(ctx, `DELETE FROM hooks WHERE party = ? AND id = ?`, party, id)
	if err != nil {
		return fmt.Errorf("removing a webhook: %w", err)
	}
	if n, err := r.RowsAffected(); err != nil || n == 0 {
		return errors.Join(service.ErrNotFound, err)
	}
	h.quit(id)
	return nil
}

// quitIf cuts off what is under way to a target before it is removed.
func (h *Hooks) quitIf(ctx context.Context, party, id string) {
	if _, err := h.db.owned(ctx, party, id); err == nil {
		h.quit(id)
	}
}

const hookColumns = `id, party, kid, url, records, acts, created, since, state, cause, remedy, missed,
	(SELECT count(*) FROM queue WHERE hook = hooks.id AND dead = 0), (SELECT count(*) FROM queue WHERE hook = hooks.id AND dead = 1)`

func hooks(ctx context.Context, q querier, where string, args ...any) ([]service.Webhook, error) {
	list := []service.Webhook{}
	rows, err := q.QueryContext(ctx, `SELECT `+hookColumns+` FROM hooks `+where+` ORDER BY rowid`, args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var w service.Webhook
		var records, acts string
		var since int64
		err := rows.Scan(&w.ID, &w.Party, &w.RegisteredBy, &w.URL, &records, &acts, &w.Created, &since, &w.State, &w.Cause, &w.Remedy,
			&w.MissedAfter, &w.Waiting, &w.Dead)
		w.Since = uint64(since)
		list = append(list, w)
		last := &list[len(list)-1]
		return errors.Join(err, json.Unmarshal([]byte(records), &last.Records), json.Unmarshal([]byte(acts), &last.Acts))
	})
	return list, err
}

func active(ctx context.Context, q querier) ([]service.Webhook, error) {
	return hooks(ctx, q, `WHERE state = ?`, service.WebhookActive)
}

func (s *store) owned(ctx context.Context, party, id string) (service.Webhook, error) {
	list, err := hooks(ctx, s.db, `WHERE party = ? AND id = ?`, party, id)
	if err == nil && len(list) == 0 {
		err = service.ErrNotFound
	}
	if err != nil {
		return service.Webhook{}, err
	}
	return list[0], nil
}

// suspend keeps what waits; notices after the cursor of now are not queued.
func (h *Hooks) suspend(ctx context.Context, id, cause, remedy string) error {
	h.o.Logger.WarnContext(ctx, "webhook suspended", "webhook", id, "cause", cause)
	_, err := h.db.db.ExecContext(ctx, `UPDATE hooks SET state = ?, cause = ?, remedy = ?, missed = (SELECT cursor FROM position)
		WHERE id = ? AND state = ?`, service.WebhookSuspended, cause, remedy, id, service.WebhookActive)
	if err != nil {
		return fmt.Errorf("suspending a webhook: %w", err)
	}
	h.quit(id)
	return nil
}
