package fabric

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// bench is a ledger on a simulated channel with everybody enrolled.
type bench struct {
	*testing.T
	*actors.Cast
	net *simNet
	w   *simWire
	l   *Ledger
	o   Options
}

func newBench(t *testing.T, options ...func(*Options)) *bench {
	t.Helper()
	b := &bench{T: t, Cast: actors.NewCast(ledgertest.Channel), o: quiet(t.TempDir())}
	b.net = newSim(t, b.Genesis())
	enrol(t, b.net, b.Cast)
	for _, f := range options {
		f(&b.o)
	}
	b.reopen()
	t.Cleanup(func() { closeLedger(t, b.l) })
	return b
}

func (b *bench) reopen() {
	b.Helper()
	if b.l != nil {
		closeLedger(b.T, b.l)
	}
	b.w = b.net.client()
	b.l = openSim(b.T, b.w, b.o)
}

func (b *bench) new(name string) string {
	return b.Notarize(b.Enterprise, actors.NewDataset(b.Own(name), 1))
}

// times is how often a command took effect on the channel.
func (b *bench) times(command string) int { return b.net.times(command) }

func (n *simNet) times(command string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.applied[actors.CommandID(command)]
}

// applied submits a command that must be applied now, or have been before.
func (b *bench) applied(command string, before bool) pledge.Outcome {
	b.Helper()
	out, err := b.l.Submit(b.Context(), []string{command})
	if err != nil || out[0].Status != pledge.Applied || out[0].Duplicate != before || b.times(command) != 1 {
		b.Fatalf("%+v, %v; it took effect %d times; before: %t", out, err, b.times(command), before)
	}
	return out[0]
}

func (b *bench) unknown(command string) {
	b.Helper()
	out, err := b.l.Submit(b.Context(), []string{command})
	if err != nil || out[0].Status != pledge.Unknown || out[0].CommandID != actors.CommandID(command) {
		b.Fatalf("%+v, %v, want unknown", out, err)
	}
}

// undecided waits until so many transactions had no verdict in time: only
// then is their place free for others.
func (b *bench) undecided(n int64) {
	b.Helper()
	waitFor(b.T, fmt.Sprint(n, " transactions without a verdict"), func() bool { return b.l.Stats().Undecided == n })
}

// patient is for when no answer is to be late any more, however slow the machine.
func (b *bench) patient() {
	b.Helper()
	b.o.CommitTimeout = time.Minute
	b.reopen()
}

func (b *bench) ended() {
	b.Helper()
	waitFor(b.T, "every row to end", func() bool { return b.l.Stats().Undriven == 0 })
}

// TestLostAcknowledgement: the orderers have it, the client is told they may not.
func TestLostAcknowledgement(t *testing.T) {
	b := newBench(t)
	b.w.send = func([]byte) (int, error) { return 1, errSim }
	b.applied(b.new("a"), false)
	b.w.send = func([]byte) (int, error) { return 3, nil } // and this one comes thrice
	c := b.new("b")
	b.applied(c, false)
	b.applied(c, true)
	b.ended()
}

// TestDroppedByOrderers: acknowledged and forgotten; the same bytes go again.
func TestDroppedByOrderers(t *testing.T) {
	b := newBench(t)
	var tries atomic.Int64
	b.w.send = func([]byte) (int, error) {
		if tries.Add(1) < 3 {
			return 0, nil
		}
		return 1, nil
	}
	b.applied(b.new("a"), false)
	if s := b.l.Stats(); s.Resent < 2 || s.Unknown != 0 {
		t.Errorf("%+v", s)
	}
}

// TestNotSent: nobody got a byte, so the answer is a definite no, for ever.
func TestNotSent(t *testing.T) {
	b := newBench(t)
	b.w.send = func([]byte) (int, error) { return 0, errNotSent }
	c := b.new("a")
	if out, err := b.l.Submit(t.Context(), []string{c}); !errors.Is(err, service.ErrUnavailable) {
		t.Fatalf("%+v, %v", out, err)
	}
	b.ended()
	b.reopen() // nothing is left that could be sent
	before := b.net.height()
	time.Sleep(20 * time.Millisecond)
	if b.net.height() != before || b.times(c) != 0 {
		t.Errorf("it was sent after it had been denied")
	}
	b.applied(c, false)
}

