package fabric

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// TestTooBig: what does not go into one transaction goes in several, in order.
func TestTooBig(t *testing.T) {
	for name, set := range map[string]func(*bench){
		"the members refuse it":        func(b *bench) { b.w.most.Store(3) },
		"the orderers would refuse it": func(b *bench) { b.l.options.limits.envelope = 16 << 10 },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			set(b)
			var commands []string
			for i := range 8 {
				commands = append(commands, b.new(fmt.Sprint(i)))
			}
			before := b.w.sent.Load()
			out, err := b.l.Submit(t.Context(), commands)
			if err != nil {
				t.Fatal(err)
			}
			var last pledge.Position
			for i, o := range out {
				if o.Status != pledge.Applied || b.times(commands[i]) != 1 || i > 0 && !follows(*o.Position, last) {
					t.Fatalf("command %d: %+v after %+v; it took effect %d times", i, o, last, b.times(commands[i]))
				}
				last = *o.Position
			}
			if n := b.w.sent.Load() - before; n < 2 || n > 8 {
				t.Errorf("they went in %d transactions", n)
			}
			b.ended()
		})
	}
}

func follows(p, q pledge.Position) bool {
	return p.Block > q.Block || p.Block == q.Block && (p.Tx > q.Tx || p.Tx == q.Tx && p.Index > q.Index)
}

// TestTooBigAlone: one command that goes into no transaction is answered once,
// for good, and has no effect.
func TestTooBigAlone(t *testing.T) {
	b := newBench(t)
	b.l.options.limits.envelope = 1
	c := b.new("a")
	if out, err := b.l.Submit(t.Context(), []string{c}); !errors.Is(err, errTooBig) || errors.Is(err, service.ErrUnavailable) {
		t.Errorf("%+v, %v", out, err)
	}
	b.ended()
	if b.times(c) != 0 {
		t.Error("it took effect")
	}
}

// TestBytesInFlight: what is accepted and not answered is bounded in bytes.
// Whoever finds no room waits outside, and nothing of his took effect.
func TestBytesInFlight(t *testing.T) {
	b := newBench(t, func(o *Options) { o.limits.bytesInFlight = overhead + 10 })
	entered, gate := make(chan struct{}), make(chan struct{})
	b.w.endorse = func() error { entered <- struct{}{}; <-gate; return nil }
	first, second := b.new("a"), b.new("b")
	answered := make(chan error, 1)
	go func() {
		_, err := b.l.Submit(context.Background(), []string{first})
		answered <- err
	}()
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	out, err := b.l.Submit(ctx, []string{second})
	if err == nil || !strings.Contains(err.Error(), "waiting for room") {
		t.Errorf("%+v, %v", out, err)
	}
	if s := b.l.Stats(); s.Waiting != 0 || s.Undriven != 1 {
		t.Errorf("%+v", s)
	}
	go func() { <-entered }()
	close(gate)
	try(t, <-answered)
	b.applied(second, false)
}

// TestMetrics holds that each number of Stats is told, under its own name.
func TestMetrics(t *testing.T) {
	b := newBench(t)
	b.applied(b.new("a"), false)
	s, names, sum := b.l.Stats(), map[string]bool{}, 0.0
	for _, m := range b.l.Metrics() {
		if names[m.Name] || m.Help == "" || m.Counter != strings.HasSuffix(m.Name, "_total") {
			t.Errorf("%+v", m)
		}
		names[m.Name] = true
		if m.Name == "batches_total" {
			sum += m.Value
		}
	}
	if want := reflect.TypeFor[Stats]().NumField() + 1; len(names) != want || sum != float64(s.Batches) || s.Batches == 0 {
		t.Errorf("%d names for %d numbers, %v batches, want %d", len(names), want, sum, s.Batches)
	}
}

// TestWrongClock: when the members refuse every transaction because of this
// machine's clock, commands and readiness say so, and what to do.
func TestWrongClock(t *testing.T) {
	b := newBench(t)
	b.w.skewed.Store(true)
	c, d := b.new("a"), b.new("b")
	for _, commands := range [][]string{{c, d}, {c}, nil} {
		b.l.ready.at = time.Time{}
		out, err := b.l.Submit(t.Context(), commands)
		var trouble *service.Trouble
		if !errors.Is(err, service.ErrUnavailable) || !errors.As(err, &trouble) || trouble.Remedy != setClock || !strings.Contains(trouble.Cause, "member's clock") {
			t.Errorf("%d commands: %+v, %v", len(commands), out, err)
		}
	}
	b.w.skewed.Store(false)
	b.l.ready.at = time.Time{}
	if _, err := b.l.Submit(t.Context(), nil); err != nil {
		t.Error(err)
	}
	b.applied(c, false)
	b.applied(d, false)
}
