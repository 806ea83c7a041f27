package evidence

import (
	"crypto/ed25519"
	"encoding/base64"
	"strings"
	"testing"
)

// A signature has one spelling, and its header says nothing but what is used.
func TestStrictJWS(t *testing.T) {
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	e := base64.RawURLEncoding
	sign := func(head, payload string) string {
		input := e.EncodeToString([]byte(head)) + "." + e.EncodeToString([]byte(payload))
		return input + "." + e.EncodeToString(ed25519.Sign(private, []byte(input)))
	}
	const head = `{"alg":"EdDSA","kid":"k","typ":"t"}`
	good := sign(head, "{}")
	if _, err := parseJWS(good, "t"); err != nil {
		t.Fatal(err)
	}
	last := good[len(good)-1:]
	loose := map[string]string{"A": "B", "Q": "R", "g": "h", "w": "x"}[last] // the same bytes, an unused bit set
	for name, text := range map[string]string{
		"line break": good[:20] + "\n" + good[20:], "line break at the end": good + "\r\n", "padding": good + "==", "unused bits": good[:len(good)-1] + loose,
		"standard alphabet": strings.NewReplacer("-", "+", "_", "/").Replace(good) + "+", "short signature": good[:len(good)-4],
		"another type": sign(`{"alg":"EdDSA","kid":"k","typ":"u"}`, "{}"), "no type": sign(`{"alg":"EdDSA","kid":"k"}`, "{}"),
		"an embedded key": sign(`{"alg":"EdDSA","jwk":{},"kid":"k","typ":"t"}`, "{}"), "crit": sign(`{"alg":"EdDSA","crit":[],"kid":"k","typ":"t"}`, "{}"),
		"twice": sign(`{"alg":"none","alg":"EdDSA","kid":"k","typ":"t"}`, "{}"), "two parts": good[:strings.LastIndex(good, ".")], "four parts": good + ".x",
		"nothing": "", "dots": "..", "no header": "." + good,
	} {
		if s, err := parseJWS(text, "t"); err == nil || s.kid != "" {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestKeys(t *testing.T) {
	x := base64.RawURLEncoding.EncodeToString(make([]byte, 32))
	for name, jwk := range map[string]string{
		"another curve": `{"crv":"Ed448","kty":"OKP","x":"` + x + `"}`, "a short point": `{"crv":"Ed25519","kty":"OKP","x":"AA"}`, "a symmetric key": `{"k":"` + x + `","kty":"oct"}`,
		"a point off the curve": `{"crv":"P-256","kty":"EC","x":"` + x + `","y":"` + x + `"}`, "no y": `{"crv":"P-256","kty":"EC","x":"` + x + `"}`,
		"a private key": `{"crv":"Ed25519","d":"` + x + `","kty":"OKP","x":"` + x + `"}`, "no object": `[]`,
	} {
		n, err := parseJSON([]byte(jwk))
		if err != nil {
			t.Fatal(err)
		}
		if k, err := parseKey(n, "jwk"); err == nil || k.key != nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
