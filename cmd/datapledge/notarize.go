package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/storage"
)

const assetNotarizeHelp = `usage: datapledge asset notarize DIR|FILE… -name NAME -declaration FILE.json [flags]

Puts a desensitized dataset into encrypted custody and its fingerprint on the
ledger 存证. The fingerprint is computed here first, and nothing is signed unless
the custodian found the same.

  -name NAME            what the asset is called
  -declaration FILE     the statement of the three principles (consent, exclusion of
                        sensitive data, quality); instead of a digest it may name a
                        document, relative to FILE, whose SHA-256 is then taken
  -source SOURCE        self-collected (default), licensed or public
  -scenario TEXT        what the data are for
  -update-period P1M    how often they are updated (ISO 8601); default P1Y
  -sm3                  also record the SM3 fingerprint 国密 (GB/T 32905), computed here
                        and by the custodian; it cannot be added later
  -upload ID            go on with an upload that was cut off

EXAMPLE
  datapledge asset notarize ./dataset -name "Bird strikes 1990-2002" \
    -declaration declaration.json -scenario "aviation risk" -key acme.jwk
` + exitCommon

// notarize is one run of asset notarize.
type notarize struct {
	app         *app
	client      *client.Client
	body        pledge.NotarizeBody
	declaration string
	upload      string
	sm3         bool
}

func (a *app) assetNotarizeCommand() *cobra.Command {
	n := &notarize{app: a}
	var c *cobra.Command
	c = a.command("notarize DIR|FILE…", assetNotarizeHelp, 1, -1, func(ctx context.Context, args []string) (err error) {
		if err := required(c, "name", n.body.Name, "declaration", n.declaration); err != nil {
			return err
		}
		if n.body.Declaration, err = readDeclaration(n.declaration); err != nil {
			return err
		}
		return n.run(ctx, args)
	})
	f := c.Flags()
	f.StringVar(&n.body.Name, "name", "", "")
	f.StringVar(&n.declaration, "declaration", "", "")
	f.StringVar(&n.body.Source, "source", "self-collected", "")
	f.StringVar(&n.body.Scenario, "scenario", "", "")
	f.StringVar(&n.body.UpdatePeriod, "update-period", "P1Y", "")
	f.BoolVar(&n.sm3, "sm3", false, "")
	f.StringVar(&n.upload, "upload", "", "")
	return c
}

func (n *notarize) run(ctx context.Context, paths []string) (err error) {
	if n.client, err = n.app.client(); err != nil {
		return err
	}
	if n.client.Key() == nil {
		return client.ErrNoKey
	}
	d, err := n.app.localDataset(ctx, paths, extras(n.sm3)...)
	if err != nil {
		return err
	}
	if err := n.store(ctx, d); err != nil {
		if n.upload != "" && !errors.Is(err, pledge.NotFound) {
			return hintf(err, "what was stored stays for a while: run the same again with -upload %s to go on", n.upload)
		}
		return err
	}
	out, err := n.client.Act(ctx, pledge.AssetNotarize, n.body)
	if err != nil {
		return n.app.outcome(out, err)
	}
	n.app.emit(certified(out), func(w io.Writer) {
		printOutcome(w, out)
		fmt.Fprintf(w, "fingerprint: %s\n", n.body.Fingerprint)
		if n.sm3 {
			fmt.Fprintf(w, "SM3:         %s\n", n.body.SM3Fingerprint)
		}
	})
	return nil
}

func (n *notarize) asks() []string {
	if n.sm3 {
		return []string{client.SM3}
	}
	return nil
}

// store uploads and seals, and fills the command with what the custodian
// signed, once it is known to be what is here.
func (n *notarize) store(ctx context.Context, d dataset) error {
	if n.upload == "" {
		u, err := n.client.BeginUpload(ctx, n.body.Name, n.asks()...)
		if err != nil {
			return err
		}
		n.upload = u.ID
		n.app.say("upload %s: %d file(s), %s", u.ID, len(d.manifest.Files()), bytesText(d.manifest.Size()))
	}
	if err := n.send(ctx, d); err != nil {
		return err
	}
	n.app.say("sealing: the custodian reads everything back")
	sealed, err := n.client.SealUpload(ctx, n.upload)
	if err != nil {
		return err
	}
	if err := agree(d.manifest, sealed, n.client.Key().Party()); err != nil {
		return err
	}
	n.body.Fingerprint, n.body.CustodyReceipt, n.body.SM3Fingerprint = sealed.Fingerprint, sealed.CustodyReceipt, d.manifest.SM3().Fingerprint()
	if n.body.Files = filesOf(d.manifest); !listable(n.body.Files) {
		n.body.Files = nil
		n.body.ManifestRoot, err = d.manifest.Root()
	}
	return err
}

