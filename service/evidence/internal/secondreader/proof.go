package secondreader

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// place orders what is on a ledger; tx is 0 on a solo one.
type place struct{ block, tx, index int64 }

func (a place) compare(b place) int {
	return cmp.Or(cmp.Compare(a.block, b.block), cmp.Compare(a.tx, b.tx), cmp.Compare(a.index, b.index))
}

type write struct{ key, value string }

// written is a write at its place.
type written struct {
	at place
	write
}

// proof is a file of onchain/ and the command, or genesis, that it leads to.
type proof struct {
	file string
	doc  object
	bad  error // not even well-formed
	at   place
	time string

	headerJWS string // of a solo ledger
	header    object
	leaf      []byte

	genesis object // of the ledger's first entry
	command string
	jws     jws
	said    object // the command's payload
	outcome object
	writes  []write
	signed  error // what is wrong with its signature
	by      *key
	inner   []*proof // of a closing
	within  bool     // one itself
	planned error    // what is wrong with a closing's plan
}

func (r *reader) load() {
	if !r.solo {
		r.chain = newChain(r.trust, r.files, "onchain/blocks/")
	}
	r.founding = r.read("onchain/genesis.json")
	for _, name := range r.named("command") {
		r.proofs = append(r.proofs, r.read(name))
	}
	slices.SortStableFunc(r.proofs, func(a, b *proof) int { return a.at.compare(b.at) })
	for _, p := range append([]*proof{r.founding}, r.proofs...) {
		for _, w := range p.writes {
			r.states = append(r.states, written{p.at, w})
		}
	}
	r.register()
}

func (r *reader) read(name string) *proof {
	p := &proof{file: name}
	if r.solo {
		p.bad = p.readSolo(r.files[name])
	} else {
		p.bad = p.readFabric(r.chain, r.files[name])
	}
	if p.bad == nil && (p.command != "") == (name == "onchain/genesis.json") {
		p.bad = errors.New("a command in place of the genesis, or the other way round")
	}
	if p.bad == nil && p.command != "" {
		p.readCommand()
	}
	return p
}

func (p *proof) readSolo(text []byte) (err error) {
	if p.doc, err = canonical(text, "count", "entry", "header", "index", "kind", "path"); err != nil {
		return err
	}
	p.headerJWS = p.doc.text("header")
	j, err := splitJWS(p.headerJWS)
	if err != nil || p.doc["kind"] != "solo" {
		return fmt.Errorf("no proof of a solo ledger: %v", err)
	}
	if p.header, err = canonical(j.payload, "channel", "count", "number", "prev", "root", "time", "v"); err != nil {
		return err
	}
	p.leaf = []byte(p.doc.text("entry"))
	p.at, p.time = place{p.header.number("number"), 0, p.doc.number("index")}, p.header.text("time")
	if !goodTime(p.time) || p.at.block < 0 || p.header["v"] != int64(1) {
		return errors.New("a header that is not well-formed")
	}
	return p.readEntry()
}

func (p *proof) readEntry() error {
	names := []string{"command", "outcome", "writes"}
	if p.at.block == 0 {
		names = []string{"genesis", "writes"}
	}
	entry, err := canonical(p.leaf, names...)
	if err != nil {
		return err
	}
	p.command, p.outcome, p.genesis = entry.text("command"), entry.object("outcome"), entry.object("genesis")
	for _, w := range entry.objects("writes") {
		if err := w.only("key", "value"); err != nil {
			return err
		}
		p.writes = append(p.writes, write{w.text("key"), print(w["value"])})
	}
	return must(slices.IsSortedFunc(p.writes, func(a, b write) int { return strings.Compare(a.key, b.key) }), "writes out of order")
}

// readCommand keeps what is wrong for the check that asks for it.
func (p *proof) readCommand() {
	if p.jws, p.signed = splitJWS(p.command); p.signed != nil {
		return
	}
	v, err := parse(p.jws.payload)
	p.said, _ = v.(object)
	if err == nil {
		err = p.said.only("act", "by", "on", "at", "nonce", "body")
	}
	if p.signed = err; err == nil && p.said.text("act") == "closing.execute" {
		p.planned = p.readClosing()
	}
}

func (p *proof) id() string { return "cmd_" + sum([]byte(p.jws.input)) }

