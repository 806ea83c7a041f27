package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service/evidence"
)

const evidenceHelp = `usage: datapledge evidence get|check|trust

Evidence packages 证据包: one file that shows what the ledger says about an asset,
a pledge, a party or a search, and is checked offline, without trusting the service.

EXAMPLE
  datapledge evidence check pl_….zip -trust trust.json
` + exitCommon

const evidenceGetHelp = `usage: datapledge evidence get ID -out FILE.zip

Gets the evidence package of an asset (as_…), a pledge (pl_…), a party (by its
credit code) or a search (by its number, S-…).

EXAMPLE
  datapledge evidence get pl_pt7u2e6wkhsjn3zq4x5v6b7c2d -out evidence.zip -key notary.jwk
` + exitCommon

const evidenceCheckHelp = `usage: datapledge evidence check FILE.zip -trust FILE [-data DIR] [-lang zh|en]

Checks a package offline: every signature, every block, every party's keys; on a
consortium also which institutions vouch for it. What it believes is in the trust
file and nothing else. It also says what speaks against the record, which parts a
court would want and which are missing, and what the rules of evidence ask.

  -data DIR    compare a folder with the manifest in the package
  -lang zh|en  one language only; both when not given

EXAMPLE
  datapledge evidence check evidence.zip -trust trust.json

EXIT STATUS
  0 every check passed, 1 fault, 2 usage, 11 tampered: a check failed, and it says where
`

func (a *app) evidenceCommand() *cobra.Command {
	return a.group("evidence", evidenceHelp, a.evidenceGetCommand(), a.evidenceCheckCommand(), a.evidenceTrustCommand())
}

func (a *app) evidenceGetCommand() *cobra.Command {
	var out string
	var c *cobra.Command
	c = a.command("get ID", evidenceGetHelp, 1, 1, func(ctx context.Context, args []string) error {
		if err := required(c, "out", out); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		if err := create(out, func(w io.Writer) error { return c.Evidence(ctx, args[0], w) }); err != nil {
			return err
		}
		a.emit(map[string]string{"record_id": args[0], "evidence": out}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: check it with 'datapledge evidence check %s -trust FILE'\n", out, out)
		})
		return nil
	})
	c.Flags().StringVar(&out, "out", "", "")
	return c
}

func (a *app) evidenceCheckCommand() *cobra.Command {
	var trust, data, lang string
	var c *cobra.Command
	c = a.command("check FILE.zip", evidenceCheckHelp, 1, 1, func(ctx context.Context, args []string) error {
		if err := required(c, "trust", trust); err != nil {
			return hintf(err, "'datapledge evidence trust' writes one")
		}
		if lang != evidence.LangBoth && lang != evidence.LangZH && lang != evidence.LangEN {
			return usagef("-lang is zh or en, not %q", lang)
		}
		report, err := checkEvidence(ctx, args[0], trust, data)
		if err != nil {
			return err
		}
		a.emit(report, func(w io.Writer) { _ = report.WriteTextIn(w, lang) })
		if !report.OK() {
			return &finding{exitTampered, "tampered: the package does not stand"}
		}
		return nil
	})
	c.Flags().StringVar(&trust, "trust", "", "")
	c.Flags().StringVar(&data, "data", "", "")
	c.Flags().StringVar(&lang, "lang", evidence.LangBoth, "")
	return c
}

func checkEvidence(ctx context.Context, path, trustPath, data string) (evidence.Report, error) {
	text, err := os.ReadFile(trustPath)
	if err != nil {
		return evidence.Report{}, err
	}
	trust, err := evidence.ParseTrust(text)
	if err != nil {
		return evidence.Report{}, usagef("%s: %v", trustPath, err)
	}
	f, err := os.Open(path)
	if err != nil {
		return evidence.Report{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return evidence.Report{}, err
	}
	report, err := evidence.Check(ctx, f, info.Size(), trust)
	if err != nil || data == "" {
		return report, err
	}
	return evidence.CheckData(ctx, report, os.DirFS(data))
}
