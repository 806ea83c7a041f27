package webhook_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/webhook"
)

// The clock of these tests starts at morning; minute is one that many later.
var morning = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return morning.Add(time.Duration(n) * time.Minute) }

// Reminded answers as the service does: what is told after one moment and up to
// another.
func (s *told) Reminded(_ context.Context, after, until time.Time) (list []service.Reminder, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.reminders {
		if since, err := time.Parse(time.RFC3339, r.Since); err != nil {
			return nil, err
		} else if since.After(after) && !since.After(until) {
			list = append(list, r)
		}
	}
	if s.asked != nil {
		s.asked(after, until)
	}
	return list, nil
}

// remind has a party reminded of a record at a minute.
func (s *told) remind(record, to string, at int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reminders = append(s.reminders, service.Reminder{ID: fmt.Sprintf("rm_%d", at), To: to, Kind: pledge.ClockExpiry, RecordID: record, AssetID: "as_of_" + record,
		Since: minute(at).Format(time.RFC3339), Due: minute(at).AddDate(0, 0, 30).Format(time.RFC3339), Days: 30})
}

// clocked is a bench whose clock a test sets, in minutes.
func clocked(t *testing.T) (*bench, *atomic.Int64) {
	t.Helper()
	var now atomic.Int64
	return newBench(t, func(o *webhook.Options) {
		o.Remind, o.Now = time.Millisecond, func() time.Time { return minute(int(now.Load())) }
	}), &now
}

func from(at int) func(*service.Webhook) {
	return func(w *service.Webhook) { w.Created = minute(at).Format(time.RFC3339) }
}

// passes sets the clock to a minute and waits until reminders were asked for up
// to it.
func (b *bench) passes(now *atomic.Int64, at int) {
	b.t.Helper()
	var times atomic.Int64
	b.source.mu.Lock()
	b.source.asked = func(_, until time.Time) {
		if !until.Before(minute(at)) {
			times.Add(1)
		}
	}
	b.source.mu.Unlock()
	now.Store(int64(at))
	b.until(fmt.Sprintf("reminders are asked for up to minute %d", at), func() bool { return times.Load() > 0 })
}

// Each reminder is told once, to its party, when it is time, between the notices
// of its record.
func TestRemindsOnceWhenItIsTime(t *testing.T) {
	b, now := clocked(t)
	tg := newTarget(t, b.key)
	for at := range 6 {
		b.source.remind("pl_1", bank, 10*at)
		b.source.remind("pl_1", owner, 10*at+1)
	}
	b.add(owner, newTarget(t, b.key).URL, from(0))
	b.add(bank, tg.URL, from(10)) // not of minute 0 and 10, of which the owner's is asked for
	for at := 2; at < 6; at++ {
		b.passes(now, 10*at-1)
		b.source.add("pl_1", pledge.PledgeExtend, bank)
		if g := tg.next(); g.Act != pledge.PledgeExtend || g.reminder != "" {
			t.Errorf("got %+v before minute %d, want the notice", g, 10*at)
		}
		now.Store(int64(10 * at))
		g := tg.next()
		if g.reminder != fmt.Sprintf("rm_%d", 10*at) || g.Act != service.ActReminder || g.To != bank || g.RecordID != "pl_1" || g.id == "" || g.missed != "0" {
			t.Errorf("got %+v at minute %d", g, 10*at)
		}
	}
	b.until("nothing more waits", func() bool { return b.shown(bank).Waiting == 0 })
}

