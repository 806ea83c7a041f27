package evidence_test

import (
	"encoding/base64"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// Each proof of a real solo ledger proves its command; of another ledger, or
// with any bit changed, it proves nothing.
func TestProofsOfSolo(t *testing.T) {
	s := newStory(t)
	source := replayInto(t, s)
	trust := evidence.TrustOf(source.Ledger.Info())
	for number, b := range s.blocks {
		for index := range max(1, len(b.jws)) {
			doc, err := source.Ledger.Prove(t.Context(), pledge.Position{Block: uint64(number), Index: index})
			if err != nil {
				t.Fatal(err)
			}
			p, err := evidence.CheckProof(doc, trust)
			if err != nil || p.Number != uint64(number) || p.Genesis != (number == 0) || p.Entries != uint64(max(1, len(b.jws))) {
				t.Fatalf("block %d: got %+v, %v", number, p, err)
			}
			if number > 0 && (len(p.Commands) != 1 || p.Commands[0].JWS != b.jws[index] || p.Commands[0].Index != uint64(index)) {
				t.Errorf("block %d: got %+v", number, p)
			}
			unproven(t, doc, trust, stride(307))
		}
	}
}

func unproven(t *testing.T, doc []byte, trust evidence.Trust, step int) {
	t.Helper()
	other := trust
	other.GenesisHash = strings.Repeat("7", 64)
	first, _ := evidence.CheckProof(doc, trust)
	if _, err := evidence.CheckProof(doc, other); err == nil && (first.Genesis || trust.Ledger == "fabric") {
		t.Error("the proof stands on another ledger")
	}
	for i := 0; i < len(doc)*8; i += step {
		damaged := slices.Clone(doc)
		damaged[i/8] ^= 1 << (i % 8)
		if _, err := evidence.CheckProof(damaged, trust); err == nil && !sameJSON(damaged, doc) {
			t.Fatalf("bit %d: changed and proven", i)
		}
	}
}

// sameJSON: the letter case of an escape may change without changing a thing.
func sameJSON(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && string(marshal(x)) == string(marshal(y))
}

// capturedProof is what a consortium's ledger says of a command of the
// captured package.
func capturedProof(t *testing.T) (map[string]any, evidence.Trust) {
	t.Helper()
	data, trust := captured(t)
	files := unpack(t, data)
	var names []string
	for name := range files {
		if ok, _ := filepath.Match("onchain/commands/*", name); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var place struct {
		Attestation      string
		Block, Tx, Index int
	}
	if err := json.Unmarshal(files[names[0]], &place); err != nil {
		t.Fatal(err)
	}
	attestation, err := base64.RawURLEncoding.DecodeString(place.Attestation)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"attestation": attestation, "block": files[blockFile(place.Block)], "chaincode": trust.Chaincode, "channel": trust.Channel,
		"config": [][]byte{files[blockFile(0)]}, "index": place.Index, "kind": "fabric", "tx": place.Tx, "v": 1}, trust
}

func TestProofOfConsortium(t *testing.T) {
	doc, trust := capturedProof(t)
	p, err := evidence.CheckProof(marshal(doc), trust)
	if err != nil || p.Number == 0 || p.Genesis || len(p.Commands) == 0 || len(p.Hash) != 64 {
		t.Fatalf("got %+v, %v", p, err)
	}
	damagedConsortium(t, doc, trust)
	doc["config"] = [][]byte{}
	if _, err := evidence.CheckProof(marshal(doc), trust); err == nil {
		t.Error("proven without block 0")
	}
}

// Flags and metadata that nobody signs may change: what is proven may not.
func damagedConsortium(t *testing.T, doc map[string]any, trust evidence.Trust) {
	t.Helper()
	want, _ := evidence.CheckProof(marshal(doc), trust)
	raw := marshal(doc)
	for i := 0; i < len(raw)*8; i += stride(10007) {
		damaged := slices.Clone(raw)
		damaged[i/8] ^= 1 << (i % 8)
		got, err := evidence.CheckProof(damaged, trust)
		if err == nil && string(marshal(got)) != string(marshal(want)) {
			t.Fatalf("bit %d: changed what is proven: %+v", i, got)
		}
	}
}

func TestProofIsNoPanic(t *testing.T) {
	_, trust := captured(t)
	for _, doc := range []string{"", "{}", "[]", `{"kind":"fabric"}`, `{"kind":"fabric","block":"","config":[],"attestation":"","chaincode":"","channel":"","index":0,"tx":0,"v":1}`} {
		if _, err := evidence.CheckProof([]byte(doc), trust); err == nil {
			t.Errorf("%s proves something", doc)
		}
	}
}
