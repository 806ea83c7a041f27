package fabricbench

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// A caller sends so many commands in a request, and so many call at once.
const (
	atOnce  = 500
	callers = 8
)

// enrolment enrols a party that nobody heard of.
func enrolment(c *actors.Cast, _ *actors.Actor, n int) string {
	return c.Enroll(actors.NewActor(n, pledge.RoleEnterprise))
}

// way is one of those to send commands.
type way struct {
	n     int
	rates []float64
	serve setting // of the service that has to run
	send  func(context.Context, *client.Client, []string) error
}

// rate measures the two ways to send one kind of command, in turns.
func (s *stage) rate(ctx context.Context, k kind) (Rate, error) {
	r := Rate{Kind: k.name, Signatures: k.signatures, Spent: map[string]float64{}}
	alone := &way{n: s.o.Alone, serve: single, send: sendAlone}
	group := &way{n: s.o.Commands, serve: grouped, send: s.counted(&r, sendGroup)}
	for range s.o.Rounds {
		for _, w := range []*way{alone, group} {
			if err := s.round(ctx, k, w); err != nil {
				return r, err
			}
		}
	}
	r.Group, r.Alone = median(group.rates), median(alone.rates)
	r.Ratio = r.Group / r.Alone
	fmt.Fprintf(s.o.Log, "%-15s %6.0f/s in groups, %5.0f/s one a transaction\n", k.name, r.Group, r.Alone)
	for name := range r.Spent {
		r.Spent[name] /= float64(s.o.Rounds * s.o.Commands)
	}
	return r, nil
}

// round measures one way once. Making commands is the clients' work, and a
// service that starts first reads the blocks it missed: neither is timed.
func (s *stage) round(ctx context.Context, k kind, w *way) error {
	commands := s.signed(k, w.n)
	timed := func(c *client.Client) error {
		runtime.GC()
		began := time.Now()
		err := w.send(ctx, c, commands)
		w.rates = append(w.rates, float64(w.n)/time.Since(began).Seconds())
		return err
	}
	return s.serving(ctx, w.serve, timed)
}

// signed makes n commands of a kind.
func (s *stage) signed(k kind, n int) []string {
	from := s.made
	s.made += n
	commands := make([]string, n)
	_ = parallel(runtime.GOMAXPROCS(0), n, func(i int) error {
		commands[i] = k.make(s.cast, s.cast.Enterprise, from+i)
		return nil
	})
	return commands
}

// sendGroup posts many commands in each of a few requests at once.
func sendGroup(ctx context.Context, c *client.Client, commands []string) error {
	n := (len(commands) + atOnce - 1) / atOnce
	return parallel(callers, n, func(i int) error {
		_, err := cleared(c.SubmitAll(ctx, commands[i*atOnce:min((i+1)*atOnce, len(commands))]))
		return err
	})
}

// sendAlone posts the commands one by one.
func sendAlone(ctx context.Context, c *client.Client, commands []string) error {
	return parallel(aloneInFlight, len(commands), func(i int) error { return submit(ctx, c, commands[i]) })
}

func submit(ctx context.Context, c *client.Client, command string) error {
	out, err := c.Submit(ctx, command)
	_, err = cleared([]pledge.Outcome{out}, err)
	return err
}

// patient sends again what the SDK lost, as its users have to.
func (s *stage) patient(ctx context.Context, command string) (err error) {
	for range 5 {
		if err = s.plain.Submit(ctx, command); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// lone measures a command that comes alone, in turns.
func (s *stage) lone(ctx context.Context) (group, plain time.Duration, err error) {
	var ours, plains []time.Duration
	err = s.serving(ctx, grouped, func(c *client.Client) error {
		for range s.o.Rounds * s.o.Lone {
			pair := s.signed(kinds()[0], 2)
			began := time.Now()
			if err := submit(ctx, c, pair[0]); err != nil {
				return err
			}
			between := time.Now()
			if err := s.patient(ctx, pair[1]); err != nil {
				return err
			}
			ours, plains = append(ours, between.Sub(began)), append(plains, time.Since(between))
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	return median(ours), median(plains), nil
}

// parallel calls fn for 0 to n-1 from several goroutines, and returns the
// first error.
func parallel(workers, n int, fn func(i int) error) error {
	var next atomic.Int64
	var all sync.WaitGroup
	var once sync.Once
	var failed error
	for range min(workers, n) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := fn(i); err != nil {
					once.Do(func() { failed = err })
					next.Store(int64(n))
				}
			}
		})
	}
	all.Wait()
	return failed
}
