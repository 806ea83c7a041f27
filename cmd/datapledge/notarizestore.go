package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/storage"
)

// store uploads and seals, and fills the command with what the custodian
// signed, once it is known to be what is here.
func (n *notarize) store(ctx context.Context, d dataset) error {
	if err := n.begin(ctx, d); err != nil {
		return err
	}
	if err := n.send(ctx, d); err != nil {
		return n.hold(err)
	}
	n.app.say("sealing: the custodian reads everything back")
	sealed, err := n.client.SealUpload(ctx, n.upload, n.given)
	if err != nil {
		return n.hold(err)
	}
	return n.compare(d, sealed)
}

// begin begins an upload, unless it goes on with one, and declares: after this
// nothing stands in the way that can be known here. What is not to be sent is
// forgotten again.
func (n *notarize) begin(ctx context.Context, d dataset) error {
	n.examines, n.resumed = true, n.upload != ""
	if n.resumed {
		return n.declare()
	}
	u, err := n.client.BeginUpload(ctx, n.body.Name, n.asks()...)
	if err != nil {
		return err
	}
	n.upload, n.examines = u.ID, u.Preflight
	if err := n.declare(); err != nil {
		return errors.Join(err, n.client.AbortUpload(ctx, u.ID))
	}
	n.app.say("upload %s: %d file(s), %s", u.ID, len(d.manifest.Files()), bytesText(d.manifest.Size()))
	return nil
}

func (n *notarize) asks() []string {
	if n.sm3 {
		return []string{client.SM3}
	}
	return nil
}

// compare fills the command, unless the custodian found something else.
func (n *notarize) compare(d dataset, sealed client.Sealed) (err error) {
	if err := agree(d.manifest, sealed, n.client.Key().Party()); err != nil {
		return err
	}
	if err := n.agreed(sealed.Receipt.Preflight); err != nil {
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
	if _, sealErr := n.client.SealUpload(ctx, n.upload, n.given); sealErr != nil {
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
