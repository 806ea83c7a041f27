package secondreader

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"slices"
	"strings"
)

func unbase(s string) ([]byte, error) {
	if strings.ContainsAny(s, "\r\n") {
		return nil, errors.New("line breaks in base64url")
	}
	return base64.RawURLEncoding.Strict().DecodeString(s)
}

// jws is a compact JWS whose signature was not looked at yet.
type jws struct {
	alg, kid, typ string
	input         string
	payload, sig  []byte
}

func splitJWS(text string) (j jws, err error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return j, errors.New("no compact JWS")
	}
	var raw [3][]byte
	for i, p := range parts {
		if raw[i], err = unbase(p); err != nil {
			return j, err
		}
	}
	v, err := parse(raw[0])
	head, _ := v.(object)
	if err != nil || head.only("alg", "kid", "typ") != nil {
		return j, errors.New("another protected header than alg, kid, typ")
	}
	return jws{head.text("alg"), head.text("kid"), head.text("typ"), parts[0] + "." + parts[1], raw[1], raw[2]}, nil
}

// thumbprint is RFC 7638, of the two kinds of key.
func thumbprint(jwk object) string {
	o := object{"kty": jwk["kty"], "crv": jwk["crv"], "x": jwk["x"]}
	if jwk["kty"] == "EC" {
		o["y"] = jwk["y"]
	}
	s := sha256.Sum256([]byte(print(o)))
	return base64.RawURLEncoding.EncodeToString(s[:])
}

func (j jws) verify(typ string, jwk object) error {
	if j.typ != typ || j.kid != thumbprint(jwk) {
		return errors.New("another type or key")
	}
	x, err := unbase(jwk.text("x"))
	if err != nil || len(x) != 32 {
		return errors.New("no key")
	}
	switch jwk.text("kty") + " " + jwk.text("crv") + " " + j.alg {
	case "OKP Ed25519 EdDSA":
		return must(ed25519.Verify(x, []byte(j.input), j.sig), "the signature is wrong")
	case "EC P-256 ES256":
		y, err := unbase(jwk.text("y"))
		if err != nil || len(y) != 32 || len(j.sig) != 64 {
			return errors.New("no key, or no signature")
		}
		return j.curve(slices.Concat([]byte{4}, x, y))
	}
	return errors.New("another algorithm than the key's")
}

func (j jws) curve(point []byte) error {
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return err
	}
	r, s := new(big.Int).SetBytes(j.sig[:32]), new(big.Int).SetBytes(j.sig[32:])
	digest := sha256.Sum256([]byte(j.input))
	return must(low(s, elliptic.P256()) && ecdsa.Verify(public, digest[:], r, s), "the signature is wrong")
}

func low(s *big.Int, c elliptic.Curve) bool {
	return s.Cmp(new(big.Int).Rsh(c.Params().N, 1)) <= 0
}

// opened checks a JWS of whichever party's key signed it; the party must have
// one of the roles.
func (r *reader) opened(text, typ string, roles ...string) ([]byte, *key, error) {
	j, err := splitJWS(text)
	if err != nil {
		return nil, nil, err
	}
	for _, k := range r.keys {
		if k.kid == j.kid && slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(k.roles, role) }) {
			return j.payload, k, j.verify(typ, k.jwk)
		}
	}
	return nil, nil, errors.New("by no key of such a party")
}
