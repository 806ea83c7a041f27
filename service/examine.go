package service

import (
	"context"
	"encoding/json"
	"io"

	"github.com/datapledge/datapledge/pledge"
)

// Given is what an owner says about a dataset for its preflight: the consent
// documents and what the data should be, in the JSON of dataset preflight.
// Empty: nothing was said.
type Given struct {
	Consent      json.RawMessage `json:"consent,omitempty"`
	Expectations json.RawMessage `json:"expectations,omitempty"`
}

// Examiner runs the preflight 三原则 on what the vault holds, while it is read
// for other reasons. What it finds depends on the bytes and on Given alone.
type Examiner interface {
	// Begin starts a pass. A Given that cannot be read is refused as malformed.
	Begin(ctx context.Context, given Given) (Examination, error)
}

// Examination is one pass over a dataset. Beside may be called by several
// goroutines; At follows when all bytes have passed, and Report comes last.
type Examination interface {
	// Beside takes the bytes of a file in order; it never fails the reading.
	Beside(path string, size int64) io.WriteCloser
	// Later are the files whose format cannot be read from front to back.
	Later() []string
	At(path string, content io.ReaderAt) error
	Report(fingerprint string) (Examined, error)
}

// Examined is what a pass found.
type Examined struct {
	pledge.Examined
	// Documents are the reports and the sketch, as their digests name them:
	// "sha256:" and hex of the content.
	Documents map[string][]byte
	// Answer is the whole of it for the owner: reports, fix list, declaration.
	Answer json.RawMessage
}
