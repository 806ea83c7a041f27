//go:build !js

package evidence

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Proven is what a document of service.Ledger.Prove proves: a block, and
// commands in it that took effect.
type Proven struct {
	Number     uint64
	Hash, Prev string // lowercase hex
	// Genesis: it is the proof of what the ledger started with.
	Genesis bool
	// Entries is how many entries the block of a solo ledger has. Zero for a
	// consortium, whose proof holds the whole block.
	Entries  uint64
	Commands []ProvenCommand
}

// ProvenCommand is a command as the party signed it, with its place. Whether
// that party's key was good then takes the history of its keys: a package's.
type ProvenCommand struct {
	ID, Act, By, RecordID string
	Tx, Index             uint64
	JWS                   string
}

// CheckProof says whether a proof stands against what the caller trusts. On a
// solo ledger it proves one command, on a consortium every command that took
// effect in the transaction. It needs no network and no clock.
func CheckProof(doc []byte, trust Trust) (Proven, error) {
	c := &checker{Report: newReport(trust.Ledger), trust: trust, headers: map[string]bool{}, register: register{},
		last: map[string][]byte{}, blocks: map[uint64]*block{}, list: manifest{asOf: Head{Height: math.MaxUint64}}}
	if err := c.believe(); err != nil {
		return Proven{}, fmt.Errorf("reading the trust: %w", err)
	}
	n, err := parseJSON(doc)
	if err != nil {
		return Proven{}, fmt.Errorf("reading the proof: %w", err)
	}
	read := c.provenSolo
	if trust.Ledger == ledgerFabric {
		read = c.provenFabric
	}
	p, err := read(n)
	if err == nil {
		err = c.firstFault()
	}
	if err != nil {
		return Proven{}, fmt.Errorf("checking the proof: %w", err)
	}
	return p, nil
}

// firstFault is what a check noted, as an error.
func (c *checker) firstFault() error {
	for _, found := range c.Checks {
		for _, f := range found.Failures {
			return faultf(strings.TrimSuffix(found.Name+" "+f.Field, " "), "%s", f.Detail)
		}
	}
	return nil
}

func (c *checker) provenSolo(n node) (Proven, error) {
	p, err := parseProof("", appendJSON(nil, n))
	if err != nil {
		return Proven{}, err
	}
	c.operator(p)
	c.included(p)
	out := Proven{Number: p.head.number, Hash: p.head.hash, Prev: p.head.prev, Entries: p.head.count, Genesis: p.head.number == 0}
	if out.Genesis {
		if p.head.hash != c.trust.GenesisHash {
			err = faultf("header", "block 0 has the hash %s, trusted is %.64s", p.head.hash, c.trust.GenesisHash)
		}
		return out, err
	}
	cmd, err := parseEntry(p)
	if err == nil && (cmd.outcomeID != cmd.jws.digest || cmd.status != "applied") {
		err = faultf("entry.outcome", "is not that of the command")
	}
	out.Commands = []ProvenCommand{provenCommand(cmd)}
	return out, err
}

func provenCommand(cmd command) ProvenCommand {
	return ProvenCommand{ID: cmd.jws.digest, Act: cmd.act, By: cmd.by, RecordID: cmd.recordID, Tx: cmd.tx, Index: cmd.index, JWS: cmd.jws.wrote}
}

// provenFabric lays the proof's blocks out as a package has them.
func (c *checker) provenFabric(n node) (Proven, error) {
	f := fieldsOf(n, "")
	f.is("kind", ledgerFabric)
	f.version()
	f.text("chaincode") // the trusted one counts
	f.text("channel")
	p := place{tx: uint64(f.number("tx")), index: uint64(f.number("index"))}
	configs := f.list("config")
	if f.has("later") { // who attests may be of a configuration since
		configs = append(configs, f.list("later")...)
	}
	for _, config := range configs {
		if _, err := c.keepBlock(config.text); err != nil {
			return Proven{}, err
		}
	}
	at, err := c.keepBlock(f.text("block"))
	if err != nil {
		return Proven{}, err
	}
	p.block = at
	if p.attestation, err = base64.StdEncoding.Strict().DecodeString(f.text("attestation")); err != nil {
		f.fail("attestation", "is not base64")
	}
	if err := f.rest(); err != nil {
		return Proven{}, err
	}
	slices.SortFunc(c.files, func(a, b file) int { return strings.Compare(a.name, b.name) }) // which is by number
	if err := c.readChannel(context.Background()); err != nil {
		return Proven{}, err
	}
	return c.provenTransaction(p)
}

// keepBlock adds a block to the files, under the number that it says.
func (c *checker) keepBlock(text string) (at uint64, err error) {
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return 0, faultf("block", "is not base64")
	}
	if at, err = numberOf(raw); err != nil {
		return 0, err
	}
	name := blockName(at)
	if had, ok := find(c.files, name); ok {
		if !bytes.Equal(had, raw) {
			return 0, faultf("block", "%d stands there in two versions", at)
		}
		return at, nil
	}
	c.files = append(c.files, file{name: name, data: raw})
	return at, nil
}

// numberOf is the number that a serialized block says it has.
func numberOf(raw []byte) (at uint64, err error) {
	var header []byte
	if err := scan(raw, bytesOf(1, &header)); err != nil {
		return 0, faultf("block", "%v", err)
	}
	if err := scan(header, number(1, &at)); err != nil {
		return 0, faultf("block", "%v", err)
	}
	return at, nil
}

func (c *checker) provenTransaction(p place) (Proven, error) {
	b := c.blocks[p.block]
	if err := c.firstFault(); err != nil || b == nil {
		return Proven{}, firstOf(err, faultf("block", "cannot be read"))
	}
	out := Proven{Number: b.number, Hash: b.hash, Prev: hex.EncodeToString(b.prev)}
	t := c.transactionAt(p)
	if t == nil {
		return out, firstOf(c.firstFault(), faultf("tx", "cannot be read"))
	}
	if t.function() == "genesis" {
		p.file, out.Genesis = nameGenesis, true
		c.readPlace(p, t)
		return out, nil
	}
	asked, err := t.command(proof{head: t.head, tx: p.tx, index: p.index})
	if err != nil {
		return out, err
	}
	c.attested(p, t, commandKey+asked.by+"/"+asked.jws.digest)
	out.Commands, err = t.applied()
	return out, err
}

// applied lists what took effect: one attested command shows that the
// transaction was valid, and with it all of its commands.
func (t *committed) applied() (list []ProvenCommand, err error) {
	for i, r := range t.results {
		if r.status != "applied" || len(r.writes) == 0 {
			continue
		}
		cmd, err := t.command(proof{head: t.head, tx: t.tx, index: uint64(i)})
		if err != nil {
			return nil, err
		}
		if cmd.outcomeID != cmd.jws.digest {
			return nil, faultf("response.payload.results", "command %d is not the one that was sent", i)
		}
		list = append(list, provenCommand(cmd))
	}
	return list, nil
}

// OpenJWS reads a compact JWS as this package accepts them everywhere: the
// protected header is exactly alg, kid and typ, one spelling of base64url,
// EdDSA or ES256 with a low s. The key is a public JWK that the caller trusts.
// It returns the payload.
func OpenJWS(text, typ string, jwk json.RawMessage) ([]byte, error) {
	s, err := parseJWS(text, typ)
	if err != nil {
		return nil, err
	}
	n, err := parseJSON(jwk)
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	key, err := parseKey(n, "key")
	if err != nil {
		return nil, err
	}
	if err := s.verify(key); err != nil {
		return nil, err
	}
	return s.payload, nil
}
