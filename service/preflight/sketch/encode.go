package sketch

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// The JSON of a sketch. Hashes are eight bytes each, big-endian, sorted, in
// base64url; a limit is text, because JSON's numbers end at 2^53.
type sketchJSON struct {
	V     int       `json:"v"`
	KeyID string    `json:"key_id"`
	Rows  setJSON   `json:"rows"`
	Cells []setJSON `json:"cells"`
}

type setJSON struct {
	Hashes string `json:"hashes"`
	Limit  string `json:"limit,omitempty"` // absent: these are all
}

// MarshalJSON implements json.Marshaler.
func (s Sketch) MarshalJSON() ([]byte, error) { return json.Marshal(s.toJSON()) }

func (s Sketch) toJSON() sketchJSON {
	out := sketchJSON{V: 1, KeyID: s.KeyID, Rows: s.Rows.toJSON(), Cells: []setJSON{}}
	for _, c := range s.Cells {
		out.Cells = append(out.Cells, c.toJSON())
	}
	return out
}

func (s Set) toJSON() setJSON {
	raw := make([]byte, 0, 8*len(s.Hashes))
	for _, h := range s.Hashes {
		raw = binary.BigEndian.AppendUint64(raw, h)
	}
	out := setJSON{Hashes: base64.RawURLEncoding.EncodeToString(raw)}
	if !s.All {
		out.Limit = strconv.FormatUint(s.Limit, 10)
	}
	return out
}

// UnmarshalJSON implements json.Unmarshaler. It refuses what no sketch is.
func (s *Sketch) UnmarshalJSON(text []byte) error {
	var in sketchJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return fmt.Errorf("reading a sketch: %w", err)
	}
	if in.V != 1 || len(in.Cells) > mostColumns {
		return errors.New("reading a sketch: its version is not 1, or it has too many columns")
	}
	out := Sketch{KeyID: in.KeyID}
	var err error
	if out.Rows, err = in.Rows.set(rowHashes); err != nil {
		return fmt.Errorf("reading a sketch: %w", err)
	}
	for _, c := range in.Cells {
		set, err := c.set(valueHashes)
		if err != nil {
			return fmt.Errorf("reading a sketch: %w", err)
		}
		out.Cells = append(out.Cells, set)
	}
	*s = out
	return nil
}

func (j setJSON) set(most int) (Set, error) {
	raw, err := base64.RawURLEncoding.DecodeString(j.Hashes)
	if err != nil || len(raw)%8 != 0 || len(raw) > 8*most {
		return Set{}, errors.New("the hashes are not whole, or too many")
	}
	s := Set{Limit: math.MaxUint64, All: j.Limit == ""}
	if !s.All {
		if s.Limit, err = strconv.ParseUint(j.Limit, 10, 64); err != nil {
			return Set{}, errors.New("the limit is no number")
		}
	}
	for len(raw) > 0 {
		s.Hashes = append(s.Hashes, binary.BigEndian.Uint64(raw))
		raw = raw[8:]
	}
	if !slices.IsSorted(s.Hashes) || len(s.Hashes) > 0 && s.Hashes[len(s.Hashes)-1] >= s.Limit && !s.All {
		return Set{}, errors.New("the hashes are not in order, or not below the limit")
	}
	return s, nil
}
