package table

import "slices"

// chunk is how many bytes are cut between two looks at the limits.
const chunk = 16 << 10

// take cuts a chunk of the block, and says whether it made the batch full.
func (c *csvRows) take(b *Batch) (full bool, err error) {
	in := c.in[:min(len(c.in), chunk, c.options.Cell)]
	room(b, len(in)+ahead)
	left := len(c.in) - len(in)
	for len(in) > 0 && !full && err == nil {
		switch c.state {
		case inQuotes:
			in = in[c.quotes(b, in):]
		case afterQuote:
			in = c.afterQuote(b, in)
		default:
			if in = in[c.swift(b, in):]; c.state == plain {
				in = in[c.plain(b, in):]
			}
			if c.state == plain && len(in) > 0 {
				in, full, err = c.mark(b, in)
			}
		}
	}
	c.in = c.in[len(c.in)-left-len(in):]
	if err == nil && !full {
		err = c.limits(b)
	}
	return full, err
}

func room(b *Batch, n int) {
	b.Text, b.Ends, b.Classes = slices.Grow(b.Text, n), slices.Grow(b.Ends, n), slices.Grow(b.Classes, n)
}

// plain copies cells without quotes up to the next mark that is none of its
// business, which it leaves.
func (c *csvRows) plain(b *Batch, in []byte) int {
	text, ends, classes := b.Text[:cap(b.Text)], b.Ends[:cap(b.Ends)], b.Classes[:cap(b.Classes)]
	o, i, acc, marks := len(b.Text), len(b.Ends), c.acc, &c.marks
	p := 0
	for p < len(in) {
		char := in[p]
		mark := marks[char]
		if mark < separatorMark {
			text[o] = char
			acc |= mark
			o++
			p++
			continue
		}
		if mark != separatorMark && (char != '\n' || !c.regular(b, text, o, i)) {
			break
		}
		ends[i], classes[i] = uint32(o), Class(acc)
		acc = 0
		i++
		p++
		if mark != separatorMark {
			b.Rows++
			c.row, c.begun, c.closed = i, o, -1
		}
	}
	b.Text, b.Ends, b.Classes, c.acc = text[:o], ends[:i], classes[:i], acc
	return p
}

// regular says that the open row, of i cells and one, may end at o with no
// more ado: wide as it should be, small, and not the one that fills the batch.
func (c *csvRows) regular(b *Batch, text []byte, o, i int) bool {
	return i+1-c.row == c.columns && !c.odd && o > c.begun && text[o-1] != '\r' &&
		o-c.begun <= c.options.Cell && o-c.begun <= c.options.Row &&
		o < batchText && b.Rows < BatchRows-1 && i+1+c.columns <= batchCells
}

// quotes copies what is within quotes, up to and past the next quote.
func (c *csvRows) quotes(b *Batch, in []byte) int {
	text, acc := b.Text, c.acc
	p := 0
	for p < len(in) && in[p] != '"' {
		acc |= uint32(classOf[in[p]])
		text = append(text, in[p])
		p++
	}
	b.Text, c.acc = text, acc
	if p < len(in) {
		c.state = afterQuote
		p++
	}
	return p
}

// afterQuote tells a doubled quote from a closing one.
func (c *csvRows) afterQuote(b *Batch, in []byte) []byte {
	if in[0] == '"' {
		c.state = inQuotes
		return c.keep(b, in)
	}
	c.state, c.closed = plain, len(b.Text)
	if c.marks[in[0]] < separatorMark && in[0] != '\r' {
		c.odd = true
	}
	return in
}

// keep takes one byte as part of the cell.
func (c *csvRows) keep(b *Batch, in []byte) []byte {
	b.Text = append(b.Text, in[0])
	c.acc |= uint32(classOf[in[0]])
	return in[1:]
}

// mark acts on the quote or the line end in front.
func (c *csvRows) mark(b *Batch, in []byte) (rest []byte, full bool, err error) {
	if in[0] != '"' {
		err = c.endRow(b)
		return in[1:], err == nil && b.Rows > 0 && (c.columns == 0 || b.full()), err
	}
	if len(b.Text) != b.start(len(b.Ends)) {
		return c.keep(b, in), false, nil
	}
	c.state = inQuotes
	return in[1:], false, nil
}

// endRow ends the open cell and row; an empty line is no row.
func (c *csvRows) endRow(b *Batch) error {
	start, end := b.start(len(b.Ends)), len(b.Text)
	if end > start && end > c.closed && b.Text[end-1] == '\r' {
		b.Text = b.Text[:end-1]
		c.acc = uint32(Bytes(b.Text[start:]))
	}
	if len(b.Ends) > c.row || len(b.Text) > start || c.closed == len(b.Text) {
		b.add(Class(c.acc))
		if err := c.limits(b); err != nil {
			return err
		}
		c.width(b)
		b.Rows++
	}
	c.acc, c.state, c.closed, c.odd = 0, plain, -1, false
	c.row, c.begun = len(b.Ends), len(b.Text)
	return nil
}

// width makes the row as wide as the table.
func (c *csvRows) width(b *Batch) {
	n := len(b.Ends) - c.row
	if c.columns == 0 {
		b.Columns = n
		return
	}
	if n != c.columns || c.odd {
		b.Odd = append(b.Odd, b.next())
	}
	if n > c.columns {
		b.cut(c.row + c.columns)
	}
	if n < c.columns {
		for ; n < c.columns; n++ {
			b.add(Null)
		}
		room(b, chunk+1)
	}
}
