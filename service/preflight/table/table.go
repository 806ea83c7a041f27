// Package table reads the tables of a dataset as a stream of batches: CSV in
// any dialect, JSON, Parquet and XLSX, all to the same text for the same
// value. Memory stays flat whatever the size of the file or its malice: what
// would need more ends the file with an *Error.
package table

import (
	"context"
	"io"
)

// Format of a file.
type Format string

// The formats; CSV stands for every text with separators.
const (
	CSV     Format = "csv"
	JSONL   Format = "jsonl"
	JSON    Format = "json"
	Parquet Format = "parquet"
	XLSX    Format = "xlsx"
	Raw     Format = "bytes" // not a table
)

// Random says whether the format is read with Random rather than Stream.
func (f Format) Random() bool { return f == Parquet || f == XLSX }

// CellsRatio is how many cells a file may have for each of its bytes, besides
// a number that every file may.
func (f Format) CellsRatio() int64 {
	if f.Random() {
		return cellsRatio
	}
	return plainRatio
}

// Options of reading. The zero value finds everything out.
type Options struct {
	Separator byte // of CSV; 0: find out
	Cell      int  // bytes a cell may have; 0: 1 MiB
	Columns   int  // columns a table may have; 0: 16,384
	Row       int  // bytes a row may have; 0: 4 MiB
	Free      int  // bytes that a packed part may unpack to whatever its size; 0: 64 MiB
}

func (o Options) defaults() Options {
	set := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	set(&o.Cell, 1<<20)
	set(&o.Columns, 1<<14)
	set(&o.Row, 4<<20)
	set(&o.Free, 64<<20)
	return o
}

// Dialect is what was found out about a file. It is whole when the file is
// read to its end.
type Dialect struct {
	Format    Format `json:"format"`
	Encoding  string `json:"encoding,omitempty"`  // utf-8, utf-8-bom, gb18030, utf-16le, utf-16be
	Separator string `json:"separator,omitempty"` // of CSV
	LineEnds  string `json:"line_ends,omitempty"` // lf, crlf, cr
	Header    bool   `json:"header"`              // whether the table opened last names its columns
}

// File is an opened file. It is for one goroutine at a time.
type File struct {
	tables   tables
	dialect  Dialect
	text     *text // of the formats that are text
	formulas int64
}

// tables are the tables of one format; next gives io.EOF after the last.
type tables interface {
	next(ctx context.Context) (*Table, error)
	close() error
}

// Table is one table of a file.
type Table struct {
	Name    string   // of the sheet; "" in all other formats
	Columns []string // "#1", "#2" … where the file names none
	Header  bool     // whether the names come out of the file
	rows    rows
	batch   Batch
	err     error
}

// rows fills an empty batch; with an error, the rows filled in are valid.
type rows interface {
	fill(ctx context.Context, b *Batch) error
}

// Stream opens a file of a format that is read from front to back.
func Stream(f Format, r io.Reader, o Options) (*File, error) {
	file := &File{dialect: Dialect{Format: f}}
	open := openCSV
	switch f {
	case CSV:
	case JSON, JSONL:
		open = openJSON
	default:
		return nil, failure(Unsupported, "%s is not read as a stream", f)
	}
	one := &once{open: func(ctx context.Context) (*Table, error) { return open(ctx, file, r, o.defaults()) }}
	file.tables = &guard{tables: one, size: func() int64 { return file.text.used }, ratio: f.CellsRatio()}
	return file, nil
}

// Random opens a file of a format that is read at will; size is in bytes.
func Random(f Format, r io.ReaderAt, size int64, o Options) (*File, error) {
	file := &File{dialect: Dialect{Format: f}}
	t, err := file.random(r, size, o.defaults())
	if err != nil {
		return nil, err
	}
	file.tables = &guard{tables: t, size: func() int64 { return size }, ratio: f.CellsRatio()}
	return file, nil
}

func (f *File) random(r io.ReaderAt, size int64, o Options) (t tables, err error) {
	defer caught(&err)
	switch f.dialect.Format {
	case XLSX:
		return openXLSX(f, r, size, o)
	case Parquet:
		return openParquet(r, size, o)
	}
	return nil, failure(Unsupported, "%s is not read at random", f.dialect.Format)
}

// Next gives the next table, io.EOF after the last. The table before it need
// not have been read to its end.
func (f *File) Next(ctx context.Context) (*Table, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t, err := f.tables.next(ctx)
	if err == nil {
		f.dialect.Header = t.Header
	}
	return t, err
}

// Close frees what the file holds; the reader stays the caller's.
func (f *File) Close() error { return f.tables.close() }

// Dialect says what was found out so far.
func (f *File) Dialect() Dialect {
	d := f.dialect
	if f.text != nil {
		d.Encoding = f.text.name()
	}
	return d
}

// Formulas counts the formula cells of the sheets read so far.
func (f *File) Formulas() int64 { return f.formulas }

// Next gives the next batch, valid until the next call; io.EOF at the end.
func (t *Table) Next(ctx context.Context) (*Batch, error) {
	if t.err == nil {
		t.err = ctx.Err()
	}
	if t.err != nil {
		return nil, t.err
	}
	t.batch.reset(max(1, t.batch.next()), len(t.Columns))
	t.err = t.rows.fill(ctx, &t.batch)
	if t.batch.Rows > 0 {
		return &t.batch, nil
	}
	return nil, t.err
}

// once is the tables of a format that has one.
type once struct {
	open func(context.Context) (*Table, error)
	done bool
	free func()
}

func (o *once) next(ctx context.Context) (*Table, error) {
	if o.done {
		return nil, io.EOF
	}
	o.done = true
	return o.open(ctx)
}

func (o *once) close() error {
	if o.free != nil {
		o.free()
	}
	return nil
}
