package fabric

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/datapledge/datapledge/service"
)

// agreed returns the values of keys (nil when absent) as of one head of the
// copy, after the peers of enough members gave the same. When one differs
// because a block is just passing, all are asked again, for a bounded time.
// Fewer than enough members, or one that stays with another answer, is
// service.ErrUnavailable: nothing that members see differently is told.
func (c *chain) agreed(ctx context.Context, keys ...string) ([][]byte, service.Head, error) {
	if len(keys) == 0 {
		return c.get()
	}
	ctx, cancel := joined(ctx, c.ctx)
	defer cancel()
	end := time.Now().Add(c.o.AgreeWithin)
	for {
		head, grown, _ := c.look()
		values, at, differ, err := c.compare(ctx, keys)
		switch {
		case c.ctx.Err() != nil:
			return nil, service.Head{}, errClosed
		case ctx.Err() != nil:
			return nil, service.Head{}, ctx.Err()
		case err != nil:
			return nil, service.Head{}, err
		case len(differ) == 0:
			return values, at, nil
		case time.Now().After(end):
			return nil, service.Head{}, c.disagree(ctx, differ, head, keys)
		}
		nextLook(ctx, grown)
	}
}

// compare asks members once, and names those that differ from the copy.
func (c *chain) compare(ctx context.Context, keys []string) (values [][]byte, at service.Head, differ []string, err error) {
	before, at, err := c.get(keys...)
	if err != nil {
		return nil, at, nil, err
	}
	answers, err := c.ask(ctx, keys)
	if err != nil {
		return nil, at, nil, err
	}
	// A block that came while they were asked may be what they tell of.
	after, now, err := c.get(keys...)
	if err != nil {
		return nil, at, nil, err
	}
	if old := differing(answers, before); len(old) == 0 {
		return before, at, nil, nil
	}
	return after, now, differing(answers, after), nil
}

// differing names the members whose values are others.
func differing(answers []memberAnswer, values [][]byte) (names []string) {
	for _, a := range answers {
		if !slices.EqualFunc(a.values, values, bytes.Equal) {
			names = append(names, a.member)
		}
	}
	return names
}

// nextLook waits for a block, and not long.
func nextLook(ctx context.Context, grown <-chan struct{}) {
	t := time.NewTimer(50 * time.Millisecond)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-grown:
	case <-t.C:
	}
}

func (c *chain) disagree(ctx context.Context, members []string, head service.Head, keys []string) error {
	c.log.ErrorContext(ctx, "ALARM: members hold other values than the blocks say",
		slog.Any("members", members), slog.Uint64("height", head.Height), slog.Any("keys", keys[:min(len(keys), 5)]))
	return fmt.Errorf("the peers of %s hold other values than the blocks up to %d say; nothing is told until they agree: %w",
		strings.Join(members, ", "), head.Height, service.ErrUnavailable)
}

// memberAnswer is what the peer of one member holds.
type memberAnswer struct {
	member string
	values [][]byte
	err    error
}

// ask asks members at once, as many as are needed, and others in place of
// those that cannot be reached.
func (c *chain) ask(ctx context.Context, keys []string) (answers []memberAnswer, err error) {
	w := c.currentWire()
	if w == nil {
		return nil, fmt.Errorf("no peer is known yet: %w", service.ErrUnavailable)
	}
	rest := slices.Clone(w.Members())
	var failed []string
	for len(answers) < c.o.Readers && len(rest) > 0 {
		n := min(c.o.Readers-len(answers), len(rest))
		for _, a := range askAll(ctx, w, rest[:n], keys) {
			if a.err != nil {
				failed = append(failed, fmt.Sprintf("%s: %v", a.member, a.err))
				continue
			}
			answers = append(answers, a)
		}
		rest = rest[n:]
	}
	if len(answers) < c.o.Readers {
		return nil, fmt.Errorf("%d of the %d members that must agree answered (%s): %w", len(answers), c.o.Readers, strings.Join(failed, "; "), service.ErrUnavailable)
	}
	return answers, nil
}

func askAll(ctx context.Context, w wire, members, keys []string) []memberAnswer {
	out := make([]memberAnswer, len(members))
	var all sync.WaitGroup
	for i, m := range members {
		all.Go(func() { out[i] = askOne(ctx, w, m, keys) })
	}
	all.Wait()
	return out
}

// keysAtOnce is how many keys one question to the chaincode names; it takes
// 1,000, and 16 MiB of answers.
const keysAtOnce = 500

// askOne asks in parts. That a block may pass between them is no matter: what
// differs from the copy is asked again.
func askOne(ctx context.Context, w wire, member string, keys []string) memberAnswer {
	a := memberAnswer{member: member}
	for part := range slices.Chunk(keys, keysAtOnce) {
		args := [][]byte{[]byte("get")}
		for _, k := range part {
			args = append(args, []byte(k))
		}
		raw, err := w.Query(ctx, member, args)
		var values [][]byte
		if err == nil {
			values, err = readAnswer(raw, len(part))
		}
		if err != nil {
			return memberAnswer{member: member, err: err}
		}
		a.values = append(a.values, values...)
	}
	return a
}

// readAnswer reads a JSON array of records, null where there is none.
func readAnswer(raw []byte, n int) ([][]byte, error) {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("reading its answer: %v", err)
	}
	if len(list) != n {
		return nil, fmt.Errorf("it answered %d values for %d keys", len(list), n)
	}
	out := make([][]byte, n)
	for i, v := range list {
		if string(v) != "null" {
			out[i] = v
		}
	}
	return out, nil
}
