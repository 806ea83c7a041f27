package fabric

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// steps are all places of the write path where a process may die.
var steps = []string{"before INTENT", "after INTENT", "after endorsing", "before ENDORSED", "after ENDORSED",
	"before sending", "after sending", "before end", "after end"}

// killer kills a ledger when it comes to a step for the n-th time.
type killer struct {
	step   string
	nth    int64
	wire   *simWire
	ledger atomic.Pointer[Ledger]
	count  atomic.Int64
	killed chan struct{}
	passed sync.Map
}

func newKiller(step string, nth int64, w *simWire) *killer {
	return &killer{step: step, nth: nth, wire: w, killed: make(chan struct{})}
}

// at is the hook. The goroutine that comes to the step stops there, and
// whatever the others still do reaches neither network nor disk.
func (k *killer) at(step string) {
	k.passed.Store(step, true)
	if k.wire.dead.Load() {
		runtime.Goexit()
	}
	if step != k.step || k.count.Add(1) != k.nth {
		return
	}
	k.wire.dead.Store(true)
	_ = k.ledger.Load().journal.close()
	close(k.killed)
	runtime.Goexit()
}

// bury ends the goroutines of a ledger that was killed, so that its folder
// can be opened again. Nothing of it writes: the journal is closed.
func bury(t *testing.T, l *Ledger) {
	t.Helper()
	_ = l.journal.close()
	if err := l.release(); err != nil {
		t.Fatal(err)
	}
}

func quiet(dir string) Options {
	return Options{Dir: dir, Channel: ledgertest.Channel, Logger: slog.New(slog.DiscardHandler),
		CommitTimeout: time.Minute, EndorseTimeout: time.Minute, limits: limits{resend: 50 * time.Millisecond}}
}

// told is what callers of a ledger that dies were told.
type told struct {
	mu  sync.Mutex
	out map[string]pledge.Outcome
	err map[string]error

	net   *simNet
	early int // acknowledged before a block held it
}

func (s *told) submit(ctx context.Context, l *Ledger, commands []string) {
	out, err := l.Submit(ctx, commands)
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, c := range commands {
		if err != nil {
			s.err[c] = err
		} else {
			s.out[c] = out[i]
			if out[i].Status == pledge.Applied && s.net.times(c) == 0 {
				s.early++
			}
		}
	}
}

// TestCrashAtEveryStep kills the process at every step of the first three
// transactions, and what it opens next at any step of its own first, then
// looks at the channel: what was acknowledged is there, nothing is there
// twice, what was denied is not there, and every row has an end.
func TestCrashAtEveryStep(t *testing.T) {
	for _, step := range steps {
		for nth := range int64(3) {
			t.Run(fmt.Sprint(step, " ", nth+1), func(t *testing.T) { crash(t, step, nth+1, "") })
		}
		for _, second := range []string{"before sending", "after sending", "before end", "after end"} {
			t.Run(step+", then "+second, func(t *testing.T) { crash(t, step, 2, second) })
		}
	}
}

func crash(t *testing.T, step string, nth int64, second string) {
	cast := actors.NewCast(ledgertest.Channel)
	net := newSim(t, cast.Genesis())
	dir := t.TempDir()
	enrol(t, net, cast)
	k := newKiller(step, nth, net.client())
	o := quiet(dir)
	o.MaxInFlight, o.limits.step, o.MaxCommands = 2, k.at, 4
	l := openSim(t, k.wire, o)
	k.ledger.Store(l)
	said := &told{out: map[string]pledge.Outcome{}, err: map[string]error{}, net: net}
	commands, all := deadCallers(t, cast, l, k, said)
	<-k.killed
	bury(t, l)
	all.Wait()
	if second != "" {
		killAgain(t, net, dir, second)
	}
	l = openSim(t, net.client(), quiet(dir))
	defer func() { closeLedger(t, l) }()
	waitFor(t, "every row to end", func() bool { return l.Stats().Undriven == 0 })
	said.check(t, net, l, commands)
}

// deadCallers submit until the ledger dies: eight callers with three
// commands each, and a refused one.
func deadCallers(t *testing.T, cast *actors.Cast, l *Ledger, k *killer, said *told) (commands []string, all *sync.WaitGroup) {
	ctx, cancel := context.WithCancel(t.Context())
	all = &sync.WaitGroup{}
	for i := range 8 {
		var mine []string
		for j := range 3 {
			mine = append(mine, cast.Notarize(cast.Enterprise, actors.NewDataset(cast.Own(fmt.Sprint(i, j)), 1)))
		}
		commands = append(commands, mine...)
		all.Go(func() { said.submit(ctx, l, mine) })
	}
	all.Go(func() { <-k.killed; cancel() })
	return commands, all
}

