package webhook_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/webhook"
)

func TestDeliversSignedAndInOrder(t *testing.T) {
	b := newBench(t, nil)
	tg := newTarget(t, b.key)
	w := b.add(bank, tg.URL+"/in?who=bank")
	if w.KeyID != b.key.KID() || string(w.Key) != string(b.key.Public()) || w.ID == "" {
		t.Errorf("got %+v, want who signs", w)
	}
	seen := map[string]bool{}
	for i := range 20 {
		b.source.add("pl_1", pledge.PledgeRegister, bank, owner)
		if g := tg.next(); g.Position.Block != uint64(i+1) || g.To != bank || g.missed != "0" || seen[g.id] {
			t.Fatalf("got %+v, want notice %d to the bank", g, i+1)
		} else {
			seen[g.id] = true
		}
	}
	b.until("the queue is empty", func() bool { return b.shown(bank).Waiting == 0 })
}

func TestFiltersByRecordAndAct(t *testing.T) {
	b := newBench(t, nil)
	tg := newTarget(t, b.key)
	b.add(bank, tg.URL, func(w *service.Webhook) { w.Records, w.Acts = []string{"pl_2"}, []pledge.Act{pledge.PledgeRelease} })
	b.source.add("pl_1", pledge.PledgeRelease, bank)
	b.source.add("pl_2", pledge.PledgeRegister, bank)
	b.source.add("pl_2", pledge.PledgeRelease, owner)
	b.source.add("pl_2", pledge.PledgeRelease, bank)
	if g := tg.next(); g.Position.Block != 4 {
		t.Errorf("got %+v, want the last only", g)
	}
}

func TestNothingFromBeforeTheRegistration(t *testing.T) {
	b := newBench(t, nil)
	tg := newTarget(t, b.key)
	for range 3 {
		b.source.add("pl_1", pledge.PledgeRegister, bank)
	}
	b.add(bank, tg.URL, func(w *service.Webhook) { w.Since = 2 })
	if g := tg.next(); g.Position.Block != 3 {
		t.Errorf("got %+v, want the notice of block 3", g)
	}
}

