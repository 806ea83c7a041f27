package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

func (a *app) pledgeCommand() *cobra.Command {
	return a.group("pledge", pledgeHelp, a.pledgeProposeCommand(),
		a.pledgeAgreeCommand("accept", pledge.PledgeAccept), a.pledgeConsentCommand(),
		a.pledgeAttestCommand(), a.pledgeValueCommand(), a.pledgeScanCommand(), a.pledgeCustodyCommand(),
		a.pledgeRegisterCommand(), a.pledgeEndCommand("withdraw", pledge.PledgeWithdraw),
		a.pledgeEndCommand("reject", pledge.PledgeReject), a.pledgePerfectCommand(), a.pledgeReleaseCommand(),
		a.pledgeAmendCommand(), a.pledgeExtendCommand(), a.pledgeAssignCommand(), a.pledgeSubordinateCommand(),
		a.pledgeDefaultCommand(), a.pledgeCureCommand(), a.pledgeEnforceCommand(), a.pledgeRealizeCommand(),
		a.pledgeLapseCommand(), a.pledgeAlertCommand(), a.pledgeKeyReleaseCommand(), a.pledgeKeyCommand(),
		a.pledgeShowCommand(), a.pledgeListCommand(), a.pledgeHistoryCommand())
}

func (a *app) pledgeProposeCommand() *cobra.Command {
	var asset, pledgee string
	var t termsFlags
	var c *cobra.Command
	c = a.command("propose", pledgeProposeHelp, 0, 0, func(ctx context.Context, _ []string) error {
		if err := required(c, "asset", asset, "pledgee", pledgee); err != nil {
			return err
		}
		terms, err := t.terms(c)
		if err != nil {
			return err
		}
		return a.act(ctx, pledge.PledgePropose, pledge.ProposeBody{AssetID: asset, Pledgee: pledgee, Terms: terms})
	})
	c.Flags().StringVar(&asset, "asset", "", "")
	c.Flags().StringVar(&pledgee, "pledgee", "", "")
	t.add(c.Flags())
	return c
}

func (a *app) pledgeAgreeCommand(name string, act pledge.Act) *cobra.Command {
	var want string
	c := a.command(name+" PLEDGE", pledgeAgreeHelp, 1, 1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		p, digest, err := termsOf(ctx, c, args[0])
		if act == pledge.PledgeConsent && errors.Is(err, pledge.WrongRole) {
			return a.consentUnseen(ctx, c, args[0], want, err)
		}
		if err != nil {
			return err
		}
		if want != "" && want != digest {
			return pledge.Errorf(pledge.TermsMismatch, "the terms of %s have the digest %s, not %s", args[0], digest, want)
		}
		if !a.json {
			printTerms(a.stderr, p.Terms, digest)
		}
		out, err := c.Act(ctx, act, pledge.AgreeBody{PledgeID: args[0], TermsDigest: digest})
		return a.outcome(out, err)
	})
	c.Flags().StringVar(&want, "terms-digest", "", "")
	return c
}

// termsOf reads a pledge and computes the digest of its terms here: what a
// party signs must not be the service's word.
func termsOf(ctx context.Context, c *client.Client, id string) (pledge.Pledge, string, error) {
	p, err := c.Pledge(ctx, id, "")
	if err != nil {
		return pledge.Pledge{}, "", err
	}
	digest, err := p.Value.Terms.Digest()
	if err == nil && digest != p.Value.TermsDigest {
		err = pledge.Errorf(pledge.TermsMismatch, "the service shows other terms of %s than were signed", id)
	}
	return p.Value.Pledge, digest, err
}

func (a *app) pledgeAttestCommand() *cobra.Command {
	body := pledge.AttestBody{}
	var c *cobra.Command
	c = a.command("attest PLEDGE", pledgeAttestHelp, 1, 1, func(ctx context.Context, args []string) (err error) {
		if err := required(c, "number", body.Number, "certificate", body.Certificate); err != nil {
			return err
		}
		body.PledgeID = args[0]
		if body.Certificate, err = document(body.Certificate); err != nil {
			return err
		}
		return a.act(ctx, pledge.PledgeAttest, body)
	})
	c.Flags().StringVar(&body.Number, "number", "", "")
	c.Flags().StringVar(&body.Certificate, "certificate", "", "")
	c.Flags().BoolVar(&body.EnforcementConsent, "enforcement-consent", false, "")
	return c
}

func (a *app) pledgeValueCommand() *cobra.Command {
	body := pledge.ValueBody{}
	var value string
	var c *cobra.Command
	c = a.command("value PLEDGE", pledgeValueHelp, 1, 1, func(ctx context.Context, args []string) (err error) {
		if err := required(c, "value", value, "method", body.Method, "base-date", body.BaseDate, "report", body.Report); err != nil {
			return err
		}
		body.PledgeID = args[0]
		if body.Value.Amount, err = minorUnits("value", value); err != nil {
			return err
		}
		if body.BaseDate, err = begins("base-date", body.BaseDate); err != nil {
			return err
		}
		if body.Report, err = document(body.Report); err != nil {
			return err
		}
		return a.act(ctx, pledge.PledgeValue, body)
	})
	c.Flags().StringVar(&value, "value", "", "")
	c.Flags().StringVar(&body.Value.Currency, "currency", "CNY", "")
	c.Flags().StringVar(&body.Method, "method", "", "")
	c.Flags().StringVar(&body.BaseDate, "base-date", "", "")
	c.Flags().StringVar(&body.Report, "report", "", "")
	return c
}

