package table

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
)

// learnSheet is how many rows of a sheet say how wide it is.
const learnSheet = 100

// sheetRows reads the rows of one sheet. A row without any value is no row,
// as an empty line of CSV is none.
type sheetRows struct {
	book    *workbook
	name    string
	part    *unpacked
	tokens  *tokens
	learned []line
	err     error // what came after them
	width   int
	open    line
	cell    openCell
	text    richText
}

// line is one row: the cells up to the last with a value.
type line struct {
	parts []part
	text  []byte
}

// openCell is the cell that the tokens are in.
type openCell struct {
	column, style int
	kind          string
	formula       bool
	value         []byte
	inValue       bool
}

func (w *workbook) sheet(ctx context.Context, ref sheetRef) (*Table, error) {
	part, err := w.parts.open(ref.path)
	if err == nil && part == nil {
		err = failure(Malformed, "a sheet is missing from the file")
	}
	if err != nil {
		return nil, onSheet(err, ref.name, 0)
	}
	s := &sheetRows{book: w, name: ref.name, part: part, tokens: newTokens(part), text: richText{end: "is"}}
	w.open = s
	for size := 0; len(s.learned) < learnSheet && size < learnBytes && s.err == nil; {
		if s.err = s.row(ctx); s.err == nil {
			size += s.learn()
		}
	}
	if len(s.learned) == 0 && s.err != nil && !errors.Is(s.err, io.EOF) {
		return nil, onSheet(s.err, s.name, 0)
	}
	t := s.table()
	if w.columns += len(t.Columns); w.columns > sheetsWide*w.options.Columns {
		return nil, onSheet(failure(TooManyColumns, "more than %d in all sheets", sheetsWide*w.options.Columns), s.name, 0)
	}
	return t, nil
}

// learn keeps the open row, and says how many bytes that takes.
func (s *sheetRows) learn() int {
	s.width = max(s.width, len(s.open.parts))
	s.learned = append(s.learned, s.open)
	size := len(s.open.text) + 32*len(s.open.parts)
	s.open = line{}
	return size
}

// table takes the header off the rows learned from.
func (s *sheetRows) table() *Table {
	t := &Table{Name: s.name, rows: s}
	first := new(Batch)
	if len(s.learned) > 0 {
		first.Columns = len(s.learned[0].parts)
		s.learned[0].emit(first, first.Columns)
	}
	if t.Columns, t.Header = header(first); t.Header {
		s.learned = s.learned[1:]
	}
	for i := len(t.Columns); i < s.width; i++ {
		t.Columns = append(t.Columns, shown("", i))
	}
	return t
}

func onSheet(err error, name string, row int64) error {
	var e *Error
	if errors.As(err, &e) {
		e.Table, e.Row = name, row
	}
	return err
}

func (s *sheetRows) fill(ctx context.Context, b *Batch) error {
	for !b.full() {
		next := &s.open
		if len(s.learned) > 0 {
			next, s.learned = &s.learned[0], s.learned[1:]
		} else if s.err == nil {
			s.err = s.row(ctx)
		}
		if next == &s.open && s.err != nil {
			return onSheet(s.err, s.name, b.next())
		}
		next.emit(b, s.width)
	}
	return nil
}

// emit puts a row into a batch of so many columns.
func (l *line) emit(b *Batch, width int) {
	if len(l.parts) > width {
		b.Odd = append(b.Odd, b.next())
	}
	for i := range width {
		if i >= len(l.parts) || !l.parts[i].set {
			b.add(Null)
			continue
		}
		p := l.parts[i]
		b.Text = append(b.Text, l.text[p.begin:p.end]...)
		b.add(p.class)
	}
	b.Rows++
}

// row reads the next row that has a value.
func (s *sheetRows) row(ctx context.Context) error {
	s.open.parts, s.open.text = s.open.parts[:0], s.open.text[:0]
	for {
		token, err := s.tokens.next()
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = s.take(token)
		}
		if err != nil {
			return err
		}
		if e, is := token.(xml.EndElement); is && e.Name.Local == "row" && len(s.open.parts) > 0 {
			return nil
		}
	}
}