func (r *reader) operator() error {
	for _, p := range append([]*proof{r.founding}, r.proofs...) {
		if p.headerJWS == "" {
			continue
		}
		j, err := splitJWS(p.headerJWS)
		if err == nil {
			err = j.verify("datapledge-block+jws", r.trust.object("operator"))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.file, err)
		}
	}
	return nil
}

func (r *reader) inclusion() error {
	for _, p := range append([]*proof{r.founding}, r.proofs...) {
		if p.bad != nil {
			return fmt.Errorf("%s: %w", p.file, p.bad)
		}
		if !r.solo {
			continue
		}
		root, ok := climb(p.leaf, p.doc.number("index"), p.doc.number("count"), p.doc.texts("path"))
		if !ok || p.doc.number("count") != p.header.number("count") || root != p.header.text("root") {
			return fmt.Errorf("%s: not in its block", p.file)
		}
	}
	return nil
}

// climb is RFC 9162, 2.1.3.2, with the length of the path known beforehand.
func climb(leaf []byte, index, count int64, path []string) (root string, ok bool) {
	if index < 0 || index >= count {
		return "", false
	}
	sum := sha256.Sum256(slices.Concat([]byte{0}, leaf))
	for n := count - 1; n > 0; n, index = n>>1, index>>1 {
		if index&1 == 0 && index == n { // the last one has no neighbour
			continue
		}
		if len(path) == 0 || !isHash.MatchString(path[0]) {
			return "", false
		}
		other, _ := hex.DecodeString(path[0])
		left, right := sum[:], other
		if index&1 == 1 {
			left, right = right, left
		}
		sum, path = sha256.Sum256(slices.Concat([]byte{1}, left, right)), path[1:]
	}
	return hex.EncodeToString(sum[:]), len(path) == 0
}

// head is RFC 9162, 2.1.1.
func head(leaves []string) [32]byte {
	if len(leaves) == 1 {
		return sha256.Sum256([]byte("\x00" + leaves[0]))
	}
	k := 1 << (bits.Len(uint(len(leaves)-1)) - 1)
	l, r := head(leaves[:k]), head(leaves[k:])
	return sha256.Sum256(slices.Concat([]byte{1}, l[:], r[:]))
}

func (r *reader) channel() error {
	want := r.trust.text("channel")
	if r.manifest.text("channel") != want || r.manifest.text("ledger") != r.trust.text("ledger") {
		return errors.New("the manifest is of another ledger or channel")
	}
	for _, p := range append([]*proof{r.founding}, r.all()...) {
		if p.header != nil && p.header.text("channel") != want || p.said != nil && p.said.text("on") != want {
			return fmt.Errorf("%s: of another channel", p.file)
		}
	}
	if !r.solo {
		return r.chain.each(r.places(), stageChannel)
	}
	return nil
}

func (r *reader) genesis() error {
	if !r.solo {
		return errors.Join(r.chain.configured(), r.founders())
	}
	j, err := splitJWS(r.founding.headerJWS)
	if err != nil {
		return err
	}
	h := r.founding.header
	return must(sum(j.payload) == r.trust.text("genesis_hash") && h.number("number") == 0 && h.text("prev") == strings.Repeat("0", 64) &&
		r.founding.doc.number("index") == 0, "another block 0")
}

func (r *reader) order() error {
	if !r.solo {
		return errors.Join(r.distinct(), r.chain.linked(r.manifest.object("as_of")))
	}
	hashes, before := map[int64]string{}, r.founding
	for _, p := range append([]*proof{r.founding}, r.proofs...) {
		j, _ := splitJWS(p.headerJWS)
		hash := sum(j.payload)
		if have, ok := hashes[p.at.block]; ok && have != hash {
			return fmt.Errorf("%s: a second block of that number", p.file)
		}
		hashes[p.at.block] = hash
		if have, ok := hashes[p.at.block-1]; ok && have != p.header.text("prev") || p.time < before.time {
			return fmt.Errorf("%s: not after the block before", p.file)
		}
		before = p
	}
	of := r.manifest.object("as_of")
	have, ok := hashes[of.number("height")]
	if before.at.block > of.number("height") || ok && have != of.text("hash") {
		return errors.New("as_of names another block")
	}
	return r.distinct()
}

func (r *reader) distinct() error {
	for i, p := range r.proofs {
		if i > 0 && p.at == r.proofs[i-1].at || p.at == r.founding.at {
			return fmt.Errorf("%s: an entry twice", p.file)
		}
	}
	return nil
}
