package fabric

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

func TestProve(t *testing.T) {
	m, cast, out := storied(t, 20)
	m.add([]byte{0}, m.configuration(m.simOrderer))
	raw, results := m.apply(t, cast.Enroll(cast.Bank), "bad")
	if results[0].Outcome.Status != pledge.Applied {
		raw, results = m.apply(t, cast.Enroll(cast.Notary), "bad")
	}
	m.add([]byte{0}, raw)
	c, _ := running(t, labOptions(t), newLab(t, m))
	reach(t, c, 21)
	for jws, o := range out {
		b, doc := proven(t, c, *o.Position)
		d, err := decoder{channel: "pledge", chaincode: "datapledge"}.block(b, b.Metadata.Metadata[2])
		if err != nil || doc.Index != 0 || doc.Tx != 1 || len(doc.Config) != 1 || len(doc.Later) != 1 || d.block.Commands[0].JWS != jws {
			t.Errorf("proof of %s: %+v, %v", o.CommandID, d, err)
		}
	}
	if b, doc := proven(t, c, pledge.Position{}); b.Header.Number != 1 || doc.Tx != 0 || doc.Index != 0 {
		t.Errorf("proof of the genesis: block %d, tx %d", b.Header.Number, doc.Tx)
	}
	if results[0].Outcome.Status == pledge.Applied {
		if _, doc := proven(t, c, pledge.Position{Block: 21}); len(doc.Config) != 2 || len(doc.Later) != 0 {
			t.Errorf("after a configuration: %d configurations and %d later", len(doc.Config), len(doc.Later))
		}
	}
	for _, at := range []pledge.Position{{Block: 21, Index: 1}, {Block: 21, Index: 2}, {Block: 21, Index: -1}, {Block: 2, Tx: 0}, {Block: 2, Tx: 9}, {Block: 2, Tx: -1}, {Block: 20}, {Block: 22}, {Block: 1 << 60}} {
		if doc, err := c.prove(t.Context(), at); !errors.Is(err, service.ErrNotFound) {
			t.Errorf("proof of %+v: %s, %v, want %v", at, doc, err, service.ErrNotFound)
		}
	}
}

func proven(t *testing.T, c *chain, at pledge.Position) (*common.Block, proof) {
	t.Helper()
	raw, err := c.prove(t.Context(), at)
	if err != nil {
		t.Fatalf("proving %+v: %v", at, err)
	}
	var doc proof
	if err := json.Unmarshal(raw, &doc); err != nil || doc.Kind != "fabric" || doc.V != 1 || doc.Channel != "pledge" || doc.Chaincode != "datapledge" {
		t.Fatalf("proof of %+v: %s, %v", at, raw, err)
	}
	b, err := decodeProven(doc.Block)
	if err != nil {
		t.Fatal(err)
	}
	return b, doc
}

// TestProveChecksItself: a proof that a receiver would refuse is not given out.
func TestProveChecksItself(t *testing.T) {
	m, _, out := storied(t, 10)
	at := pledge.Position{Block: 5, Tx: 1}
	c, _ := running(t, labOptions(t), newLab(t, m))
	reach(t, c, 9)
	raw, err := c.prove(t.Context(), at)
	if err != nil || len(out) == 0 {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*proof){
		"position":         func(p *proof) { p.Tx = 0 },
		"another block":    func(p *proof) { p.Block = encode(must(m.blocks[4])) },
		"few signatures":   func(p *proof) { p.Block = altersBlock(p.Block, func(b *common.Block) { b.Metadata.Metadata[0] = nil }) },
		"altered data":     func(p *proof) { p.Block = altersBlock(p.Block, func(b *common.Block) { b.Data.Data[1][60] ^= 1 }) },
		"no configuration": func(p *proof) { p.Config = nil },
		"other consenters": func(p *proof) { p.Config = []string{encode(must(newMint(t, "pledge").blocks[0]))} },
	} {
		var p proof
		if err := json.Unmarshal(raw, &p); err != nil {
			t.Fatal(err)
		}
		change(&p)
		forged, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkProof(forged, at); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := checkProof(raw, at); err != nil {
		t.Errorf("the true one: %v", err)
	}
}

func altersBlock(text string, change func(*common.Block)) string {
	raw, err := base64.StdEncoding.DecodeString(text)
	var b common.Block
	if err != nil || unmarshal(raw, &b) != nil {
		panic("not a block")
	}
	change(&b)
	return encode(must(&b))
}

// TestAttestation: members must attest this key, as this transaction wrote it.
func TestAttestation(t *testing.T) {
	m, _, _ := storied(t, 5)
	d := decoder{channel: "pledge", chaincode: "datapledge"}
	at := pledge.Position{Block: 3, Tx: 1}
	get := [][]byte{[]byte("get"), []byte("k")}
	read := simRead{key: "k", block: 3, tx: 1, found: true}
	other := slices.Clone([]simRead{{key: "k", block: 3, tx: 0, found: true}, {key: "k", block: 2, tx: 1, found: true}, {key: "j", block: 3, tx: 1, found: true}, {key: "k"}})
	envelope := func(channel string, args [][]byte, reads ...simRead) []byte {
		return simEnvelopeAt(channel, args, &simRun{reads: reads}, nil, m.now).Envelope
	}
	if err := checkAttestation(d, envelope("pledge", get, read), "k", at); err != nil {
		t.Errorf("the true one: %v", err)
	}
	for name, raw := range map[string][]byte{
		"other versions": envelope("pledge", get, other...),
		"other channel":  envelope("other", get, read),
		"other call":     envelope("pledge", [][]byte{[]byte("record"), []byte("k")}, read),
		"other key":      envelope("pledge", [][]byte{[]byte("get"), []byte("j")}, read),
		"nothing":        nil,
	} {
		if err := checkAttestation(d, raw, "k", at); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
