package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const assetVersionHelp = `usage: datapledge asset add-version ASSET DIR|FILE… -consent FILE [flags]

Adds a version 新增版本: the dataset as it is now, whole. It is examined, uploaded
and sealed as with 'asset notarize', whose flags it takes (-expect, -declaration,
-override, -capacity, -sm3, -upload, -lang). What is new and what is gone against
the version before is worked out here, from the ledger's list of files, so that
everybody sees that nothing pledged went missing unsaid.

While the asset is pledged its pledgees consent first, unless the terms let the
owner add (covenant add_version) and nothing is left out.

  -reason TEXT          why files are left out or changed: for all of them, or for one
                        PATH=TEXT; may be given more than once
  -base-manifest FILE   the list of files of the version before, as 'dataset fingerprint
                        DIR -json' prints it, where the ledger does not list them
  -o FILE               write act and body to FILE
  -draft                with -o: upload and seal, write FILE, sign nothing; for the
                        pledgee's consent ('datapledge pledge consent -to-act FILE'),
                        after which 'datapledge agree FILE -first' signs it

EXAMPLE
  datapledge asset add-version as_… ./dataset -consent consent.json \
    -reason "old.csv=withdrawn by the source" -key acme.jwk
` + exitCommon + `  4 something has to be fixed first; nothing was uploaded
`

// newVersion is one run of asset add-version.
type newVersion struct {
	notarize
	reasons []string
	base    string
	j       jointFlags
}

func (a *app) assetVersionCommand() *cobra.Command {
	v := &newVersion{notarize: notarize{app: a}}
	c := a.command("add-version ASSET DIR|FILE…", assetVersionHelp, 2, -1, func(ctx context.Context, args []string) error {
		return v.run(ctx, args[0], args[1:])
	})
	v.stated.add(c)
	v.answer.add(c)
	f := c.Flags()
	f.StringVar(&v.declaration, "declaration", "", "")
	f.BoolVar(&v.sm3, "sm3", false, "")
	f.StringVar(&v.upload, "upload", "", "")
	f.StringVar(&v.lang, "lang", "en", "")
	f.StringArrayVar(&v.reasons, "reason", nil, "")
	f.StringVar(&v.base, "base-manifest", "", "")
	v.j.add(f)
	return c
}

func (v *newVersion) run(ctx context.Context, id string, paths []string) error {
	if v.j.draft && v.j.out == "" {
		return usagef("-draft writes a file: -o FILE names it")
	}
	d, err := v.prepare(ctx, paths)
	if err != nil {
		return err
	}
	x, err := v.client.Asset(ctx, id, "")
	if err != nil {
		return err
	}
	b := &pledge.VersionBody{AssetID: id, Base: x.Value.Fingerprint}
	if err := v.against(x.Value, filesOf(d.manifest), b); err != nil {
		return err
	}
	v.body.Name = x.Value.Name
	if err := v.store(ctx, d); err != nil {
		return err
	}
	v.fill(b)
	return v.submit(ctx, b)
}

// against says what is new and what is gone. A list that is too long for a
// command says neither: then the pledgees are asked in any case.
func (v *newVersion) against(x client.Asset, now []pledge.File, b *pledge.VersionBody) error {
	if !listable(now) {
		return nil
	}
	old, err := v.before(x)
	if err == nil {
		b.Added, b.Removed, err = v.compareWith(old, now)
	}
	return err
}

// before are the files of the version before: the ledger's list, or the
// owner's own. Either must be what was recorded.
func (v *newVersion) before(x client.Asset) (old []pledge.File, err error) {
	old = x.FileList
	if v.base != "" {
		if old, err = readFileList(v.base); err != nil {
			return nil, err
		}
	}
	if len(old) == 0 {
		return nil, hintf(fmt.Errorf("the ledger does not list the files of %s", x.ID), "-base-manifest FILE: what 'dataset fingerprint DIR -json' prints of the version before")
	}
	if pledge.ManifestRoot(old) != x.ManifestRoot {
		return nil, pledge.Errorf(pledge.Inconsistent, "these are not the files of the newest version of %s, %s", x.ID, x.Fingerprint)
	}
	return old, nil
}

// readFileList reads what 'dataset fingerprint -json' prints.
func readFileList(path string) ([]pledge.File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list struct{ Files []pledge.File }
	if err := json.Unmarshal(text, &list); err != nil || len(list.Files) == 0 {
		return nil, usagef("%s lists no files as 'dataset fingerprint DIR -json' does", path)
	}
	return list.Files, nil
}

// compareWith says what is new, and what is gone or other than it was.
func (v *newVersion) compareWith(old, now []pledge.File) (added []string, removed []pledge.Redaction, err error) {
	for _, f := range now {
		if !slices.Contains(old, f) {
			added = append(added, f.Path)
		}
	}
	for _, f := range old {
		if slices.Contains(now, f) {
			continue
		}
		why := v.reason(f.Path)
		if why == "" {
			return nil, nil, hintf(usagef("%s is gone, or other than it was: say why", f.Path), "-reason '%s=TEXT', or -reason TEXT for all", f.Path)
		}
		removed = append(removed, pledge.Redaction{File: f, Reason: why})
	}
	if len(added)+len(removed) == 0 {
		return nil, nil, pledge.Errorf(pledge.Duplicate, "these are the files of the newest version already")
	}
	return added, removed, nil
}

// reason is what is said of a file, or of all.
func (v *newVersion) reason(path string) (why string) {
	for _, r := range v.reasons {
		if own, ok := strings.CutPrefix(r, path+"="); ok {
			return own
		}
		if !strings.Contains(r, "=") {
			why = r
		}
	}
	return why
}

// fill takes over what the custodian sealed.
func (v *newVersion) fill(b *pledge.VersionBody) {
	n := v.body
	b.Fingerprint, b.Files, b.ManifestRoot, b.SM3Fingerprint = n.Fingerprint, n.Files, n.ManifestRoot, n.SM3Fingerprint
	b.Declaration, b.CustodyReceipt = n.Declaration, n.CustodyReceipt
}

func (v *newVersion) submit(ctx context.Context, b *pledge.VersionBody) error {
	p, err := newPaper(pledge.AssetAddVersion, b)
	if err != nil {
		return err
	}
	if v.j.out != "" {
		if err := createText(v.j.out, p.text()); err != nil {
			return err
		}
	}
	if v.j.draft {
		v.app.emit(p, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %d file(s) added, %d left out or changed, digest %s; nothing is signed\n", v.j.out, len(b.Added), len(b.Removed), p.Digest)
		})
		return nil
	}
	out, err := v.client.Act(ctx, p.Act, b)
	if err != nil {
		return consentHint(v.app.outcome(out, err), err, p)
	}
	return v.app.outcome(out, nil)
}
