package table

import "context"

// Limits of what a file may be read to: this much, or so many times its size.
// A text kept once may be in millions of cells, and a cell that is missing in
// a row takes no byte at all, but work.
const (
	textFree  = 1 << 30
	textRatio = 1 << 10

	cellsFree  = 1 << 26
	cellsRatio = 256 // of formats that pack their cells
	plainRatio = 32  // of text: cells made up in rows too short, and members not there
)

// guard stands around the tables of a file. It counts what comes out, and is
// the last line of defence: a fault of a reader ends the file, not the
// program.
type guard struct {
	tables
	rows
	size        func() int64 // bytes of the file, or of it so far
	ratio       int64        // cells for each of them
	text, cells int64        // handed out
}

func (g *guard) next(ctx context.Context) (t *Table, err error) {
	defer caught(&err)
	if t, err = g.tables.next(ctx); err == nil {
		g.rows, t.rows = t.rows, g
	}
	return t, err
}

func (g *guard) fill(ctx context.Context, b *Batch) (err error) {
	whole := false
	defer func() {
		if !whole {
			b.reset(b.First, b.Columns)
		}
	}()
	defer caught(&err)
	err = g.rows.fill(ctx, b)
	whole = true
	if over := g.count(b); over != nil {
		return at(over, b.next())
	}
	return err
}

func (g *guard) count(b *Batch) error {
	g.text += int64(len(b.Text))
	g.cells += int64(len(b.Ends))
	switch {
	case g.text > textFree && g.text/textRatio > g.size():
		return failure(Bomb, "more than %d bytes of text for each byte of the file", textRatio)
	case g.cells > cellsFree && g.cells/g.ratio > g.size():
		return failure(Bomb, "more than %d cells for each byte of the file", g.ratio)
	}
	return nil
}

// caught makes an error of a fault; its text, which may quote the data, is
// left out.
func caught(err *error) {
	if recover() != nil {
		*err = failure(Malformed, "the file led its reader into a fault")
	}
}
