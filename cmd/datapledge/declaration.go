package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// readDeclaration reads the statement of the three principles. Where a digest
// belongs it may name a document beside the file.
func readDeclaration(path string) (*pledge.Declaration, error) {
	var d pledge.Declaration
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if err := pledge.StrictUnmarshal(data, &d); err != nil {
		return nil, hintf(usagef("%s: %v", path, err), "'datapledge dataset preflight DIR -reports REPORTS' makes one")
	}
	digests := []*string{&d.Consent.Report, &d.Exclusion.Report, &d.Quality.Report}
	for i := range d.Consent.Documents {
		digests = append(digests, &d.Consent.Documents[i])
	}
	for _, digest := range digests {
		if *digest == "" {
			continue // the rules say what is missing
		}
		if !strings.HasPrefix(*digest, "sha256:") && !filepath.IsAbs(*digest) {
			*digest = filepath.Join(filepath.Dir(path), *digest)
		}
		if *digest, err = document(*digest); err != nil {
			return nil, err
		}
	}
	return &d, nil
}
