package preflight

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// Report is what the pass found, once all files were read. fingerprint is of
// the same bytes. It fails when a file could not be looked at for a reason
// that is not in the file, or when the expectations do not fit it.
func (r *Reader) Report(fingerprint string) (Preflight, error) {
	files := r.sorted()
	for _, f := range files {
		if !f.done {
			r.done(f) // nobody read it at will
		}
	}
	var errs []error
	for _, f := range files {
		errs = append(errs, f.trouble)
	}
	if r.over() {
		return Preflight{}, &ExcessError{}
	}
	errs = append(errs, r.unmet(files), r.o.Consent.bounded(files))
	if err := errors.Join(errs...); err != nil {
		return Preflight{}, err
	}
	p := Preflight{Fingerprint: fingerprint}
	p.consent(r.o.Consent, files)
	told := r.sortedTold()
	p.exclusion(r.all, told)
	p.quality(r.o.Expectations, r.means, files, told)
	p.Fix = p.fixes()
	return p, nil
}

// unmet names the tables that something is expected of and that nobody saw.
func (r *Reader) unmet(files []*file) error {
	if r.o.Expectations == nil {
		return nil
	}
	seen := map[string]bool{}
	for _, f := range files {
		seen[f.Path] = f.Stopped != nil // its tables may come later in the file
		for _, name := range f.met {
			seen[name] = true
		}
	}
	var missing []string
	for name := range r.o.Expectations.Tables {
		path, _, _ := strings.Cut(name, "#")
		if !seen[name] && !seen[path] {
			missing = append(missing, name)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return &ExpectationError{missing[0], errors.New("the dataset has no such table")}
}

// Sketches are a few, which sketch.Merge makes one of: the same as of those of
// all tables.
func (r *Reader) Sketches() []sketch.Sketch {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.sketches)
}

// Digest is the SHA-256 of a report's RFC 8785 JSON, as a declaration carries
// it.
func Digest(report any) (string, error) {
	text, err := Canonical(report)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// Canonical is the JSON of a report, the same everywhere.
func Canonical(report any) ([]byte, error) {
	text, err := pledge.CanonicalJSON(report)
	if err != nil {
		return nil, fmt.Errorf("printing a report: %w", err)
	}
	return text, nil
}
