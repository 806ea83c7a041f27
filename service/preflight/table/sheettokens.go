package table

import (
	"encoding/xml"
	"strconv"
)

// take brings a piece of XML to the cell that it belongs to.
func (s *sheetRows) take(token xml.Token) error {
	switch e := token.(type) {
	case xml.StartElement:
		return s.start(e)
	case xml.CharData:
		if s.cell.inValue {
			s.cell.value = append(s.cell.value, e...)
		}
	case xml.EndElement:
		switch e.Name.Local {
		case "v":
			s.cell.inValue = false
		case "c":
			return s.end()
		}
	}
	if s.cell.kind == "inlineStr" {
		s.text.take(token)
	}
	if len(s.cell.value)+len(s.text.buf) > 2*tokenMost {
		return failure(CellTooLarge, "more than %d bytes", tokenMost)
	}
	return nil
}

func (s *sheetRows) start(e xml.StartElement) error {
	switch e.Name.Local {
	case "row":
		s.cell.column = -1
	case "c":
		return s.begin(e)
	case "f":
		if !s.cell.formula {
			s.cell.formula = true
			s.book.file.formulas++
		}
	case "v":
		s.cell.inValue = true
	}
	if s.cell.kind == "inlineStr" {
		s.text.take(e)
	}
	return nil
}

// begin opens a cell; its place is the one said, or the one after the last.
func (s *sheetRows) begin(e xml.StartElement) error {
	column := s.cell.column + 1
	if place := attribute(e, "r"); place != "" {
		if column = columnOf(place); column < 0 {
			return failure(Malformed, "a cell without a place")
		}
	}
	if column >= s.book.options.Columns {
		return failure(TooManyColumns, "more than %d", s.book.options.Columns)
	}
	style, _ := strconv.Atoi(attribute(e, "s"))
	s.cell = openCell{column: column, style: style, kind: attribute(e, "t"), value: s.cell.value[:0]}
	s.text.buf = s.text.buf[:0]
	return nil
}

// columnOf is the column in a place such as AB12: 0 for A; -1 if none is.
func columnOf(place string) int {
	column := 0
	for _, b := range []byte(place) {
		if b < 'A' || b > 'Z' || column > 1<<20 {
			break
		}
		column = column*26 + int(b-'A') + 1
	}
	return column - 1
}
