package table

// limits looks at the open row, after each chunk and at its end.
func (c *csvRows) limits(b *Batch) error {
	size, o := len(b.Text)-b.start(c.row), c.options
	if size > o.Cell {
		if e := c.largeCell(b); e != nil {
			return e
		}
	}
	if size > o.Row {
		return failure(CellTooLarge, "the row has more than %d bytes", o.Row)
	}
	if c.columns == 0 && len(b.Ends)-c.row > o.Columns {
		return failure(TooManyColumns, "more than %d", o.Columns)
	}
	if c.columns > 0 && len(b.Ends) > c.row+c.columns+1 {
		c.trim(b)
	}
	return nil
}

// largeCell finds the cell of the open row that is over the limit.
func (c *csvRows) largeCell(b *Batch) error {
	for i := c.row; i <= len(b.Ends); i++ {
		end := len(b.Text)
		if i < len(b.Ends) {
			end = int(b.Ends[i])
		}
		if end-b.start(i) > c.options.Cell {
			e := failure(CellTooLarge, "more than %d bytes", c.options.Cell)
			e.Column = i - c.row + 1
			return e
		}
	}
	return nil
}

// trim forgets cells too many before the row is at its end; one cell too many
// stays, and a byte of the open one if it has any, so that no quote opens it.
func (c *csvRows) trim(b *Batch) {
	begun := len(b.Text) > b.start(len(b.Ends))
	b.cut(c.row + c.columns + 1)
	if begun {
		b.Text = append(b.Text, ' ')
	}
}
