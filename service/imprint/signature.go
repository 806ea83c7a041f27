package imprint

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/remitly-oss/httpsig-go"
)

// Key is a party's key as signing requests and receipts needs it;
// *client.Key is one.
type Key interface {
	KID() string
	Party() string
	RevealSigner() crypto.Signer
	SignJWS(typ string, payload []byte) (string, error)
}

// label names the signature in the headers Signature and Signature-Input.
const label = "imprint"

// requestType is the media type of every request and answer.
const requestType = "application/json"

// profile is what a request's signature covers (RFC 9421, section 2): the
// whole of it but for headers that proxies change.
func profile(alg httpsig.Algorithm) httpsig.SigningProfile {
	return httpsig.SigningProfile{Algorithm: alg, Label: label,
		Fields:   httpsig.Fields("@method", "@target-uri", "content-digest", "content-type"),
		Metadata: []httpsig.Metadata{httpsig.MetaCreated, httpsig.MetaKeyID, httpsig.MetaAlgorithm}}
}

func algorithmOf(public crypto.PublicKey) (httpsig.Algorithm, error) {
	switch public.(type) {
	case ed25519.PublicKey:
		return httpsig.Algo_ED25519, nil
	case *ecdsa.PublicKey:
		return httpsig.Algo_ECDSA_P256_SHA256, nil
	}
	return "", errors.New("a key is Ed25519 or P-256")
}

// SignRequest signs a request of that body (RFC 9421) and says the body's
// digest (RFC 9530). The body itself is the caller's to set.
func SignRequest(r *http.Request, body []byte, key Key) error {
	alg, err := algorithmOf(key.RevealSigner().Public())
	if err != nil {
		return err
	}
	signer, err := httpsig.NewSigner(profile(alg), httpsig.SigningKey{MetaKeyID: key.KID(),
		Opts: httpsig.SigningKeyOpts{Signer: key.RevealSigner(), ASN1ForECDSA: true}})
	if err != nil {
		return fmt.Errorf("preparing the request's signature: %w", err)
	}
	r.Header.Set("Content-Type", requestType)
	r.Header.Set("Content-Digest", digestOf(body))
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	if err := signer.Sign(plain(r, r.URL.Scheme, host)); err != nil {
		return fmt.Errorf("signing the request: %w", err)
	}
	return nil
}

func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// plain is the request as the library has to be given it. It makes the target
// URI of TLS, Host, RawPath and RawQuery joined, so that a usual path (which
// is in Path) would stay unsigned, and a client's https would be http. Headers
// are shared with r.
func plain(r *http.Request, scheme, host string) *http.Request {
	u := &url.URL{RawPath: r.URL.EscapedPath()}
	if r.URL.RawQuery != "" {
		u.RawQuery = "?" + r.URL.RawQuery
	}
	p := &http.Request{Method: r.Method, URL: u, Host: strings.ToLower(host), Header: r.Header}
	if scheme == "https" {
		p.TLS = &tls.ConnectionState{}
	}
	return p
}

// What the headers must look like to the letter. The library reads many more
// forms, panics on some, and does not hold "alg" against the key.
var (
	inputForm = regexp.MustCompile(`^imprint=\("@method" "@target-uri" "content-digest" "content-type"\);created=([0-9]{1,11});keyid="([A-Za-z0-9_-]{43})";alg="([a-z0-9-]{1,20})"$`)
	signForm  = regexp.MustCompile(`^imprint=:[A-Za-z0-9+/]{86}==:$`)
)

// Verifier checks the signatures of requests.
type Verifier struct {
	keys keyring
	// Window is how far a signature's time may be from the clock, either way.
	window time.Duration
	// origin is scheme://host as callers write it; empty: as the request says.
	origin *url.URL
	now    func() time.Time
}

// NewVerifier believes the given public keys (JWK), by whatever name in the
// request. Origin is "https://host" where a proxy stands in front, else empty.
func NewVerifier(keys []json.RawMessage, origin string, window time.Duration, now func() time.Time) (*Verifier, error) {
	v := &Verifier{keys: keyring{}, window: window, now: now}
	for _, k := range keys {
		if err := v.keys.add(k); err != nil {
			return nil, err
		}
	}
	if len(v.keys) == 0 {
		return nil, errors.New("no key to believe requests from")
	}
	if origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return nil, fmt.Errorf("%q is not https://host", origin)
		}
		v.origin = u
	}
	return v, nil
}

