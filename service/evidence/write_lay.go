//go:build !js

package evidence

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

//go:embed README.txt
var readme []byte

//go:embed README.fabric.txt
var readmeFabric []byte

// lay turns what was gathered into files.
func (c *collector) lay() error {
	c.files[nameReadme] = readme
	if len(c.blocks) > 0 {
		c.files[nameReadme] = readmeFabric
	}
	c.files[nameGenesis] = c.genesis.proof
	for _, e := range c.entries {
		c.files[dirCommands+e.command.ID+".json"] = e.proof
	}
	for number, raw := range c.blocks {
		c.files[fmt.Sprintf("%s%020d.block", dirBlocks, number)] = raw
	}
	for key := range c.whole {
		id, ok := strings.CutPrefix(key, pledge.KeyParty(""))
		if value := c.value(key); ok && value != nil {
			c.files[dirParties+id+".json"] = value
		}
	}
	if err := c.layBeside(); err != nil {
		return err
	}
	if c.kind == KindSearch {
		return nil // its report is laid already
	}
	c.files[nameRecord] = c.value(c.subject[0])
	if c.kind == KindParty {
		return nil
	}
	asset := c.value(c.subject[len(c.subject)-1])
	if c.kind == KindPledge {
		c.files[nameAsset] = asset
	}
	return c.layDataset(asset)
}

// layBeside adds what others say of the blocks that the commands are in.
func (c *collector) layBeside() error {
	for _, number := range c.standing() {
		parts, err := c.besides(number)
		if err != nil {
			return err
		}
		for name, data := range parts {
			if c.counts(name, data) {
				c.files[name] = data
			}
		}
	}
	return nil
}

// standing lists the blocks of the package's commands, each once.
func (c *collector) standing() []uint64 {
	var numbers []uint64
	for _, e := range c.inOrder() {
		if n := e.at.Block; !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// content is a version of an asset: who brought it, and what it signed.
type content struct {
	by, fingerprint, receipt string
	files                    []pledge.File
}

// layDataset adds the receipt and the files of the newest version as the owner
// signed them, and the manifests of those before it.
func (c *collector) layDataset(record []byte) error {
	asset, err := pledge.DecodeAsset(record)
	if err != nil {
		return fmt.Errorf("decoding the asset: %w", err)
	}
	versions, err := c.versions(asset.ID)
	if err != nil {
		return err
	}
	for _, v := range versions {
		if len(v.files) > 0 {
			c.files[dirManifest+strings.TrimPrefix(v.fingerprint, "sha256:")+".txt"] = []byte(pledge.Manifest(v.files))
		}
	}
	newest := versions[len(versions)-1]
	c.files[nameReceipt] = []byte(newest.receipt)
	if len(newest.files) == 0 {
		if newest.files, err = c.sealed(newest); err != nil {
			return err
		}
	}
	if c.files[nameFiles], err = pledge.CanonicalJSON(newest.files); err != nil {
		return fmt.Errorf("printing the files: %w", err)
	}
	c.files[dirManifest+strings.TrimPrefix(asset.Fingerprint, "sha256:")+".txt"] = []byte(pledge.Manifest(newest.files))
	return c.laySM3(asset, newest.by)
}

// laySM3 adds the SM3 manifest of an asset that was notarized with its SM3. The
// ledger has only the fingerprint; a vault that lost the text leaves it out.
func (c *collector) laySM3(asset pledge.Asset, by string) error {
	if asset.SM3Fingerprint == "" || c.SM3 == nil {
		return nil
	}
	text, err := c.SM3(c.ctx, asset.Fingerprint, by)
	if err != nil {
		return fmt.Errorf("listing the SM3 of the sealed files: %w", err)
	}
	if text != "" {
		c.files[nameSM3] = []byte(text)
	}
	return nil
}

// sealed are the files of a version as the vault has them, which keeps them
// under whose they were when they came.
func (c *collector) sealed(v content) ([]pledge.File, error) {
	if c.Files == nil {
		return nil, errors.New("the notarization names no files, and no vault can")
	}
	files, err := c.Files(c.ctx, v.fingerprint, v.by)
	if err != nil {
		return nil, fmt.Errorf("listing the sealed files: %w", err)
	}
	return files, nil
}

// versions are the contents of an asset, the first one first.
func (c *collector) versions(asset string) (list []content, err error) {
	for _, e := range c.inOrder() {
		for _, cmd := range append([]*pledge.Command{e.command}, e.command.Closing()...) {
			body, err := pledge.DecodeBody(cmd.Payload.Act, cmd.Payload.Body)
			if err != nil {
				return nil, fmt.Errorf("decoding %s: %w", cmd.ID, err)
			}
			switch b := body.(type) {
			case *pledge.NotarizeBody:
				if cmd.RecordID("as_") == asset {
					list = append(list, content{cmd.Payload.By, b.Fingerprint, b.CustodyReceipt, b.Files})
				}
			case *pledge.VersionBody:
				if b.AssetID == asset {
					list = append(list, content{cmd.Payload.By, b.Fingerprint, b.CustodyReceipt, b.Files})
				}
			}
		}
	}
	if len(list) == 0 {
		err = errors.New("the notarization of the asset is not in its history")
	}
	return list, err
}
