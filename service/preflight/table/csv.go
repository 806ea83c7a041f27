package table

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
)

type csvRows struct{ r *csv.Reader }

func openCSV(_ context.Context, f *File, r io.Reader, o Options) (*Table, error) {
	c := csv.NewReader(r)
	if o.Separator != 0 {
		c.Comma = rune(o.Separator)
	}
	c.ReuseRecord, c.LazyQuotes, c.FieldsPerRecord = true, true, -1
	head, err := c.Read()
	if err != nil {
		return nil, err
	}
	f.dialect.Encoding, f.dialect.Separator, f.dialect.LineEnds = "utf-8", string(c.Comma), "lf"
	t := &Table{Header: true, rows: &csvRows{c}}
	for i, name := range head {
		if name == "" {
			name = fmt.Sprintf("#%d", i+1)
		}
		t.Columns = append(t.Columns, name)
	}
	return t, nil
}

func (c *csvRows) fill(_ context.Context, b *Batch) error {
	for !b.full() {
		cells, err := c.r.Read()
		if err != nil {
			return err
		}
		c.row(b, cells)
	}
	return nil
}

func (c *csvRows) row(b *Batch, cells []string) {
	if len(cells) != b.Columns {
		b.Odd = append(b.Odd, b.next())
	}
	for i := range b.Columns {
		if i >= len(cells) {
			b.add(Null)
			continue
		}
		b.Text = append(b.Text, cells[i]...)
		b.add(Bytes([]byte(cells[i])))
	}
	b.Rows++
}
