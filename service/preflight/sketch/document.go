package sketch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// Document is a sketch's RFC 8785 JSON, whose SHA-256 names it.
func (s Sketch) Document() ([]byte, error) {
	text, err := pledge.CanonicalJSON(s.toJSON())
	if err != nil {
		return nil, fmt.Errorf("printing a sketch: %w", err)
	}
	return text, nil
}

// longestDocument is above what 4,096 rows and 256 columns need, in bytes.
const longestDocument = 1 << 20

// ParseDocument reads what Document printed, and nothing else: no other
// spelling, and no hash twice.
func ParseDocument(text []byte) (Sketch, error) {
	if len(text) > longestDocument {
		return Sketch{}, fmt.Errorf("reading a sketch: %d bytes are more than one has", len(text))
	}
	var s Sketch
	if err := json.Unmarshal(text, &s); err != nil {
		return Sketch{}, err
	}
	for _, set := range append(slices.Clone(s.Cells), s.Rows) {
		if len(slices.Compact(slices.Clone(set.Hashes))) != len(set.Hashes) {
			return Sketch{}, errors.New("reading a sketch: a hash stands twice")
		}
	}
	if again, err := s.Document(); err != nil || !bytes.Equal(again, text) {
		return Sketch{}, errors.New("reading a sketch: it is not in canonical JSON")
	}
	return s, nil
}
