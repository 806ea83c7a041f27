package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const pledgeEnforceHelp = `usage: datapledge pledge enforce PLEDGE -path PATH -title DOC [-number NUMBER] [-o FILE]

Begins to enforce a pledge in default 实现质权. Signed by the pledgee and whoever
gives the title. Nothing moves but the state (民法典 428).

  -path PATH      AGREED_SALE: an agreement; with the pledgor
                  SELF_SALE_CLAUSE: the clause in the pledge agreement; the pledgee alone
                  NOTARIAL_EXEC: 执行证书; with a notary, where the attestation
                  holds the debtor's consent to enforcement (公证法 37)
                  SPECIAL_PROCEDURE, LITIGATION, COMPULSORY_MANAGEMENT: 裁定 or
                  判决; with the court
  -title DOC      a file, whose SHA-256 is taken, or sha256:…; of a clause: the
                  pledge agreement, which is also the default
  -number NUMBER  the title's number; needed for a notary's and a court's
` + jointHelp + `
EXAMPLE
  datapledge pledge enforce pl_… -path AGREED_SALE -title sale.pdf -o enforce.json -key bank.jwk
  datapledge agree enforce.json -key acme.jwk
` + exitCommon

func (a *app) pledgeEnforceCommand() *cobra.Command {
	b := &pledge.EnforceBody{}
	return a.deed(deed{use: "enforce PLEDGE", help: pledgeEnforceHelp, joint: true, needs: []string{"path"}, docs: []string{"title"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Path, "path", "", "")
			f.StringVar(&b.Title, "title", "", "")
			f.StringVar(&b.Number, "number", "", "")
		},
		body: func(ctx context.Context, c *client.Client, id string) (pledge.Act, any, error) {
			b.PledgeID = id
			if b.Title == "" && b.Path == pledge.SelfSaleClause {
				p, _, err := termsOf(ctx, c, id)
				if err != nil {
					return "", nil, err
				}
				b.Title = p.Terms.Agreement
			}
			if b.Title == "" {
				return "", nil, usagef("-title is needed: on what %s rests", b.Path)
			}
			return pledge.PledgeEnforce, b, nil
		}})
}

const pledgeRealizeHelp = `usage: datapledge pledge realize PLEDGE -price N -claim N -date DATE -method METHOD -buyer TYPE
         -report DOC [-share KIND:WHO=N]… [-o FILE]

States what was got and who gets it 变现. Signed by the pledgee and the exchange
or the court. The pledgee gets what is owed, at most what is secured; what is
left is the pledgor's (民法典 438). Money is in minor units (fen).

  -price N         what was got; -claim N what was owed to the pledgee
  -date DATE       the day of the sale
  -method METHOD   AUCTION 拍卖, SALE 变卖 or APPROPRIATION 折价
  -buyer TYPE      ENTERPRISE, BANK, EXCHANGE, PUBLIC_BODY, PLEDGEE or OTHER
  -report DOC      of the sale: a file, whose SHA-256 is taken, or sha256:…
  -share SHARE     COSTS:USCC=N, SENIOR:PLEDGE=N or JUNIOR:PLEDGE=N; each pledge
                   that ranks before needs one, if of 0. The pledgee's share, the
                   surplus and the shortfall are worked out.
` + jointHelp + `
EXAMPLE
  datapledge pledge realize pl_… -price 90000000 -claim 60000000 -date 2026-11-20 -method AUCTION \
    -buyer ENTERPRISE -report sale.pdf -share COSTS:91330100MADEUP064T=100000 -o sold.json -key bank.jwk
` + exitCommon

// realizeFlags are a realization on the command line.
type realizeFlags struct {
	body   pledge.RealizeBody
	shares []string
}

func (a *app) pledgeRealizeCommand() *cobra.Command {
	var r realizeFlags
	return a.deed(deed{use: "realize PLEDGE", help: pledgeRealizeHelp, joint: true, docs: []string{"report"}, days: []string{"date"},
		needs: []string{"price", "claim", "date", "method", "buyer", "report"},
		flags: r.add,
		body: func(ctx context.Context, c *client.Client, id string) (pledge.Act, any, error) {
			p, _, err := termsOf(ctx, c, id)
			if err != nil {
				return "", nil, err
			}
			r.body.PledgeID, r.body.Price.Currency = id, p.Terms.SecuredMax.Currency
			return pledge.PledgeRealize, &r.body, r.distribute(ctx, c, p)
		}})
}

func (r *realizeFlags) add(f *pflag.FlagSet) {
	f.Var(minor{&r.body.Price.Amount}, "price", "")
	f.Var(minor{&r.body.Claim}, "claim", "")
	f.StringVar(&r.body.Date, "date", "", "")
	f.StringVar(&r.body.Method, "method", "", "")
	f.StringVar(&r.body.BuyerType, "buyer", "", "")
	f.StringVar(&r.body.Report, "report", "", "")
	f.StringArrayVar(&r.shares, "share", nil, "")
}

// distribute works out who gets what: costs and those before first, then the
// pledgee, then those behind; what is left is the pledgor's.
func (r *realizeFlags) distribute(ctx context.Context, c *client.Client, p pledge.Pledge) error {
	var first, behind []pledge.Share
	left := r.body.Price.Amount
	for _, text := range r.shares {
		s, err := share(ctx, c, p.AssetID, text)
		if err != nil {
			return err
		}
		if left -= s.Amount; s.Kind == pledge.ShareJunior {
			behind = append(behind, s)
			continue
		}
		first = append(first, s)
	}
	if left < 0 {
		return usagef("the shares are %d more than the price", -left)
	}
	paid := min(left, r.body.Claim, p.Terms.SecuredMax.Amount)
	r.body.Shortfall = r.body.Claim - paid
	first = append(first, pledge.Share{Kind: pledge.SharePledgee, To: p.Pledgee, Amount: paid})
	r.body.Distribution = append(first, behind...)
	if left > paid {
		r.body.Distribution = append(r.body.Distribution, pledge.Share{Kind: pledge.ShareSurplus, To: p.Pledgor, Amount: left - paid})
	}
	return nil
}

// share reads KIND:WHO=N. Of a pledge, who is paid is its pledgee.
func share(ctx context.Context, c *client.Client, asset, text string) (s pledge.Share, err error) {
	head, amount, ok1 := strings.Cut(text, "=")
	kind, who, ok2 := strings.Cut(head, ":")
	if !ok1 || !ok2 {
		return s, usagef("-share is KIND:WHO=N, like COSTS:91330100MADEUP064T=100000, not %q", text)
	}
	s = pledge.Share{Kind: kind, To: who}
	if s.Amount, err = minorUnits("share", amount); err != nil {
		return s, err
	}
	if !strings.HasPrefix(who, "pl_") {
		return s, nil
	}
	x, err := c.Asset(ctx, asset, "")
	if err != nil {
		return s, err
	}
	for _, f := range x.Value.InForce {
		if f.PledgeID == who {
			s.PledgeID, s.To = who, f.Pledgee
			return s, nil
		}
	}
	return s, pledge.Errorf(pledge.NotFound, "%s is no pledge in force on %s", who, asset)
}
