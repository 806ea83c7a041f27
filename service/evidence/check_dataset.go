package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// dataset checks what lies beside the chain: the text of the manifest hashes
// to the fingerprint, and files.json tells the same files.
func (c *checker) dataset() {
	for _, name := range []string{CheckReceipt, CheckReceiptMatches} {
		if c.find(name).Result == NotPresent {
			c.note(name, nameReceipt, faultf("", "no proven notarization or version holds this receipt"))
		}
	}
	name, err := c.fingerprint()
	c.note(CheckFingerprint, name, err)
	if err == nil {
		c.note(CheckFingerprint, nameFiles, c.listed())
	}
}

func (c *checker) fingerprint() (name string, err error) {
	record, err := c.asset()
	if err != nil {
		return nameRecord, err
	}
	digits, _ := strings.CutPrefix(record.text("fingerprint"), "sha256:")
	name = fmt.Sprintf("%s%.64s.txt", dirManifest, digits)
	text, ok := find(c.files, name)
	if !ok {
		return name, faultf("", "is missing")
	}
	if sum := sha256.Sum256(text); fmt.Sprintf("%x", sum) != digits {
		return name, faultf("", "its SHA-256 is not the asset's fingerprint")
	}
	c.manifest = string(text)
	if err := c.formerManifests(name, record); err != nil {
		return name, err
	}
	return name, record.error()
}

// formerManifests: what else lies there is a manifest of an earlier version.
func (c *checker) formerManifests(name string, record *fields) error {
	former := textsOf(record.n, "versions", "fingerprint")
	for _, f := range c.files {
		if roleOf(f.name) != "manifest" || f.name == name {
			continue
		}
		digits := strings.TrimSuffix(strings.TrimPrefix(f.name, dirManifest), ".txt")
		if !slices.Contains(former, "sha256:"+digits) {
			return faultf("", "%s is not of this asset", f.name)
		}
		if sum := sha256.Sum256(f.data); fmt.Sprintf("%x", sum) != digits {
			return faultf("", "the SHA-256 of %s is not the fingerprint of that version", f.name)
		}
	}
	return nil
}

// listed notes whether files.json tells the same files as the text, and as
// the asset and its notarization say.
func (c *checker) listed() error {
	data, ok := find(c.files, nameFiles)
	if !ok {
		return faultf("", "is missing")
	}
	n, err := parseCanonical(data)
	if err != nil || n.kind != '[' {
		return faultf("", "is not a canonical JSON list")
	}
	var text strings.Builder
	var size int64
	for _, entry := range n.list {
		f := fieldsOf(entry, "files")
		fmt.Fprintf(&text, "%s  %s\n", f.text("sha256"), f.text("path"))
		size += f.number("size")
		f.digest("root")
		if err := f.rest(); err != nil {
			return err
		}
	}
	record, err := c.asset()
	if err != nil {
		return err
	}
	switch {
	case text.String() != c.manifest:
		return faultf("", "does not tell the lines of the manifest")
	case size != record.number("size"):
		return faultf("size", "the files have %d bytes together, the asset has not", size)
	case int64(len(n.list)) != record.number("files"):
		return faultf("", "has %d files, the asset has not", len(n.list))
	}
	return firstOf(root(n.list, record.text("manifest_root")), c.notarized(n, data), record.error())
}

// notarized compares files.json with the list that the owner signed. Of more
// files than fit into a command the owner signed only the Merkle root.
func (c *checker) notarized(list node, data []byte) error {
	cmd := c.newest()
	if cmd.act == "" {
		return faultf("", "no proven notarization is in the package")
	}
	body := cmd.read()
	files, ok := body.n.get("files")
	if ok && !bytes.Equal(appendJSON(nil, files), data) {
		return faultf("", "is not the list that the owner signed")
	}
	if !ok {
		return firstOf(root(list.list, body.text("manifest_root")), body.error())
	}
	return nil
}

// newest is the command that brought the asset's newest version, if only the
// notarization itself.
func (c *checker) newest() (found command) {
	for _, cmd := range c.all() {
		if c.assetID != "" && cmd.recordID == c.assetID && (cmd.act == "asset.notarize" || cmd.act == "asset.add_version") {
			found = cmd
		}
	}
	return found
}

// root compares the Merkle root over files.json with the one on the ledger,
// which the custodian signed, or with the one that the owner signed: RFC 9162,
// a leaf "<size> <sha256> <root>  <path>\n" for each file.
func root(files []node, want string) error {
	leaves := make([][32]byte, len(files))
	for i, n := range files {
		f := fieldsOf(n, "files")
		leaves[i] = leafHash(fmt.Appendf(nil, "%d %s %s  %s\n", f.number("size"), f.text("sha256"), f.text("root"), f.text("path")))
	}
	if got := treeRoot(leaves); len(files) == 0 || hex.EncodeToString(got[:]) != want {
		return faultf("", "has another Merkle root than the one that was signed")
	}
	return nil
}