// TestUnknownThenDecided: no verdict in time is "unknown", in time; the same
// command asked again waits for the one under way; the end comes by itself.
func TestUnknownThenDecided(t *testing.T) {
	b := newBench(t, func(o *Options) { o.CommitTimeout = time.Second })
	var lets atomic.Bool
	b.w.send = func([]byte) (int, error) {
		if lets.Load() {
			return 1, nil
		}
		return 0, errSim
	}
	c, start := b.new("a"), time.Now()
	b.unknown(c)
	b.unknown(c)
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("two answers of a second each took %s", took)
	}
	b.undecided(1)
	if s := b.l.Stats(); s.Batches != 1 || s.Undecided != 1 || s.Unknown != 2 || s.Undriven != 1 {
		t.Errorf("%+v", s)
	}
	lets.Store(true)
	b.ended()
	b.patient()
	b.applied(c, true)
}

// TestUnknownThenReopened: the next process drives what this one left.
func TestUnknownThenReopened(t *testing.T) {
	b := newBench(t, func(o *Options) { o.CommitTimeout = time.Second })
	b.w.send = func([]byte) (int, error) { return 0, errSim }
	c := b.new("a")
	b.unknown(c)
	b.undecided(1)
	b.patient()
	b.ended()
	if s := b.l.Stats(); s.Resumed != 1 {
		t.Errorf("%+v", s)
	}
	b.applied(c, true)
}

// TestRenewed: orderers that never take one transaction take another one of
// the same commands; whatever becomes of the first, there is one effect.
func TestRenewed(t *testing.T) {
	b := newBench(t, func(o *Options) { o.CommitTimeout, o.limits.renew = time.Second, 1500*time.Millisecond })
	var mu sync.Mutex
	var first []byte
	b.w.send = func(envelope []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		if first == nil {
			first = envelope
		}
		if string(first) == string(envelope) {
			return 0, errSim
		}
		return 1, nil
	}
	c := b.new("a")
	b.unknown(c)
	b.ended()
	if s := b.l.Stats(); s.Renewed == 0 {
		t.Errorf("%+v", s)
	}
	b.patient()
	mu.Lock()
	b.net.order(first)
	mu.Unlock()
	b.applied(c, true)
}

// TestLaggingEndorsers: what this ledger acknowledged is known to the next
// command, though both endorsers have not seen it yet.
func TestLaggingEndorsers(t *testing.T) {
	b := newBench(t)
	for i := range 5 {
		commands, _, _, _ := b.Story(b.Own(fmt.Sprint(i)), b.Enterprise, b.Bank)
		for _, c := range commands {
			for peer := range b.w.lag {
				b.w.lag[peer].Store(int64(1 + (i+peer)%3))
			}
			back := time.AfterFunc(30*time.Millisecond, func() { b.w.lag[0].Store(0); b.w.lag[1].Store(0) })
			b.applied(c, false)
			back.Stop()
		}
	}
	if s := b.l.Stats(); s.EndorseRetries == 0 {
		t.Errorf("nobody lagged: %+v", s)
	}
}

