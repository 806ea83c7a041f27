package evidence

import (
	"encoding/json"
	"fmt"

	"github.com/datapledge/datapledge/service"
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
	// Operator is the public JWK that signs the blocks.
	Operator json.RawMessage `json:"operator"`
}

// TrustOf is the trust file of a ledger.
func TrustOf(info service.LedgerInfo) Trust {
	return Trust{Version, info.Kind, info.Channel, info.GenesisHash, info.Operator}
}

// ParseTrust reads a trust file, strictly: no other members, no member twice,
// nothing after it, and an operator key that can verify.
func ParseTrust(data []byte) (Trust, error) {
	n, err := parseJSON(data)
	if err != nil {
		return Trust{}, fmt.Errorf("reading the trust file: %w", err)
	}
	f := fieldsOf(n, "")
	f.version()
	f.is("ledger", "solo")
	f.digest("genesis_hash")
	t := Trust{Version, "solo", f.text("channel"), f.text("genesis_hash"), f.object("operator").raw}
	if err := f.rest(); err != nil {
		return Trust{}, fmt.Errorf("reading the trust file: %w", err)
	}
	if _, err := t.operator(); err != nil {
		return Trust{}, fmt.Errorf("reading the trust file: %w", err)
	}
	return t, nil
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
