package client

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/datapledge/datapledge/pledge"
)

// CommandType is the typ header of every command and custody receipt.
const CommandType = "datapledge+jws"

// tokenLife is how long a token lives: the most that the service accepts.
const tokenLife = 5 * time.Minute

// Sign makes a command: a compact JWS over act, party, channel, time, nonce
// and body. A nil nonce is drawn at random; tests that need the same command
// twice pass 16 bytes.
func (k *Key) Sign(act pledge.Act, channel string, body any, now time.Time, nonce []byte) (string, error) {
	return k.SignIn("", act, channel, body, now, nonce)
}

// SignIn makes a command that takes effect only as a part of a closing, whose
// plan has that digest (pledge.PlanDigest).
func (k *Key) SignIn(closing string, act pledge.Act, channel string, body any, now time.Time, nonce []byte) (string, error) {
	if k.reveal().party == "" {
		return "", errors.New("the key names no party to sign for")
	}
	if nonce == nil {
		nonce = make([]byte, 16)
		_, _ = rand.Read(nonce) // never fails since Go 1.24
	}
	raw, err := encode(body)
	if err != nil {
		return "", fmt.Errorf("encoding the body of %s: %w", act, err)
	}
	payload, err := encode(pledge.Payload{
		Act: act, By: k.reveal().party, On: channel, At: now.UTC().Format(time.RFC3339),
		Nonce: base64.RawURLEncoding.EncodeToString(nonce), Body: raw, Closing: closing,
	})
	if err != nil {
		return "", fmt.Errorf("encoding %s: %w", act, err)
	}
	return k.SignJWS(CommandType, payload)
}

// JWT makes a bearer token for a channel, good for five minutes from now.
func (k *Key) JWT(aud string, now time.Time) (string, error) {
	if k.reveal().party == "" {
		return "", errors.New("the key names no party to authenticate")
	}
	jti := make([]byte, 16)
	_, _ = rand.Read(jti)
	claims, err := encode(map[string]any{
		"iss": k.reveal().party, "sub": k.reveal().party, "aud": aud,
		"iat": now.Unix(), "exp": now.Add(tokenLife).Unix(),
		"jti": base64.RawURLEncoding.EncodeToString(jti),
	})
	if err != nil {
		return "", fmt.Errorf("encoding the token: %w", err)
	}
	return k.SignJWS("JWT", claims)
}

// SignJWS signs payload as a compact JWS whose protected header holds alg,
// kid and typ, and nothing else.
func (k *Key) SignJWS(typ string, payload []byte) (string, error) {
	alg := jose.EdDSA
	if _, ok := k.reveal().signer.(*ecdsa.PrivateKey); ok {
		alg = jose.ES256
	}
	opts := (&jose.SignerOptions{}).WithType(jose.ContentType(typ)).WithHeader("kid", k.reveal().kid)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: lowS{k.reveal().signer}}, opts)
	if err != nil {
		return "", fmt.Errorf("preparing the signature: %w", err)
	}
	jws, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("signing: %w", err)
	}
	return jws.CompactSerialize()
}

// CommandID is "cmd_" and the lowercase hex SHA-256 of the signing input:
// known before a command is sent, and the same however it is signed.
func CommandID(jws string) string {
	input, _, _ := cutLast(jws, ".")
	sum := sha256.Sum256([]byte(input))
	return "cmd_" + hex.EncodeToString(sum[:])
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// lowS signs for the JOSE library. ECDSA signatures come in pairs, s and n-s;
// the rules take only the smaller, so that nobody can make a second valid
// text of a command.
type lowS struct{ signer crypto.Signer }

func (l lowS) Public() *jose.JSONWebKey {
	return &jose.JSONWebKey{Key: l.signer.Public()}
}

func (l lowS) Algs() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256}
}

func (l lowS) SignPayload(payload []byte, _ jose.SignatureAlgorithm) ([]byte, error) {
	switch key := l.signer.(type) {
	case ed25519.PrivateKey:
		return ed25519.Sign(key, payload), nil
	case *ecdsa.PrivateKey:
		digest := sha256.Sum256(payload)
		r, s, err := ecdsa.Sign(rand.Reader, key, digest[:])
		if err != nil {
			return nil, err
		}
		sig := make([]byte, 64)
		r.FillBytes(sig[:32])
		lower(s).FillBytes(sig[32:])
		return sig, nil
	}
	return nil, errors.New("unsupported kind of key")
}

func lower(s *big.Int) *big.Int {
	n := elliptic.P256().Params().N
	if s.Cmp(new(big.Int).Rsh(n, 1)) > 0 {
		return new(big.Int).Sub(n, s)
	}
	return s
}

// encode writes JSON without the HTML escapes of json.Marshal, which would
// make the signed text harder to read for a court.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
