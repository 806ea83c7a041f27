package pledge_test

import (
	"crypto"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/go-jose/go-jose/v4"
)

func TestThumbprintIsRFC7638(t *testing.T) {
	w := newWorld(t)
	for _, a := range []*actor{w.owner, w.owner.es256()} {
		var key jose.JSONWebKey
		if err := key.UnmarshalJSON(a.jwk()); err != nil {
			t.Fatal(err)
		}
		want, err := key.Thumbprint(crypto.SHA256)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pledge.Thumbprint(a.jwk())
		if err != nil || got != b64.EncodeToString(want) {
			t.Errorf("got %s %v", got, err)
		}
	}
	// RFC 8037 appendix A.3.
	got, err := pledge.Thumbprint(json.RawMessage(`{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`))
	if err != nil || got != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("got %s %v", got, err)
	}
}

func le(hex string) string {
	var b [32]byte
	for i := range 32 {
		for _, c := range hex[2*i : 2*i+2] {
			b[i] = b[i]<<4 | byte(strings.IndexRune("0123456789abcdef", c))
		}
	}
	return b64.EncodeToString(b[:])
}

func TestKeysThatAreNone(t *testing.T) {
	okp := func(x string) string { return `{"kty":"OKP","crv":"Ed25519","x":"` + x + `"}` }
	good := "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
	w := newWorld(t)
	ec := string(w.owner.es256().jwk())
	for name, raw := range map[string]string{
		"private":            `{"kty":"OKP","crv":"Ed25519","x":"` + good + `","d":"` + good + `"}`,
		"secret":             `{"kty":"oct","k":"AAAA"}`,
		"RSA":                `{"kty":"RSA","n":"AQAB","e":"AQAB"}`,
		"P-384":              strings.Replace(ec, "P-256", "P-384", 1),
		"X25519":             strings.Replace(okp(good), "Ed25519", "X25519", 1),
		"short x":            okp(good[:40]),
		"x with padding":     okp(good + "="),
		"x with a line end":  okp(good[:4] + `\n` + good[4:]),
		"x with stray bits":  okp(good[:42] + "p"),
		"y on OKP":           `{"kty":"OKP","crv":"Ed25519","x":"` + good + `","y":"` + good + `"}`,
		"not on P-256":       strings.Replace(ec, `"y":"`, `"y":"A`, 1),
		"no y":               ec[:strings.Index(ec, `,"y"`)] + "}",
		"kid of another":     `{"kty":"OKP","crv":"Ed25519","x":"` + good + `","kid":"` + good + `"}`,
		"for encryption":     `{"kty":"OKP","crv":"Ed25519","x":"` + good + `","use":"enc"}`,
		"alg of another":     `{"kty":"OKP","crv":"Ed25519","x":"` + good + `","alg":"ES256"}`,
		"x twice":            `{"kty":"OKP","crv":"Ed25519","x":"` + good + `","x":"` + good + `"}`,
		"null":               `null`,
		"empty":              ``,
		"off the curve":      okp(le("02" + strings.Repeat("00", 31))),
		"order 1":            okp(le("01" + strings.Repeat("00", 31))),
		"order 2":            okp(le("ec" + strings.Repeat("ff", 30) + "7f")),
		"order 4":            okp(le(strings.Repeat("00", 32))),
		"order 4, x odd":     okp(le(strings.Repeat("00", 31) + "80")),
		"order 8":            okp(le("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
		"order 8, x odd":     okp(le("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")),
		"order 8, the other": okp(le("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")),
		"y = p":              okp(le("ed" + strings.Repeat("ff", 30) + "7f")),
		"y = p+3":            okp(le("f0" + strings.Repeat("ff", 30) + "7f")),
	} {
		if kid, err := pledge.Thumbprint(json.RawMessage(raw)); err == nil || kid != "" {
			t.Errorf("%s is taken for the key %s", name, kid)
		}
	}
}

// TestManyPoints: every key that a library makes is a good one.
func TestManyPoints(t *testing.T) {
	for i := range 200 {
		a := newActor(strings.Repeat("k", i), "")
		if _, err := pledge.Thumbprint(a.jwk()); err != nil {
			t.Fatalf("%s: %v", a.jwk(), err)
		}
	}
}

func TestVerifyRemembers(t *testing.T) {
	w := newWorld(t)
	c := w.command(w.owner, pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_" + sha("x")})
	for range 2 {
		if err := c.Verify(w.bank.jwk()); err == nil {
			t.Error("verified by another's key")
		}
		if err := c.Verify(w.owner.jwk()); err != nil {
			t.Error(err)
		}
	}
	// A genuine signature under another key's id is none.
	borrowed := w.parse(w.bank.signRaw(w.owner.header(), w.payload(w.owner, pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_" + sha("x")})))
	if err := borrowed.Verify(w.bank.jwk()); !errors.Is(err, pledge.Unsigned) {
		t.Errorf("kid of another key: %v", err)
	}
	done := make(chan error)
	for range 8 {
		go func() { done <- c.Verify(w.owner.jwk()) }()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestUSCC(t *testing.T) {
	for s, want := range map[string]bool{
		"91350100M000100Y43": true, uscc(1): true,
		"91350100M000100Y44": false, "91350100M000100Y4": false, "91350100m000100y43": false,
		"9135010OM000100Y43": false, "91A50100M000100Y43": false, "": false, "９1350100M000100Y4": false,
		"91350100M000100Y4\n": false,
	} {
		if err := pledge.CheckUSCC(s); (err == nil) != want {
			t.Errorf("%q: %v", s, err)
		}
	}
	// Every slip of one character is noticed, and most swaps of two.
	good := "91350100M000100Y43"
	for i := range good {
		for _, c := range "0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZ" {
			if byte(c) != good[i] && pledge.CheckUSCC(good[:i]+string(c)+good[i+1:]) == nil {
				t.Errorf("%c at %d passes", c, i)
			}
		}
	}
}
