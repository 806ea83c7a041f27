package rest_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

const aDay = 24 * time.Hour

func (s *stack) blocks() uint64 {
	s.t.Helper()
	return must(s.ledger.Head(context.Background()))(s.t).Height
}

// round makes one round of a clockwork.
func (s *stack) round(w *service.Clockwork) service.Struck {
	s.t.Helper()
	return must(w.Round(context.Background()))(s.t)
}

func (s *stack) record(p pledge.Pledge) pledge.Pledge {
	s.t.Helper()
	return as_[service.PledgeView](s.get("/v1/pledges/"+p.ID, "court")).Pledge
}

// A pledge from registration to its lapse, with nobody but the clock doing
// anything: each term is said once when it is over, and never before.
func TestClocksSayWhatIsOver(t *testing.T) {
	s := newStack(t)
	_, p := s.active("birds")
	w := s.svc.NewClockwork()
	s.command("bank", pledge.PledgePerfect, pledge.PerfectBody{PledgeID: p.ID, Step: "file", Registration: pledge.Registration{Registry: "ZHONGDENG", Number: "1",
		RegisteredAt: "2026-03-01", TermEnd: "2026-09-01", Proof: digestOf("proof"), DebtorName: "enterprise (demo)"}})
	s.command("enterprise2", pledge.ObjectionFile, pledge.ObjectBody{RecordID: p.ID, Ground: "FORGERY", Evidence: digestOf("evidence")})
	steps := []struct {
		at   time.Duration // after the registration
		over func(pledge.Pledge) bool
	}{
		{7 * aDay, func(p pledge.Pledge) bool { return p.Objection == pledge.ObjectionExpired }},
		{30 * aDay, func(p pledge.Pledge) bool { return alerted(p, pledge.AlertMissed) }},
		{31 * aDay, func(p pledge.Pledge) bool { return alerted(p, pledge.AlertOverdue) }},
		{time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC).Sub(s.clock.Now()), func(p pledge.Pledge) bool { return p.Perfection.State == pledge.PerfectionLapsed }},
		{time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC).Sub(s.clock.Now()), func(p pledge.Pledge) bool { return p.State == pledge.Lapsed }},
	}
	for i, step := range steps {
		for _, early := range []time.Duration{-time.Second, time.Second} {
			s.clock.offset.Store(int64(step.at + early))
			before := s.blocks()
			done := s.round(w)
			if over := step.over(s.record(p)); over != (early > 0) || done.Refused != 0 || done.Applied > 0 != over || s.blocks() > before != over {
				t.Errorf("step %d at %v: over %v, %+v, %d blocks", i, early, over, done, s.blocks()-before)
			}
			if again := s.round(w); again != (service.Struck{}) {
				t.Errorf("step %d at %v: once more %+v", i, early, again)
			}
		}
	}
	if got := s.record(p); len(got.Alerts) != 2 || got.Ended == nil || got.Ended.By != s.keys["exchange"].Party() {
		t.Errorf("got %+v", got)
	}
}

func alerted(p pledge.Pledge, kind string) bool {
	return slices.ContainsFunc(p.Alerts, func(a pledge.Alert) bool { return a.Kind == kind && a.Cleared == nil })
}

// Two replicas at once, each triggering all of it: one effect each, and what
// was refused leaves nothing.
func TestClocksOfTwoReplicas(t *testing.T) {
	s := newStack(t)
	pledges := make([]pledge.Pledge, 5)
	for i := range pledges {
		_, pledges[i] = s.active(strings.Repeat("x", i+1))
	}
	s.clock.advance(500 * aDay)
	var both sync.WaitGroup
	done := make([]service.Struck, 2)
	for i := range done {
		both.Go(func() { done[i], _ = s.svc.NewClockwork().Round(context.Background()) })
	}
	both.Wait()
	// In the order in which they were due: two alerts, then the lapse.
	for _, p := range pledges {
		got := s.record(p)
		if got.State != pledge.Lapsed {
			t.Errorf("%s is %s", p.ID, got.State)
		}
		for _, kind := range []string{pledge.AlertMissed, pledge.AlertOverdue} {
			n := len(slices.DeleteFunc(slices.Clone(got.Alerts), func(a pledge.Alert) bool { return a.Kind != kind }))
			if n > 1 {
				t.Errorf("%s was told of %s %d times", p.ID, kind, n)
			}
		}
		revisions := as_[struct{ Items []service.Revision }](s.get("/v1/pledges/"+p.ID+"/history", "court")).Items
		lapses := slices.DeleteFunc(revisions, func(r service.Revision) bool { return r.Act != pledge.PledgeLapse })
		if len(lapses) != 1 {
			t.Errorf("%s lapsed %d times", p.ID, len(lapses))
		}
	}
	if sum := done[0].Applied + done[1].Applied; sum != 15 {
		t.Errorf("got %+v, want 15 effects of both", done)
	}
	before := s.blocks()
	if third := s.round(s.svc.NewClockwork()); third != (service.Struck{}) || s.blocks() != before {
		t.Errorf("got %+v and %d blocks, want nothing left to do", third, s.blocks()-before)
	}
}

// hasty gives out every clock as ripe.
type hasty struct{ service.Index }

