package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/cmd/datapledge/owner"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight"
	"github.com/datapledge/datapledge/storage"
)

// statedFlags name the files that say what a dataset should be.
type statedFlags struct{ consent, expect string }

func (f *statedFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.consent, "consent", "", "")
	c.Flags().StringVar(&f.expect, "expect", "", "")
}

// read gives them for a pass here, and as a custodian is given them.
func (f statedFlags) read() (o preflight.Options, given service.Given, err error) {
	var expectations []byte
	if f.consent != "" {
		o.Consent, err = preflight.LoadConsent(f.consent)
	}
	if err == nil && f.expect != "" {
		expectations, err = os.ReadFile(f.expect)
	}
	if err == nil {
		given, err = preflight.GivenOf(o.Consent, expectations)
	}
	if err == nil {
		o, err = preflight.ParseGiven(given)
	}
	if refused := (*pledge.Error)(nil); errors.As(err, &refused) {
		err = usagef("%s", strings.Replace(err.Error(), string(pledge.Malformed)+": ", "", 1))
	}
	return o, given, err
}

// examine reads the dataset once, for its fingerprint and its preflight.
func (a *app) examine(ctx context.Context, paths []string, o preflight.Options, extras ...storage.Extra) (dataset, owner.Found, error) {
	total, folder, err := sizes(paths)
	if err != nil {
		return dataset{}, owner.Found{}, err
	}
	bar := a.progress("preflight", total)
	defer a.progressDone()
	r := owner.Reading{Preflight: o, Progress: bar.add, Extras: extras}
	d, read := filesAt(paths), func() (owner.Found, error) { return r.Files(ctx, paths) }
	if folder {
		d, read = dataset{root: paths[0]}, func() (owner.Found, error) { return r.Folder(ctx, paths[0]) }
	}
	found, err := read()
	d.manifest = found.Manifest
	if bad := (*preflight.ExpectationError)(nil); errors.As(err, &bad) {
		return d, found, usagef("%v", bad)
	}
	return d, found, badDataset(err)
}
