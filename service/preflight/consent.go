package preflight

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// Consent 知情同意 is what the owner says about the right to use the data: the
// documents, what they allow, until when, and which files they cover.
type Consent struct {
	V         int               `json:"v"`     // 1
	Basis     string            `json:"basis"` // the legal basis, for instance "consent (PIPL art. 13)"
	AsOf      string            `json:"as_of"` // the day that expiry is judged at, 2006-01-02; there is no clock
	Documents []ConsentDocument `json:"documents"`
}

// ConsentDocument is one consent, authorization or licence.
type ConsentDocument struct {
	Path    string   `json:"path"`    // beside the consent file
	Kind    string   `json:"kind"`    // consent, authorization, licence, contract or public
	Scope   string   `json:"scope"`   // what may be done with the data
	Sources []string `json:"sources"` // files of the dataset it covers: paths, folders with a slash at the end, patterns, or *
	Expires string   `json:"expires"` // a day, its end included; "" for never
	// Digest is "sha256:" and hex of the document, which stays with the owner;
	// "" of one that is not there.
	Digest string `json:"digest,omitempty"`
}

var consentKinds = map[string]bool{"consent": true, "authorization": true, "licence": true, "contract": true, "public": true}

const (
	maxConsent   = 1 << 20   // bytes of a consent file
	maxDocument  = 256 << 20 // bytes of a document
	maxDocuments = 1000
)

// LoadConsent reads a consent file, and digests the documents beside it. One
// that is not there is a finding, not an error; one that is not what the file
// says by its digest is an error.
func LoadConsent(name string) (*Consent, error) {
	text, err := readAtMost(name, maxConsent)
	if err != nil {
		return nil, fmt.Errorf("reading the consent file: %w", err)
	}
	c, err := parseConsent(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	defer root.Close()
	for i := range c.Documents {
		if err := c.Documents[i].load(root); err != nil {
			return nil, fmt.Errorf("%s: document %d: %w", name, i+1, err)
		}
	}
	return c, nil
}

func (d *ConsentDocument) load(root *os.Root) error {
	digest, err := digestIn(root, d.Path)
	if err == nil && d.Digest != "" && digest != "" && d.Digest != digest {
		err = errors.New("it is not the document whose digest the consent file states")
	}
	d.Digest = digest
	return err
}

func readAtMost(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s is longer than %d bytes", name, most)
	}
	return text, err
}

func parseConsent(text []byte) (*Consent, error) {
	var c Consent
	if err := pledge.StrictUnmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("not understood: %w", err)
	}
	return &c, c.check()
}

func (c *Consent) check() error {
	if c.V != 1 {
		return fmt.Errorf("v is %d: this program reads version 1", c.V)
	}
	if !isDay(c.AsOf) {
		return errors.New("as_of is the day that expiry is judged at, like 2026-01-31")
	}
	if len(c.Documents) > maxDocuments {
		return fmt.Errorf("%d documents, at most %d", len(c.Documents), maxDocuments)
	}
	for i, d := range c.Documents {
		switch {
		case !filepath.IsLocal(filepath.FromSlash(d.Path)):
			return fmt.Errorf("document %d: path is a file beside the consent file", i+1)
		case !consentKinds[d.Kind]:
			return fmt.Errorf("document %d: kind is consent, authorization, licence, contract or public", i+1)
		case d.Expires != "" && !isDay(d.Expires):
			return fmt.Errorf("document %d: expires is a day like 2026-01-31, or nothing", i+1)
		case d.Digest != "" && !isDigest(d.Digest):
			return fmt.Errorf("document %d: digest is sha256: and 64 lowercase hex digits, or nothing", i+1)
		}
		for _, s := range d.Sources {
			if _, err := path.Match(s, ""); err != nil {
				return fmt.Errorf("document %d: %q is no pattern", i+1, s)
			}
		}
	}
	return nil
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func isDigest(s string) bool {
	h, ok := strings.CutPrefix(s, "sha256:")
	_, err := hex.DecodeString(h)
	return ok && err == nil && len(h) == 2*sha256.Size && h == strings.ToLower(h)
}

// digestIn is empty for a document that is not there.
func digestIn(root *os.Root, name string) (string, error) {
	f, err := root.Open(filepath.FromSlash(name))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, maxDocument+1))
	if err == nil && n > maxDocument {
		err = fmt.Errorf("it is longer than %d bytes", int64(maxDocument))
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), err
}

// covers tells whether the document names a file of the dataset.
func (d ConsentDocument) covers(file string) bool {
	for _, s := range d.Sources {
		if ok, _ := path.Match(s, file); ok || s == "*" || strings.HasSuffix(s, "/") && strings.HasPrefix(file, s) {
			return true
		}
	}
	return false
}
