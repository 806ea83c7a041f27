package rest_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Over a year each side is delivered every reminder of its pledge once, and
// nobody one of another's.
func TestWebhooksDeliverReminders(t *testing.T) {
	s := withWebhooks(t)
	bodies := make(chan string, 1000)
	target := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies <- string(body)
	}))
	t.Cleanup(target.Close)
	for _, who := range []string{"bank", "enterprise", "enterprise2", "court"} {
		s.post("/v1/webhooks", who, service.WebhookRequest{URL: target.URL + "/" + who, Acts: []pledge.Act{service.ActReminder}}).want(201, "")
	}
	start := s.clock.Now()
	_, p := s.active("birds")
	s.clock.advance(500 * aDay)
	want := map[string]service.Reminder{}
	for _, r := range must(s.svc.Reminded(t.Context(), start, s.clock.Now()))(t) {
		want[r.ID] = r
	}
	if len(want) != 2*12 {
		t.Fatalf("got %d reminders, want 12 of each side", len(want))
	}
	for len(want) > 0 {
		select {
		case body := <-bodies:
			var got struct {
				service.Reminder
				Act pledge.Act
			}
			answerOf(t, body).decode(&got)
			r, ok := want[got.ID]
			if delete(want, got.ID); !ok || got.Act != service.ActReminder || got.To != r.To || got.RecordID != p.ID || got.Due != r.Due || got.Why != r.Why {
				t.Errorf("got %s, want %+v", body, r)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%d were not delivered", len(want))
		}
	}
}

// What the index does not show yet is not passed over: the service says so.
func TestRemindedWaitsForTheIndex(t *testing.T) {
	s := newStack(t)
	s.active("birds")
	slow := &slowIndex{Index: s.index}
	svc := must(service.New(service.Options{Ledger: s.ledger, Index: slow, Vault: s.vault, Custodian: s.keys["exchange"], Now: s.clock.Now}))(t)
	ask := func() ([]service.Reminder, error) {
		return svc.Reminded(t.Context(), s.clock.Now(), s.clock.Now().Add(9*aDay))
	}
	if list, err := ask(); len(list) == 0 || err != nil {
		t.Errorf("got %v, %v; want reminders", list, err)
	}
	slow.lags.Store(true)
	if list, err := ask(); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("got %v, %v of an index that lags", list, err)
	}
	slow.lost.Store(true)
	if list, err := ask(); !errors.Is(err, service.ErrRegressed) {
		t.Errorf("got %v, %v of a ledger that went backwards", list, err)
	}
}
