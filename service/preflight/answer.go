package preflight

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Answer is what the owner of a sealed dataset is told of its preflight.
type Answer struct {
	Fingerprint string `json:"fingerprint"`
	Result      string `json:"result"` // pass, or fail: something is to be fixed or answered for
	// The reports, as they were digested; without consent where nothing was
	// given to report on.
	Consent     json.RawMessage    `json:"consent,omitempty"`
	Exclusion   json.RawMessage    `json:"exclusion"`
	Quality     json.RawMessage    `json:"quality"`
	Fix         []Fix              `json:"fix"`
	Declaration pledge.Declaration `json:"declaration"` // for asset.notarize, but for who signs
}

func examined(p *Preflight) (service.Examined, error) {
	e := service.Examined{Documents: map[string][]byte{}}
	var err error
	if e.Examined, err = p.Examined(); err != nil {
		return e, err
	}
	a := Answer{Fingerprint: p.Fingerprint, Result: p.result(), Fix: p.asked()}
	if a.Declaration, err = p.Declaration(); err != nil {
		return e, err
	}
	for _, r := range []struct {
		digest string
		report any
		to     *json.RawMessage
	}{{e.Consent, p.Consent, &a.Consent}, {e.Exclusion, p.Exclusion, &a.Exclusion}, {e.Quality, p.Quality, &a.Quality}} {
		if r.digest == "" {
			continue
		}
		if *r.to, err = Canonical(r.report); err != nil {
			return e, err
		}
		e.Documents[r.digest] = *r.to
	}
	e.Answer, err = unescaped(a)
	return e, err
}

// unescaped keeps the bytes of the reports: escaped for HTML, they would have
// other digests.
func unescaped(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func digestOf(text []byte) string {
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}
