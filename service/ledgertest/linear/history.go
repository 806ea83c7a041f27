// Package linear plays random histories of several clients on a ledger, and
// checks that they are linearizable: that there is one order of all commands,
// in which each took effect at one moment between its being sent and its being
// answered, and in which the rules give each the outcome that it got (Herlihy and
// Wing 1990). The order to check is the ledger's own.
package linear

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// op is a command that was sent and answered. sent and done are moments of one
// clock that all clients share; lowest and highest are the ledger's height
// before it was sent and after it was answered.
type op struct {
	jws             string
	outcome         pledge.Outcome
	sent, done      int64
	lowest, highest uint64
	at              time.Time // of the answer: no state before it is newer
}

// look is a key that was read, and what was there.
type look struct {
	key        string
	value      []byte
	height     uint64
	sent, done int64
}

// history is what all clients did and saw.
type history struct {
	clock atomic.Int64
	mu    sync.Mutex
	ops   []*op
	looks []look
}

func (h *history) tick() int64 { return h.clock.Add(1) }

// submit sends commands and writes down what was answered. A command whose
// fate the ledger cannot tell is sent again: it takes effect once.
func (h *history) submit(ctx context.Context, l service.Ledger, commands []string) ([]*op, error) {
	before, err := l.Head(ctx)
	if err != nil {
		return nil, err
	}
	sent := h.tick()
	outcomes, err := l.Submit(ctx, commands)
	if err != nil {
		return nil, err
	}
	now, done := time.Now(), h.tick()
	after, err := l.Head(ctx)
	if err != nil {
		return nil, err
	}
	ops := make([]*op, len(commands))
	for i, jws := range commands {
		ops[i] = &op{jws: jws, outcome: outcomes[i], sent: sent, done: done, lowest: before.Height, highest: after.Height, at: now}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ops = append(h.ops, ops...)
	return ops, nil
}

// read reads a key and writes down what was there.
func (h *history) read(ctx context.Context, l service.Ledger, key string) ([]byte, error) {
	sent := h.tick()
	values, head, err := l.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.looks = append(h.looks, look{key, values[0], head.Height, sent, h.tick()})
	return values[0], nil
}
