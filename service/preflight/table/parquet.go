package table

import (
	"context"
	"errors"
	"io"
)

// Limits of a Parquet file.
const (
	footerMost = 16 << 20 // bytes
	groupsMost = 1 << 16  // row groups
	chunksMost = 1 << 19  // column chunks of all row groups
	nodesRatio = 8        // nodes of the schema, for each column that a table may have
	pageMost   = 32 << 20 // bytes of a page, packed or not
	valuesMost = 16 << 20 // of a page
	pagesMost  = 24 << 20 // bytes of all pages held at once
	aheadMost  = 4 << 20  // bytes of cells read ahead of the batch
	// Pages given up may unpack again to so many times what is free, or to so
	// many times the file.
	againFree  = 64
	againRatio = 1000
)

// parquetRows reads a Parquet file column by column, a few rows ahead each,
// and hands them out as rows. A page is unpacked as a whole, but its values
// are decoded one by one, so that no claim about them costs memory.
type parquetRows struct {
	r       io.ReaderAt
	size    int64
	options Options
	groups  []rowGroup
	columns []*column
	left    int64 // rows of this row group not handed out
	held    int   // bytes of pages
	packed  []byte
	spare   [2][]byte // pages given up, to be written over
	unpack  unpackers
	fresh   int64 // bytes that pages may yet unpack to
	again   int64 // and those that were given up
}

func openParquet(r io.ReaderAt, size int64, o Options) (tables, error) {
	f, err := locateFooter(r, size, o)
	if err != nil {
		return nil, err
	}
	leaves, err := readSchema(f.schema, o)
	if err == nil {
		err = f.check(len(leaves), size)
	}
	if err != nil {
		return nil, err
	}
	p := &parquetRows{r: r, size: size, options: o, groups: f.groups}
	p.fresh = max(int64(o.Free), ratioMost*size)
	p.again = max(againFree*int64(o.Free), againRatio*size)
	t := &Table{Header: true, rows: p}
	for i := range leaves {
		p.columns = append(p.columns, &column{file: p, leaf: &leaves[i]})
		t.Columns = append(t.Columns, leaves[i].name)
	}
	open := func(context.Context) (*Table, error) { return t, nil }
	return &once{open: open, free: p.unpack.close}, nil
}

// fill hands out rows until the batch is full.
func (p *parquetRows) fill(ctx context.Context, b *Batch) error {
	for !b.full() {
		err := ctx.Err()
		if err == nil && p.left == 0 {
			err = p.group()
		}
		rows := 0
		if err == nil && p.left > 0 {
			rows, err = p.ahead()
		}
		if err != nil {
			return at(err, b.next())
		}
		for i := 0; i < rows && !b.full(); i++ {
			p.emit(b)
		}
	}
	return nil
}

// group begins the next row group.
func (p *parquetRows) group() error {
	for i, c := range p.columns {
		if err := c.finish(); err != nil {
			return inColumn(err, i+1)
		}
	}
	if len(p.groups) == 0 {
		return io.EOF
	}
	p.left = p.groups[0].rows
	for i, c := range p.columns {
		c.start(p.groups[0].chunks[i])
	}
	p.groups = p.groups[1:]
	return nil
}

// ahead sees to it that every column has a cell read, and says how many rows
// are whole.
func (p *parquetRows) ahead() (rows int, err error) {
	rows, size, total := BatchRows, 0, 0
	for _, c := range p.columns {
		total += len(c.text)
	}
	for i, c := range p.columns {
		if c.at == len(c.ends) {
			total -= len(c.text)
			if err := c.read(total); err != nil {
				return 0, inColumn(err, i+1)
			}
			total += len(c.text)
		}
		rows = min(rows, len(c.ends)-c.at)
		if size += c.size(); size > p.options.Row {
			return 0, failure(CellTooLarge, "the row has more than %d bytes", p.options.Row)
		}
	}
	return rows, nil
}

func inColumn(err error, column int) error {
	var e *Error
	if errors.As(err, &e) {
		e.Column = column
	}
	return err
}

// emit hands out one row.
func (p *parquetRows) emit(b *Batch) {
	for _, c := range p.columns {
		b.Text = append(b.Text, c.text[c.begin():c.ends[c.at]]...)
		b.add(c.classes[c.at])
		c.at++
	}
	b.Rows++
	p.left--
}
