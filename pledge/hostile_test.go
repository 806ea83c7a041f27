package pledge_test

import (
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/go-jose/go-jose/v4"
)

// hostile is a JWS that must not count, made from a good header, payload and
// signer.
type hostile struct {
	name string
	want pledge.Code
	jws  func(w *world, head, payload string) string
}

// head1 replaces a part of the header; the signature is genuine.
func head1(old, new string) func(*world, string, string) string {
	return func(w *world, head, payload string) string {
		return w.owner.signRaw(strings.Replace(head, old, new, 1), payload)
	}
}

// body1 replaces a part of the payload; the signature is genuine.
func body1(old, new string) func(*world, string, string) string {
	return func(w *world, head, payload string) string {
		if !strings.Contains(payload, old) {
			w.t.Errorf("payload has no %s", old)
		}
		return w.owner.signRaw(head, strings.Replace(payload, old, new, 1))
	}
}

// bytes1 changes the finished JWS.
func bytes1(change func(string) string) func(*world, string, string) string {
	return func(w *world, head, payload string) string { return change(w.owner.signRaw(head, payload)) }
}

var hostiles = []hostile{
	{"alg none, no signature", pledge.Unsigned, func(w *world, head, payload string) string {
		return b64.EncodeToString([]byte(strings.Replace(head, "EdDSA", "none", 1))) + "." + b64.EncodeToString([]byte(payload)) + "."
	}},
	{"alg None", pledge.Unsigned, head1("EdDSA", "None")},
	{"alg HS256 with the public key as secret", pledge.Unsigned, func(w *world, head, payload string) string {
		in := b64.EncodeToString([]byte(strings.Replace(head, "EdDSA", "HS256", 1))) + "." + b64.EncodeToString([]byte(payload))
		h := hmac.New(sha256.New, w.owner.jwk())
		h.Write([]byte(in))
		return in + "." + b64.EncodeToString(h.Sum(nil))
	}},
	{"alg RS256", pledge.Unsigned, head1("EdDSA", "RS256")},
	{"alg ES384", pledge.Unsigned, head1("EdDSA", "ES384")},
	{"alg Ed25519", pledge.Unsigned, head1("EdDSA", "Ed25519")},
	{"alg eddsa", pledge.Unsigned, head1("EdDSA", "eddsa")},
	{"alg ES256 over an Ed25519 key", pledge.Unsigned, head1("EdDSA", "ES256")},
	{"no alg", pledge.Unsigned, head1(`"alg":"EdDSA",`, "")},
	{"embedded jwk", pledge.Malformed, func(w *world, head, payload string) string {
		return w.owner.signRaw(`{"jwk":`+string(w.owner.jwk())+`,`+head[1:], payload)
	}},
	{"jku", pledge.Malformed, head1("{", `{"jku":"https://a.example/k",`)},
	{"x5u", pledge.Malformed, head1("{", `{"x5u":"https://a.example/k",`)},
	{"x5c", pledge.Malformed, head1("{", `{"x5c":[],`)},
	{"crit", pledge.Malformed, head1("{", `{"crit":["exp"],`)},
	{"b64 false", pledge.Malformed, head1("{", `{"b64":false,"crit":["b64"],`)},
	{"zip", pledge.Malformed, head1("{", `{"zip":"DEF",`)},
	{"cty", pledge.Malformed, head1("{", `{"cty":"JWT",`)},
	{"alg twice", pledge.Malformed, head1("{", `{"alg":"none",`)},
	{"Alg beside alg", pledge.Malformed, head1("{", `{"Alg":"none",`)},
	{"typ JWT", pledge.Malformed, head1("datapledge+jws", "JWT")},
	{"typ of a report", pledge.Malformed, head1("datapledge+jws", "datapledge-report+jws")},
	{"no typ", pledge.Malformed, head1(`,"typ":"datapledge+jws"`, "")},
	{"no kid", pledge.Malformed, func(w *world, head, payload string) string {
		return w.owner.signRaw(`{"alg":"EdDSA","typ":"datapledge+jws"}`, payload)
	}},
	{"kid is a path", pledge.Malformed, func(w *world, head, payload string) string {
		return w.owner.signRaw(`{"alg":"EdDSA","kid":"../../dev/null","typ":"datapledge+jws"}`, payload)
	}},
	{"header is a list", pledge.Malformed, func(w *world, head, payload string) string { return w.owner.signRaw(`[]`, payload) }},
	{"header has a tail", pledge.Malformed, func(w *world, head, payload string) string { return w.owner.signRaw(head+"{}", payload) }},
	{"kid of another party", pledge.UnknownKey, func(w *world, head, payload string) string {
		return w.bank.signRaw(w.bank.header(), payload)
	}},
	{"signed by another key under this kid", pledge.Unsigned, func(w *world, head, payload string) string {
		return w.bank.signRaw(head, payload)
	}},
	{"payload changed after signing", pledge.Unsigned, func(w *world, head, payload string) string {
		p := strings.Split(w.owner.signRaw(head, payload), ".")
		return p[0] + "." + b64.EncodeToString([]byte(strings.Replace(payload, "insurance", "insurancE", 1))) + "." + p[2]
	}},
	{"signature of another command", pledge.Unsigned, func(w *world, head, payload string) string {
		a, b := w.owner.signRaw(head, payload), w.owner.signRaw(head, strings.Replace(payload, "insurance", "x", 1))
		return a[:strings.LastIndex(a, ".")] + b[strings.LastIndex(b, "."):]
	}},
	{"empty signature", pledge.Unsigned, bytes1(func(s string) string { return s[:strings.LastIndex(s, ".")+1] })},
	{"short signature", pledge.Unsigned, bytes1(func(s string) string { return s[:len(s)-6] })},
	{"long signature", pledge.Unsigned, bytes1(func(s string) string { return s[:len(s)-2] + "AAAAAA" })},
	{"zero signature", pledge.Unsigned, bytes1(func(s string) string {
		return s[:strings.LastIndex(s, ".")+1] + b64.EncodeToString(make([]byte, 64))
	})},
	{"one bit of the signature", pledge.Unsigned, bytes1(func(s string) string { return flip(s, strings.LastIndex(s, ".")+5) })},
	{"padding", pledge.Malformed, bytes1(func(s string) string { return s + "==" })},
	{"stray bits in the last character", pledge.Malformed, bytes1(func(s string) string {
		return s[:len(s)-1] + string(s[len(s)-1]+1)
	})},
	{"line end in the signature", pledge.Malformed, bytes1(func(s string) string { return s[:len(s)-4] + "\n" + s[len(s)-4:] })},
	{"standard base64", pledge.Malformed, bytes1(func(s string) string {
		return s[:strings.LastIndex(s, ".")+1] + "+" + s[strings.LastIndex(s, ".")+2:]
	})},
	{"leading space", pledge.Malformed, bytes1(func(s string) string { return " " + s })},
	{"two parts", pledge.Malformed, bytes1(func(s string) string { return s[:strings.LastIndex(s, ".")] })},
	{"four parts", pledge.Malformed, bytes1(func(s string) string { return s + ".AAAA" })},
	{"JSON serialization", pledge.Malformed, func(w *world, head, payload string) string {
		p := strings.Split(w.owner.signRaw(head, payload), ".")
		return `{"protected":"` + p[0] + `","payload":"` + p[1] + `","signature":"` + p[2] + `"}`
	}},
	{"detached payload", pledge.Malformed, bytes1(func(s string) string {
		p := strings.Split(s, ".")
		return p[0] + ".." + p[2]
	})},
	{"empty", pledge.Malformed, func(*world, string, string) string { return "" }},
	{"two dots", pledge.Malformed, func(*world, string, string) string { return ".." }},
	{"one byte too large", pledge.TooLarge, func(w *world, head, payload string) string {
		return strings.Repeat("a", pledge.MaxCommand+1)
	}},
	{"unknown member", pledge.Malformed, body1("{", `{"admin":true,`)},
	{"unknown member of the body", pledge.Malformed, body1(`"body":{`, `"body":{"owner":"me",`)},
	{"act twice", pledge.Malformed, body1("{", `{"act":"party.enroll",`)},
	{"By beside by", pledge.Malformed, body1("{", `{"By":"x",`)},
	{"member twice, deep", pledge.Malformed, body1(`"consent":{`, `"consent":{"basis":"x",`)},
	{"data after the end", pledge.Malformed, func(w *world, head, payload string) string { return w.owner.signRaw(head, payload+"{}") }},
	{"not UTF-8", pledge.Malformed, body1("insurance", "insu\xffrance")},
	{"half a surrogate", pledge.Malformed, body1("insurance", `insu\ud800rance`)},
	{"NUL in a name", pledge.Malformed, body1("insurance", `insu\u0000rance`)},
	{"nested too deep", pledge.Malformed, func(w *world, head, payload string) string {
		return w.owner.signRaw(head, strings.Replace(payload, `"body":{`, `"body":{"x":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`,`, 1))
	}},
	{"unknown act", pledge.Malformed, body1("asset.notarize", "asset.seize")},
	{"another act's body", pledge.Malformed, body1("asset.notarize", "pledge.accept")},
	{"body is null", pledge.Malformed, func(w *world, head, payload string) string {
		return w.owner.signRaw(head, payload[:strings.Index(payload, `"body":`)]+`"body":null}`)
	}},
	{"body is missing", pledge.Malformed, func(w *world, head, payload string) string {
		return w.owner.signRaw(head, payload[:strings.Index(payload, `,"body":`)]+`}`)
	}},
	{"wrong check digit in by", pledge.Malformed, func(w *world, head, payload string) string {
		return w.owner.signRaw(head, strings.Replace(payload, `"by":"`+w.owner.uscc, `"by":"`+w.owner.uscc[:17]+"?", 1))
	}},
	{"another's by", pledge.UnknownKey, func(w *world, head, payload string) string {
		return w.owner.signRaw(head, strings.Replace(payload, `"by":"`+w.owner.uscc, `"by":"`+w.other.uscc, 1))
	}},
	{"another channel", pledge.WrongChannel, body1(`"on":"pledge"`, `"on":"other"`)},
	{"no channel", pledge.Malformed, body1(`"on":"pledge"`, `"on":""`)},
	{"local time", pledge.Malformed, body1(`"at":"2026-11-23T08:00:00Z"`, `"at":"2026-11-23T16:00:00+08:00"`)},
	{"time with a comma", pledge.Malformed, body1(`"at":"2026-11-23T08:00:00Z"`, `"at":"2026-11-23T08:00:00,5Z"`)},
	{"time is a number", pledge.Malformed, body1(`"at":"2026-11-23T08:00:00Z"`, `"at":1795420800`)},
	{"short nonce", pledge.Malformed, body1(`"nonce":"`, `"nonce":"AA","x":"`)},
	{"nonce of 15 bytes", pledge.Malformed, func(w *world, head, payload string) string {
		i := strings.Index(payload, `"nonce":"`) + 9
		return w.owner.signRaw(head, payload[:i]+payload[i+2:])
	}},
	{"receipt not signed by the custodian", pledge.CustodyMissing, func(w *world, head, payload string) string {
		r := receiptOf(w, payload)
		return w.owner.signRaw(head, strings.Replace(payload, r, flip(r, len(r)-20), 1))
	}},
	{"receipt signed by the owner under the custodian's name", pledge.CustodyMissing, func(w *world, head, payload string) string {
		r := receiptOf(w, payload)
		p, err := b64.DecodeString(strings.Split(r, ".")[1])
		if err != nil {
			w.t.Fatal(err)
		}
		return w.owner.signRaw(head, strings.Replace(payload, r, w.owner.signRaw(w.exchange.header(), string(p)), 1))
	}},
	{"receipt with alg none", pledge.Unsigned, func(w *world, head, payload string) string {
		r := b64.EncodeToString([]byte(`{"alg":"none","kid":"","typ":"datapledge+jws"}`)) + "." + b64.EncodeToString([]byte("{}")) + "."
		return w.owner.signRaw(head, swapReceipt(w, payload, r))
	}},
	{"receipt is another act", pledge.Malformed, func(w *world, head, payload string) string {
		r := w.sign(w.exchange, pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_" + sha("x")})
		return w.owner.signRaw(head, swapReceipt(w, payload, r))
	}},
}

// flip changes one character of base64url at i to another.
func flip(s string, i int) string {
	c := byte('A')
	if s[i] == c {
		c = 'B'
	}
	return s[:i] + string(c) + s[i+1:]
}

func swapReceipt(w *world, payload, receipt string) string {
	return strings.Replace(payload, receiptOf(w, payload), receipt, 1)
}

func receiptOf(w *world, payload string) string {
	var p pledge.Payload
	var b pledge.NotarizeBody
	if err := errors.Join(json.Unmarshal([]byte(payload), &p), json.Unmarshal(p.Body, &b)); err != nil {
		w.t.Fatal(err)
	}
	return b.CustodyReceipt
}

func TestHostile(t *testing.T) {
	if len(hostiles) < 60 {
		t.Fatalf("only %d hostile commands", len(hostiles))
	}
	for _, h := range hostiles {
		t.Run(h.name, func(t *testing.T) {
			w := newWorld(t)
			head, payload := w.owner.header(), w.payload(w.owner, pledge.AssetNotarize, w.dataset(w.owner, "x", file("a", "a", 1)))
			if got := w.try(w.owner.signRaw(head, payload)); got.Code != "" {
				t.Fatalf("the honest command is refused: %s", got.Detail)
			}
			w = newWorld(t)
			if got := w.try(h.jws(w, head, payload)); got.Code != h.want {
				t.Errorf("got %s (%s), want %s", orApplied(got.Code), got.Detail, h.want)
			} else if len(got.Detail) > 500 {
				t.Errorf("a detail of %d bytes", len(got.Detail))
			}
		})
	}
}

// TestHighS: an ES256 signature has a twin that anybody can make. The JOSE
// library takes both; here only one is a signature.
func TestHighS(t *testing.T) {
	w := newWorld(t)
	a := w.owner.es256()
	w.do(w.owner, pledge.PartyAddKey, pledge.AddKeyBody{Party: a.uscc, Key: a.grant()})
	jws := w.sign(a, pledge.AssetNotarize, w.dataset(a, "x", file("a", "a", 1)))
	dot := strings.LastIndex(jws, ".") + 1
	sig, err := b64.DecodeString(jws[dot:])
	if err != nil {
		t.Fatal(err)
	}
	s := new(big.Int).SetBytes(sig[32:])
	s.Sub(elliptic.P256().Params().N, s).FillBytes(sig[32:])
	twin := jws[:dot] + b64.EncodeToString(sig)
	j, err := jose.ParseSignedCompact(twin, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := j.Verify(&a.ec.PublicKey); err != nil {
		t.Fatal("the twin is not a valid ECDSA signature, so this test tests nothing")
	}
	if got := w.try(twin); got.Code != pledge.Unsigned || !strings.Contains(got.Detail, "low-S") {
		t.Errorf("high-S: %v", got)
	}
	if got := w.try(jws); got.Code != "" {
		t.Errorf("low-S: %v", got)
	}
}

// TestJOSEAgrees holds the direct Ed25519 check to the JOSE library: the
// same signatures, right and wrong, must get the same answer.
func TestJOSEAgrees(t *testing.T) {
	w := newWorld(t)
	for _, a := range []*actor{w.owner, w.owner.es256()} {
		jws := w.sign(a, pledge.CommandFence, pledge.FenceBody{CommandID: "cmd_" + sha("x")})
		last := strings.LastIndex(jws, ".")
		for i := last + 1; i < len(jws); i += 3 {
			for _, s := range []string{jws, flip(jws, i)} {
				c, err := pledge.ParseCommand(s)
				if err != nil {
					continue // not canonical, or high-S
				}
				var key jose.JSONWebKey
				if err := key.UnmarshalJSON(a.jwk()); err != nil {
					t.Fatal(err)
				}
				j, err := jose.ParseSignedCompact(s, []jose.SignatureAlgorithm{jose.EdDSA, jose.ES256})
				if err != nil {
					t.Fatal(err)
				}
				_, theirs := j.Verify(key)
				if ours := c.Verify(a.jwk()); (ours == nil) != (theirs == nil) {
					t.Fatalf("%s: ours %v, theirs %v", s, ours, theirs)
				}
				if (theirs == nil) != (s == jws) {
					t.Fatalf("%s: %v", s, theirs)
				}
			}
		}
	}
}
