package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// manifest is the signed list of the package's files.
type manifest struct {
	id, kind, made string
	asOf           Head
	files          []listed
}

type listed struct {
	path, role, sum string
	size            int64
}

func (c *checker) readManifest() bool {
	data, ok := find(c.files, nameManifest)
	if !ok {
		return c.note(CheckComplete, nameManifest, faultf("", "is missing"))
	}
	n, err := parseCanonical(data)
	if err != nil {
		return c.note(CheckComplete, nameManifest, err)
	}
	f := fieldsOf(n, "")
	f.version()
	m := manifest{id: f.text("record_id"), kind: f.text("record_kind"), made: f.text("made_at")}
	asOf := fieldsOf(f.object("as_of"), "as_of")
	m.asOf = Head{uint64(asOf.number("height")), asOf.text("hash")}
	asOf.digest("hash")
	ledger, channel := f.text("ledger"), f.text("channel")
	for _, entry := range f.list("files") {
		l := fieldsOf(entry, "files")
		m.files = append(m.files, listed{l.text("path"), l.text("role"), l.text("sha256"), l.number("size")})
		if err := l.rest(); err != nil {
			return c.note(CheckComplete, nameManifest, err)
		}
	}
	if _, ok := parseTime(m.made); !ok {
		f.fail("made_at", "is not a time in UTC with milliseconds")
	}
	if !c.note(CheckComplete, nameManifest, firstOf(asOf.rest(), f.rest(), m.check())) {
		return false
	}
	c.list = m
	c.RecordID, c.RecordKind, c.MadeAt, c.AsOf, c.Ledger, c.Channel = m.id, m.kind, m.made, m.asOf, ledger, channel
	return c.note(CheckChannel, nameManifest, firstOf(same("ledger", ledger, c.trust.Ledger), same("channel", channel, c.trust.Channel)))
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func same(field, got, want string) error {
	if got != want {
		return faultf(field, "is %.80q, trusted is %.80q", got, want)
	}
	return nil
}

// check says whether the kind is known and goes with the id.
func (m manifest) check() error {
	prefix, known := map[string]string{KindAsset: "as_", KindPledge: "pl_", KindParty: "", KindSearch: "S-"}[m.kind]
	if !known {
		return faultf("record_kind", "is %.40q", m.kind)
	}
	if !strings.HasPrefix(m.id, prefix) || len(m.id) == 0 {
		return faultf("record_id", "is not that of a record of kind %s", m.kind)
	}
	return nil
}

// complete compares the list with the files, and each file with its line.
func (c *checker) complete() {
	present := map[string]bool{}
	for i, l := range c.list.files {
		present[l.path] = true
		switch {
		case i > 0 && c.list.files[i-1].path >= l.path:
			c.note(CheckComplete, nameManifest, faultf("files", "%.80q is not in order", l.path))
		case roleOf(l.path) == "" || roleOf(l.path) != l.role:
			c.note(CheckComplete, nameManifest, faultf("files", "%.80q has the role %.40q", l.path, l.role))
		case !c.belongs(l.role):
			c.note(CheckComplete, l.path, faultf("", "does not belong in the package of a %s", c.list.kind))
		}
		c.digest(l)
	}
	for _, f := range c.files {
		if f.name != nameManifest && f.name != nameSignature && !present[f.name] {
			c.note(CheckComplete, f.name, faultf("", "is not in the manifest"))
		}
	}
	for _, name := range c.needed() {
		if _, ok := find(c.files, name); !ok {
			c.note(CheckComplete, name, faultf("", "is missing"))
		}
	}
}

// belongs says whether a package of this kind, of this ledger, has files of a
// role: what no check would look at must not stand in it.
func (c *checker) belongs(role string) bool {
	switch role {
	case "asset":
		return c.list.kind == KindPledge
	case "custody-receipt", "manifest", "files":
		return c.list.kind == KindAsset || c.list.kind == KindPledge
	case "search-report":
		return c.list.kind == KindSearch
	case "block":
		return c.founding != nil
	}
	return true
}

func (c *checker) digest(l listed) {
	data, ok := find(c.files, l.path)
	if !ok {
		c.note(CheckComplete, l.path, faultf("", "is in the manifest and missing"))
		return
	}
	sum := sha256.Sum256(data)
	switch {
	case int64(len(data)) != l.size:
		c.note(CheckDigests, l.path, faultf("size", "is %d, the manifest says %d", len(data), l.size))
	case hex.EncodeToString(sum[:]) != l.sum:
		c.note(CheckDigests, l.path, faultf("sha256", "is not the one in the manifest"))
	default:
		c.pass(CheckDigests)
	}
}

func (c *checker) needed() []string {
	switch c.list.kind {
	case KindAsset:
		return []string{nameReadme, nameSignature, nameGenesis, nameRecord, nameReceipt, nameFiles}
	case KindPledge:
		return []string{nameReadme, nameSignature, nameGenesis, nameRecord, nameReceipt, nameFiles, nameAsset}
	}
	list := []string{nameReadme, nameSignature, nameGenesis, nameRecord}
	if c.list.kind == KindSearch {
		list = append(list, nameReport)
	}
	return list
}

// signature notes whether the manifest is signed by a key that an exchange of
// this ledger has now: the service that made the package is the custodian.
func (c *checker) signature() {
	text, ok := find(c.files, nameSignature)
	if !ok {
		return
	}
	s, err := parseJWS(string(text), SignatureType)
	if err != nil {
		c.note(CheckSignature, nameSignature, err)
		return
	}
	data, _ := find(c.files, nameManifest)
	if !bytes.Equal(s.payload, data) {
		c.note(CheckSignature, nameSignature, faultf("jws.payload", "is not manifest.json"))
		return
	}
	for _, p := range c.register {
		if k, ok := p.keys[s.kid]; ok && p.roles["exchange"] && !k.revoked {
			c.note(CheckSignature, nameSignature, s.verify(k.key))
			return
		}
	}
	c.note(CheckSignature, nameSignature, faultf("jws.protected.kid", "is no living key of an exchange on this ledger"))
}
