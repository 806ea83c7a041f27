package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service"
)

const certificateHelp = `usage: datapledge certificate show|get

Certificates 证书 of what is on the ledger, for anybody who has the number: N-… of a
notarization, P-… of a pledge's registration, R-… of its release, S-… of a search.
No key is needed. A number may be typed in any case, with or without dashes; the
ids as_… and pl_… do too.

EXAMPLE
  datapledge certificate show P-PT7U2E6WKHSJN3ZQ4X5V6B7C2D
` + exitCommon

const certificateShowHelp = `usage: datapledge certificate show NUMBER [-lang zh|en]

Prints what is recorded, what that proves and what it does not, as it stands now.

  -lang zh|en  the language; en when not given

EXAMPLE
  datapledge certificate show N-PT7U2E6WKHSJN3ZQ4X5V6B7C2D -lang zh
` + exitCommon

const certificateGetHelp = `usage: datapledge certificate get NUMBER -out FILE.pdf [-lang zh|en]

Gets the certificate as PDF.

  -lang zh|en  the language; zh when not given

EXAMPLE
  datapledge certificate get N-PT7U2E6WKHSJN3ZQ4X5V6B7C2D -out certificate.pdf
` + exitCommon

func (a *app) certificateCommand() *cobra.Command {
	return a.group("certificate", certificateHelp, a.certificateShowCommand(), a.certificateGetCommand())
}

func (a *app) certificateShowCommand() *cobra.Command {
	var lang string
	c := a.command("show NUMBER", certificateShowHelp, 1, 1, func(ctx context.Context, args []string) error {
		if err := checkLang(lang); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		cert, err := c.Certificate(ctx, args[0])
		if err != nil {
			return err
		}
		a.emit(cert, func(w io.Writer) { printCertificate(w, cert.Value, lang) })
		return nil
	})
	c.Flags().StringVar(&lang, "lang", "en", "")
	return c
}

func (a *app) certificateGetCommand() *cobra.Command {
	var out, lang string
	var c *cobra.Command
	c = a.command("get NUMBER", certificateGetHelp, 1, 1, func(ctx context.Context, args []string) error {
		if err := required(c, "out", out); err != nil {
			return err
		}
		if err := checkLang(lang); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		if err := create(out, func(w io.Writer) error { return c.CertificatePDF(ctx, args[0], lang, w) }); err != nil {
			return err
		}
		a.emit(map[string]string{"number": args[0], "certificate": out, "lang": lang}, func(w io.Writer) { fmt.Fprintln(w, out) })
		return nil
	})
	c.Flags().StringVar(&out, "out", "", "")
	c.Flags().StringVar(&lang, "lang", "zh", "")
	return c
}

func checkLang(lang string) error {
	if lang != "zh" && lang != "en" {
		return usagef("-lang is zh or en, not %q", lang)
	}
	return nil
}

func printCertificate(w io.Writer, c service.Certificate, lang string) {
	fmt.Fprintf(w, "%s %s\n%s\n\n", c.Title.In(lang), c.Number, c.Status.In(lang))
	for _, f := range c.Fields {
		fmt.Fprintf(w, "%s: %s\n", f.Label.In(lang), f.Value.In(lang))
	}
	fmt.Fprintln(w)
	for _, a := range c.Anchors {
		printAnchor(w, a, lang)
	}
	for _, part := range []struct {
		title service.Text
		lines []service.Text
	}{
		{service.Text{ZH: "证明", EN: "It proves"}, c.Proves},
		{service.Text{ZH: "不证明", EN: "It does not prove"}, c.NotProved},
		{service.Text{ZH: "如何自行核验", EN: "How to check it without the service"}, c.Check},
	} {
		fmt.Fprintf(w, "\n%s:\n", part.title.In(lang))
		for _, line := range part.lines {
			fmt.Fprintf(w, "  - %s\n", line.In(lang))
		}
	}
	fmt.Fprintf(w, "\n%s %s, %d, %s %s\n", c.Ledger, c.Channel, c.AsOf.Height, service.LegalTime(c.AsOf.At).In(lang), c.URL)
}

func printAnchor(w io.Writer, a service.CertificateAnchor, lang string) {
	when := func(recorded string) string { return service.LegalTime(recorded).In(lang) }
	fmt.Fprintf(w, "%s %s, block %d %s, %s\n    %s\n", when(a.BlockTime), a.Act, a.Block, a.BlockHash, a.By, a.CommandID)
	if s := a.TimeStamp; s != nil {
		fmt.Fprintf(w, "    time stamp %s, %s\n", when(s.Time), s.Authority)
	}
	for _, r := range a.Imprints {
		fmt.Fprintf(w, "    imprint receipt %s, %s\n", when(r.Time), strings.TrimSpace(r.Name+" "+r.Party))
	}
}
