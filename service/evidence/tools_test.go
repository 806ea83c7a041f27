package evidence_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"maps"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/msp"
	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/service/evidence"
)

// These tests look at packages with programs that others wrote.

// folder has these files in it.
func folder(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// run says whether a program takes it.
func run(t *testing.T, dir, path string, args ...string) (string, bool) {
	t.Helper()
	c := exec.CommandContext(t.Context(), path, args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	return string(out), err == nil
}

func TestSHA256SumReadsTheManifest(t *testing.T) {
	sum := needs.Program(t, "sha256sum", "sha256sum")
	m := published(t)
	f := unpack(t, m.bases["solo-asset"])
	files := map[string][]byte{"a.csv": []byte("a"), "b.csv": []byte("b")}
	for name, data := range f {
		if strings.HasPrefix(name, "manifest/") && strings.HasSuffix(name, ".txt") {
			files["list"] = data
		}
	}
	if out, ok := run(t, folder(t, files), sum, "-c", "--strict", "list"); !ok || !strings.Contains(out, "b.csv: OK") {
		t.Error(out)
	}
	files["b.csv"] = []byte("B")
	if out, ok := run(t, folder(t, files), sum, "-c", "--strict", "list"); ok {
		t.Error(out)
	}
}

// opensslTakes says whether openssl takes a signature; the key is a public one
// or a certificate, in PEM.
func opensslTakes(t *testing.T, key, data, sig []byte, raw bool) bool {
	t.Helper()
	ssl := needs.Program(t, "openssl", "openssl")
	dir := folder(t, map[string][]byte{"key": key, "data": data, "sig": sig})
	if bytes.Contains(key, []byte("CERTIFICATE")) {
		if out, ok := run(t, dir, ssl, "x509", "-in", "key", "-pubkey", "-noout", "-out", "key"); !ok {
			t.Fatal(out)
		}
	}
	args := []string{"dgst", "-sha256", "-verify", "key", "-signature", "sig", "data"}
	if raw {
		args = []string{"pkeyutl", "-verify", "-pubin", "-inkey", "key", "-rawin", "-in", "data", "-sigfile", "sig"}
	}
	_, ok := run(t, dir, ssl, args...)
	return ok
}

// takesBoth wants openssl to take a signature, and not that of other data.
func takesBoth(t *testing.T, what string, key, data, sig []byte, raw bool) {
	t.Helper()
	if !opensslTakes(t, key, data, sig, raw) {
		t.Errorf("%s: openssl does not take the signature", what)
	}
	if opensslTakes(t, key, append([]byte("x"), data...), sig, raw) {
		t.Errorf("%s: openssl takes the signature of something else", what)
	}
}

// keyFile is a JWK as openssl reads keys.
func keyFile(t *testing.T, jwk map[string]any) []byte {
	t.Helper()
	raw := func(name string) []byte {
		b, err := b64.DecodeString(jwk[name].(string))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	var public any = ed25519.PublicKey(raw("x"))
	if jwk["kty"] == "EC" {
		var err error
		if public, err = ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, raw("x"), raw("y"))); err != nil {
			t.Fatal(err)
		}
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
}

func opensslTakesJWS(t *testing.T, what, jws string, jwk map[string]any) {
	t.Helper()
	at := strings.LastIndex(jws, ".")
	sig, err := b64.DecodeString(jws[at+1:])
	if err != nil {
		t.Fatal(err)
	}
	if jwk["kty"] == "EC" { // openssl's spelling of r‖s
		if sig, err = asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])}); err != nil {
			t.Fatal(err)
		}
	}
	takesBoth(t, what, keyFile(t, jwk), []byte(jws[:at]), sig, jwk["kty"] == "OKP")
}

// partyKeys are the keys in a package's records of parties, by their kid.
func partyKeys(t *testing.T, f contents) map[string]map[string]any {
	t.Helper()
	keys := map[string]map[string]any{}
	for name, data := range f {
		if !strings.HasPrefix(name, "parties/") {
			continue
		}
		for _, k := range record(t, data)["keys"].([]any) {
			jwk := k.(map[string]any)["jwk"].(map[string]any)
			keys[k.(map[string]any)["kid"].(string)] = jwk
		}
	}
	return keys
}

func TestOpenSSLTakesTheSignatures(t *testing.T) {
	m := published(t)
	var operator struct {
		Operator map[string]any `json:"operator"`
	}
	if err := json.Unmarshal(m.trusts["solo"], &operator); err != nil {
		t.Fatal(err)
	}
	f := unpack(t, m.bases["solo-search"])
	keys, kinds := partyKeys(t, f), map[any]bool{}
	for _, name := range slices.Sorted(maps.Keys(f)) {
		if !strings.HasPrefix(name, "onchain/commands/") {
			continue
		}
		proof := parsed(t, f, name)
		command := record(t, []byte(proof["entry"].(string)))["command"].(string)
		head, _ := b64.DecodeString(strings.Split(command, ".")[0])
		jwk := keys[record(t, head)["kid"].(string)]
		if jwk == nil || kinds[jwk["kty"]] {
			continue
		}
		kinds[jwk["kty"]] = true
		opensslTakesJWS(t, "command", command, jwk)
		opensslTakesJWS(t, "block header", proof["header"].(string), operator.Operator)
	}
	if !kinds["OKP"] || !kinds["EC"] {
		t.Errorf("only keys of %v were looked at", kinds)
	}
}

