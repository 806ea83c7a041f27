package imprint_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/imprint"
)

// TestDownForAnHour: the court is away for an hour of the follower's own
// pauses, while records go on, and the service starts again in the middle.
// Nothing is lost, and nobody hammered at its door.
func TestDownForAnHour(t *testing.T) {
	w := newWorld(t)
	c := w.newCourt()
	c.mischief(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) })
	})
	dir, ids := t.TempDir(), w.commit(w.ledger, 1)
	attempts := 0
	for range 2 {
		away, over := time.Duration(0), make(chan struct{})
		f := follow(t, dir, w.ledger, c.sink(w.ledger, 0), func(o *imprint.Options) {
			o.Wait = func(ctx context.Context, d time.Duration) {
				if away >= 30*time.Minute {
					<-ctx.Done()
					return
				}
				ids = append(ids, w.commit(w.ledger, 1)...)
				attempts++
				if away += d; away >= 30*time.Minute {
					close(over)
				}
			}
		})
		<-over
		f.stop()
	}
	if attempts > 500 {
		t.Errorf("%d attempts in an hour", attempts)
	}
	c.mischief(nil)
	f := follow(t, dir, w.ledger, c.sink(w.ledger, 0))
	f.untilDelivered()
	c.hasOnce(ids...)
	everyBlockHasReceipt(t, w, f)
}
