package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
)

const pledgePerfectHelp = `usage: datapledge pledge perfect PLEDGE -registry NAME -number NUMBER -registered-at DATE
                                  -term-end DATE -proof DOC [-debtor-name NAME]
       datapledge pledge perfect PLEDGE -step verify -proof DOC
       datapledge pledge perfect PLEDGE -step lapse

Statutory registration 法定登记. A pledge on this ledger has no effect against
third parties before it stands in the statutory register (担保制度解释 63): the
pledgee files what stands there (-step file, the default), a notary or the IP
centre that has looked there itself verifies it, and when the term is over
anybody says so. A renewal is filed again and must end later.

  -registry NAME         ZHONGDENG (中登网), CNIPA (国家知识产权局), COPYRIGHT
                         (中国版权保护中心), or OTHER with -registry-name
  -number NUMBER         the registration's number
  -registered-at DATE    when it was registered: from the beginning of that day
  -term-end DATE         the last day of its term, which it lasts through
  -proof DOC             the register's certificate: a file, whose SHA-256 is
                         taken, or sha256:…; the verifier's must be the same
  -debtor-name NAME      as the register spells the pledgor; default: its name here

Days are those of China, Beijing time; where the hour matters, give the time
(2026-11-20T15:04:05+08:00). A register that does not fit what the pledge is called is warned of, not refused.

EXAMPLE
  datapledge pledge perfect pl_… -registry ZHONGDENG -number 02026112300001 \
    -registered-at 2026-11-20 -term-end 2028-05-21 -proof register.pdf -key bank.jwk
` + exitCommon

func (a *app) pledgePerfectCommand() *cobra.Command {
	body := pledge.PerfectBody{}
	var c *cobra.Command
	c = a.command("perfect PLEDGE", pledgePerfectHelp, 1, 1, func(ctx context.Context, args []string) (err error) {
		body.PledgeID = args[0]
		if body.Step != pledge.StepLapse {
			if err := required(c, "proof", body.Proof); err != nil {
				return err
			}
			if body.Proof, err = document(body.Proof); err != nil {
				return err
			}
		}
		switch body.Step {
		case pledge.StepFile:
			return a.fileRegistration(ctx, c, body)
		case pledge.StepVerify:
			return a.verifyRegistration(ctx, body)
		}
		return a.perfect(ctx, body)
	})
	f := c.Flags()
	f.StringVar(&body.Step, "step", pledge.StepFile, "")
	f.StringVar(&body.Registry, "registry", "", "")
	f.StringVar(&body.RegistryName, "registry-name", "", "")
	f.StringVar(&body.Number, "number", "", "")
	f.StringVar(&body.RegisteredAt, "registered-at", "", "")
	f.StringVar(&body.TermEnd, "term-end", "", "")
	f.StringVar(&body.Proof, "proof", "", "")
	f.StringVar(&body.DebtorName, "debtor-name", "", "")
	return c
}

func (a *app) fileRegistration(ctx context.Context, c *cobra.Command, body pledge.PerfectBody) (err error) {
	if err := required(c, "registry", body.Registry, "number", body.Number, "registered-at", body.RegisteredAt, "term-end", body.TermEnd); err != nil {
		return err
	}
	if body.RegisteredAt, err = begins("registered-at", body.RegisteredAt); err != nil {
		return err
	}
	if body.TermEnd, err = ends("term-end", body.TermEnd); err != nil {
		return err
	}
	if body.DebtorName == "" {
		if body.DebtorName, err = a.debtorOf(ctx, body.PledgeID); err != nil {
			return err
		}
	}
	return a.perfect(ctx, body)
}

func (a *app) debtorOf(ctx context.Context, pledgeID string) (string, error) {
	c, err := a.client()
	if err != nil {
		return "", err
	}
	p, err := c.Pledge(ctx, pledgeID, "")
	if err != nil {
		return "", err
	}
	who, err := c.Party(ctx, p.Value.Pledgor)
	return who.Value.Name, err
}

// verifyRegistration signs what was filed, after showing it; the proof is
// what the verifier got from the register, never the service's word.
func (a *app) verifyRegistration(ctx context.Context, body pledge.PerfectBody) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	p, err := c.Pledge(ctx, body.PledgeID, "")
	if err != nil {
		return err
	}
	f := p.Value.Perfection.Filing
	if f == nil {
		return pledge.Errorf(pledge.WrongState, "no registration of %s waits to be verified: its perfection is %s", body.PledgeID, p.Value.Perfection.State)
	}
	if !a.json {
		printFiling(a.stderr, "to verify", *f)
	}
	proof := body.Proof
	body.Registration = f.Registration
	body.Proof = proof
	return a.perfect(ctx, body)
}

// perfect submits, and shows the registration as it stands now.
func (a *app) perfect(ctx context.Context, body pledge.PerfectBody) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	out, err := c.Act(ctx, pledge.PledgePerfect, body)
	if err := a.outcome(out, err); err != nil || a.json {
		return err
	}
	if p, err := pledge.DecodePledge(out.Record); err == nil {
		printPerfection(a.stdout, p.Perfection)
	}
	return nil
}

func printPerfection(w io.Writer, p pledge.Perfection) {
	fmt.Fprintf(w, "statutory registration 法定登记: %s\n", p.State)
	if v := p.Verified; v != nil {
		printFiling(w, "  verified", v.Filing)
		fmt.Fprintf(w, "    found in the register by %s at %s\n", v.Verified.By, at(v.Verified.At))
	}
	if p.Filing != nil {
		printFiling(w, "  filed, not verified", *p.Filing)
	}
	if p.EffectiveRankTime != "" {
		fmt.Fprintf(w, "  ranks there from %s\n", at(p.EffectiveRankTime))
	}
	if p.Lapsed != nil {
		fmt.Fprintf(w, "  lapsed: recorded at %s by %s\n", at(p.Lapsed.At), p.Lapsed.By)
	}
}

func printFiling(w io.Writer, word string, f pledge.Filing) {
	fmt.Fprintf(w, "%s: %s number %s, from %s to %s, debtor %s\n", word, first(f.RegistryName, f.Registry), f.Number, at(f.RegisteredAt), until(f.TermEnd), f.DebtorName)
	fmt.Fprintf(w, "    proof %s, filed by %s at %s\n", f.Proof, f.Filed.By, at(f.Filed.At))
	if len(f.Warnings) > 0 {
		fmt.Fprintf(w, "    WARNING: %s\n", strings.Join(f.Warnings, ", "))
	}
}
