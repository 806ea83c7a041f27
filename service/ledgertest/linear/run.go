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

// Play says what is played: so many commands, shared out among clients that
// reach the same ledger, each in its own way. Behind is how many blocks what a
// client reads, or is refused by, may be behind what another was answered: none on
// a ledger in one process; on a consortium each replica asks peers that commit by
// themselves. Commands that take effect have one order in any case.
type Play struct {
	Cast     *actors.Cast // everybody is enrolled
	Clients  []service.Ledger
	Commands int
	Behind   uint64
}

// Run plays, all clients at once, and checks the history.
func Run(t *testing.T, p Play) {
	for _, f := range Faults(t, p) {
		t.Error(f)
	}
}

// Faults is what Run found wrong; at most the first twenty.
func Faults(t *testing.T, p Play) []string {
	clients := p.Clients
	b := &board{Cast: p.Cast}
	h := &history{}
	b.notarize(t, clients[0])
	errs := make([]error, len(clients))
	var all sync.WaitGroup
	for i, l := range clients {
		c := &client{b, h, l, rand.New(rand.NewPCG(uint64(i), 20261122))}
		all.Go(func() { errs[i] = c.play(t.Context(), p.Commands/len(clients)) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	c := newChecker(p.Cast.Channel, h, p.Behind)
	c.replay(t, clients)
	c.inTime(h, p.Behind)
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

// replay follows the ledger, as the last client sees it, up to the newest head
// that any of them has seen.
func (c *checker) replay(t *testing.T, clients []service.Ledger) {
	var newest uint64
	for _, l := range clients {
		head, err := l.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		newest = max(newest, head.Height)
	}
	reached := errors.New("reached the head")
	err := clients[len(clients)-1].Follow(t.Context(), 0, func(b service.Block) error {
		if err := c.block(b); err != nil {
			return err
		}
		if b.Number >= newest {
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