// TestLaggingForLong: a no that the own copy contradicts is no answer.
func TestLaggingForLong(t *testing.T) {
	b := newBench(t, func(o *Options) { o.EndorseTimeout = 5 * time.Second })
	commands, _, _, _ := b.Story(b.Own("a"), b.Enterprise, b.Bank)
	b.applied(commands[0], false)
	for peer := range b.w.lag {
		b.w.lag[peer].Store(1000)
	}
	if out, err := b.l.Submit(t.Context(), commands[1:2]); !errors.Is(err, service.ErrConflict) {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestSilentAfterLagging: nor is it one when the members then say nothing
// until the time is over.
func TestSilentAfterLagging(t *testing.T) {
	b := newBench(t, func(o *Options) { o.EndorseTimeout = 5 * time.Second })
	commands, _, _, _ := b.Story(b.Own("a"), b.Enterprise, b.Bank)
	b.applied(commands[0], false)
	for peer := range b.w.lag {
		b.w.lag[peer].Store(1000)
	}
	var calls atomic.Int64
	b.w.endorse = func() error {
		if calls.Add(1) == 1 {
			return nil
		}
		time.Sleep(b.o.EndorseTimeout)
		return fmt.Errorf("nobody answers: %w", service.ErrUnavailable)
	}
	if out, err := b.l.Submit(t.Context(), commands[1:2]); !errors.Is(err, service.ErrConflict) || calls.Load() != 2 {
		t.Errorf("%+v, %v after %d calls", out, err, calls.Load())
	}
}

// TestEndorserFaults: members that cannot be reached are asked a few times,
// then the caller is told; nothing was ordered.
func TestEndorserFaults(t *testing.T) {
	b := newBench(t)
	for i, fault := range []error{service.ErrUnavailable, errSim, pledge.Errorf(pledge.Stale, "check the clock")} {
		b.w.endorse = func() error { return fmt.Errorf("endorsing: %w", fault) }
		commands := []string{b.new(fmt.Sprint("a", i)), b.new(fmt.Sprint("b", i))}
		out, err := b.l.Submit(t.Context(), commands)
		if err == nil || errors.Is(err, service.ErrUnknownOutcome) || errors.Is(fault, service.ErrUnavailable) != errors.Is(err, service.ErrUnavailable) && fault == errSim {
			t.Errorf("%v: %+v, %v", fault, out, err)
		}
		b.w.endorse = nil
		b.ended()
		for _, c := range commands {
			b.applied(c, false)
		}
	}
}

// TestPolicyFailure: in a block, without effect, and no reason to try again.
func TestPolicyFailure(t *testing.T) {
	b := newBench(t)
	b.w.policy.Store(true)
	c := b.new("a")
	out, err := b.l.Submit(t.Context(), []string{c})
	if err == nil || errors.Is(err, service.ErrConflict) || errors.Is(err, service.ErrUnavailable) {
		t.Errorf("%+v, %v", out, err)
	}
	b.w.policy.Store(false)
	b.applied(c, false)
}

// TestReady: no commands ask whether commands are taken now.
func TestReady(t *testing.T) {
	b := newBench(t)
	ask := func() error {
		b.l.ready.at = time.Time{}
		_, err := b.l.Submit(t.Context(), nil)
		return err
	}
	try(t, ask())
	b.w.cutOff.Store(true)
	if _, err := b.l.Submit(t.Context(), nil); err != nil {
		t.Errorf("within two seconds the answer is the same: %v", err)
	}
	if err := ask(); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("without orderers: %v", err)
	}
	b.w.cutOff.Store(false)
	try(t, ask())
	b.l.journal.broken = errSim
	if err := ask(); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("with a broken journal: %v", err)
	}
	if out, err := b.l.Submit(t.Context(), []string{b.new("a")}); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("with a broken journal: %+v, %v", out, err)
	}
}

// TestTooManyUndecided: what is open is bounded; beyond it nothing is taken.
func TestTooManyUndecided(t *testing.T) {
	b := newBench(t, func(o *Options) { o.CommitTimeout, o.limits.openRows, o.MaxInFlight = time.Second, 3, 1 })
	b.w.send = func([]byte) (int, error) { return 0, errSim }
	for i := range 3 {
		b.unknown(b.new(fmt.Sprint(i)))
		b.undecided(int64(i + 1))
	}
	c := b.new("more")
	if out, err := b.l.Submit(t.Context(), []string{c}); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("%+v, %v", out, err)
	}
	b.patient()
	b.ended()
	b.applied(c, false)
}

// TestCloseIsBounded: orderers that never decide do not keep Close waiting.
func TestCloseIsBounded(t *testing.T) {
	b := newBench(t, func(o *Options) { o.CommitTimeout = 300 * time.Millisecond })
	b.w.send = func([]byte) (int, error) { return 0, errSim }
	c, done := b.new("a"), make(chan []pledge.Outcome, 1)
	go func() {
		out, _ := b.l.Submit(context.Background(), []string{c})
		done <- out
	}()
	waitFor(t, "the command to be under way", func() bool { return b.l.Stats().Undriven == 1 })
	start := time.Now()
	closeLedger(t, b.l)
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("closing took %s", took)
	}
	if out := <-done; len(out) != 1 || out[0].Status != pledge.Unknown {
		t.Errorf("%+v", out)
	}
	b.patient()
	b.ended()
	b.applied(c, true)
}

// TestDiskFails: when a sync fails nobody knows what the disk has. Nothing is
// sent, but the next process may send it, so the answer is no "no".
func TestDiskFails(t *testing.T) {
	b := newBench(t)
	b.l.journal.sync = func(*os.File) error { return errSim }
	c := b.new("a")
	b.unknown(c)
	if n := b.w.sent.Load(); n != 0 || b.l.Stats().Undriven != 1 {
		t.Errorf("%d sent, %+v", n, b.l.Stats())
	}
	if out, err := b.l.Submit(t.Context(), []string{b.new("b")}); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("after that: %+v, %v", out, err)
	}
	b.reopen()
	b.ended()
	b.applied(c, true)
}
