package table

import (
	"bytes"
	"context"
	"errors"
	"io"
	"testing"
)

// sheet is a table read whole.
type sheet struct {
	name    string
	columns []string
	rows    [][]string
	classes [][]Class
	odd     []int64
}

// readAll reads every table of a file, and gives them with what stopped it.
func readAll(f *File, err error) ([]sheet, error) {
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []sheet
	for {
		t, err := f.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		s, err := readTable(t)
		all = append(all, s)
		if err != nil {
			return all, err
		}
	}
}

func readTable(t *Table) (sheet, error) {
	s := sheet{name: t.Name, columns: t.Columns}
	for {
		b, err := t.Next(context.Background())
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		s.take(b)
	}
}

func (s *sheet) take(b *Batch) {
	if b.First != int64(len(s.rows)+1) || b.Columns != len(s.columns) || len(b.Ends) != b.Rows*b.Columns || len(b.Classes) != len(b.Ends) {
		panic("a batch that does not fit")
	}
	for r := range b.Rows {
		var cells []string
		var classes []Class
		for c := range b.Columns {
			cells = append(cells, string(b.Cell(r*b.Columns+c)))
			classes = append(classes, b.Classes[r*b.Columns+c])
		}
		s.rows, s.classes = append(s.rows, cells), append(s.classes, classes)
	}
	s.odd = append(s.odd, b.Odd...)
}

func stream(f Format, content string, o Options) ([]sheet, error) {
	return readAll(Stream(f, bytes.NewReader([]byte(content)), o))
}

// wantError checks what stopped a file.
func wantError(t *testing.T, err error, code string, row int64) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Code != code || e.Row != row {
		t.Fatalf("got %v, want %s in row %d", err, code, row)
	}
}