// The package of a real network: one endorsement, and one consenter, whose
// certificate the trust file has.
func TestOpenSSLTakesFabricsSignatures(t *testing.T) {
	data, trust := captured(t)
	f := unpack(t, data)
	proof := parsed(t, f, "onchain/genesis.json")
	number, err := proof["block"].(json.Number).Int64()
	if err != nil {
		t.Fatal(err)
	}
	var b common.Block
	decode(f[blockFile(int(number))], &b)
	var md common.Metadata
	decode(b.Metadata.Metadata[0], &md)
	var id common.IdentifierHeader
	decode(md.Signatures[0].IdentifierHeader, &id)
	of := slices.IndexFunc(trust.Consenters, func(c evidence.TrustConsenter) bool { return c.ID == uint64(id.Identifier) })
	takesBoth(t, "consenter", []byte(trust.Consenters[of].Certificate), slices.Concat(md.Value, md.Signatures[0].IdentifierHeader, headerBytes(&b)), md.Signatures[0].Signature, false)
	action := actionOf(b.Data.Data[0])
	e := action.Endorsements[0]
	var who msp.SerializedIdentity
	decode(e.Endorser, &who)
	takesBoth(t, "endorser", who.IdBytes, slices.Concat(action.ProposalResponsePayload, e.Endorser), e.Signature, false)
	issuedByTrusted(t, who.IdBytes, trust.Members[slices.IndexFunc(trust.Members, func(m evidence.TrustMember) bool { return m.MSP == who.Mspid })].Roots)
}

func actionOf(envelope []byte) *peer.ChaincodeEndorsedAction {
	var (
		e       common.Envelope
		payload common.Payload
		tx      peer.Transaction
		action  peer.ChaincodeActionPayload
	)
	decode(envelope, &e)
	decode(e.Payload, &payload)
	decode(payload.Data, &tx)
	decode(tx.Actions[0].Payload, &action)
	return action.Action
}

// issuedByTrusted asks openssl, at a time when the certificate was good.
func issuedByTrusted(t *testing.T, certificate []byte, roots []string) {
	t.Helper()
	ssl := needs.Program(t, "openssl", "openssl")
	dir := folder(t, map[string][]byte{"leaf": certificate, "roots": []byte(strings.Join(roots, ""))})
	if out, ok := run(t, dir, ssl, "verify", "-no_check_time", "-CAfile", "roots", "leaf"); !ok {
		t.Error(out)
	}
}

// Fabric's own program reads a block of the package, and its header is what
// the checker takes it for.
func TestConfigtxlatorReadsTheBlocks(t *testing.T) {
	translate := needs.Program(t, "fabric", "configtxlator")
	data, _ := captured(t)
	for name, raw := range unpack(t, data) {
		if !strings.HasPrefix(name, "onchain/blocks/") {
			continue
		}
		dir := folder(t, map[string][]byte{"block": raw})
		out, ok := run(t, dir, translate, "proto_decode", "--type", "common.Block", "--input", "block", "--output", "json")
		if !ok {
			t.Fatal(out)
		}
		sameHeader(t, name, raw, contentOf(t, filepath.Join(dir, "json")))
	}
}

func sameHeader(t *testing.T, name string, raw, decoded []byte) {
	t.Helper()
	var theirs struct {
		Header struct {
			Number   json.Number `json:"number"`
			Previous string      `json:"previous_hash"`
			Data     string      `json:"data_hash"`
		} `json:"header"`
	}
	if err := json.Unmarshal(bytes.ReplaceAll(decoded, []byte("null"), []byte(`""`)), &theirs); err != nil {
		t.Fatal(err)
	}
	var ours common.Block
	decode(raw, &ours)
	text := base64.StdEncoding.EncodeToString
	all := sha256.Sum256(slices.Concat(ours.Data.Data...))
	number := strings.TrimLeft(strings.TrimSuffix(filepath.Base(name), ".block"), "0")
	if strings.TrimLeft(theirs.Header.Number.String(), "0") != number || theirs.Header.Previous != text(ours.Header.PreviousHash) || theirs.Header.Data != text(all[:]) {
		t.Errorf("%s: configtxlator reads %+v, the data is %s", name, theirs.Header, hex.EncodeToString(all[:]))
	}
}