// keyring holds believed keys by their RFC 7638 thumbprint.
type keyring map[string]httpsig.KeySpec

func (r keyring) add(raw json.RawMessage) error {
	var k jose.JSONWebKey
	if err := k.UnmarshalJSON(raw); err != nil || !k.IsPublic() {
		return errors.New("not a public key (JWK)")
	}
	alg, err := algorithmOf(k.Key)
	if err != nil {
		return err
	}
	sum, err := k.Thumbprint(crypto.SHA256)
	if err != nil {
		return fmt.Errorf("computing a key id: %w", err)
	}
	id := base64.RawURLEncoding.EncodeToString(sum)
	r[id] = httpsig.KeySpec{KeyID: id, Algo: alg, PubKey: k.Key}
	return nil
}

var errStranger = errors.New("the key is none that is believed here")

// FetchByKeyID implements httpsig.KeyFetcher.
func (r keyring) FetchByKeyID(_ context.Context, _ http.Header, id string) (httpsig.KeySpecer, error) {
	k, ok := r[id]
	if !ok {
		return nil, errStranger
	}
	return k, nil
}

// Fetch implements httpsig.KeyFetcher: without an id there is no key.
func (r keyring) Fetch(context.Context, http.Header, httpsig.MetadataProvider) (httpsig.KeySpecer, error) {
	return nil, errStranger
}

// Open checks a request and returns its body, of at most max bytes.
func (v *Verifier) Open(r *http.Request, max int64) ([]byte, error) {
	if err := v.form(r.Header); err != nil {
		return nil, err
	}
	if err := v.signed(r); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, max+1))
	if err != nil {
		return nil, fmt.Errorf("reading the body: %w", err)
	}
	if int64(len(body)) > max {
		return nil, fmt.Errorf("the body has over %d bytes", max)
	}
	if r.Header.Get("Content-Digest") != digestOf(body) {
		return nil, errors.New("the body is not that of Content-Digest, or it is not sha-256")
	}
	scheme, host := v.target(r)
	p := plain(r, scheme, host)
	p.Body = io.NopCloser(bytes.NewReader(body))
	_, err = httpsig.Verify(p, v.keys, httpsig.VerifyProfile{SignatureLabel: label, RequiredFields: profile("").Fields,
		RequiredMetadata:  []httpsig.Metadata{httpsig.MetaCreated, httpsig.MetaKeyID, httpsig.MetaAlgorithm},
		AllowedAlgorithms: []httpsig.Algorithm{httpsig.Algo_ED25519, httpsig.Algo_ECDSA_P256_SHA256}, DisableTimeEnforcement: true})
	if err != nil {
		return nil, fmt.Errorf("the signature does not stand: %w", err)
	}
	return body, nil
}

// form wants each header once, in the one form, of now, and with the
// algorithm of the key.
func (v *Verifier) form(h http.Header) error {
	for _, name := range []string{"Signature-Input", "Signature", "Content-Digest", "Content-Type"} {
		if len(h.Values(name)) != 1 {
			return fmt.Errorf("%s must stand there once", name)
		}
	}
	in := inputForm.FindStringSubmatch(h.Get("Signature-Input"))
	if in == nil || !signForm.MatchString(h.Get("Signature")) {
		return errors.New("Signature-Input must be imprint=(\"@method\" \"@target-uri\" \"content-digest\" \"content-type\");created=…;keyid=\"…\";alg=\"…\", and Signature 64 bytes")
	}
	seconds, _ := strconv.ParseInt(in[1], 10, 64)
	if off := v.now().Sub(time.Unix(seconds, 0)); off > v.window || off < -v.window {
		return fmt.Errorf("the signature is of another time: %v off, at most %v", off.Round(time.Second), v.window)
	}
	if k, ok := v.keys[in[2]]; !ok || string(k.Algo) != in[3] {
		return errStranger
	}
	return nil
}

func (v *Verifier) target(r *http.Request) (scheme, host string) {
	switch {
	case v.origin != nil:
		return v.origin.Scheme, v.origin.Host
	case r.TLS != nil:
		return "https", r.Host
	}
	return "http", r.Host
}
