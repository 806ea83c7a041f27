package table

import (
	"encoding/xml"
	"errors"
	"io"
)

// The most shared strings that are kept: bytes, and how many.
const (
	stringsMost = 32 << 20
	stringCount = 2 << 20
)

// sharedStrings are the texts that the cells of a workbook refer to.
type sharedStrings struct {
	chunks [][]byte   // of a megabyte, no text across two
	begins [][]uint32 // of each text, in all chunks as though they were one
	count  int
}

// Begins are kept in pieces: to let one list grow would take twice as much.
const beginsMost = 1 << 16

func (s *sharedStrings) begin(i int) uint32 { return s.begins[i/beginsMost][i%beginsMost] }

func (s *sharedStrings) get(i int) []byte {
	begin := s.begin(i)
	chunk := s.chunks[begin/tokenMost]
	end := uint32(len(chunk))
	if i+1 < s.count && s.begin(i+1)/tokenMost == begin/tokenMost {
		end = s.begin(i+1) % tokenMost
	}
	return chunk[begin%tokenMost : end]
}

// add keeps a text of at most tokenMost bytes.
func (s *sharedStrings) add(text []byte) error {
	last := len(s.chunks) - 1
	if last < 0 || len(s.chunks[last]) > 0 && len(s.chunks[last])+len(text) >= tokenMost {
		s.chunks = append(s.chunks, make([]byte, 0, tokenMost))
		last++
	}
	if len(text) > tokenMost {
		return failure(CellTooLarge, "a shared string has more than %d bytes", tokenMost)
	}
	if last >= stringsMost/tokenMost || s.count >= stringCount {
		return failure(Unsupported, "more shared strings than fit into memory: save the sheets as CSV")
	}
	if s.count%beginsMost == 0 {
		s.begins = append(s.begins, make([]uint32, 0, beginsMost))
	}
	piece := &s.begins[len(s.begins)-1]
	*piece = append(*piece, uint32(last*tokenMost+len(s.chunks[last])))
	s.chunks[last], s.count = append(s.chunks[last], text...), s.count+1
	return nil
}

func (w *workbook) readStrings() (*sharedStrings, error) {
	s := &sharedStrings{}
	part, err := w.parts.open("xl/sharedStrings.xml")
	if part == nil || err != nil {
		return s, err
	}
	defer part.Close()
	t, piece := newTokens(part), richText{end: "si"}
	for {
		token, err := t.next()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return nil, err
		}
		if piece.take(token) {
			err = s.add(piece.text())
		}
		if err == nil && len(piece.buf) > tokenMost {
			err = failure(CellTooLarge, "a shared string has more than %d bytes", tokenMost)
		}
		if err != nil {
			return nil, err
		}
	}
}

// richText collects the runs of a text, without the reading aids (rPh).
type richText struct {
	end       string // the element that holds the text
	buf       []byte
	in, aside bool
}

// take says whether the text is whole.
func (r *richText) take(token xml.Token) bool {
	switch e := token.(type) {
	case xml.StartElement:
		switch e.Name.Local {
		case r.end:
			r.buf = r.buf[:0]
		case "t":
			r.in = true
		case "rPh":
			r.aside = true
		}
	case xml.EndElement:
		switch e.Name.Local {
		case "t":
			r.in = false
		case "rPh":
			r.aside = false
		}
		return e.Name.Local == r.end
	case xml.CharData:
		if r.in && !r.aside {
			r.buf = append(r.buf, e...)
		}
	}
	return false
}

// text gives the text, with _xHHHH_ for the letter that it stands for
// (ECMA-376 part 1, 22.9.2.19).
func (r *richText) text() []byte { return unescape(r.buf) }
