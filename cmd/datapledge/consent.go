package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const pledgeConsentHelp = `usage: datapledge pledge consent PLEDGE [-terms-digest sha256:…]
       datapledge pledge consent PLEDGE -to-act FILE [-lang zh|en]

A pledgee consents. Without -to-act: one whose pledge is in force lets PLEDGE, a
junior one, in. Its terms may not be open to the senior: then -terms-digest says
to which it consents, as pledgor or junior pledgee gave them.

With -to-act: the pledgee of PLEDGE allows what the owner drafted, a transfer, a
licence or a version of the asset (民法典 444). FILE is what the owner's command
wrote with -o FILE -draft; what it says is shown in words, and the consent is to
exactly that, for 30 days.

EXAMPLE
  datapledge pledge consent pl_… -terms-digest sha256:… -key bank.jwk
  datapledge pledge consent pl_… -to-act sale.json -key bank.jwk
` + exitCommon

func (a *app) pledgeConsentCommand() *cobra.Command {
	c := a.pledgeAgreeCommand("consent", pledge.PledgeConsent)
	helpText(a, c, pledgeConsentHelp)
	var file, lang string
	c.Flags().StringVar(&file, "to-act", "", "")
	c.Flags().StringVar(&lang, "lang", "en", "")
	letIn := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		if file == "" {
			return letIn(c, args)
		}
		return a.consentTo(c.Context(), args[0], file, lang)
	}
	return c
}

func (a *app) consentTo(ctx context.Context, id, file, lang string) error {
	if err := checkLang(lang); err != nil {
		return err
	}
	p, err := readPaper(file)
	if err != nil {
		return err
	}
	c, err := a.client()
	if err != nil {
		return err
	}
	x, digest, err := termsOf(ctx, c, id)
	if err != nil {
		return err
	}
	if p.record() != x.AssetID {
		return pledge.Errorf(pledge.TermsMismatch, "%s is about %s; %s is on %s", file, p.record(), id, x.AssetID)
	}
	if !a.json {
		a.showPaper(ctx, c, p, nil, lang)
	}
	return a.consentSigned(ctx, c, pledge.AgreeBody{PledgeID: id, TermsDigest: digest, Act: p.Act, Digest: p.Digest})
}

func (a *app) consentSigned(ctx context.Context, c *client.Client, b pledge.AgreeBody) error {
	out, err := c.Act(ctx, pledge.PledgeConsent, b)
	return a.outcome(out, err)
}

// consentUnseen lets a junior pledge in whose record is not open to the senior:
// the ledger holds the digest to the terms.
func (a *app) consentUnseen(ctx context.Context, c *client.Client, id, digest string, closed error) error {
	if digest == "" {
		return hintf(closed, "have the pledgor or the junior pledgee give you the terms ('datapledge pledge show %s' prints their digest), and sign with -terms-digest sha256:…", id)
	}
	a.say("%s is not open to you: the ledger compares the digest with its terms", id)
	return a.consentSigned(ctx, c, pledge.AgreeBody{PledgeID: id, TermsDigest: digest})
}
