package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service/preflight"
)

const datasetPreflightHelp = `usage: datapledge dataset preflight DIR|FILE… [-consent FILE] [-expect FILE] [-reports DIR]
         [-pdf FILE [-font FILE]] [-lang zh|en]

Tells in one pass whether a dataset keeps the three principles 三原则 of the data
norm, with a list of what to fix: informed consent, exclusion of sensitive data,
data quality. Tables are looked into: CSV and TSV in any encoding, JSON, Parquet,
XLSX. Nothing is sent anywhere, and no value of the data is printed: the names of
columns are, unless they look like values.

  -consent FILE  the documents that allow the use of the data, as JSON:
                 {"v":1,"basis":"consent (PIPL art. 13)","as_of":"2026-01-31","documents":[
                  {"path":"consent.pdf","kind":"consent","scope":"risk models",
                   "sources":["*"],"expires":"2028-12-31"}]}
                 kind: consent, authorization, licence, contract or public
  -expect FILE   what the data should be, as JSON; what it does not say is not measured:
                 {"v":1,"as_of":"2026-01-31","at_least":{"completeness":9500},"tables":{
                  "a.csv":{"columns":{"day":{"type":"date","required":true,"min":"1990-01-01"}},
                   "key":["id"],"quasi_identifiers":["age","district"],"k":5}}}
  -reports DIR   write consent.json, exclusion.json, quality.json there, and
                 declaration.json for 'datapledge asset notarize -declaration'
  -pdf FILE      print it on one page, to read and to file
  -font FILE     a TrueType font with Chinese for that page, before those that are
                 installed; may be given more than once
  -lang zh|en    language of the summary and of the page; en when not given

What has to be fixed has an id below it, like exclusion/mobile-phone/0123456789ab:
'datapledge asset notarize -override' takes it, from a person who answers for it.

EXAMPLE
  datapledge dataset preflight ./dataset -consent consent.json -reports reports
  datapledge asset notarize ./dataset -name "Bird strikes" -consent consent.json \
    -declaration reports/declaration.json -key acme.jwk

` + exitCommon + `  4 something has to be fixed first
`

const exitFindings = 4

// preflightFlags are what the command line says about a preflight.
type preflightFlags struct {
	statedFlags
	pageFlags
	reports, lang string
}

func (a *app) datasetPreflightCommand() *cobra.Command {
	var f preflightFlags
	c := a.command("preflight DIR|FILE…", datasetPreflightHelp, 1, -1, func(ctx context.Context, args []string) error {
		return a.preflight(ctx, args, f)
	})
	f.statedFlags.add(c)
	f.pageFlags.add(c)
	c.Flags().StringVar(&f.reports, "reports", "", "")
	c.Flags().StringVar(&f.lang, "lang", "en", "")
	return c
}

func (a *app) preflight(ctx context.Context, paths []string, f preflightFlags) error {
	if err := errors.Join(checkLang(f.lang), f.check()); err != nil {
		return err
	}
	o, _, err := f.read()
	if err != nil {
		return err
	}
	_, found, err := a.examine(ctx, paths, o)
	if err != nil {
		return err
	}
	p := found.Preflight
	if err := errors.Join(f.write(p), f.print(p, f.lang)); err != nil {
		return err
	}
	a.emit(p, func(w io.Writer) { p.Summary(w, f.lang) })
	if !p.Passed() {
		return &finding{exitFindings, "the dataset may not be notarized as it is"}
	}
	return nil
}

// write leaves the reports where the command line says; each byte of them
// counts, since declarations carry their digests.
func (f preflightFlags) write(p preflight.Preflight) error {
	if f.reports == "" {
		return nil
	}
	d, err := p.Declaration()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.reports, 0o755); err != nil {
		return err
	}
	for name, report := range map[string]any{"consent.json": p.Consent, "exclusion.json": p.Exclusion, "quality.json": p.Quality, "declaration.json": d} {
		text, err := preflight.Canonical(report)
		if err != nil {
			return err
		}
		if err := writeText(filepath.Join(f.reports, name), string(text)); err != nil {
			return err
		}
	}
	return nil
}
