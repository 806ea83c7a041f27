package linear

import (
	"context"
	"slices"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// about signs an act about a pledge, as it stands on the ledger or, now and
// then, as if it stood elsewhere.
func (c *client) about(ctx context.Context, a *asset, id string) (string, error) {
	raw, err := c.read(ctx, c.ledger, pledge.KeyPledge(id))
	if err != nil {
		return "", err
	}
	p, err := pledge.DecodePledge(raw)
	if err != nil { // refused, or not there yet
		c.forget(a, id)
		return c.Withdraw(a.owner, id), nil
	}
	bank := c.Bank
	if p.Pledgee == c.Bank2.USCC {
		bank = c.Bank2
	}
	if p.State == pledge.Pending && c.rnd.IntN(2) == 0 {
		return c.registration(ctx, a, p, bank)
	}
	return c.move(a, p, bank), nil
}

func (c *client) registration(ctx context.Context, a *asset, p pledge.Pledge, bank *actors.Actor) (string, error) {
	raw, err := c.read(ctx, c.ledger, pledge.KeyAsset(a.id))
	if err != nil {
		return "", err
	}
	known, err := pledge.DecodeAsset(raw)
	if err != nil {
		return "", err
	}
	return c.by(bank, pledge.PledgeRegister, pledge.RegisterBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, ExpectedSeq: known.Seq}), nil
}

func (c *client) move(a *asset, p pledge.Pledge, bank *actors.Actor) string {
	state := p.State
	if c.rnd.IntN(8) == 0 {
		state = pick(c.rnd, []string{pledge.Proposed, pledge.Pending, pledge.Active, pledge.Defaulted})
	}
	switch state {
	case pledge.Proposed:
		return c.by(bank, pledge.PledgeAccept, pledge.AgreeBody{PledgeID: p.ID, TermsDigest: p.TermsDigest})
	case pledge.Pending:
		return c.CustodyCheck(a.owner, a.content, p.ID)
	case pledge.Active:
		return c.inForce(a, p, bank)
	}
	return c.Withdraw(a.owner, p.ID)
}

// forget a pledge that is not on the ledger.
func (c *client) forget(a *asset, id string) {
	c.turn.Lock()
	defer c.turn.Unlock()
	a.pledges = slices.DeleteFunc(slices.Clone(a.pledges), func(x string) bool { return x == id })
}

func (c *client) inForce(a *asset, p pledge.Pledge, bank *actors.Actor) string {
	side := pick(c.rnd, []*actors.Actor{a.owner, bank})
	switch c.rnd.IntN(12) {
	case 11:
		return c.by(side, pledge.ObjectionFile, pledge.ObjectBody{RecordID: p.ID, Ground: "OTHER", Evidence: actors.Digest("e")})
	case 0, 1:
		less, _ := c.Amendment(p.ID, p.Terms, func(t *pledge.Terms) { t.SecuredMax.Amount-- })
		return c.by(side, pledge.PledgeAmend, less)
	case 2:
		to := pick(c.rnd, c.banks())
		return c.by(pick(c.rnd, c.banks()), pledge.PledgeAssign, pledge.AssignBody{PledgeID: p.ID, TermsDigest: p.TermsDigest, To: to.USCC,
			Agreement: actors.Digest("assignment"), Notice: actors.Digest("notice")})
	case 3:
		return c.by(bank, pledge.PledgeDefault, pledge.DefaultBody{PledgeID: p.ID, Step: pledge.StepNotice, Reason: "NONPAYMENT", Notice: actors.Digest("notice")})
	case 4:
		return c.by(side, pledge.PledgeLapse, pledge.LapseBody{PledgeID: p.ID})
	}
	return c.by(bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: p.ID, Reason: pledge.Paid})
}
