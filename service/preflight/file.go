package preflight

import (
	"context"
	"errors"
	"io"

	"github.com/datapledge/datapledge/service/preflight/quality"
	"github.com/datapledge/datapledge/service/preflight/sensitive"
	"github.com/datapledge/datapledge/service/preflight/sketch"
	"github.com/datapledge/datapledge/service/preflight/table"
)

// file is what was found in a file.
type file struct {
	Path     string
	Bytes    int64
	Format   table.Format
	Dialect  table.Dialect
	Formulas int64
	Tables   []*found
	Stopped  *table.Error // nil: it was read to its end

	trouble error // a fault of this program or machine, not of the file
}

// found is what was found in a table.
type found struct {
	Name    string   // of the sheet, or its number
	Names   []string // of the columns, as the file has them: never printed
	Heading string   // the rule by which the names are data; "": they are names
	Columns []sensitive.ColumnResult
	Quality quality.Result
	Sketch  *sketch.Sketch
}

func (f *file) stream(ctx context.Context, r io.Reader, o Options) error {
	in, err := table.Stream(f.Format, r, table.Options{})
	if err != nil {
		return f.fail(err)
	}
	return f.read(ctx, in, o)
}

// read goes through all tables of a file.
func (f *file) read(ctx context.Context, in *table.File, o Options) error {
	defer func() { f.Dialect, f.Formulas = in.Dialect(), in.Formulas() }()
	defer in.Close()
	for {
		t, err := in.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = f.table(ctx, t, o)
		}
		if err != nil {
			return f.fail(err)
		}
	}
}

// fail tells what is wrong with the file from what is wrong with the reading.
func (f *file) fail(err error) error {
	if errors.As(err, &f.Stopped) {
		f.Stopped.Table = sheetName(f.Stopped.Table, len(f.Tables))
		return nil
	}
	return err
}

// table shows every batch to all who look for something.
func (f *file) table(ctx context.Context, t *table.Table, o Options) error {
	look, err := newLook(f.Path, t, o)
	if err != nil {
		return err
	}
	look.name = sheetName(t.Name, len(f.Tables)+1)
	defer func() {
		found := look.found()
		found.heading(t.Header)
		f.Tables = append(f.Tables, found)
	}()
	for {
		b, err := t.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		look.add(b)
	}
}

// look is all that looks at one table.
type look struct {
	name    string
	columns []string
	scanner *sensitive.Scanner
	profile *quality.Profiler
	sketch  *sketch.Sketcher // nil: not asked for
}

func newLook(path string, t *table.Table, o Options) (*look, error) {
	l := &look{name: t.Name, columns: t.Columns, scanner: sensitive.NewScanner(t.Columns)}
	var expected *quality.Expectation
	asOf := ""
	if o.Expectations != nil {
		expected, asOf = o.Expectations.Tables[tableName(path, t.Name)], o.Expectations.AsOf
	}
	var err error
	if l.profile, err = quality.NewProfiler(t.Columns, expected, asOf); err != nil {
		return nil, &ExpectationError{tableName(path, t.Name), err}
	}
	if o.SketchKey != nil {
		l.sketch = sketch.New(*o.SketchKey, len(t.Columns))
	}
	return l, nil
}

// tableName is how reports and expectations call a table.
func tableName(path, sheet string) string {
	if sheet == "" {
		return path
	}
	return path + "#" + sheet
}

// ExpectationError: the expectations do not fit the data.
type ExpectationError struct {
	Table string
	Err   error
}

func (e *ExpectationError) Error() string { return "expectations of " + e.Table + ": " + e.Err.Error() }

// Unwrap gives what does not fit.
func (e *ExpectationError) Unwrap() error { return e.Err }

func (l *look) add(b *table.Batch) {
	l.scanner.Add(b)
	l.profile.Add(b)
	if l.sketch != nil {
		l.sketch.Add(b)
	}
}

func (l *look) found() *found {
	f := &found{Name: l.name, Names: l.columns, Columns: l.scanner.Columns(), Quality: l.profile.Result()}
	if l.sketch != nil {
		s := l.sketch.Sketch()
		f.Sketch = &s
	}
	return f
}
