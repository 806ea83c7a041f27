package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
)

// checker holds what one run of Check has found so far.
type checker struct {
	*Report
	trust    Trust
	key      publicKey // the operator's
	files    []file
	list     manifest
	assetID  string          // the asset that the package is about
	headers  map[string]bool // header JWS already looked at
	genesis  proof
	commands []command // in ledger order
	register register
	last     map[string][]byte // key -> value that the ledger wrote last
}

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

// Check says whether the package in r stands against what the caller trusts.
// It needs no network and no clock; memory is bounded by size, which is
// refused above 128 MiB. The error is a fault of reading, of trust or of ctx:
// whatever is wrong with the package itself is in the report.
func Check(ctx context.Context, r io.ReaderAt, size int64, trust Trust) (Report, error) {
	key, err := trust.operator()
	if err != nil {
		return Report{}, fmt.Errorf("reading the trust: %w", err)
	}
	c := &checker{Report: newReport(), trust: trust, key: key, headers: map[string]bool{},
		register: register{}, last: map[string][]byte{}}
	files, readable, err := readPackage(r, size, c.Report)
	if err != nil {
		return Report{}, err
	}
	if readable {
		c.files = files
		err = c.run(ctx)
	}
	c.judge()
	return *c.Report, err
}

func (c *checker) run(ctx context.Context) error {
	if !c.readManifest() {
		return nil
	}
	c.assetID = c.assetOf()
	c.complete()
	c.readGenesis()
	if err := c.readCommands(ctx); err != nil {
		return err
	}
	c.order()
	if err := c.walk(ctx); err != nil {
		return err
	}
	c.signature()
	c.parties()
	c.records()
	if c.list.kind != KindParty {
		c.dataset()
	}
	return c.replay(ctx)
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
	prefix, known := map[string]string{KindAsset: "as_", KindPledge: "pl_", KindParty: ""}[m.kind]
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
	return []string{nameReadme, nameSignature, nameGenesis, nameRecord}
}

func (c *checker) readGenesis() {
	data, ok := find(c.files, nameGenesis)
	if !ok {
		return
	}
	p, err := parseProof(nameGenesis, data)
	if err != nil {
		c.note(CheckGenesis, nameGenesis, err)
		return
	}
	c.genesis = p
	c.operator(p)
	c.included(p)
	if p.head.hash != c.trust.GenesisHash {
		err = faultf("header", "block %d has the hash %s, trusted is %.64s", p.head.number, p.head.hash, c.trust.GenesisHash)
	} else if p.head.number != 0 || p.index != 0 || p.head.prev != strings.Repeat("0", 64) {
		err = faultf("header", "is not that of a first block")
	}
	c.note(CheckGenesis, nameGenesis, firstOf(err, c.readMembers(p)))
}

// readMembers starts the register and the state from block 0.
func (c *checker) readMembers(p proof) error {
	f := fieldsOf(p.doc, "entry")
	genesis := f.object("genesis")
	writes, err := parseWrites(f)
	if err != nil {
		return err
	}
	if err := f.rest(); err != nil {
		return err
	}
	if err := same("entry.genesis.channel", fieldsOf(genesis, "").text("channel"), c.trust.Channel); err != nil {
		return err
	}
	c.wrote(writes)
	return c.register.genesis(genesis)
}

func (c *checker) wrote(writes []write) {
	for _, w := range writes {
		c.last[w.key] = w.value
	}
}

func (c *checker) readCommands(ctx context.Context) error {
	for _, f := range c.files {
		if roleOf(f.name) != "command" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := parseProof(f.name, f.data)
		if !c.note(CheckInclusion, f.name, err) {
			continue
		}
		c.operator(p)
		c.included(p)
		cmd, err := parseEntry(p)
		if err != nil {
			c.note(CheckCommandID, f.name, err)
			continue
		}
		c.commands = append(c.commands, cmd)
	}
	slices.SortStableFunc(c.commands, byPosition)
	return nil
}

// walk follows the commands in ledger order: who could sign what, when.
func (c *checker) walk(ctx context.Context) error {
	for _, cmd := range c.commands {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.ids(cmd)
		c.wrote(cmd.writes)
		c.note(CheckChannel, cmd.file, same("command.payload.on", cmd.on, c.trust.Channel))
		if c.signer(cmd.jws, cmd.by, cmd.file, CheckCommand) {
			if cmd.act == "asset.notarize" && cmd.recordID == c.assetID {
				c.receipt(cmd)
			}
			if err := c.register.apply(cmd); err != nil {
				c.note(CheckEnrolled, cmd.file, err)
			}
		}
		c.History = append(c.History, Line{cmd.head.number, cmd.index, cmd.head.stamp, cmd.act, cmd.by, cmd.at, cmd.jws.digest})
	}
	return nil
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
