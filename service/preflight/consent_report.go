package preflight

import (
	"fmt"
	"strings"
)

// ConsentReport lists the documents and what they cover.
type ConsentReport struct {
	Header
	Basis     string         `json:"basis"`
	AsOf      string         `json:"as_of,omitempty"`
	Documents []DocumentLine `json:"documents"`
	Covered   int            `json:"covered"` // files that a document in force covers
	Files     int            `json:"files"`
	Uncovered []string       `json:"uncovered"` // the first of those that none covers
}

// DocumentLine is a document as the report tells it.
type DocumentLine struct {
	Kind    string `json:"kind"`
	Digest  string `json:"digest"` // "" when it is missing
	Scope   string `json:"scope"`
	Expires string `json:"expires,omitempty"`
	Covers  int    `json:"covers"`            // files
	Problem string `json:"problem,omitempty"` // missing, expired, no-scope
}

// firstUncovered bounds a report on a dataset of a million files.
const firstUncovered = 20

func (p *Preflight) consent(c *Consent, files []*file) {
	r := &p.Consent
	r.Files = len(files)
	if c != nil {
		r.Basis, r.AsOf = strings.TrimSpace(c.Basis), c.AsOf
		for _, d := range c.Documents {
			r.Documents = append(r.Documents, line(d, c.AsOf, files))
		}
	}
	for _, f := range files {
		switch {
		case c.covers(f.Path):
			r.Covered++
		case len(r.Uncovered) < firstUncovered:
			r.Uncovered = append(r.Uncovered, f.Path)
		}
	}
	r.Header = p.header("consent", r.Basis != "" && r.Covered == r.Files && !r.problems())
}

func line(d ConsentDocument, asOf string, files []*file) DocumentLine {
	l := DocumentLine{Kind: d.Kind, Digest: d.Digest, Scope: d.Scope, Expires: d.Expires, Problem: d.problem(asOf)}
	for _, f := range files {
		if d.covers(f.Path) {
			l.Covers++
		}
	}
	return l
}

// problem is why a document does not count. Days compare as text.
func (d ConsentDocument) problem(asOf string) string {
	switch {
	case d.Digest == "":
		return "missing"
	case d.Expires != "" && d.Expires < asOf:
		return "expired"
	case strings.TrimSpace(d.Scope) == "":
		return "no-scope"
	}
	return ""
}

func (c *Consent) covers(file string) bool {
	if c == nil {
		return false
	}
	for _, d := range c.Documents {
		if d.problem(c.AsOf) == "" && d.covers(file) {
			return true
		}
	}
	return false
}

func (r *ConsentReport) problems() bool {
	for _, d := range r.Documents {
		if d.Problem != "" {
			return true
		}
	}
	return len(r.Documents) == 0
}

// ConsentError: the consent does not fit the data.
type ConsentError struct{ What string }

func (e *ConsentError) Error() string { return "consent: " + e.What }

// mostCovering bounds the bytes that are compared when patterns are held
// against files: some ten seconds.
const mostCovering = 1 << 32

// bounded refuses what would keep a processor busy for hours. A pattern with a
// star may be compared with a path from each of its bytes on.
func (c *Consent) bounded(files []*file) error {
	if c == nil {
		return nil
	}
	plain, starred, paths := 0, 0, 0
	for _, d := range c.Documents {
		for _, s := range d.Sources {
			if s != "*" && strings.Contains(s, "*") {
				starred += len(s)
			}
			plain += len(s) + 1
		}
	}
	for _, f := range files {
		paths += len(f.Path)
	}
	if plain > mostCovering/4/max(1, len(files)) || starred > mostCovering/max(1, paths) {
		return &ConsentError{fmt.Sprintf("its sources are %d bytes of patterns, too many for %d files: name folders instead", plain, len(files))}
	}
	return nil
}