// A record that fails holds up its own later deliveries, and no other record's.
func TestFailureHoldsUpItsRecordOnly(t *testing.T) {
	b := newBench(t, func(o *webhook.Options) { o.Tries = 1 << 20 })
	tg := newTarget(t, b.key)
	tg.answers(func(n service.Notice) int {
		if n.RecordID == "pl_bad" {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	b.add(bank, tg.URL)
	const each = 10
	for range each {
		b.source.add("pl_bad", pledge.PledgeRegister, bank)
		b.source.add("pl_good", pledge.PledgeRegister, bank)
	}
	for good := 0; good < each; {
		switch g := tg.next(); {
		case g.RecordID == "pl_bad" && g.Position.Block != 1:
			t.Fatalf("block %d came before block 1 was taken", g.Position.Block)
		case g.RecordID == "pl_good":
			good++
			if g.Position.Block != uint64(2*good) {
				t.Fatalf("got block %d, want %d", g.Position.Block, 2*good)
			}
		}
	}
	tg.answers(always(http.StatusOK))
	last, done := uint64(1), 0
	for done < each {
		g := tg.next()
		if g.Position.Block < last || g.Position.Block > last+2 {
			t.Fatalf("got block %d after %d", g.Position.Block, last)
		}
		last = g.Position.Block
		done = int(last+1) / 2
	}
}

func TestDeadLettersAreShownAndReplayed(t *testing.T) {
	b := newBench(t, func(o *webhook.Options) { o.Tries = 3 })
	tg := newTarget(t, b.key)
	tg.answers(func(n service.Notice) int {
		if n.Position.Block <= 2 {
			return http.StatusBadGateway
		}
		return http.StatusOK
	})
	w := b.add(bank, tg.URL)
	for range 3 {
		b.source.add("pl_1", pledge.PledgeRegister, bank)
	}
	ids := map[uint64]string{}
	for range 3 + 3 {
		g := tg.next()
		ids[g.Position.Block] = g.id
	}
	if g := tg.next(); g.Position.Block != 3 || g.missed != "2" {
		t.Errorf("got block %d with %s missed, want the third after 2 dead letters", g.Position.Block, g.missed)
	}
	b.until("two letters are dead", func() bool { s := b.shown(bank); return s.Dead == 2 && s.Waiting == 0 })
	dead, next, err := b.hooks.Dead(t.Context(), bank, w.ID, service.Page{Limit: 1})
	if err != nil || len(dead) != 1 || next == "" || dead[0].DeliveryID != ids[1] || dead[0].Tries != 3 || dead[0].Cause != "the target answered 502" {
		t.Fatalf("got %+v, %q, %v; want the first", dead, next, err)
	}
	dead, next, err = b.hooks.Dead(t.Context(), bank, w.ID, service.Page{Limit: 1, Cursor: next})
	if err != nil || len(dead) != 1 || next != "" || dead[0].DeliveryID != ids[2] {
		t.Fatalf("got %+v, %q, %v; want the second, and the end", dead, next, err)
	}
	if n, err := b.hooks.Replay(t.Context(), bank, "kid", w.ID, []string{ids[2]}); n != 1 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	for range 3 { // it is tried as often as the first time
		if g := tg.next(); g.id != ids[2] {
			t.Errorf("got %+v, want the second", g)
		}
	}
	b.until("it is dead again", func() bool { return b.shown(bank).Dead == 2 })
	tg.answers(always(http.StatusOK))
	if n, err := b.hooks.Replay(t.Context(), bank, "kid", w.ID, []string{ids[2], "dl_none"}); n != 0 || !errors.Is(err, pledge.NotFound) {
		t.Errorf("got %d, %v; want all or nothing", n, err)
	}
	if n, err := b.hooks.Replay(t.Context(), bank, "kid", w.ID, []string{ids[2]}); n != 1 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if g := tg.next(); g.id != ids[2] || g.missed != "1" {
		t.Errorf("got %+v, want the second with one missed before", g)
	}
	if n, err := b.hooks.Replay(t.Context(), bank, "kid", w.ID, nil); n != 1 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if g := tg.next(); g.id != ids[1] || g.missed != "0" {
		t.Errorf("got %+v, want the first", g)
	}
}

func TestGoneSuspendsUntilReplay(t *testing.T) {
	b := newBench(t, nil)
	tg := newTarget(t, b.key)
	tg.answers(always(http.StatusGone))
	w := b.add(bank, tg.URL)
	b.source.add("pl_1", pledge.PledgeRegister, bank)
	tg.next()
	b.until("it is suspended", func() bool { return b.shown(bank).State == service.WebhookSuspended })
	s := b.shown(bank)
	if s.Cause == "" || s.Remedy == "" || s.MissedAfter != "1" || s.Waiting != 1 {
		t.Errorf("got %+v, want why, since when, and one that waits", s)
	}
	if n := webhook.Heads(b.hooks, w.ID); n != 0 {
		t.Errorf("a worker that wakes late finds %d to deliver, want none", n)
	}
	b.source.add("pl_1", pledge.PledgeRelease, bank)
	tg.answers(always(http.StatusOK))
	if _, err := b.hooks.Replay(t.Context(), bank, "kid", w.ID, nil); err != nil {
		t.Fatal(err)
	}
	if g := tg.next(); g.Position.Block != 1 {
		t.Errorf("got %+v, want what waited", g)
	}
	b.until("it is active", func() bool { s := b.shown(bank); return s.State == service.WebhookActive && s.Waiting == 0 })
}

func TestRevokedKeyGetsNothingMore(t *testing.T) {
	b := newBench(t, nil)
	tg := newTarget(t, b.key)
	w := b.add(bank, tg.URL)
	b.source.add("pl_1", pledge.PledgeRegister, bank)
	tg.next()
	b.source.revoke(w.RegisteredBy)
	b.source.add("pl_1", pledge.PledgeRelease, bank)
	b.until("it is suspended", func() bool { return b.shown(bank).State == service.WebhookSuspended })
	select {
	case g := <-tg.got:
		t.Errorf("got %+v after the key was revoked", g)
	default:
	}
	if _, err := b.hooks.Replay(t.Context(), bank, "another", w.ID, nil); err != nil {
		t.Fatal(err)
	}
	if g := tg.next(); g.Position.Block != 2 {
		t.Errorf("got %+v, want what waited", g)
	}
}

func TestFullQueueSuspendsAndSaysFromWhere(t *testing.T) {
	b := newBench(t, func(o *webhook.Options) { o.Queue, o.Tries = 3, 1 })
	tg := newTarget(t, b.key)
	tg.answers(always(http.StatusInternalServerError))
	b.add(bank, tg.URL)
	for range 5 {
		b.source.add("pl_1", pledge.PledgeRegister, bank)
	}
	b.until("it is suspended", func() bool { return b.shown(bank).State == service.WebhookSuspended })
	if s := b.shown(bank); s.Waiting+s.Dead != 3 || s.MissedAfter != "3" {
		t.Errorf("got %d waiting, %d dead, missed after %q; want 3 in all, after 3", s.Waiting, s.Dead, s.MissedAfter)
	}
}

func TestRegistrationsAreBoundedAndOnesOwn(t *testing.T) {
	b := newBench(t, func(o *webhook.Options) { o.PerParty = 2 })
	w := b.add(bank, "http://127.0.0.1:1/0")
	b.add(owner, "http://127.0.0.1:1/0")
	refused := func(url string, code pledge.Code) {
		t.Helper()
		_, err := b.hooks.Add(t.Context(), service.Webhook{WebhookRequest: service.WebhookRequest{URL: url}, Party: bank})
		if !errors.Is(err, code) {
			t.Errorf("%s: got %v, want %s", url, err, code)
		}
	}
	refused("http://127.0.0.1:1/0", pledge.Duplicate)
	b.add(bank, "http://127.0.0.1:1/1")
	refused("http://127.0.0.1:1/2", pledge.TooLarge)

	for _, err := range []error{b.hooks.Remove(t.Context(), owner, w.ID), second(b.hooks.Replay(t.Context(), owner, "kid", w.ID, nil)), third(b.hooks.Dead(t.Context(), owner, w.ID, service.Page{}))} {
		if !errors.Is(err, service.ErrNotFound) {
			t.Errorf("got %v for another's webhook, want not found", err)
		}
	}
	if err := b.hooks.Remove(t.Context(), bank, w.ID); err != nil {
		t.Error(err)
	}
	if list := must(b.hooks.List(t.Context(), bank))(t); len(list) != 1 || list[0].ID == w.ID {
		t.Errorf("got %+v, want the other one", list)
	}
}

func second[T any](_ T, err error) error        { return err }
func third[T, U any](_ T, _ U, err error) error { return err }

// What waits survives a restart, in order; what was delivered does not come
// again after an orderly stop.
func TestRestart(t *testing.T) {
	b := newBench(t, nil)
	tg := newTarget(t, b.key)
	b.add(bank, tg.URL)
	b.source.add("pl_1", pledge.PledgeRegister, bank)
	tg.next()
	b.until("the queue is empty", func() bool { return b.shown(bank).Waiting == 0 })
	tg.answers(always(http.StatusServiceUnavailable))
	for i := range 3 {
		b.source.add(fmt.Sprintf("pl_%d", i%2), pledge.PledgeRelease, bank)
	}
	b.until("three wait", func() bool { return b.shown(bank).Waiting == 3 })
	b.close()
	for len(tg.got) > 0 {
		<-tg.got
	}
	tg.answers(always(http.StatusOK))
	b.open()
	last := map[string]uint64{}
	for range 3 {
		g := tg.next()
		if g.Position.Block < 2 || g.Position.Block <= last[g.RecordID] {
			t.Errorf("got block %d of %s after %d", g.Position.Block, g.RecordID, last[g.RecordID])
		}
		last[g.RecordID] = g.Position.Block
	}
}
