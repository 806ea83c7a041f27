package table

import (
	"context"
	"errors"
	"io"
)

// csvRows cuts text into rows. It keeps to RFC 4180, and where a file does
// not, as Python's csv does: a quote inside a cell is part of it, and so is
// what follows a closing quote (the row then counts as odd). Empty lines are
// no rows. Cells keep their bytes, line ends in quotes included.
type csvRows struct {
	text      *text
	options   Options
	marks     [256]uint32 // class of each byte, and what it means to the rows
	in        []byte      // rest of the block
	separator byte
	bytewise  bool // not in steps
	pairs     *pairClasses
	usual     int    // cells that most lines of the sample have
	columns   int    // the most of these and of the first row's; 0 as long as the first row is not read
	first     *Batch // the first row, if it is one of data

	// The open row and cell; their text is at the end of the batch's.
	state  int
	acc    uint32 // classes of the open cell so far
	row    int    // cells of the batch before the open row
	begun  int    // where the open row begins in the text
	closed int    // where the text of the last quoted cell ended; -1 for none
	odd    bool
}

// What a byte means besides its class.
const (
	separatorMark = 1 << 16
	stopMark      = 1 << 17 // quote or line end
)

// States of the open cell.
const (
	plain      = iota
	inQuotes   // after an opening quote
	afterQuote // right after a quote within quotes
)

func openCSV(ctx context.Context, f *File, r io.Reader, o Options) (*Table, error) {
	c := &csvRows{text: newText(r), options: o, closed: -1}
	f.text = c.text
	var err error
	if c.in, err = c.text.next(); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	c.speak(&f.dialect)
	first := new(Batch)
	if err := c.fill(ctx, first); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	t := &Table{rows: c}
	t.Columns, t.Header = header(first)
	for n := len(t.Columns); n > 0 && n < c.usual; n++ {
		t.Columns = append(t.Columns, shown("", n))
	}
	c.columns = max(1, len(t.Columns))
	if !t.Header && first.Rows > 0 {
		c.first = first
	}
	return t, nil
}

// speak finds out the dialect and sets the marks to it.
func (c *csvRows) speak(d *Dialect) {
	head, separator := c.in[:min(len(c.in), sample)], c.options.Separator
	if separator == 0 {
		separator = findSeparator(head, len(c.in) < sample)
	}
	if c.usual = usualWidth(lineWidths(head, separator, len(c.in) < sample)); c.usual > c.options.Columns {
		c.usual = 0
	}
	d.Separator, d.LineEnds = string(rune(separator)), findLineEnds(head)
	for i, class := range classOf {
		c.marks[i] = uint32(class)
	}
	c.separator, c.pairs, c.bytewise = separator, classPairs(), d.LineEnds == "cr"
	c.marks['"'], c.marks['\n'], c.marks[separator] = stopMark, stopMark, separatorMark
	if d.LineEnds == "cr" {
		c.marks['\r'] = stopMark
	}
}

// fill reads rows until the batch is full; the first row alone at first.
func (c *csvRows) fill(ctx context.Context, b *Batch) error {
	c.row, c.begun = 0, 0
	if c.first != nil {
		b.copy(c.first)
		c.width(b)
		b.Rows++
		c.first, c.row, c.begun = nil, len(b.Ends), len(b.Text)
	}
	for {
		if len(c.in) == 0 {
			if err := c.block(ctx); err != nil {
				return c.end(b, err)
			}
		}
		if full, err := c.take(b); full || err != nil {
			return c.stop(b, err)
		}
	}
}

func (c *csvRows) block(ctx context.Context) (err error) {
	if err = ctx.Err(); err == nil {
		c.in, err = c.text.next()
	}
	return err
}

// end takes in the last row, which may lack its line end. Another error than
// the end drops the row that it fell into.
func (c *csvRows) end(b *Batch, err error) error {
	if !errors.Is(err, io.EOF) {
		return c.stop(b, err)
	}
	if c.state == inQuotes {
		return c.stop(b, failure(Truncated, "the file ends within quotes"))
	}
	if c.state == afterQuote {
		c.closed = len(b.Text)
	}
	if err := c.endRow(b); err != nil {
		return c.stop(b, err)
	}
	return io.EOF
}

// stop drops the row that an error fell into, and says which row that is.
func (c *csvRows) stop(b *Batch, err error) error {
	var e *Error
	if err == nil || !errors.As(err, &e) {
		return err
	}
	b.cut(c.row)
	e.Row = b.next()
	return e
}
