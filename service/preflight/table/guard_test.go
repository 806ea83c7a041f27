package table

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

type faulty struct{}

func (faulty) fill(_ context.Context, b *Batch) error {
	b.add(0)
	panic("fault")
}

func (faulty) next(context.Context) (*Table, error) { panic("fault") }
func (faulty) close() error                         { return nil }

// A fault of a reader is an *Error, not the end of the program.
func TestFaultIsAnError(t *testing.T) {
	g := &guard{tables: faulty{}, rows: faulty{}}
	_, err := (&File{tables: g}).Next(t.Context())
	wantError(t, err, Malformed, 0)
	b, err := (&Table{Columns: []string{"a", "b"}, rows: g}).Next(t.Context())
	if wantError(t, err, Malformed, 0); b != nil {
		t.Error(b)
	}
}

type plenty struct{}

func (plenty) fill(_ context.Context, b *Batch) error {
	b.Text = append(b.Text, make([]byte, 2*textRatio)...)
	b.add(0)
	b.Rows++
	return nil
}

// What comes out of a file is measured by its size.
func TestMoreComesOutThanMayBe(t *testing.T) {
	for name, c := range map[string]struct{ text, cells, size int64 }{"text": {text: textFree, size: textFree / textRatio}, "cells": {cells: cellsFree, size: cellsFree/cellsRatio - 1}} {
		g := &guard{text: c.text, cells: c.cells, size: func() int64 { return c.size }, ratio: cellsRatio}
		g.rows = plenty{}
		table := &Table{Columns: []string{"a"}, rows: g}
		if b, err := table.Next(t.Context()); err != nil || b.Rows != 1 {
			t.Errorf("%s: the row before is lost: %v", name, err)
		}
		_, err := table.Next(t.Context())
		wantError(t, err, Bomb, 2)
	}
}

// Rows of a wide table that hold next to nothing cost work for every cell
// that is not there: that is bounded by the bytes of the file.
func TestCellsThatAreNotThere(t *testing.T) {
	var names, members strings.Builder
	for i := range 16000 {
		fmt.Fprintf(&names, "c%d,", i)
		fmt.Fprintf(&members, `"c%d":1,`, i)
	}
	for format, e := range map[Format]*endless{
		CSV:   {begin: names.String() + "x\n1\n", again: "1\n"},
		JSONL: {begin: "{" + members.String() + `"x":1}`, again: "{}\n"},
	} {
		e.size = gigabyte
		f, err := Stream(format, e, Options{})
		if err != nil {
			t.Fatal(err)
		}
		f.tables.(*guard).cells = cellsFree
		_, err = count(f, nil)
		var bomb *Error
		if !errors.As(err, &bomb) || bomb.Code != Bomb || e.size < gigabyte-8<<20 {
			t.Errorf("%s: %v after %d bytes", format, err, gigabyte-e.size)
		}
	}
}

// A file of separators has about as many cells as bytes, and is no bomb.
func TestCellsOfNothing(t *testing.T) {
	for name, again := range map[string]string{"commas": ",\n", "one row": ",", "empty objects": "{}\n"} {
		e := &endless{begin: "a,b\n1,2\n", again: again, size: 1 << 20}
		format := CSV
		if again[0] == '{' {
			format, e.begin = JSONL, `{"a":1}`
		}
		f, err := Stream(format, e, Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = count(f, nil)
		if g := f.tables.(*guard); !errors.Is(err, io.EOF) || g.cells == 0 || g.cells > 2*g.size() {
			t.Errorf("%s: %d cells of %d bytes, %v", name, g.cells, g.size(), err)
		}
	}
}
