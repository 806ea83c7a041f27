package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const verifyHelp = `usage: datapledge verify FILE|DIR|ASSET… -owner USCC [-asset ID] [-depth ledger|sample|full]

The three answers 核验: is it notarized? does it belong to whom it says? is it
untampered? A file or folder is fingerprinted here and looked up; ASSET (as_…)
is checked in custody.

  -owner USCC   who is said to own it
  -asset ID     compare a file or folder with this asset
  -depth DEPTH  how much of the stored data the custodian reads: none (ledger),
                random chunks (sample, the default), or everything (full)

EXAMPLE
  datapledge verify ./dataset -owner 91350100M000100Y43 -key bank.jwk

EXIT STATUS
  0 ok, 1 fault, 2 usage, 3 refused, 10 not notarized, 11 tampered,
  12 ownership disputed or another's, 13 encumbered by a pledge
`

// verification is one run of verify.
type verification struct {
	app    *app
	client *client.Client
	query  client.VerifyQuery
	asset  string
	local  *dataset
}

func (a *app) verifyCommand() *cobra.Command {
	v := &verification{app: a}
	c := a.command("verify FILE|DIR|ASSET…", verifyHelp, 1, -1, func(ctx context.Context, args []string) (err error) {
		switch v.query.Depth {
		case "ledger", "sample", "full":
		default:
			return usagef("-depth: ledger, sample or full, not %q", v.query.Depth)
		}
		if v.client, err = a.client(); err != nil {
			return err
		}
		return v.run(ctx, args)
	})
	c.Flags().StringVar(&v.query.ClaimedOwner, "owner", "", "")
	c.Flags().StringVar(&v.asset, "asset", "", "")
	c.Flags().StringVar(&v.query.Depth, "depth", "sample", "")
	return c
}

func (v *verification) run(ctx context.Context, args []string) error {
	_, statErr := os.Stat(args[0])
	if len(args) == 1 && strings.HasPrefix(args[0], "as_") && statErr != nil {
		v.query.AssetID = args[0]
	} else {
		d, err := v.app.localDataset(ctx, args)
		if err != nil {
			return err
		}
		v.local = &d
		v.query.Fingerprint = d.manifest.Fingerprint()
	}
	answer, err := v.client.Verify(ctx, v.query)
	if errors.Is(err, pledge.NotFound) && v.query.AssetID != "" {
		return v.report(client.Doc[client.Verification]{}, &finding{exitNotNotarized, "not notarized: no such asset"}, nil)
	}
	if err != nil {
		return err
	}
	if v.local != nil && (!answer.Value.Notarized.Answer || v.asset != "" && v.asset != answer.Value.AssetID) {
		return v.related(ctx, answer)
	}
	return v.report(answer, verdict(answer.Value), nil)
}

// comparison says how local files relate to an asset that is not the same
// dataset but was named, or shares files with them.
type comparison struct {
	AssetID string   `json:"asset_id"`
	Same    []string `json:"same"`
	Changed []string `json:"changed"`
	Missing []string `json:"missing"`
	Added   []string `json:"added"`
}

// related looks further when the fingerprint itself is not notarized: it may
// be one file of an asset, or an asset's files with something changed.
func (v *verification) related(ctx context.Context, answer client.Doc[client.Verification]) error {
	notNotarized := &finding{exitNotNotarized, "not notarized: no asset has this fingerprint"}
	id := v.asset
	if id == "" {
		var err error
		if id, err = v.holder(ctx); err != nil {
			return err
		}
	}
	if id == "" {
		return v.report(answer, notNotarized, nil)
	}
	x, err := v.client.Asset(ctx, id, "")
	if errors.Is(err, pledge.WrongRole) && v.asset == "" {
		return v.report(answer, notNotarized, nil) // somebody else's, and not for this party to see
	}
	if err != nil {
		return err
	}
	c := v.compare(x.Value)
	if len(c.Changed)+len(c.Added) == 0 && len(c.Same) > 0 && len(c.Missing) > 0 && v.asset == "" {
		return v.part(ctx, c)
	}
	what := fmt.Sprintf("tampered: not as notarized in %s", id)
	return v.report(answer, &finding{exitTampered, what}, &c)
}

// part verifies the asset that the local files are some of.
func (v *verification) part(ctx context.Context, c comparison) error {
	q := v.query
	q.Fingerprint, q.AssetID = "", c.AssetID
	answer, err := v.client.Verify(ctx, q)
	if err != nil {
		return err
	}
	return v.report(answer, verdict(answer.Value), &c)
}

// holder finds an asset that has one of the local files, if possible of the
// claimed owner.
func (v *verification) holder(ctx context.Context) (string, error) {
	found := ""
	for _, f := range v.local.manifest.Files() {
		k, err := v.client.Known(ctx, "sha256:"+f.SHA256)
		if errors.Is(err, pledge.NotFound) {
			continue
		}
		if err != nil {
			return "", err
		}
		for _, h := range k.Value.AsFile {
			if h.Owner == v.query.ClaimedOwner {
				return h.AssetID, nil
			}
			found = first(found, h.AssetID)
		}
	}
	return found, nil
}

