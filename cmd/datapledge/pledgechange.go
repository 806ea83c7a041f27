package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const pledgeAmendHelp = `usage: datapledge pledge amend PLEDGE [flags] [-o FILE]

Changes the terms 变更 of a pledge in force. Signed by pledgor and pledgee. What
is not named stays. No more may be secured, nothing added and no end put off at
the old rank (担保制度解释 15): that is a pledge of its own, or 'pledge extend'.

  -terms FILE          all terms as JSON; or each that changes by a flag:
  -principal N  -secured-max N  -currency CNY     in minor units (fen)
  -matures DATE  -expires DATE  -mode MODE  -characterization WHAT
  -grace-days N        between a notice of default and the default
  -covenants LIST      of add_version,self_sale; "" for none
  -commitment-letter DOC  -agreement DOC          files, or sha256:…
` + jointHelp + `
EXAMPLE
  datapledge pledge amend pl_… -secured-max 90000000 -agreement new.pdf -o amend.json -key acme.jwk
  datapledge agree amend.json -key bank.jwk
` + exitCommon

const pledgeExtendHelp = `usage: datapledge pledge extend PLEDGE -expires DATE [-matures DATE -agreement DOC] [-o FILE]

Extends a pledge 展期, from 180 days before it expires and not after. The pledgee
alone prolongs the registration; a debt that is due later needs the agreement
with the debtor, and then both sign.
` + jointHelp + `
EXAMPLE
  datapledge pledge extend pl_… -expires 2028-06-30 -key bank.jwk
` + exitCommon

const pledgeAssignHelp = `usage: datapledge pledge assign PLEDGE -to USCC -agreement DOC -notice DOC [-o FILE]

Assigns the secured claim 债权转让 to another bank; pledge and rank go with it
(民法典 407). Signed by the pledgee and the next one. -notice is the notice to the
debtor (民法典 546).
` + jointHelp + `
EXAMPLE
  datapledge pledge assign pl_… -to 91330100MADEMB2A8H -agreement sale.pdf -notice notice.pdf \
    -o assign.json -key bank.jwk
` + exitCommon

const pledgeSubordinateHelp = `usage: datapledge pledge subordinate PLEDGE -to PLEDGE2 -agreement DOC [-o FILE]

Changes places 让与顺位: PLEDGE yields its rank to PLEDGE2, which ranks behind it.
Signed by both pledgees and every one that ranks in between (民法典 409).
` + jointHelp + `
EXAMPLE
  datapledge pledge subordinate pl_… -to pl_… -agreement rank.pdf -o rank.json -key bank.jwk
` + exitCommon

func (a *app) pledgeAmendCommand() *cobra.Command {
	var t termsFlags
	var f *pflag.FlagSet
	return a.deed(deed{use: "amend PLEDGE", help: pledgeAmendHelp, joint: true, docs: []string{"commitment-letter", "agreement"}, lasts: []string{"matures", "expires"},
		flags: func(fs *pflag.FlagSet) { f = fs; t.add(fs) },
		body: func(ctx context.Context, c *client.Client, id string) (pledge.Act, any, error) {
			p, digest, err := termsOf(ctx, c, id)
			if err != nil {
				return "", nil, err
			}
			b := &pledge.AmendBody{PledgeID: id, Replaces: digest}
			if b.Terms, err = t.change(f, p.Terms); err != nil {
				return "", nil, err
			}
			b.TermsDigest, err = b.Terms.Digest()
			if err == nil && b.TermsDigest == digest {
				err = usagef("nothing changes: name what is to be other than now ('datapledge pledge show %s')", id)
			}
			return pledge.PledgeAmend, b, err
		}})
}

// change puts what the flags name in the place of what there was.
func (t *termsFlags) change(f *pflag.FlagSet, was pledge.Terms) (pledge.Terms, error) {
	if t.file != "" {
		return readTerms(t.file)
	}
	out, err := was, error(nil)
	f.Visit(func(x *pflag.Flag) {
		if set := t.setters()[x.Name]; set != nil && err == nil {
			err = set(&out)
		}
	})
	return out, err
}

