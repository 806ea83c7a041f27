package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datapledge/datapledge/pledge"
)

// termsFlags are the terms of a pledge on the command line.
type termsFlags struct {
	file, principal, securedMax, currency string
	checks, covenants                     string
	draft                                 pledge.Terms
}

func (t *termsFlags) add(f *pflag.FlagSet) {
	f.StringVar(&t.file, "terms", "", "")
	f.StringVar(&t.principal, "principal", "", "")
	f.StringVar(&t.securedMax, "secured-max", "", "")
	f.StringVar(&t.currency, "currency", "CNY", "")
	f.StringVar(&t.checks, "checks", "attest,value,scan", "")
	f.StringVar(&t.covenants, "covenants", "", "")
	f.IntVar(&t.draft.GraceDays, "grace-days", 0, "")
	f.StringVar(&t.draft.Matures, "matures", "", "")
	f.StringVar(&t.draft.Expires, "expires", "", "")
	f.StringVar(&t.draft.Mode, "mode", "exclusive", "")
	f.StringVar(&t.draft.SecurityType, "security-type", "PLEDGE", "")
	f.StringVar(&t.draft.LegalCharacterization, "characterization", "DATA_ASSET_PLEDGE", "")
	f.StringVar(&t.draft.CommitmentLetter, "commitment-letter", "", "")
	f.StringVar(&t.draft.Agreement, "agreement", "", "")
}

// terms puts the terms together, from the file or from the flags.
func (t *termsFlags) terms(c *cobra.Command) (pledge.Terms, error) {
	if t.file != "" {
		return readTerms(t.file)
	}
	if err := required(c, "principal", t.principal, "matures", t.draft.Matures,
		"commitment-letter", t.draft.CommitmentLetter, "agreement", t.draft.Agreement); err != nil {
		return pledge.Terms{}, err
	}
	out := t.draft
	out.Checks, out.Covenants = append([]string{}, byComma(t.checks)...), byComma(t.covenants)
	return out, t.fill(&out)
}

// fill reads amounts, dates and documents.
func (t *termsFlags) fill(out *pledge.Terms) (err error) {
	out.Principal.Currency, out.SecuredMax.Currency = t.currency, t.currency
	if out.Principal.Amount, err = minorUnits("principal", t.principal); err != nil {
		return err
	}
	if out.SecuredMax.Amount, err = minorUnits("secured-max", first(t.securedMax, t.principal)); err != nil {
		return err
	}
	if out.Expires, err = ends("expires", first(out.Expires, out.Matures)); err != nil {
		return err
	}
	if out.Matures, err = ends("matures", out.Matures); err != nil {
		return err
	}
	if out.CommitmentLetter, err = document(out.CommitmentLetter); err != nil {
		return err
	}
	out.Agreement, err = document(out.Agreement)
	return err
}

func readTerms(path string) (pledge.Terms, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return pledge.Terms{}, err
	}
	var t pledge.Terms
	if err := pledge.StrictUnmarshal(data, &t); err != nil {
		return pledge.Terms{}, usagef("%s: %v", path, err)
	}
	return t, nil
}

func printTerms(w io.Writer, t pledge.Terms, digest string) {
	fmt.Fprintf(w, "terms:     %s, secured up to %s, %s\n", t.Principal.Text(), t.SecuredMax.Text(), t.Mode)
	fmt.Fprintf(w, "           due %s, ends %s, checks: %s\n", until(t.Matures), until(t.Expires), first(strings.Join(t.Checks, ", "), "none"))
	fmt.Fprintf(w, "digest:    %s\n", digest)
}
