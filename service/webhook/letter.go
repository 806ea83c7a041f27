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
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// letter is what a webhook may be sent: a notice, or a reminder.
type letter struct {
	id, to  string
	act     pledge.Act
	record  string // whose deliveries it comes in order with
	subject string // or the party's own record that it touches
	since   func(w service.Webhook) bool
	body    any
}

func notice(n service.Notice) letter {
	return letter{id: n.ID, to: n.To, act: n.Act, record: n.RecordID, subject: n.Subject, body: n,
		since: func(w service.Webhook) bool { return n.Position.Block > w.Since }}
}

// reminder is told in the form of Reminder, with an act as notices have one.
func reminder(r service.Reminder) letter {
	body := struct {
		Act pledge.Act `json:"act"`
		service.Reminder
	}{service.ActReminder, r}
	return letter{id: r.ID, to: r.To, act: service.ActReminder, record: r.RecordID, subject: r.AssetID, body: body,
		since: func(w service.Webhook) bool { return moment(r.Since).After(moment(w.Created)) }}
}

// moment reads what the service wrote; the zero time is before all others.
func moment(text string) time.Time {
	t, _ := time.Parse(time.RFC3339, text)
	return t
}

func (l letter) wantedBy(w service.Webhook) bool {
	return l.to == w.Party && l.since(w) &&
		(len(w.Records) == 0 || slices.Contains(w.Records, l.record) || slices.Contains(w.Records, l.subject)) &&
		(len(w.Acts) == 0 || slices.Contains(w.Acts, l.act))
}

// put keeps a delivery. A file that was put back to an older state reads some
// events and hours again.
func (l letter) put(ctx context.Context, tx *sql.Tx, w service.Webhook) error {
	body, err := json.Marshal(l.body)
	if err != nil {
		return fmt.Errorf("encoding %s: %w", l.id, err)
	}
	_, err = tx.ExecContext(ctx, `INSERT OR IGNORE INTO queue (hook, delivery, record, body, tries, due, dead, cause, died) VALUES (?,?,?,?,0,0,0,'','')`,
		w.ID, l.delivery(w), l.record, body)
	if err != nil {
		return fmt.Errorf("queueing %s: %w", l.id, err)
	}
	return nil
}

// delivery is the id that it has wherever and however often it is delivered:
// two replicas that both deliver to one target repeat each other, no more.
func (l letter) delivery(w service.Webhook) string {
	sum := sha256.Sum256([]byte(w.Party + "\n" + w.URL + "\n" + l.id))
	return "dl_" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:]))[:26]
}
