package table

import "strconv"

// end puts the value of the open cell in its place in the row.
func (s *sheetRows) end() error {
	if s.cell.column < 0 {
		return failure(Malformed, "a cell around a row")
	}
	begin := len(s.open.text)
	text, class, err := s.value(s.open.text)
	if err == nil && len(text)-begin > s.book.options.Cell {
		err = failure(CellTooLarge, "more than %d bytes", s.book.options.Cell)
	}
	if err == nil && len(text) > s.book.options.Row {
		err = failure(CellTooLarge, "the row has more than %d bytes", s.book.options.Row)
	}
	if e, is := err.(*Error); is {
		e.Column = s.cell.column + 1
	}
	if s.open.text = text; err != nil || class == Null {
		return err
	}
	for len(s.open.parts) <= s.cell.column {
		s.open.parts = append(s.open.parts, part{})
	}
	s.open.parts[s.cell.column] = part{begin, len(text), class, true}
	return nil
}

// value appends the stored value; Null says that there is none.
func (s *sheetRows) value(dst []byte) ([]byte, Class, error) {
	value := s.cell.value
	switch s.cell.kind {
	case "inlineStr":
		value = s.text.text()
	case "str":
		value = unescape(value)
	case "s":
		return s.shared(dst)
	}
	if len(value) == 0 {
		return dst, Null, nil
	}
	switch s.cell.kind {
	case "b":
		value = []byte(strconv.FormatBool(isTrue(string(value))))
	case "", "n":
		return s.number(dst)
	}
	return append(dst, value...), Bytes(value), nil
}

func (s *sheetRows) shared(dst []byte) ([]byte, Class, error) {
	if len(s.cell.value) == 0 {
		return dst, Null, nil
	}
	i, err := strconv.Atoi(string(s.cell.value))
	if err != nil || i < 0 || i >= s.book.strings.count {
		return dst, 0, failure(Malformed, "a cell refers to a text that is not there")
	}
	text := s.book.strings.get(i)
	return append(dst, text...), Bytes(text), nil
}

// number appends a number, or the date that its style makes of it.
func (s *sheetRows) number(dst []byte) ([]byte, Class, error) {
	begin := len(dst)
	f, err := strconv.ParseFloat(string(s.cell.value), 64)
	if err != nil {
		return dst, 0, failure(Malformed, "a number that is none")
	}
	if n := s.cell.style; n > 0 && n < len(s.book.styles) && s.book.styles[n] != notMoment {
		if out, ok := appendMoment(dst, f, s.book.styles[n], s.book.epoch); ok {
			return out, Bytes(out[begin:]), nil
		}
	}
	dst = appendLiteral(dst, s.cell.value)
	return dst, Bytes(dst[begin:]) | Number, nil
}
