package linear

import (
	"context"
	"math/rand/v2"
	"sync"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// board is what the clients quarrel over: few assets, and the pledges that
// were proposed of them.
type board struct {
	*actors.Cast
	turn   sync.Mutex
	assets []*asset
	signed []sent
}

type asset struct {
	id      string
	owner   *actors.Actor
	content actors.Dataset
	pledges []string
}

// sent is a command that somebody signed before: to be sent again, or fenced.
type sent struct {
	by  *actors.Actor
	jws string
}

// kept bounds what the clients come back to.
const kept = 6

func (b *board) banks() []*actors.Actor { return []*actors.Actor{b.Bank, b.Bank2} }

// client sends commands one request after the other.
type client struct {
	*board
	*history
	ledger service.Ledger
	rnd    *rand.Rand
}

// play sends n commands, in requests of one to eight.
func (c *client) play(ctx context.Context, n int) error {
	for n > 0 {
		var batch []string
		for range min(n, 1+c.rnd.IntN(8)) {
			jws, err := c.next(ctx)
			if err != nil {
				return err
			}
			batch = append(batch, jws)
		}
		if _, err := c.submit(ctx, c.ledger, batch); err != nil {
			return err
		}
		n -= len(batch)
	}
	return nil
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// next signs some act about some asset, often one that fits what is there.
func (c *client) next(ctx context.Context) (string, error) {
	c.turn.Lock()
	a := pick(c.rnd, c.assets)
	ids := a.pledges
	var old sent
	if len(c.signed) > 0 {
		old = pick(c.rnd, c.signed)
	}
	c.turn.Unlock()
	switch n := c.rnd.IntN(40); {
	case n < 5 || len(ids) == 0:
		return c.propose(a), nil
	case n < 7:
		return c.order(a), nil
	case n < 9 && old.by != nil:
		return c.Fence(old.by, actors.CommandID(old.jws)), nil
	case n < 11 && old.by != nil:
		return old.jws, nil
	}
	return c.about(ctx, a, pick(c.rnd, ids))
}

// by signs, and keeps some of what it signed for later.
func (c *client) by(who *actors.Actor, act pledge.Act, body any) string {
	jws := c.Sign(who, act, body)
	c.turn.Lock()
	defer c.turn.Unlock()
	if len(c.signed) < 64 {
		c.signed = append(c.signed, sent{who, jws})
	} else {
		c.signed[c.rnd.IntN(64)] = sent{who, jws}
	}
	return jws
}

func (c *client) propose(a *asset) string {
	t := c.Terms()
	t.Checks, t.Mode = []string{}, pick(c.rnd, []string{pledge.Exclusive, pledge.Ranked})
	jws := c.Propose(a.owner, a.id, pick(c.rnd, c.banks()), t)
	c.turn.Lock()
	defer c.turn.Unlock()
	if len(a.pledges) == kept {
		a.pledges = a.pledges[1:]
	}
	a.pledges = append(a.pledges[:len(a.pledges):len(a.pledges)], actors.PledgeID(jws))
	return jws
}

func (c *client) order(a *asset) string {
	if c.rnd.IntN(8) == 0 {
		return c.by(c.Court, pledge.OrderFreeze, pledge.FreezeBody{RecordID: a.id, Court: "杭州互联网法院", FileNo: "1", OrderDate: "2026-01-01", Effect: "冻结", Document: actors.Digest("order")})
	}
	return c.by(c.Court, pledge.OrderUnfreeze, pledge.UnfreezeBody{RecordID: a.id, FileNo: "1", Document: actors.Digest("lifted")})
}