func (t *termsFlags) setters() map[string]func(*pledge.Terms) error {
	set := func(to func(*pledge.Terms) *string, v string) func(*pledge.Terms) error {
		return func(x *pledge.Terms) error { *to(x) = v; return nil }
	}
	d := t.draft
	return map[string]func(*pledge.Terms) error{
		"principal": func(x *pledge.Terms) (err error) {
			x.Principal.Amount, err = minorUnits("principal", t.principal)
			return err
		},
		"secured-max": func(x *pledge.Terms) (err error) {
			x.SecuredMax.Amount, err = minorUnits("secured-max", t.securedMax)
			return err
		},
		"currency": func(x *pledge.Terms) error {
			x.Principal.Currency, x.SecuredMax.Currency = t.currency, t.currency
			return nil
		},
		"matures":           set(func(x *pledge.Terms) *string { return &x.Matures }, d.Matures),
		"expires":           set(func(x *pledge.Terms) *string { return &x.Expires }, d.Expires),
		"mode":              set(func(x *pledge.Terms) *string { return &x.Mode }, d.Mode),
		"security-type":     set(func(x *pledge.Terms) *string { return &x.SecurityType }, d.SecurityType),
		"characterization":  set(func(x *pledge.Terms) *string { return &x.LegalCharacterization }, d.LegalCharacterization),
		"commitment-letter": set(func(x *pledge.Terms) *string { return &x.CommitmentLetter }, d.CommitmentLetter),
		"agreement":         set(func(x *pledge.Terms) *string { return &x.Agreement }, d.Agreement),
		"checks":            func(x *pledge.Terms) error { x.Checks = append([]string{}, byComma(t.checks)...); return nil },
		"grace-days":        func(x *pledge.Terms) error { x.GraceDays = d.GraceDays; return nil },
		"covenants":         func(x *pledge.Terms) error { x.Covenants = byComma(t.covenants); return nil },
	}
}

// byComma reads a list that commas separate; an empty one is nil.
func byComma(text string) (out []string) {
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			out = append(out, one)
		}
	}
	return out
}

func (a *app) pledgeExtendCommand() *cobra.Command {
	b := &pledge.ExtendBody{}
	return a.deed(deed{use: "extend PLEDGE", help: pledgeExtendHelp, joint: true, needs: []string{"expires"}, docs: []string{"agreement"}, lasts: []string{"expires", "matures"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Expires, "expires", "", "")
			f.StringVar(&b.Matures, "matures", "", "")
			f.StringVar(&b.Agreement, "agreement", "", "")
		},
		body: func(ctx context.Context, c *client.Client, id string) (_ pledge.Act, _ any, err error) {
			b.PledgeID = id
			_, b.TermsDigest, err = termsOf(ctx, c, id)
			return pledge.PledgeExtend, b, err
		}})
}

func (a *app) pledgeAssignCommand() *cobra.Command {
	b := &pledge.AssignBody{}
	return a.deed(deed{use: "assign PLEDGE", help: pledgeAssignHelp, joint: true, needs: []string{"to", "agreement", "notice"}, docs: []string{"agreement", "notice"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.To, "to", "", "")
			f.StringVar(&b.Agreement, "agreement", "", "")
			f.StringVar(&b.Notice, "notice", "", "")
		},
		body: func(ctx context.Context, c *client.Client, id string) (_ pledge.Act, _ any, err error) {
			b.PledgeID = id
			_, b.TermsDigest, err = termsOf(ctx, c, id)
			return pledge.PledgeAssign, b, err
		}})
}

func (a *app) pledgeSubordinateCommand() *cobra.Command {
	b := &pledge.SubordinateBody{}
	return a.deed(deed{use: "subordinate PLEDGE", help: pledgeSubordinateHelp, joint: true, needs: []string{"to", "agreement"}, docs: []string{"agreement"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.To, "to", "", "")
			f.StringVar(&b.Agreement, "agreement", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.PledgeID = id
			return pledge.PledgeSubordinate, b, nil
		}})
}