func killAgain(t *testing.T, net *simNet, dir, step string) {
	k := newKiller(step, 1, net.client())
	o := quiet(dir)
	o.limits.step = func(s string) {
		if k.ledger.Load() != nil {
			k.at(s)
		}
	}
	l, err := open(t.Context(), o, k.wire)
	if err != nil {
		t.Fatal(err)
	}
	k.ledger.Store(l)
	select {
	case <-k.killed:
	case <-time.After(100 * time.Millisecond): // it had nothing left to do
		k.wire.dead.Store(true)
	}
	bury(t, l)
}

func (s *told) check(t *testing.T, net *simNet, l *Ledger, commands []string) {
	t.Helper()
	if s.early > 0 {
		t.Errorf("%d commands were acknowledged before a block held them", s.early)
	}
	net.mu.Lock()
	applied := map[string]int{}
	for id, n := range net.applied {
		applied[id] = n
	}
	net.mu.Unlock()
	for i, c := range commands {
		id, n := actors.CommandID(c), applied[actors.CommandID(c)]
		out, err := s.out[c], s.err[c]
		switch {
		case n > 1:
			t.Errorf("command %d took effect %d times", i, n)
		case n == 0 && out.Status == pledge.Applied:
			t.Errorf("command %d was acknowledged and is lost", i)
		case n == 1 && err != nil:
			t.Errorf("command %d took effect, its caller was told %v", i, err)
		case out.Status == pledge.Refused:
			t.Errorf("command %d: %+v", i, out)
		}
		again, err := l.Submit(t.Context(), []string{c})
		if err != nil || again[0].Status != pledge.Applied || again[0].Duplicate != (n == 1) || again[0].CommandID != id {
			t.Errorf("command %d, which took effect %d times, asked again: %+v, %v", i, n, again, err)
			continue
		}
		if out.Position != nil && *out.Position != *again[0].Position {
			t.Errorf("command %d at %+v, was acknowledged at %+v", i, *again[0].Position, *out.Position)
		}
	}
}

func enrol(t *testing.T, net *simNet, cast *actors.Cast) {
	t.Helper()
	l := openSim(t, net.client(), quiet(t.TempDir()))
	for _, a := range []*actors.Actor{cast.Enterprise, cast.Enterprise2, cast.Bank2} {
		out, err := l.Submit(t.Context(), []string{cast.Enroll(a)})
		if err != nil || out[0].Status != pledge.Applied {
			t.Fatalf("enrolling: %+v, %v", out, err)
		}
	}
	closeLedger(t, l)
}

func closeLedger(t *testing.T, l service.Ledger) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestCrashStepsAreAll: the list above has every step that the path passes.
func TestCrashStepsAreAll(t *testing.T) {
	cast := actors.NewCast(ledgertest.Channel)
	net := newSim(t, cast.Genesis())
	k := newKiller("", 0, net.client())
	o := quiet(filepath.Join(t.TempDir(), "new"))
	o.limits.step = k.at
	l := openSim(t, k.wire, o)
	defer closeLedger(t, l)
	if _, err := l.Submit(t.Context(), []string{cast.Enroll(cast.Enterprise)}); err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, s := range steps {
		listed[s] = true
		if _, ok := k.passed.Load(s); !ok {
			t.Errorf("step %q is never passed", s)
		}
	}
	k.passed.Range(func(s, _ any) bool {
		if !listed[s.(string)] {
			t.Errorf("step %q is not in the list", s)
		}
		return true
	})
}

// TestNothingStartsAfterTheEnd: whoever is late, a caller or a clock, finds
// a ledger that was released, and starts nothing in it.
func TestNothingStartsAfterTheEnd(t *testing.T) {
	cast := actors.NewCast(ledgertest.Channel)
	net := newSim(t, cast.Genesis())
	l := openSim(t, net.client(), quiet(t.TempDir()))
	if err := l.release(); err != nil {
		t.Fatal(err)
	}
	c, _ := newCall([]string{cast.Notarize(cast.Enterprise, actors.NewDataset("late", 1))})
	l.put(c)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue.lingered = true
	l.queue.dispatchOnce()
	if l.queue.running != 0 {
		t.Errorf("%d batches started in a ledger that has ended", l.queue.running)
	}
}
