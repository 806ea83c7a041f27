package imprint_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/service/imprint"
)

var b64 = base64.RawURLEncoding

const exchangeParty = "91330100MADEUP03X5"

func newKey(t *testing.T, kind client.Kind, party string) *client.Key {
	t.Helper()
	k, err := client.New(kind, party, "")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func verifier(t *testing.T, origin string, now func() time.Time, keys ...*client.Key) *imprint.Verifier {
	t.Helper()
	var list []json.RawMessage
	for _, k := range keys {
		list = append(list, k.Public())
	}
	v, err := imprint.NewVerifier(list, origin, 5*time.Minute, now)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// arrived is a signed request as a server sees it.
func arrived(t *testing.T, k *client.Key, method, target, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := imprint.SignRequest(r, []byte(body), k); err != nil {
		t.Fatal(err)
	}
	got := httptest.NewRequest(method, target, strings.NewReader(body))
	got.Header = r.Header
	return got
}

// The signature base is made here by hand from RFC 9421, section 2.5, so that
// the receiver of another maker finds the signature right, too.
func TestRequestSignatureIsOfRFC9421(t *testing.T) {
	const target = "https://court.example/imprint/v1/deliveries?a=b"
	body := `{"v":1}`
	for _, kind := range []client.Kind{client.Ed25519, client.P256} {
		k := newKey(t, kind, exchangeParty)
		h := arrived(t, k, http.MethodPost, target, body).Header
		params := strings.TrimPrefix(h.Get("Signature-Input"), "imprint=")
		alg := map[client.Kind]string{client.Ed25519: "ed25519", client.P256: "ecdsa-p256-sha256"}[kind]
		form := fmt.Sprintf(`^\("@method" "@target-uri" "content-digest" "content-type"\);created=\d+;keyid="%s";alg="%s"$`, k.KID(), alg)
		if !regexp.MustCompile(form).MatchString(params) {
			t.Errorf("got %s", params)
		}
		sum := sha256.Sum256([]byte(body))
		base := `"@method": POST` + "\n" + `"@target-uri": ` + target + "\n" +
			`"content-digest": sha-256=:` + base64.StdEncoding.EncodeToString(sum[:]) + ":\n" +
			`"content-type": application/json` + "\n" + `"@signature-params": ` + params
		sig, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(strings.TrimPrefix(h.Get("Signature"), "imprint=:"), ":"))
		if err != nil || !signedBy(k, []byte(base), sig) {
			t.Errorf("%s: the signature is not of\n%s", kind, base)
		}
	}
}

func signedBy(k *client.Key, base, sig []byte) bool {
	switch public := k.RevealSigner().Public().(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(public, base, sig)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(base)
		return len(sig) == 64 && ecdsa.Verify(public, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
	}
	return false
}

func TestVerifierOpens(t *testing.T) {
	for _, kind := range []client.Kind{client.Ed25519, client.P256} {
		k := newKey(t, kind, exchangeParty)
		v := verifier(t, "", time.Now, k)
		for _, target := range []string{"https://court.example/imprint/v1/deliveries", "http://127.0.0.1:9000/x%2Fy?first=1&last=2"} {
			body, err := v.Open(arrived(t, k, http.MethodPost, target, "hello"), 100)
			if err != nil || string(body) != "hello" {
				t.Errorf("%s %s: got %q, %v", kind, target, body, err)
			}
		}
	}
}

// A proxy that ends TLS makes another target of it; the origin puts it right.
func TestVerifierBehindProxy(t *testing.T) {
	k := newKey(t, client.Ed25519, exchangeParty)
	r := arrived(t, k, http.MethodPost, "https://court.example/x", "")
	r.TLS, r.Host = nil, "10.0.0.1:80"
	if _, err := verifier(t, "", time.Now, k).Open(r, 100); err == nil {
		t.Error("a signature for another address stands")
	}
	if _, err := verifier(t, "https://court.example", time.Now, k).Open(r, 100); err != nil {
		t.Error(err)
	}
}

// Whatever is signed cannot be changed, and what is not of the form is no
// signature, and no panic.
func TestVerifierRefuses(t *testing.T) {
	k, curve := newKey(t, client.Ed25519, exchangeParty), newKey(t, client.P256, exchangeParty)
	v := verifier(t, "", time.Now, k, curve)
	input := func(from, to string) func(*http.Request) {
		return func(r *http.Request) {
			was := r.Header.Get("Signature-Input")
			if !strings.Contains(was, from) {
				panic(from + " is not in " + was)
			}
			r.Header.Set("Signature-Input", strings.Replace(was, from, to, 1))
		}
	}
	for name, change := range map[string]func(*http.Request){
		"body":      func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("hellO")) },
		"long body": func(r *http.Request) { r.Body = io.NopCloser(bytes.NewReader(make([]byte, 101))) },
		"method":    func(r *http.Request) { r.Method = http.MethodPut },
		"path":      func(r *http.Request) { r.URL.Path = "/imprint/v1/other" },
		"query":     func(r *http.Request) { r.URL.RawQuery = "a=c" },
		"host":      func(r *http.Request) { r.Host = "elsewhere.example" },
		"scheme":    func(r *http.Request) { r.TLS = nil },
		"type":      func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") },
		"digest": func(r *http.Request) {
			r.Header.Set("Content-Digest", strings.Replace(r.Header.Get("Content-Digest"), "256", "512", 1))
		},
		"no digest":      func(r *http.Request) { r.Header.Del("Content-Digest") },
		"no signature":   func(r *http.Request) { r.Header.Del("Signature") },
		"no input":       func(r *http.Request) { r.Header.Del("Signature-Input") },
		"twice":          func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) },
		"created":        input("created=1", "created=2"),
		"created text":   input("created=1", `created="1`),
		"keyid number":   input(`keyid="`, `keyid=1;x="`),
		"other key":      input(k.KID(), curve.KID()),
		"unknown key":    input(k.KID(), strings.Repeat("A", 43)),
		"other alg":      input("ed25519", "ecdsa-p256-sha256"),
		"hmac":           input("ed25519", "hmac-sha256"),
		"fewer parts":    input(`"@method" `, ""),
		"other label":    input("imprint=", "sig1="),
		"more metadata":  input(";alg", `;nonce=1;alg`),
		"bad signature":  func(r *http.Request) { r.Header.Set("Signature", "imprint=:"+strings.Repeat("A", 86)+"==:") },
		"no base64":      func(r *http.Request) { r.Header.Set("Signature", "imprint=1") },
		"empty input":    func(r *http.Request) { r.Header.Set("Signature-Input", "imprint=()") },
		"nothing at all": func(r *http.Request) { r.Header = http.Header{} },
	} {
		r := arrived(t, k, http.MethodPost, "https://court.example/imprint/v1/deliveries?a=b", "hello")
		change(r)
		if body, err := v.Open(r, 100); err == nil {
			t.Errorf("%s: got %q", name, body)
		}
	}
}