// listable: the files are few enough, and their names short enough, to stand
// in a command. It travels in base64, and leaves room for all else it says.
func listable(files []pledge.File) bool {
	list, err := json.Marshal(files)
	return err == nil && len(files) <= pledge.MaxFiles &&
		(len(files) <= pledge.MustList || len(list) < pledge.MaxCommand*3/4-16<<10)
}

func (n *notarize) send(ctx context.Context, d dataset) error {
	bar := n.app.progress("uploading", d.manifest.Size())
	defer n.app.progressDone()
	for _, file := range d.manifest.Files() {
		if err := n.sendFile(ctx, d, file, bar); err != nil {
			return err
		}
	}
	return nil
}

func (n *notarize) sendFile(ctx context.Context, d dataset, file storage.File, bar *bar) error {
	f, err := os.Open(d.path(file.Path))
	if err != nil {
		return err
	}
	defer f.Close()
	at := int64(0)
	err = n.client.PutFile(ctx, n.upload, client.Source{
		Path: file.Path, Size: file.Size, SHA256: file.SHA256, Content: f,
		Sent: func(to int64) { bar.add(to - at); at = to },
	})
	if errors.Is(err, pledge.WrongState) {
		return n.alreadySealed(ctx, err)
	}
	return err
}

// alreadySealed forgives files that cannot be sent because an earlier run had
// sealed the upload: the comparison after sealing tells whether it is the same.
func (n *notarize) alreadySealed(ctx context.Context, err error) error {
	if _, sealErr := n.client.SealUpload(ctx, n.upload); sealErr != nil {
		return err
	}
	return nil
}

// agree refuses to go on unless the custodian holds exactly what is here: the
// owner signs its own fingerprint, not the custodian's word.
func agree(m storage.Manifest, s client.Sealed, owner string) error {
	switch {
	case s.Fingerprint != m.Fingerprint():
		return fmt.Errorf("the custodian has %s, here is %s: nothing was signed", s.Fingerprint, m.Fingerprint())
	case s.Receipt.Fingerprint != s.Fingerprint || s.Receipt.Owner != owner:
		return errors.New("the custody receipt is for something else: nothing was signed")
	case m.SM3() != nil && s.Receipt.SM3Fingerprint == "":
		return errors.New("the custodian computed no SM3, the upload was begun without -sm3: nothing was signed")
	case m.SM3() != nil && s.Receipt.SM3Fingerprint != m.SM3().Fingerprint():
		return fmt.Errorf("the custodian has %s, here is %s: nothing was signed", s.Receipt.SM3Fingerprint, m.SM3().Fingerprint())
	case len(s.Files) != len(m.Files()):
		return errors.New("the custodian lists other files than are here: nothing was signed")
	}
	for i, f := range m.Files() {
		if pledge.File(f) != s.Files[i] {
			return fmt.Errorf("the custodian describes %s differently than it is here: nothing was signed", f.Path)
		}
	}
	return nil
}

func filesOf(m storage.Manifest) []pledge.File {
	var out []pledge.File
	for _, f := range m.Files() {
		out = append(out, pledge.File(f))
	}
	return out
}

// readDeclaration reads the statement of the three principles. Where a digest
// belongs it may name a document beside the file.
func readDeclaration(path string) (pledge.Declaration, error) {
	var d pledge.Declaration
	data, err := os.ReadFile(path)
	if err != nil {
		return d, err
	}
	if err := pledge.StrictUnmarshal(data, &d); err != nil {
		return d, hintf(usagef("%s: %v", path, err), "a declaration looks like this: %s", exampleDeclaration())
	}
	digests := []*string{&d.Exclusion.Report, &d.Quality.Report}
	for i := range d.Consent.Documents {
		digests = append(digests, &d.Consent.Documents[i])
	}
	for _, digest := range digests {
		if *digest == "" {
			continue // the rules say what is missing
		}
		if !strings.HasPrefix(*digest, "sha256:") && !filepath.IsAbs(*digest) {
			*digest = filepath.Join(filepath.Dir(path), *digest)
		}
		if *digest, err = document(*digest); err != nil {
			return d, err
		}
	}
	return d, nil
}

func exampleDeclaration() string {
	text, _ := json.Marshal(pledge.Declaration{
		Consent:   pledge.Consent{Basis: "…", Documents: []string{"consent.pdf"}},
		Exclusion: pledge.Exclusion{Report: "exclusion.json", Result: "pass", SignedBy: "<key id>"},
		Quality:   pledge.Quality{Report: "quality.json"},
	})
	return string(text)
}