// A reminder waits behind what waits of its record.
func TestRemindersKeepTheOrderOfTheirRecord(t *testing.T) {
	b, now := clocked(t)
	tg := newTarget(t, b.key)
	b.source.remind("pl_1", bank, 5)
	b.add(bank, tg.URL, from(0))
	tg.answers(always(http.StatusServiceUnavailable))
	b.source.add("pl_1", pledge.PledgeExtend, bank)
	tg.next()
	now.Store(5)
	b.until("both wait", func() bool { return b.shown(bank).Waiting == 2 })
	b.source.add("pl_1", pledge.PledgeRelease, bank)
	b.until("three wait", func() bool { return b.shown(bank).Waiting == 3 })
	tg.answers(always(http.StatusOK))
	var order []pledge.Act
	for len(order) == 0 || order[len(order)-1] != pledge.PledgeRelease {
		b.until("the next is tried", func() bool { now.Add(1); return len(tg.got) > 0 })
		if g := tg.next(); len(order) == 0 || order[len(order)-1] != g.Act { // tried once more
			order = append(order, g.Act)
		}
	}
	if got, want := fmt.Sprint(order), "[pledge.extend reminder pledge.release]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestRemindersAreFiltered(t *testing.T) {
	for name, x := range map[string]struct {
		service.WebhookRequest
		want string
	}{
		"act":    {service.WebhookRequest{Records: []string{"pl_1"}, Acts: []pledge.Act{service.ActReminder}}, "rm_5"},
		"other":  {service.WebhookRequest{Acts: []pledge.Act{pledge.PledgeRelease}}, ""},
		"record": {service.WebhookRequest{Records: []string{"pl_2"}}, "rm_6"},
		"asset":  {service.WebhookRequest{Records: []string{"as_of_pl_2"}}, "rm_6"},
	} {
		t.Run(name, func(t *testing.T) {
			b, now := clocked(t)
			tg := newTarget(t, b.key)
			b.source.remind("pl_1", bank, 5)
			b.source.remind("pl_2", bank, 6)
			b.add(bank, tg.URL, from(0), func(w *service.Webhook) { w.Records, w.Acts = x.Records, x.Acts })
			if x.want == "" {
				b.passes(now, 10)
				b.passes(now, 11) // so what was asked for before was queued
				if n := len(tg.got) + b.shown(bank).Waiting; n != 0 {
					t.Errorf("%d were queued, want none", n)
				}
				return
			}
			now.Store(10)
			if g := tg.next(); g.reminder != x.want {
				t.Errorf("got %+v, want %s", g, x.want)
			}
		})
	}
}

// What came while it was down is told after the restart, and what was told is not
// told again.
func TestRemindsAfterARestart(t *testing.T) {
	b, now := clocked(t)
	tg := newTarget(t, b.key)
	for _, at := range []int{5, 15, 20, 30} {
		b.source.remind("pl_1", bank, at)
	}
	b.add(bank, tg.URL, from(0))
	want := func(reminders ...string) {
		t.Helper()
		for _, id := range reminders {
			if g := tg.next(); g.reminder != id {
				t.Fatalf("got %+v, want %s", g, id)
			}
		}
		b.until("nothing more waits", func() bool { return b.shown(bank).Waiting == 0 })
	}
	now.Store(5)
	want("rm_5")
	b.close()
	now.Store(25)
	b.open()
	want("rm_15", "rm_20")
	b.close()
	b.open()
	now.Store(30)
	want("rm_30")
}

// Two replicas with the same registration repeat each other under one id.
func TestTwoReplicasRemindUnderOneID(t *testing.T) {
	ids := map[string]bool{}
	key := must(client.New(client.Ed25519, owner, pledge.ScopeAdmin))(t)
	tg := newTarget(t, key)
	for range 2 {
		b := newBench(t, func(o *webhook.Options) {
			o.Key, o.Remind, o.Now = key, time.Millisecond, func() time.Time { return minute(9) }
		})
		b.source.remind("pl_1", bank, 5)
		b.add(bank, tg.URL, from(0))
		ids[tg.next().id] = true
	}
	if len(ids) != 1 {
		t.Errorf("got the ids %v, want one", ids)
	}
}

// A file of the version before keeps its registrations, and reminds from then on.
func TestFileOfTheVersionBefore(t *testing.T) {
	b, now := clocked(t)
	tg := newTarget(t, b.key)
	b.add(bank, tg.URL, from(0))
	b.close()
	before(t, b.o.Path)
	b.source.remind("pl_1", bank, 5)
	now.Store(5)
	b.open()
	if g := tg.next(); g.reminder != "rm_5" {
		t.Errorf("got %+v, want the reminder", g)
	}
}

// before makes a file what the program before this one wrote.
func before(t *testing.T, path string) {
	t.Helper()
	db := must(sql.Open("sqlite", "file://"+filepath.ToSlash(path)))(t)
	defer db.Close()
	if _, err := db.Exec(`ALTER TABLE position DROP COLUMN reminded; PRAGMA user_version=1`); err != nil {
		t.Fatal(err)
	}
}
