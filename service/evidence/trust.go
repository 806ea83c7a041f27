package evidence

import (
	"encoding/json"
	"fmt"
)

// Kinds of ledger that a package can come from.
const (
	ledgerSolo   = "solo"
	ledgerFabric = "fabric"
)

// Trust is what a checker believes before it opens a package. It must come
// from somewhere else than the package: the channel's own publication, a
// member, a court's file.
type Trust struct {
	V       int    `json:"v"`
	Ledger  string `json:"ledger"`
	Channel string `json:"channel"`
	// GenesisHash is the lowercase hex SHA-256 of the header of block 0.
	GenesisHash string `json:"genesis_hash"`
	// Operator is the public JWK that signs the blocks of a solo ledger.
	Operator json.RawMessage `json:"operator,omitempty"`
	// TimeStampRoots are the root certificates (PEM) of the time-stamping
	// authorities that are believed. Without any no time stamp proves a thing.
	TimeStampRoots []string `json:"timestamp_roots,omitempty"`
	// Imprint is the channel that holds checkpoints of this one. Without it
	// no checkpoint proves a thing.
	Imprint *TrustImprint `json:"imprint,omitempty"`
	*Consortium
}

// ParseTrust reads a trust file, strictly: no other members, no member twice,
// nothing after it, and keys and certificates that can verify.
func ParseTrust(data []byte) (Trust, error) {
	n, err := parseJSON(data)
	if err != nil {
		return Trust{}, fmt.Errorf("reading the trust file: %w", err)
	}
	f := fieldsOf(n, "")
	f.version()
	f.digest("genesis_hash")
	t := Trust{V: Version, Ledger: f.text("ledger"), Channel: f.text("channel"), GenesisHash: f.text("genesis_hash"), TimeStampRoots: stampRootsOf(f), Imprint: imprintOf(f)}
	switch t.Ledger {
	case ledgerSolo:
		t.Operator = f.object("operator").raw
	case ledgerFabric:
		t.Consortium = parseConsortium(f)
	default:
		f.fail("ledger", "is %.40q, neither %q nor %q", t.Ledger, ledgerSolo, ledgerFabric)
	}
	if err := f.rest(); err != nil {
		return Trust{}, fmt.Errorf("reading the trust file: %w", err)
	}
	if err := t.check(); err != nil {
		return Trust{}, fmt.Errorf("reading the trust file: %w", err)
	}
	return t, nil
}

// check says whether the trust can be used at all.
func (t Trust) check() error {
	if t.Ledger == ledgerFabric {
		_, err := t.founding()
		return err
	}
	_, err := t.operator()
	return err
}

// operator is the block signer: Ed25519, named by nothing but itself.
func (t Trust) operator() (publicKey, error) {
	n, err := parseJSON(t.Operator)
	if err != nil {
		return publicKey{}, faultf("operator", "%v", err)
	}
	key, err := parseKey(n, "operator")
	if err != nil {
		return publicKey{}, err
	}
	f := fieldsOf(n, "operator")
	f.text("kty")
	f.text("crv")
	f.text("x")
	if kid := f.optional("kid"); kid != "" && kid != key.kid {
		return publicKey{}, faultf("operator.kid", "is not the thumbprint of the key")
	}
	return key, f.rest() // refuses the y of a curve key: operators have Ed25519

}