func (a *app) pledgeCustodyCommand() *cobra.Command {
	var depth string
	c := a.command("custody PLEDGE", pledgeCustodyHelp, 1, 1, func(ctx context.Context, args []string) error {
		if depth != "sample" && depth != "full" {
			return usagef("-depth: sample or full, not %q", depth)
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		out, err := c.CheckCustody(ctx, args[0], depth)
		return a.outcome(out, err)
	})
	c.Flags().StringVar(&depth, "depth", "sample", "")
	return c
}

func (a *app) pledgeRegisterCommand() *cobra.Command {
	var expected int64
	c := a.command("register PLEDGE", pledgeRegisterHelp, 1, 1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		p, digest, err := termsOf(ctx, c, args[0])
		if err != nil {
			return err
		}
		seq := expected
		if seq < 0 {
			if seq, err = a.searchedSeq(ctx, c, p.AssetID); err != nil {
				return err
			}
		}
		out, err := c.Act(ctx, pledge.PledgeRegister, pledge.RegisterBody{PledgeID: args[0], TermsDigest: digest, ExpectedSeq: seq})
		return a.outcome(out, err)
	})
	c.Flags().Int64Var(&expected, "expected-seq", -1, "")
	return c
}

// searchedSeq searches the asset, says what was found, and returns the
// sequence number that the search saw. When it saw liens, signing at once
// would say that the pledgee accepts what nobody has read.
func (a *app) searchedSeq(ctx context.Context, c *client.Client, asset string) (int64, error) {
	s, err := c.Search(ctx, client.SearchQuery{AssetID: asset})
	if err != nil {
		return 0, err
	}
	if s.Value.ExpectedSeq == nil {
		return 0, fmt.Errorf("search %s names no sequence number", s.Value.Number)
	}
	a.say("search %s at height %d: %d live pledge(s) on the asset, sequence %d",
		s.Value.Number, s.Value.AsOf.Height, len(s.Value.Liens), *s.Value.ExpectedSeq)
	if !s.Value.Complete {
		a.say("the search is incomplete: %s", s.Value.Incomplete)
	}
	if n := len(s.Value.Liens); n > 0 {
		a.emit(s, func(w io.Writer) { printSearch(w, s, "en") })
		return 0, hintf(&finding{exitEncumbered, fmt.Sprintf("%s is encumbered by %d pledge(s)", asset, n)},
			"to register behind them, say that you saw them: -expected-seq %d", *s.Value.ExpectedSeq)
	}
	return *s.Value.ExpectedSeq, nil
}

func (a *app) pledgeEndCommand(name string, act pledge.Act) *cobra.Command {
	var code, reason string
	c := a.command(name+" PLEDGE", pledgeEndHelp, 1, 1, func(ctx context.Context, args []string) error {
		return a.act(ctx, act, pledge.EndBody{PledgeID: args[0], Code: pledge.Code(code), Reason: reason})
	})
	c.Flags().StringVar(&reason, "reason", "", "")
	if act == pledge.PledgeReject {
		c.Flags().StringVar(&code, "code", "", "")
	}
	return c
}

func (a *app) pledgeReleaseCommand() *cobra.Command {
	body := pledge.ReleaseBody{}
	var c *cobra.Command
	c = a.command("release PLEDGE", pledgeEndHelp, 1, 1, func(ctx context.Context, args []string) (err error) {
		if err := required(c, "reason", body.Reason); err != nil {
			return err
		}
		body.PledgeID = args[0]
		if body.Proof != "" {
			if body.Proof, err = document(body.Proof); err != nil {
				return err
			}
		}
		return a.act(ctx, pledge.PledgeRelease, body)
	})
	c.Flags().StringVar(&body.Reason, "reason", "", "")
	c.Flags().StringVar(&body.Proof, "proof", "", "")
	return c
}

// document is the digest of a document: given as such, or that of a file.
func document(text string) (string, error) {
	if strings.HasPrefix(text, "sha256:") {
		if _, err := pledge.ParseFingerprint(text); err != nil {
			return "", usagef("%q is no digest (sha256: and 64 lowercase hex digits)", text)
		}
		return text, nil
	}
	f, err := os.Open(text)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading %s: %w", text, err)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

// minorUnits reads an amount of money: whole minor units, as on the ledger.
func minorUnits(flag, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, usagef("-%s: %q is no whole number of minor units (fen, cents)", flag, text)
	}
	return n, nil
}
