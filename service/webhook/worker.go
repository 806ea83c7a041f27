package webhook

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/datapledge/datapledge/service"
)

// worker delivers to one target. A slow one holds up nobody else's.
type worker struct {
	hooks  *Hooks
	source Source
	id     string
	stop   context.CancelFunc
	wake   chan struct{}

	mu   sync.Mutex
	busy map[string]bool // records that a delivery is under way of
}

// job is a delivery that is due: the oldest of its record.
type job struct {
	n                int64
	delivery, record string
	body             []byte
	tries, missed    int
}

func (w *worker) awake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *worker) run(ctx context.Context) {
	w.busy = map[string]bool{}
	var under sync.WaitGroup
	defer under.Wait()
	for ctx.Err() == nil {
		jobs, next, err := w.due(ctx)
		if err != nil && ctx.Err() == nil {
			w.hooks.o.Logger.ErrorContext(ctx, "webhook: the queue cannot be read; trying again", "webhook", w.id, "error", err)
			next = faultWait
		}
		for _, j := range jobs {
			w.claim(j.record, true)
			under.Go(func() {
				w.try(ctx, j)
				w.claim(j.record, false)
				w.awake()
			})
		}
		w.sleep(ctx, next)
	}
}

func (w *worker) claim(record string, busy bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if busy {
		w.busy[record] = true
	} else {
		delete(w.busy, record)
	}
}

// sleep until something is due (0: until it is woken).
func (w *worker) sleep(ctx context.Context, d time.Duration) {
	var alarm <-chan time.Time
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		alarm = timer.C
	}
	select {
	case <-ctx.Done():
	case <-w.wake:
	case <-alarm:
	}
}

// due lists what may be tried now, at most one of each record, and how long
// until there is more.
func (w *worker) due(ctx context.Context) (jobs []job, next time.Duration, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.hooks.o.Now()
	heads, err := w.hooks.db.heads(ctx, w.id, parallel+len(w.busy))
	for _, h := range heads {
		switch wait := time.UnixMilli(h.due).Sub(now); {
		case w.busy[h.record] || len(w.busy)+len(jobs) >= parallel:
		case wait <= 0:
			jobs = append(jobs, h.job)
		case next == 0 || wait < next:
			next = wait
		}
	}
	return jobs, next, err
}

type head struct {
	job
	due int64 // Unix milliseconds
}

// heads are the oldest deliveries of each record, those that are due first
// before the others. A suspended webhook has none.
func (s *store) heads(ctx context.Context, hook string, limit int) (list []head, err error) {
	rows, err := s.db.QueryContext(ctx, `SELECT q.n, q.delivery, q.record, q.body, q.tries, q.due,
			(SELECT count(*) FROM queue d WHERE d.hook = q.hook AND d.dead = 1 AND d.record = q.record AND d.n < q.n)
		FROM (SELECT min(n) AS n FROM queue WHERE hook = ? AND dead = 0 GROUP BY record) first JOIN queue q ON q.n = first.n
		WHERE EXISTS (SELECT 1 FROM hooks WHERE id = q.hook AND state = 'active')
		ORDER BY q.due, q.n LIMIT ?`, hook, limit)
	err = each(rows, err, func(rows *sql.Rows) error {
		var h head
		err := rows.Scan(&h.n, &h.delivery, &h.record, &h.body, &h.tries, &h.due, &h.missed)
		list = append(list, h)
		return err
	})
	return list, err
}

// try makes one try and keeps how it ended. What could not be kept is tried
// again: at least once.
func (w *worker) try(ctx context.Context, j job) {
	err := w.attempt(ctx, j)
	if ctx.Err() != nil {
		return
	}
	if err := w.settle(ctx, j, err); err != nil && ctx.Err() == nil {
		w.hooks.o.Logger.ErrorContext(ctx, "webhook: how a delivery ended cannot be kept", "webhook", w.id, "delivery", j.delivery, "error", err)
		pause(ctx, faultWait)
	}
}

// errRevoked: whoever registered the webhook speaks for the party no more.
var errRevoked = errors.New("the key that registered it was revoked")

func (w *worker) attempt(ctx context.Context, j job) error {
	list, err := hooks(ctx, w.hooks.db.db, `WHERE id = ?`, w.id)
	if err != nil || len(list) == 0 {
		return errors.Join(err, service.ErrNotFound)
	}
	speaks, err := w.source.Speaks(ctx, list[0].Party, list[0].RegisteredBy)
	if err != nil {
		return err
	}
	if !speaks {
		return errRevoked
	}
	return w.hooks.post(ctx, list[0].URL, j)
}

func (w *worker) settle(ctx context.Context, j job, err error) error {
	var failed failure
	switch h := w.hooks; {
	case err == nil:
		return h.db.set(ctx, `DELETE FROM queue WHERE n = ?`, j.n)
	case errors.Is(err, errGone):
		return h.suspend(ctx, w.id, err.Error(), "remove it; or have the target answer, and replay")
	case errors.Is(err, errRevoked):
		return h.suspend(ctx, w.id, err.Error(), "replay with a key that is not, which answers for it from then on; or remove it")
	case !errors.As(err, &failed):
		return errors.Join(err, h.later(ctx, j, j.tries, "a fault of the service")) // not the target's: no try is used up
	case j.tries+1 >= h.o.Tries:
		return h.db.set(ctx, `UPDATE queue SET dead = 1, tries = ?, cause = ?, died = ? WHERE n = ?`,
			j.tries+1, string(failed), h.o.Now().UTC().Format(time.RFC3339), j.n)
	default:
		return h.later(ctx, j, j.tries+1, string(failed))
	}
}

func (h *Hooks) later(ctx context.Context, j job, tries int, cause string) error {
	due := h.o.Now().Add(h.backoff(tries))
	return h.db.set(ctx, `UPDATE queue SET tries = ?, due = ?, cause = ? WHERE n = ?`, tries, due.UnixMilli(), cause, j.n)
}

// backoff doubles with each try up to the longest wait; a random half of it,
// so that what failed together is not tried together.
func (h *Hooks) backoff(tries int) time.Duration {
	d := h.o.FirstWait
	for i := 1; i < tries && d < h.o.LongestWait; i++ {
		d *= 2
	}
	d = min(d, h.o.LongestWait)
	return d/2 + rand.N(d/2+1)
}

func (s *store) set(ctx context.Context, query string, args ...any) error {
	if _, err := s.db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("changing a queue: %w", err)
	}
	return nil
}
