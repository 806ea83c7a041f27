package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/service/preflight/quality"
	"github.com/datapledge/datapledge/storage"
)

const datasetPreflightHelp = `usage: datapledge dataset preflight DIR|FILE… [-consent FILE] [-expect FILE] [-reports DIR] [-lang zh|en]

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
  -lang zh|en    language of the summary; en when not given

EXAMPLE
  datapledge dataset preflight ./dataset -consent consent.json -reports reports

` + exitCommon + `  4 something has to be fixed first
`

const exitFindings = 4

// preflightFlags are what the command line says about a preflight.
type preflightFlags struct{ consent, expect, reports, lang string }

func (a *app) datasetPreflightCommand() *cobra.Command {
	var f preflightFlags
	c := a.command("preflight DIR|FILE…", datasetPreflightHelp, 1, -1, func(ctx context.Context, args []string) error {
		if f.lang != evidence.LangZH && f.lang != evidence.LangEN {
			return usagef("-lang is zh or en, not %q", f.lang)
		}
		o, err := f.options()
		if err != nil {
			return err
		}
		p, err := a.preflight(ctx, args, o)
		if err != nil {
			return err
		}
		if err := f.write(p); err != nil {
			return err
		}
		a.emit(p, func(w io.Writer) { p.Summary(w, f.lang) })
		if !p.Passed() {
			return &finding{exitFindings, "the dataset may not be notarized as it is"}
		}
		return nil
	})
	c.Flags().StringVar(&f.consent, "consent", "", "")
	c.Flags().StringVar(&f.expect, "expect", "", "")
	c.Flags().StringVar(&f.reports, "reports", "", "")
	c.Flags().StringVar(&f.lang, "lang", evidence.LangEN, "")
	return c
}

func (f preflightFlags) options() (o preflight.Options, err error) {
	if f.consent != "" {
		if o.Consent, err = preflight.LoadConsent(f.consent); err != nil {
			return o, err
		}
	}
	if f.expect != "" {
		file, err := os.Open(f.expect)
		if err != nil {
			return o, err
		}
		defer file.Close()
		if o.Expectations, err = quality.ParseExpectations(file); err != nil {
			return o, usagef("%s: %v", f.expect, err)
		}
	}
	return o, nil
}

// preflight reads the dataset once, for its fingerprint and all that looks at
// its tables; formats that are read at will are read again.
func (a *app) preflight(ctx context.Context, paths []string, o preflight.Options) (preflight.Preflight, error) {
	none := preflight.Preflight{}
	total, folder, err := sizes(paths)
	if err != nil {
		return none, err
	}
	bar := a.progress("preflight", total)
	defer a.progressDone()
	reader := preflight.NewReader(ctx, o)
	reading := storage.Reading{Progress: bar.add, Beside: reader.Beside}
	d := filesAt(paths)
	if folder {
		d = dataset{root: paths[0]}
		d.manifest, err = reading.Folder(ctx, paths[0])
	} else {
		d.manifest, err = reading.Files(ctx, paths)
	}
	if err != nil {
		return none, badDataset(err)
	}
	for _, name := range reader.Later() {
		if err := later(ctx, reader, d, name); err != nil {
			return none, err
		}
	}
	p, err := reader.Report(d.manifest.Fingerprint())
	if bad := (*preflight.ExpectationError)(nil); errors.As(err, &bad) {
		return none, usagef("%v", bad)
	}
	return p, err
}

// later looks at a file that is read at will, and then that it still is the
// one that the fingerprint was taken of.
func later(ctx context.Context, r *preflight.Reader, d dataset, name string) error {
	f, err := os.Open(d.path(name))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := r.At(name, f); err != nil {
		return err
	}
	again, err := storage.FingerprintFiles(ctx, []string{d.path(name)}, nil)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.manifest.Files(), func(f storage.File) bool { return f.Path == name })
	if i < 0 || again.Files()[0].SHA256 != d.manifest.Files()[i].SHA256 {
		return fmt.Errorf("%s changed while it was read; try again", name)
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