func TestVerifierWantsFreshSignatures(t *testing.T) {
	k := newKey(t, client.Ed25519, exchangeParty)
	for _, off := range []time.Duration{-6 * time.Minute, 6 * time.Minute} {
		now := func() time.Time { return time.Now().Add(off) }
		if _, err := verifier(t, "", now, k).Open(arrived(t, k, http.MethodPost, "https://c/x", "b"), 9); err == nil {
			t.Errorf("%v off, and it stands", off)
		}
	}
	stranger := newKey(t, client.Ed25519, exchangeParty)
	if _, err := verifier(t, "", time.Now, k).Open(arrived(t, stranger, http.MethodPost, "https://c/x", "b"), 9); err == nil {
		t.Error("a stranger's signature stands")
	}
}

// Key ids are no secret: whoever knows one must not have the receiver read
// what he sends.
func TestUnsignedBodyIsNotRead(t *testing.T) {
	for _, kind := range []client.Kind{client.Ed25519, client.P256} {
		k := newKey(t, kind, exchangeParty)
		r := arrived(t, k, http.MethodPost, "https://court.example/x?a=b", "body")
		r.Header.Set("Signature", "imprint=:"+strings.Repeat("A", 86)+"==:")
		read := &counted{Reader: strings.NewReader("body")}
		r.Body = io.NopCloser(read)
		if _, err := verifier(t, "", time.Now, k).Open(r, 100); err == nil || read.times > 0 {
			t.Errorf("%s: got %v after %d reads", kind, err, read.times)
		}
	}
}

type counted struct {
	io.Reader
	times int
}

func (c *counted) Read(p []byte) (int, error) {
	c.times++
	return c.Reader.Read(p)
}
