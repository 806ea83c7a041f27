package table

import (
	"context"
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
	for name, g := range map[string]*guard{"text": {text: textFree, size: textFree / textRatio}, "cells": {cells: cellsFree, size: cellsFree/cellsRatio - 1}} {
		g.rows = plenty{}
		table := &Table{Columns: []string{"a"}, rows: g}
		if b, err := table.Next(t.Context()); err != nil || b.Rows != 1 {
			t.Errorf("%s: the row before is lost: %v", name, err)
		}
		_, err := table.Next(t.Context())
		wantError(t, err, Bomb, 2)
	}
}
