package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/certificate"
	"github.com/datapledge/datapledge/service/preflight"
)

// pageFlags say where a preflight is printed, and with which fonts.
type pageFlags struct {
	pdf   string
	fonts []string
}

func (f *pageFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.pdf, "pdf", "", "")
	c.Flags().StringArrayVar(&f.fonts, "font", nil, "")
}

// check tells what would keep the page from being printed before a large
// dataset is read.
func (f pageFlags) check() error {
	if f.pdf == "" {
		return nil
	}
	_, err := certificate.CheckFonts(f.fonts)
	return fontHint(err)
}

func (f pageFlags) print(p preflight.Preflight, lang string) error {
	if f.pdf == "" {
		return nil
	}
	page, err := certificate.PreflightPage(p, lang, f.fonts, nil)
	if err != nil {
		return fontHint(err)
	}
	return os.WriteFile(f.pdf, page, 0o644)
}

// fontHint tells the cause, and what to do here: the remedy that comes with it
// is that of a service.
func fontHint(err error) error {
	trouble := (*service.Trouble)(nil)
	if !errors.As(err, &trouble) {
		return err
	}
	text := "-pdf: " + trouble.Cause
	if trouble.Err != nil {
		text += ": " + trouble.Err.Error()
	}
	return hintf(errors.New(text), "-font FILE names a TrueType font (.ttf, .ttc) with Chinese; 'apt-get install fonts-wqy-microhei' installs one")
}
