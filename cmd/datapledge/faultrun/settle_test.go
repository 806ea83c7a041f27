package faultrun

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

// mustSettle is how long the fate of a command may stay unknown once nothing
// is broken any more; longer where machines may be slow.
var mustSettle = seconds(180, 60)

// end stops the load, has every unknown told, and holds the book against the
// ledger.
func (l *load) end(name string) Tally {
	l.Helper()
	l.stop()
	l.running.Wait()
	to := time.Now()
	settled := l.settle()
	t := l.book.Check(l.ledger())
	t.Name, t.Gap, t.Settled = name, l.book.Pause(l.from, to), settled
	l.sameAgain()
	l.journalDone(l.service)
	l.peersAgree()
	*l.runs = append(*l.runs, t)
	l.Log(t)
	if err := t.Err(); err != nil {
		l.Error(err)
	}
	if t.Settled > mustSettle {
		l.Errorf("%s: an outcome was unknown for %.1f s after all was well", name, t.Settled.Seconds())
	}
	if t.Acked == 0 {
		l.Error("that was no load: the run shows nothing")
	}
	return t
}

// settle asks what became of each unknown command, and only after a while
// sends again what nobody knows.
func (l *load) settle() time.Duration {
	l.Helper()
	began := time.Now()
	for time.Since(began) < mustSettle {
		l.askAll(l.book.Open())
		open := l.book.Open()
		if len(open) == 0 {
			return time.Since(began)
		}
		if time.Since(began) > mustAsk {
			l.resend(open)
		}
		time.Sleep(200 * time.Millisecond)
	}
	return time.Since(began) // the book says which are open
}

// mustAsk is how long nothing is sent again: the service is to find out by
// itself.
const mustAsk = 10 * time.Second

func (l *load) askAll(open []Entry) {
	var all errgroup.Group
	all.SetLimit(8)
	as := l.client(l.service, l.Court)
	for _, e := range open {
		all.Go(func() error { l.ask(as, e); return nil })
	}
	_ = all.Wait()
}

func (l *load) ask(as *client.Client, e Entry) {
	ctx, cancel := context.WithTimeout(l.Context(), 10*time.Second)
	defer cancel()
	out, err := as.Command(ctx, e.ID)
	if o := out.Value; err == nil && o.Status == pledge.Applied && o.Position != nil {
		l.book.Settle(Entry{ID: e.ID, Fate: Applied, Position: *o.Position}, false)
	}
}

func (l *load) resend(open []Entry) {
	commands := make([]string, len(open))
	for i, e := range open {
		commands[i] = e.JWS
	}
	for _, e := range sendLines(l.Context(), l.service.url(), commands) {
		if e.Fate == Applied || e.Fate == Refused {
			l.book.Settle(e, true)
		}
	}
}

// sameAgain sends some of what was applied again: the answer is the first one.
func (l *load) sameAgain() {
	l.Helper()
	l.book.mu.Lock()
	var some []Entry
	for i := 0; i < len(l.book.entries); i += 1 + len(l.book.entries)/40 {
		if e := l.book.entries[i]; e.Fate == Applied {
			some = append(some, *e)
		}
	}
	l.book.mu.Unlock()
	commands := make([]string, len(some))
	for i, e := range some {
		commands[i] = e.JWS
	}
	for i, again := range sendLines(l.Context(), l.service.url(), commands) {
		if again.Fate != Applied || again.Position != some[i].Position {
			l.Errorf("it was at %s; sent again the answer is: %v", at(some[i].Position), again)
		}
	}
}

// ledger is where each command took effect, as the service's own copy of all
// blocks has it: the events of every party.
func (s *site) ledger() map[string][]pledge.Position { return s.ledgerOf(s.service) }

func (s *site) ledgerOf(v *replica) map[string][]pledge.Position {
	s.Helper()
	s.upToDate(v)
	seen := map[string]map[pledge.Position]bool{}
	for a := range s.parties {
		err := s.client(v, a).Events(s.Context(), "", false, func(e client.Doc[service.Event]) error {
			if seen[e.Value.CommandID] == nil {
				seen[e.Value.CommandID] = map[pledge.Position]bool{}
			}
			seen[e.Value.CommandID][e.Value.Position] = true
			return nil
		})
		if err != nil {
			s.Fatal(err)
		}
	}
	out := map[string][]pledge.Position{}
	for id, all := range seen {
		for p := range all {
			out[id] = append(out[id], p)
		}
	}
	return out
}

// upToDate waits until the read model has what the ledger has: no outcome is
// told before.
func (s *site) upToDate(v *replica) {
	s.Helper()
	s.until(mustSettle, "an up-to-date index", func(ctx context.Context) error {
		_, err := s.client(v, s.Court).Command(ctx, "cmd_"+random(32))
		if refused := (*pledge.Error)(nil); errors.As(err, &refused) && refused.Code == pledge.NotFound {
			return nil
		}
		return err
	})
}
