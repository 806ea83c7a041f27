package linear

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// assetsInPlay are few, so that the clients get in each other's way.
const assetsInPlay = 4

// Run plays n commands, shared out among the clients, all at once, and checks
// the history. The clients reach the same ledger, each in its own way; the
// parties of the cast are enrolled.
func Run(t *testing.T, cast *actors.Cast, clients []service.Ledger, n int) {
	for _, f := range Faults(t, cast, clients, n) {
		t.Error(f)
	}
}

// Faults is what Run found wrong; at most the first twenty.
func Faults(t *testing.T, cast *actors.Cast, clients []service.Ledger, n int) []string {
	b := &board{Cast: cast}
	h := &history{}
	b.notarize(t, clients[0])
	errs := make([]error, len(clients))
	var all sync.WaitGroup
	for i, l := range clients {
		c := &client{b, h, l, rand.New(rand.NewPCG(uint64(i), 20261122))}
		all.Go(func() { errs[i] = c.play(t.Context(), n/len(clients)) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	c := newChecker(cast.Channel, h)
	c.replay(t, clients[len(clients)-1])
	c.inTime(h)
	h.report(t)
	return c.faults
}

func (b *board) notarize(t *testing.T, l service.Ledger) {
	for i := range assetsInPlay {
		owner := []*actors.Actor{b.Enterprise, b.Enterprise2}[i%2]
		d := actors.NewDataset(b.Own("linear")+string(rune('a'+i)), 1)
		jws := b.Notarize(owner, d)
		out, err := l.Submit(t.Context(), []string{jws})
		if err != nil || out[0].Status != pledge.Applied {
			t.Fatalf("notarizing: %+v, %v", out, err)
		}
		b.assets = append(b.assets, &asset{id: actors.AssetID(jws), owner: owner, content: d})
	}
}

// replay follows the ledger up to its head.
func (c *checker) replay(t *testing.T, l service.Ledger) {
	head, err := l.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	reached := errors.New("reached the head")
	err = l.Follow(t.Context(), 0, func(b service.Block) error {
		if err := c.block(b); err != nil {
			return err
		}
		if b.Number >= head.Height {
			return reached
		}
		return nil
	})
	if !errors.Is(err, reached) {
		t.Fatalf("replaying: %v", err)
	}
	for _, o := range append(c.open, c.waiting...) {
		c.fault("%s was refused with %s, and no state refuses it so", o.outcome.CommandID, o.outcome.Code)
	}
}

// report counts what happened: a history in which nothing took effect, or
// nobody was in the way, would show nothing.
func (h *history) report(t *testing.T) {
	count := map[string]int{}
	for _, o := range h.ops {
		switch {
		case o.outcome.Duplicate:
			count["again"]++
		case o.outcome.Status == pledge.Refused:
			count[string(o.outcome.Code)]++
		default:
			count[o.outcome.Status]++
		}
	}
	t.Logf("%d commands, %d reads: %v", len(h.ops), len(h.looks), count)
	if len(h.ops) >= 1000 && (count[pledge.Applied] < len(h.ops)/5 || count[string(pledge.SequenceChanged)] == 0 || count["again"] == 0) {
		t.Errorf("the clients hardly met: %v", count)
	}
}
