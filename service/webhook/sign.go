package webhook

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/remitly-oss/httpsig-go"
)

// Headers of a delivery. Both are signed.
const (
	// HeaderDelivery is the same for each try of a delivery: receivers keep it
	// to know a repeated one.
	HeaderDelivery = "Datapledge-Delivery"
	// HeaderMissed is how many earlier deliveries of the same record are dead
	// letters: what comes now does not follow on what came before.
	HeaderMissed = "Datapledge-Missed"
)

// label names the signature in the headers Signature and Signature-Input.
const label = "datapledge"

// covered is what the signature is over (RFC 9421, section 2).
var covered = []string{"@method", "@target-uri", "content-digest", "content-type", strings.ToLower(HeaderDelivery), strings.ToLower(HeaderMissed)}

func (h *Hooks) sign(r *http.Request, body []byte) error {
	signer := h.o.Key.RevealSigner()
	alg := httpsig.Algo_ED25519
	switch signer.Public().(type) {
	case ed25519.PublicKey:
	case *ecdsa.PublicKey:
		alg = httpsig.Algo_ECDSA_P256_SHA256
	default:
		return errors.New("a key is Ed25519 or P-256")
	}
	s, err := httpsig.NewSigner(httpsig.SigningProfile{Algorithm: alg, Label: label, Fields: httpsig.Fields(covered...),
		Metadata: []httpsig.Metadata{httpsig.MetaCreated, httpsig.MetaKeyID, httpsig.MetaAlgorithm}},
		httpsig.SigningKey{MetaKeyID: h.o.Key.KID(), Opts: httpsig.SigningKeyOpts{Signer: signer, ASN1ForECDSA: true}})
	if err != nil {
		return fmt.Errorf("preparing a signature: %w", err)
	}
	sum := sha256.Sum256(body)
	r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":") // RFC 9530
	if err := s.Sign(plain(r)); err != nil {
		return fmt.Errorf("signing: %w", err)
	}
	return nil
}

// plain is the request as the library has to be given it: it makes the target
// URI of TLS, Host, RawPath and RawQuery joined. Headers are shared with r.
func plain(r *http.Request) *http.Request {
	u := &url.URL{RawPath: r.URL.EscapedPath()}
	if u.RawPath == "" {
		u.RawPath = "/" // as it is sent (RFC 9110, section 4.2.3)
	}
	if r.URL.RawQuery != "" {
		u.RawQuery = "?" + r.URL.RawQuery
	}
	p := &http.Request{Method: r.Method, URL: u, Host: strings.ToLower(r.URL.Host), Header: r.Header}
	if r.URL.Scheme == "https" {
		p.TLS = &tls.ConnectionState{}
	}
	return p
}
