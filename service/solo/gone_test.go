package solo

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
)

// TestGoneWhileWriting: who leaves while his command is being written is
// told "unknown"; who leaves while still in the queue takes it along.
func TestGoneWhileWriting(t *testing.T) {
	w := newWorld(t)
	l := w.open(t)
	w.apply(t, l, w.Enroll(w.Enterprise))
	writing, goOn := make(chan bool), make(chan bool)
	l.commit = func(tx *bbolt.Tx) error {
		writing <- true
		<-goOn
		return tx.Commit()
	}
	first, second := w.notarize(small.commands+5), w.notarize(2) // two parts, one part
	ctx, cancel := context.WithCancel(t.Context())
	told := make(chan []pledge.Outcome)
	go func() {
		out, err := l.Submit(ctx, first)
		if err != nil {
			t.Error(err)
		}
		told <- out
	}()
	<-writing
	gone, leave := context.WithCancel(t.Context())
	leave()
	parts := l.cut(second)
	if _, err := l.send(t.Context(), parts); err != nil {
		t.Fatal(err)
	}
	for l.ready.length() < 2 {
		runtime.Gosched()
	}
	err := wait(gone, parts[0])
	if out, err := gather(parts, len(parts), err); !errors.Is(err, context.Canceled) {
		t.Errorf("gone while in the queue: %+v, %v; want %v", out, err, context.Canceled)
	}
	if out, err := l.Submit(gone, second); !errors.Is(err, context.Canceled) {
		t.Errorf("gone before: %+v, %v; want %v", out, err, context.Canceled)
	}
	cancel()
	for i, o := range <-told {
		if o.Status != pledge.Unknown || o.CommandID != commandID(first[i]) {
			t.Errorf("gone while being written: %+v, want unknown", o)
		}
	}
	go func() {
		for range writing { // whatever comes later is written at once
			goOn <- true
		}
	}()
	goOn <- true
	out, err := l.Submit(t.Context(), append(first, second...))
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range out {
		if o.Status != pledge.Applied || o.Duplicate != (i < small.commands) {
			t.Errorf("command %d: %+v", i, o)
		}
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	close(writing)
}

func (q *queue[T]) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}