func (v *verification) compare(x client.Asset) comparison {
	c := comparison{AssetID: x.ID, Same: []string{}, Changed: []string{}, Missing: []string{}, Added: []string{}}
	notarized, content := map[string]string{}, map[string]bool{}
	for _, f := range x.FileList {
		notarized[f.Path], content[f.SHA256] = f.SHA256, true
	}
	for _, f := range v.local.manifest.Files() {
		switch was, ok := notarized[f.Path]; {
		case !ok && content[f.SHA256]: // renamed
			c.Same = append(c.Same, f.Path)
		case !ok:
			c.Added = append(c.Added, f.Path)
		case was == f.SHA256:
			c.Same = append(c.Same, f.Path)
		default:
			c.Changed = append(c.Changed, f.Path)
		}
		delete(notarized, f.Path)
	}
	for _, f := range x.FileList {
		if _, ok := notarized[f.Path]; ok {
			c.Missing = append(c.Missing, f.Path)
		}
	}
	return c
}

// verdict is the worst of the answers, in the order in which a lender cares.
func verdict(v client.Verification) *finding {
	switch {
	case !v.Notarized.Answer:
		return &finding{exitNotNotarized, "not notarized"}
	case v.Intact.Answer != nil && !*v.Intact.Answer:
		return &finding{exitTampered, "tampered: what is in custody is not what was notarized"}
	case v.Owned.Answer != nil && !*v.Owned.Answer:
		return &finding{exitDisputed, fmt.Sprintf("it belongs to %s, not to %s", v.Owned.Owner, v.Owned.Claimed)}
	case v.Disputed:
		return &finding{exitDisputed, "ownership is disputed with " + strings.Join(v.DisputedWith, ", ")}
	}
	for _, lien := range v.Encumbrances {
		if lien.InForce() {
			return &finding{exitEncumbered, fmt.Sprintf("encumbered: pledged to %s (%s)", lien.Pledgee, lien.PledgeID)}
		}
	}
	return nil
}

// report prints the answers, and returns the finding as the error that it is
// to a script.
func (v *verification) report(answer client.Doc[client.Verification], f *finding, c *comparison) error {
	out := map[string]any{}
	if answer.Raw != nil {
		_ = json.Unmarshal(answer.Raw, &out)
	}
	out["exit"], out["verdict"] = 0, "ok"
	if f != nil {
		out["exit"], out["verdict"] = f.code, f.msg
	}
	if c != nil {
		out["compared"] = c
	}
	v.app.emit(out, func(w io.Writer) {
		if answer.Raw != nil {
			printVerification(w, answer.Value)
		}
		if c != nil {
			printComparison(w, *c)
		}
		if f == nil {
			fmt.Fprintf(w, "verdict:   %s\n", fine(answer.Value))
		}
	})
	if f == nil {
		return nil
	}
	if f.code == exitNotNotarized && v.local != nil {
		return hintf(f, "was the dataset re-exported after notarization, or a file renamed? -asset ID compares file by file")
	}
	return f
}

// fine sums up what was asked, when all of it is well.
func fine(v client.Verification) string {
	text := "notarized"
	if v.Owned.Answer != nil {
		text += ", owned as claimed"
	}
	if v.Intact.Answer != nil {
		text += ", untampered"
	}
	return text + ", free"
}

func printVerification(w io.Writer, v client.Verification) {
	fmt.Fprintf(w, "notarized: %s\n", answerText(&v.Notarized.Answer, v.Notarized.Detail))
	fmt.Fprintf(w, "owned:     %s\n", answerText(v.Owned.Answer, v.Owned.Detail))
	fmt.Fprintf(w, "intact:    %s\n", answerText(v.Intact.Answer, v.Intact.Detail))
	for _, f := range v.Intact.Failed {
		fmt.Fprintf(w, "           %s: %s\n", first(f.Path, "the dataset"), f.Detail)
	}
	for _, l := range v.Encumbrances {
		fmt.Fprintf(w, "pledge:    %s to %s, %s\n", l.PledgeID, l.Pledgee, l.State)
	}
	for _, o := range v.Overlaps {
		fmt.Fprintf(w, "overlap:   %s shared with %s\n", bytesText(o.Shared), o.AssetID)
	}
	if v.Similar != nil {
		printContent(w, v.Similar)
	}
	printDeclared(w, v.Declaration)
	if v.Frozen {
		fmt.Fprintln(w, "FROZEN by order")
	}
	fmt.Fprintf(w, "ledger:    %s, height %d\n", v.Ledger.Kind, v.Ledger.Height)
}

// printDeclared says whose word the declaration is, and what was let through.
func printDeclared(w io.Writer, d *client.Declared) {
	if d == nil {
		return
	}
	word := "the owner's word only"
	if d.Examined {
		word = "the custodian came to the same reports"
	}
	fmt.Fprintf(w, "declared:  %s\n", word)
	if d.Unread > 0 {
		fmt.Fprintf(w, "           NOT LOOKED INTO: %d files that are no tables\n", d.Unread)
	}
	for _, o := range d.Overrides {
		fmt.Fprintf(w, "override:  %s (%s): %q; answered for as %q, key %s\n", o.Called.EN, o.Finding, o.Reason, o.Capacity, o.SignedBy)
	}
}

func answerText(answer *bool, detail string) string {
	word := "not asked"
	if answer != nil {
		word = map[bool]string{true: "yes", false: "NO"}[*answer]
	}
	if detail == "" {
		return word
	}
	return word + ": " + detail
}

func printComparison(w io.Writer, c comparison) {
	fmt.Fprintf(w, "compared with %s:\n", c.AssetID)
	for _, group := range []struct {
		word  string
		files []string
	}{{"same", c.Same}, {"CHANGED", c.Changed}, {"added", c.Added}, {"not here", c.Missing}} {
		for _, f := range group.files {
			fmt.Fprintf(w, "  %-8s %s\n", group.word, f)
		}
	}
}