func (h hasty) Clocks(ctx context.Context, q service.ClockQuery) ([]service.Clock, string, error) {
	if !q.Ripe.IsZero() {
		q.Ripe = q.Ripe.AddDate(10, 0, 0)
	}
	return h.Index.Clocks(ctx, q)
}

// A wrong trigger is refused by the rules, leaves no block, and waits longer
// each time.
func TestWrongTriggerDoesNothing(t *testing.T) {
	s := newStack(t)
	_, p := s.active("birds")
	early := must(service.New(service.Options{Ledger: s.ledger, Index: hasty{s.index}, Vault: s.vault, Custodian: s.keys["exchange"], Now: s.clock.Now}))(t)
	w := early.NewClockwork()
	before := s.blocks()
	for i, want := range []int{3, 3, 0, 3, 0} {
		if got := s.round(w); got.Applied != 0 || got.Refused != want {
			t.Errorf("round %d: got %+v, want %d refused", i, got, want)
		}
		s.clock.advance(time.Minute)
	}
	if s.blocks() != before || s.record(p).State != pledge.Active {
		t.Errorf("a wrong trigger left %d blocks", s.blocks()-before)
	}
}

// An order that stands keeps the clock quiet; when it is lifted, or over, it
// goes on.
func TestClocksUnderAnOrder(t *testing.T) {
	s := newStack(t)
	asset, p := s.active("birds")
	freeze := func(id, until string) {
		s.command("court", pledge.OrderFreeze, pledge.FreezeBody{RecordID: id, Court: "杭州互联网法院", FileNo: id, OrderDate: "2026-03-01", Effect: "查封", Until: until, Document: digestOf("order")})
	}
	freeze(p.ID, "2027-06-05")
	w := s.svc.NewClockwork()
	lapsed := func(at string, want bool) {
		t.Helper()
		day := must(time.Parse(time.DateOnly, at))(t)
		s.clock.advance(day.Sub(s.clock.Now()))
		if done := s.round(w); done.Refused != 0 || (s.record(p).State == pledge.Lapsed) != want {
			t.Errorf("%s: %+v, %s", at, done, s.record(p).State)
		}
	}
	lapsed("2027-06-02", false)
	freeze(asset, "")
	lapsed("2027-06-06", false)
	s.command("court", pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: asset, FileNo: asset, Document: digestOf("lifted")})
	lapsed("2027-06-07", true)
}

func (s *stack) reminders(as string) (list []service.Reminder) {
	s.t.Helper()
	path := "/v1/reminders?limit=2"
	for {
		page := as_[struct {
			Items []service.Reminder
			Next  string `json:"next_cursor"`
		}](s.get(path, as))
		list = append(list, page.Items...)
		if page.Next == "" {
			return list
		}
		path = "/v1/reminders?limit=2&cursor=" + page.Next
	}
}

// Each side is reminded 180, 30 and 7 days before the end, of what else is due,
// and nobody of what is another's; each reminder once, whoever asks and when.
func TestReminders(t *testing.T) {
	s := newStack(t)
	_, p := s.active("birds")
	start := s.clock.Now()
	s.get("/v1/reminders", "").want(401, "unsigned")
	s.get("/v1/reminders?cursor=x", "bank").want(400, "malformed")
	seen := map[string]int{}
	last := start.Add(-time.Second)
	for day := 0; day <= 460; day += 2 {
		for _, r := range must(s.svc.Reminded(t.Context(), last, s.clock.Now()))(t) {
			seen[r.ID]++
		}
		last = s.clock.Now()
		s.clock.advance(2 * aDay)
	}
	byKind := map[string][]int{}
	s.clock.offset.Store(0)
	for day := 0; day <= 460; day += 2 {
		for _, who := range []string{"bank", "enterprise"} {
			for _, r := range s.svcReminders(who) {
				if seen[r.ID] != 1 || r.To != s.keys[who].Party() || r.RecordID != p.ID || r.Why.ZH == "" || strings.Contains(r.Why.EN, "%!") {
					t.Fatalf("day %d: %+v was handed out %d times", day, r, seen[r.ID])
				}
				if who == "bank" && !slices.Contains(byKind[r.Kind], r.Days) {
					byKind[r.Kind] = append(byKind[r.Kind], r.Days)
				}
			}
		}
		s.clock.advance(2 * aDay)
	}
	want := map[string][]int{"EXPIRY": {180, 30, 7, 0}, "FILING": {5, 0}, "RELEASE": {12, 0}, "CUSTODY_CHECK": {7, 0}, "UPDATE": {7, 0}}
	for kind, days := range want {
		if !slices.Equal(byKind[kind], days) {
			t.Errorf("%s: got %v, want %v", kind, byKind[kind], days)
		}
	}
	if len(byKind) != len(want) || len(seen) != 2*12 {
		t.Errorf("got %v, %d reminders", byKind, len(seen))
	}
	if got := s.reminders("bank"); len(got) != 5 || len(s.reminders("enterprise2")) != 0 || len(s.reminders("court")) != 0 {
		t.Errorf("got %+v", got)
	}
}

func (s *stack) svcReminders(who string) []service.Reminder {
	s.t.Helper()
	list, _, err := s.svc.Reminders(context.Background(), service.Caller{Party: s.keys[who].Party()}, service.Page{Limit: 200})
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}
