package network

import (
	"context"
	"fmt"
	"os"
	"time"
)

// Waiting for a node: how often it is asked, and how long in all. A busy
// machine with two cores takes some twenty seconds.
const (
	askEvery = 150 * time.Millisecond
	waitTime = 3 * time.Minute
)

// await asks until the answer is good. A program that keeps dying is not
// waited for: its log says why.
func (r *Running) await(ctx context.Context, name string, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, waitTime)
	defer cancel()
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		if p := r.nodes[name]; p != nil && p.dying() {
			return fmt.Errorf("%s keeps dying; the end of %s: %s", name, r.l.node(name, "log"), r.lastWords(name))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not well after %s: %w; its log is %s", name, waitTime, err, r.l.node(name, "log"))
		case <-time.After(askEvery):
		}
	}
}

func (r *Running) lastWords(name string) string {
	text, err := os.ReadFile(r.l.node(name, "log"))
	if err != nil {
		return err.Error()
	}
	return lastLines(text, 5)
}

// insist does once more what can be done twice. What an earlier start, cut
// off, had sent may take effect just now (MVCC_READ_CONFLICT), and the answer
// to what was done may get lost.
func insist(ctx context.Context, do func(context.Context) error) (err error) {
	for range 5 {
		if err = do(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(500 * time.Millisecond):
		}
	}
	return err
}
