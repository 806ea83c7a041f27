package solo

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
)

// headerType is the "typ" of a block header, so that no other JWS by the
// same key can be taken for one.
const headerType = "datapledge-block+jws"

var b64 = base64.RawURLEncoding.Strict()

// Operator is the key that signs blocks. Its private part does not print.
type Operator struct {
	private   *ed25519.PrivateKey
	public    ed25519.PublicKey
	kid       string
	protected string
}

// NewOperator makes an operator of an Ed25519 key. Of a key of another
// length it makes the zero Operator, which Open refuses.
func NewOperator(private ed25519.PrivateKey) Operator {
	if len(private) != ed25519.PrivateKeySize {
		return Operator{}
	}
	public := private.Public().(ed25519.PublicKey)
	o := verifier(public)
	o.private = &private
	return o
}

// verifier is an operator that can only check.
func verifier(public ed25519.PublicKey) Operator {
	sum := sha256.Sum256(jwkOf(public)) // RFC 7638
	kid := b64.EncodeToString(sum[:])
	header := `{"alg":"EdDSA","kid":"` + kid + `","typ":"` + headerType + `"}`
	return Operator{public: public, kid: kid, protected: b64.EncodeToString([]byte(header))}
}

func jwkOf(public ed25519.PublicKey) []byte {
	return []byte(`{"crv":"Ed25519","kty":"OKP","x":"` + b64.EncodeToString(public) + `"}`)
}

// KID is the RFC 7638 thumbprint of the operator's key.
func (o Operator) KID() string { return o.kid }

// JWK is the public key, with the members of its thumbprint only.
func (o Operator) JWK() json.RawMessage { return jwkOf(o.public) }

func (o Operator) sign(payload []byte) string {
	input := o.protected + "." + b64.EncodeToString(payload)
	return input + "." + b64.EncodeToString(ed25519.Sign(*o.private, []byte(input)))
}

// open returns the payload of a compact JWS that the operator signed.
func (o Operator) open(jws string) ([]byte, error) {
	rest, ok := strings.CutPrefix(jws, o.protected+".")
	if !ok {
		return nil, errors.New("header is not by the operator " + o.kid)
	}
	body, tail, ok := strings.Cut(rest, ".")
	if !ok {
		return nil, errors.New("header is no compact JWS")
	}
	payload, err := b64.DecodeString(body)
	if err != nil {
		return nil, errors.New("header payload is not base64url")
	}
	signature, err := b64.DecodeString(tail)
	if err != nil {
		return nil, errors.New("header signature is not base64url")
	}
	input := jws[:len(jws)-len(tail)-1]
	if !ed25519.Verify(o.public, []byte(input), signature) {
		return nil, errors.New("operator signature is wrong")
	}
	return payload, nil
}
