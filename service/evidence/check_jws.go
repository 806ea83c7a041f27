package evidence

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"
)

// decode64 reads unpadded base64url in its one spelling: no line breaks, which
// the library would skip, and no stray trailing bits.
func decode64(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, errors.New("line break in base64url")
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}

// signed is a compact JWS (RFC 7515) with the three protected members that
// the format knows. Nothing about its key is believed from here.
type signed struct {
	alg, kid      string
	payload       []byte
	input         string // what was signed
	sig           []byte
	wrote, digest string // the whole, and "cmd_" + SHA-256 of input
}

func parseJWS(text, typ string) (signed, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return signed{}, faultf("jws", "is not a compact JWS")
	}
	s := signed{wrote: text, input: text[:len(parts[0])+1+len(parts[1])]}
	head, err := decode64(parts[0])
	if err != nil {
		return signed{}, faultf("jws.protected", "is not base64url")
	}
	if s.payload, err = decode64(parts[1]); err != nil {
		return signed{}, faultf("jws.payload", "is not base64url")
	}
	if s.sig, err = decode64(parts[2]); err != nil || len(s.sig) != 64 {
		return signed{}, faultf("jws.signature", "is not 64 bytes of base64url")
	}
	if err := s.header(head, typ); err != nil {
		return signed{}, err
	}
	sum := sha256.Sum256([]byte(s.input))
	s.digest = fmt.Sprintf("cmd_%x", sum)
	return s, nil
}

func (s *signed) header(data []byte, typ string) error {
	n, err := parseJSON(data)
	if err != nil {
		return faultf("jws.protected", "%v", err)
	}
	f := fieldsOf(n, "jws.protected")
	s.alg, s.kid = f.text("alg"), f.text("kid")
	f.is("typ", typ)
	return f.rest()
}

// publicKey is a JWK that may sign: OKP Ed25519 or EC P-256 (RFC 7517, 8037).
type publicKey struct {
	kid string // RFC 7638 thumbprint
	alg string
	key crypto.PublicKey
}

func parseKey(n node, path string) (publicKey, error) {
	f := fieldsOf(n, path)
	kty, crv, x := f.text("kty"), f.text("crv"), f.text("x")
	if err := f.error(); err != nil {
		return publicKey{}, err
	}
	switch {
	case f.has("d"):
		return publicKey{}, faultf(f.at("d"), "is a private key")
	case kty == "OKP" && crv == "Ed25519":
		raw, err := decode64(x)
		if err != nil || len(raw) != ed25519.PublicKeySize {
			return publicKey{}, faultf(f.at("x"), "is not an Ed25519 point")
		}
		return publicKey{thumbprint(`{"crv":"Ed25519","kty":"OKP","x":"` + x + `"}`), "EdDSA", ed25519.PublicKey(raw)}, nil
	case kty == "EC" && crv == "P-256":
		y := f.text("y")
		key, err := curvePoint(x, y)
		if err != nil || f.err != nil {
			return publicKey{}, faultf(f.at("x"), "is not a point of P-256")
		}
		return publicKey{thumbprint(`{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + y + `"}`), "ES256", key}, nil
	}
	return publicKey{}, faultf(path, "is neither OKP Ed25519 nor EC P-256")
}

// thumbprint hashes the members in RFC 7638 form. x and y are base64url by
// then, so that they need no escaping.
func thumbprint(members string) string {
	sum := sha256.Sum256([]byte(members))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func curvePoint(x, y string) (*ecdsa.PublicKey, error) {
	xb, errX := decode64(x)
	yb, errY := decode64(y)
	if err := errors.Join(errX, errY); err != nil || len(xb) != 32 || len(yb) != 32 {
		return nil, errors.New("bad coordinates")
	}
	return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, xb...), yb...))
}

// verify is nil when k signed s. The algorithm is the key's, never the
// header's choice; a high-S ES256 signature is a second spelling and refused.
func (s signed) verify(k publicKey) error {
	if s.kid != k.kid {
		return faultf("jws.protected.kid", "is not this key")
	}
	if s.alg != k.alg {
		return faultf("jws.protected.alg", "is %.20q for a key of %s", s.alg, k.alg)
	}
	if !s.matches(k) {
		return faultf("jws.signature", "does not match: content or signature was changed")
	}
	return nil
}

func (s signed) matches(k publicKey) bool {
	switch key := k.key.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, []byte(s.input), s.sig)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256([]byte(s.input))
		r, v := new(big.Int).SetBytes(s.sig[:32]), new(big.Int).SetBytes(s.sig[32:])
		low := new(big.Int).Rsh(key.Curve.Params().N, 1)
		return v.Cmp(low) <= 0 && ecdsa.Verify(key, sum[:], r, v)
	}
	return false
}
