package imprint

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"strings"
)

// signed looks at the signature before the body is read: the library reads the
// body first, and key ids are no secret, so that anybody could fill the memory.
// The header has the one form by now; the library judges again.
func (v *Verifier) signed(r *http.Request) error {
	key := inputForm.FindStringSubmatch(r.Header.Get("Signature-Input"))[2]
	text := strings.TrimSuffix(strings.TrimPrefix(r.Header.Get("Signature"), label+"=:"), ":")
	sig, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(sig) != 64 || !verifies(v.keys[key].PubKey, v.base(r), sig) {
		return errors.New("the signature does not stand")
	}
	return nil
}

// base is what is signed (RFC 9421, section 2.5).
func (v *Verifier) base(r *http.Request) []byte {
	scheme, host := v.target(r)
	target := scheme + "://" + strings.ToLower(host) + r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	return []byte(`"@method": ` + r.Method + "\n" + `"@target-uri": ` + target + "\n" +
		`"content-digest": ` + r.Header.Get("Content-Digest") + "\n" + `"content-type": ` + r.Header.Get("Content-Type") + "\n" +
		`"@signature-params": ` + strings.TrimPrefix(r.Header.Get("Signature-Input"), label+"="))
}

func verifies(public any, base, sig []byte) bool {
	switch key := public.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(key, base, sig)
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(base)
		return ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:]))
	}
	return false
}
