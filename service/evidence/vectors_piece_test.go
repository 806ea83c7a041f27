package evidence_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
)

// piece is a part of a file: N bytes of the base from At on, or bytes of its
// own, or pieces whose base64url it is.
type piece struct {
	at, n   int
	bytes   []byte
	encoded []piece
}

func (p piece) MarshalJSON() ([]byte, error) {
	switch {
	case p.encoded != nil:
		return json.Marshal(map[string]any{"base64url": p.encoded})
	case p.bytes != nil:
		return json.Marshal(base64.RawURLEncoding.EncodeToString(p.bytes))
	}
	return json.Marshal([]int{p.at, p.n})
}

func (p *piece) UnmarshalJSON(data []byte) (err error) {
	switch data[0] {
	case '{':
		return json.Unmarshal(data, &struct {
			Encoded *[]piece `json:"base64url"`
		}{&p.encoded})
	case '"':
		p.bytes, err = base64.RawURLEncoding.DecodeString(strings.Trim(string(data), `"`))
		return err
	}
	return json.Unmarshal(data, &[]any{&p.at, &p.n})
}

// join puts a file together again.
func join(base []byte, pieces []piece) []byte {
	var out []byte
	for _, p := range pieces {
		switch {
		case p.encoded != nil:
			out = base64.RawURLEncoding.AppendEncode(out, join(base, p.encoded))
		case p.bytes != nil:
			out = append(out, p.bytes...)
		default:
			out = append(out, base[p.at:p.at+p.n]...)
		}
	}
	return out
}

// believed is a trust file, the first place of one text in it replaced by another.
func believed(trust []byte, edit *[2]string) []byte {
	if edit == nil {
		return trust
	}
	return bytes.Replace(trust, []byte(edit[0]), []byte(edit[1]), 1)
}

// piecesOf finds the pieces of a package. The list's signature is taken apart:
// its payload stands in the package once more, as it is.
func piecesOf(base, data []byte) []piece {
	from, to := payloadIn(data)
	x := newCopier(base)
	if from == to {
		return x.pieces(data)
	}
	payload, err := base64.RawURLEncoding.DecodeString(string(data[from:to]))
	if err != nil || bytes.Equal(base, data) {
		return x.pieces(data)
	}
	return slices.Concat(x.pieces(data[:from]), []piece{{encoded: x.pieces(payload)}}, x.pieces(data[to:]))
}

func payloadIn(data []byte) (from, to int) {
	at := bytes.Index(data, []byte("manifest.jws"))
	if at < 0 {
		return 0, 0
	}
	parts := bytes.SplitN(data[at:], []byte("."), 4)
	if len(parts) < 4 {
		return 0, 0
	}
	from = at + len(parts[0]) + len(parts[1]) + 2
	return from, from + len(parts[2])
}

const window = 16

// copier finds bytes in a base.
type copier struct {
	base []byte
	at   map[string][]int
}

func newCopier(base []byte) *copier {
	x := &copier{base: base, at: map[string][]int{}}
	for i := 0; i+window <= len(base); i++ {
		if w := string(base[i : i+window]); len(x.at[w]) < 64 {
			x.at[w] = append(x.at[w], i)
		}
	}
	return x
}

func (x *copier) pieces(data []byte) []piece {
	out, own := []piece{}, []byte(nil)
	for j := 0; j < len(data); {
		at, n := x.longest(data[j:])
		if n < window {
			own, j = append(own, data[j]), j+1
			continue
		}
		if own != nil {
			out, own = append(out, piece{bytes: own}), nil
		}
		out = append(out, piece{at: at, n: n})
		j += n
	}
	if own != nil {
		out = append(out, piece{bytes: own})
	}
	return out
}

func (x *copier) longest(data []byte) (at, n int) {
	if len(data) < window {
		return 0, 0
	}
	for _, i := range x.at[string(data[:window])] {
		k := window
		for k < len(data) && i+k < len(x.base) && data[k] == x.base[i+k] {
			k++
		}
		if k > n {
			at, n = i, k
		}
	}
	return at, n
}
