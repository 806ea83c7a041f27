package secondreader

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

var (
	isHash = regexp.MustCompile(`^[0-9a-f]{64}$`)
	isTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$`)
)

func goodTime(s string) bool {
	_, err := time.Parse("2006-01-02T15:04:05.000Z", s)
	return err == nil && isTime.MatchString(s)
}

func sum(data []byte) string { s := sha256.Sum256(data); return hex.EncodeToString(s[:]) }

func (r *reader) kind() string { return r.manifest.text("record_kind") }

func (r *reader) complete() (err error) {
	m, err := canonical(r.files["manifest.json"], "as_of", "channel", "files", "ledger", "made_at", "record_id", "record_kind", "v")
	if err != nil {
		return err
	}
	r.manifest = m
	id, prefix := m.text("record_id"), map[string]string{"asset": "as_", "pledge": "pl_", "search": "S-", "party": ""}
	p, known := prefix[r.kind()]
	if !known || !strings.HasPrefix(id, p) || m["v"] != int64(1) || !goodTime(m.text("made_at")) {
		return errors.New("the manifest is not well-formed")
	}
	if err := m.object("as_of").only("hash", "height"); err != nil || !isHash.MatchString(m.object("as_of").text("hash")) || m.object("as_of").number("height") < 0 {
		return errors.New("as_of is not well-formed")
	}
	return errors.Join(r.listed(), r.needed(), r.strange())
}

func (r *reader) listed() error {
	var names []string
	for _, l := range r.manifest.objects("files") {
		name := l.text("path")
		if err := l.only("path", "role", "sha256", "size"); err != nil || roleOf(name) != l.text("role") || r.files[name] == nil {
			return fmt.Errorf("%s: listed wrongly: %v", name, err)
		}
		names = append(names, name)
	}
	return must(slices.IsSorted(names) && len(slices.Compact(names)) == len(r.files)-2 && r.files["manifest.jws"] != nil, "not each file is listed once, in order")
}

func (r *reader) needed() error {
	need := []string{"README.txt", "record.json", "onchain/genesis.json"}
	if r.kind() == "search" {
		need = append(need, "search/report.jws")
	}
	if r.kind() == "pledge" {
		need = append(need, "asset.json")
	}
	if r.ofAsset() {
		need = append(need, "custody/receipt.jws", "manifest/files.json")
		if len(r.named("manifest")) == 0 {
			return errors.New("no manifest of files")
		}
	}
	for _, n := range need {
		if r.files[n] == nil {
			return fmt.Errorf("no %s", n)
		}
	}
	return nil
}

func (r *reader) ofAsset() bool { return r.kind() == "asset" || r.kind() == "pledge" }

// strange finds files that another kind of package has.
func (r *reader) strange() error {
	not := map[string]bool{"search-report": r.kind() != "search", "asset": r.kind() != "pledge", "block": r.solo,
		"custody-receipt": !r.ofAsset(), "manifest": !r.ofAsset(), "files": !r.ofAsset(), "sm3-manifest": !r.ofAsset()}
	for name := range r.files {
		if not[roleOf(name)] {
			return fmt.Errorf("%s does not belong here", name)
		}
	}
	return nil
}

func (r *reader) digests() error {
	for _, l := range r.manifest.objects("files") {
		data := r.files[l.text("path")]
		if l.number("size") != int64(len(data)) || l.text("sha256") != sum(data) {
			return fmt.Errorf("%s: another content", l.text("path"))
		}
	}
	return nil
}

func (r *reader) signature() error {
	r.load()
	payload, kid, err := r.opened(string(r.files["manifest.jws"]), "datapledge-evidence+jws", "exchange")
	if err != nil {
		return err
	}
	if string(payload) != string(r.files["manifest.json"]) {
		return errors.New("it signs another manifest")
	}
	return must(kid.revoked == nil, "the key was revoked")
}
