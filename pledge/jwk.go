package pledge

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
)

// jwk is a public key as RFC 7517 and RFC 8037 spell it. A private member
// ("d") is unknown here, so that no private key can reach a ledger.
type jwk struct {
	Kty    string   `json:"kty"`
	Crv    string   `json:"crv"`
	X      string   `json:"x"`
	Y      string   `json:"y,omitempty"`
	KID    string   `json:"kid,omitempty"`
	Use    string   `json:"use,omitempty"`
	Alg    string   `json:"alg,omitempty"`
	KeyOps []string `json:"key_ops,omitempty"`
}

// publicKey is a JWK that was read: exactly one of the keys is set.
type publicKey struct {
	kid     string
	ed25519 ed25519.PublicKey
	p256    *ecdsa.PublicKey
	// jwk is the canonical JWK with the required members only; its SHA-256 is
	// the thumbprint (RFC 7638 section 3).
	jwk []byte
}

// Thumbprint is the RFC 7638 SHA-256 thumbprint of a public JWK, base64url:
// the kid of every key here. Only OKP Ed25519 and EC P-256 are keys, and
// only when their point is on the curve and not of small order.
func Thumbprint(raw json.RawMessage) (string, error) {
	k, err := parseKey(raw)
	if err != nil {
		return "", err
	}
	if k.ed25519 != nil && !goodPoint(k.ed25519) {
		return "", Errorf(Malformed, "the key's x is not a point of Ed25519 that can sign")
	}
	return k.kid, nil
}

// normalKey checks a JWK fully and returns its thumbprint and canonical form.
func normalKey(raw json.RawMessage) (kid string, canonical json.RawMessage, err error) {
	if kid, err = Thumbprint(raw); err != nil {
		return "", nil, err
	}
	k, err := parseKey(raw)
	return kid, k.jwk, err
}

// parseKey reads a JWK without the costly test of an Ed25519 point: a key of
// the register had it when it was enrolled.
func parseKey(raw json.RawMessage) (publicKey, error) {
	var j jwk
	if err := StrictUnmarshal(raw, &j); err != nil {
		return publicKey{}, within("jwk", err)
	}
	k, err := j.key()
	if err != nil {
		return publicKey{}, err
	}
	sum := sha256.Sum256(k.jwk)
	k.kid = base64.RawURLEncoding.EncodeToString(sum[:])
	if j.KID != "" && j.KID != k.kid {
		return publicKey{}, Errorf(Malformed, "the key's kid is not its RFC 7638 thumbprint %s", k.kid)
	}
	if j.Use != "" && j.Use != "sig" {
		return publicKey{}, Errorf(Malformed, "the key is not for signatures (use %q)", clip(j.Use))
	}
	return k, nil
}

func (j *jwk) key() (publicKey, error) {
	x, err := decode64(j.X)
	if err != nil || len(x) != 32 {
		return publicKey{}, Errorf(Malformed, "the key's x must be 32 bytes in base64url")
	}
	switch {
	case j.Kty == "OKP" && j.Crv == "Ed25519" && (j.Alg == "" || j.Alg == algEdDSA) && j.Y == "":
		return publicKey{ed25519: x, jwk: []byte(`{"crv":"Ed25519","kty":"OKP","x":"` + j.X + `"}`)}, nil
	case j.Kty == "EC" && j.Crv == "P-256" && (j.Alg == "" || j.Alg == algES256):
		return j.p256(x)
	}
	return publicKey{}, Errorf(Malformed, "a key must be OKP Ed25519 or EC P-256, not %s", clip(j.Kty+" "+j.Crv+" "+j.Alg))
}

func (j *jwk) p256(x []byte) (publicKey, error) {
	y, err := decode64(j.Y)
	if err != nil || len(y) != 32 {
		return publicKey{}, Errorf(Malformed, "the key's y must be 32 bytes in base64url")
	}
	point := append(append([]byte{4}, x...), y...)
	pub, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return publicKey{}, Errorf(Malformed, "the key is not a point of P-256")
	}
	return publicKey{p256: pub, jwk: []byte(`{"crv":"P-256","kty":"EC","x":"` + j.X + `","y":"` + j.Y + `"}`)}, nil
}

// smallOrder are the y coordinates of the Ed25519 points whose order divides
// 8, little endian: with such a key one signature fits many messages, and
// nobody could be held to it.
var smallOrder = [][]byte{
	{0: 0, 31: 0},
	{0: 1, 31: 0},
	unhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	unhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
	unhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
}

func unhex(s string) []byte {
	n, _ := new(big.Int).SetString(s, 16)
	return n.FillBytes(make([]byte, 32))
}

// goodPoint says whether a is the canonical encoding of a point of
// edwards25519 (RFC 8032 section 5.1.3) that is not of small order.
func goodPoint(a ed25519.PublicKey) bool {
	le := bytes.Clone(a)
	le[31] &= 0x7f
	for _, bad := range smallOrder {
		if bytes.Equal(le, bad) {
			return false
		}
	}
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	y := new(big.Int).SetBytes(reversed(le))
	if y.Cmp(p) >= 0 {
		return false
	}
	// x^2 = (y^2-1)/(d*y^2+1) with d = -121665/121666: a square exactly when
	// the product of the two is one.
	d := new(big.Int).ModInverse(big.NewInt(121666), p)
	d.Mul(d, big.NewInt(-121665)).Mod(d, p)
	y2 := y.Mul(y, y)
	u := new(big.Int).Sub(y2, big.NewInt(1))
	v := d.Mul(d, y2)
	v.Add(v, big.NewInt(1))
	u.Mul(u, v).Mod(u, p)
	return big.Jacobi(u, p) == 1
}

func reversed(b []byte) []byte {
	r := make([]byte, len(b))
	for i, c := range b {
		r[len(b)-1-i] = c
	}
	return r
}

var strict64 = base64.RawURLEncoding.Strict()

// decode64 reads base64url in its only spelling: Go's decoder would skip
// line ends.
func decode64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, base64.CorruptInputError(0)
	}
	return strict64.DecodeString(s)
}
