package preflight

import (
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
	Kind     string // of a file that is no table
	Dialect  table.Dialect
	Formulas int64
	Tables   []*found
	Stopped  *table.Error // nil: it was read to its end

	met     []string // tables that something is expected of
	done    bool
	weight  int   // of what reports tell of it
	trouble error // a fault of this program or machine, not of the file
}

// found is what was found in a table.
type found struct {
	Name    string // of the sheet, or its number
	Heading string // the rule by which the names are data; "": they are names
	Width   int    // columns there are
	Numbers []int  // of those told; nil: all
	all     bool   // all columns are told
	told    []int  // otherwise these, 0 for the first
	Columns []sensitive.ColumnResult
	Quality quality.Result
	Sketch  *sketch.Sketch
}

func (f *file) stream(r *Reader, content io.Reader) error {
	in, err := table.Stream(f.Format, content, table.Options{})
	if err != nil {
		return f.fail(err)
	}
	return f.read(r, in)
}

// errFault is what a fault of this program becomes: whatever it says may quote
// the data.
var errFault = errors.New("preflight: a fault while looking into a table")

func fault(err *error) {
	if recover() != nil {
		*err = errFault
	}
}

// read goes through all tables of a file. A fault of whoever looks into one
// ends the pass, not the program.
func (f *file) read(r *Reader, in *table.File) (err error) {
	defer fault(&err)
	defer func() { f.Dialect, f.Formulas = in.Dialect(), in.Formulas() }()
	defer in.Close()
	for {
		t, err := in.Next(r.ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = f.table(r, t)
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
func (f *file) table(r *Reader, t *table.Table) error {

	name := sheetName(t.Name, len(f.Tables)+1)
	e, asOf := f.expected(t, r.o.Expectations)
	if len(t.Columns) >= wide || e.Heavy() {
		r.wide.Lock()
		defer r.wide.Unlock()
	}
	look, err := newLook(t, e, asOf, r.o.SketchKey)
	if err != nil {
		return &ExpectationError{tableName(f.Path, name), err}
	}
	look.name = name
	defer func() {
		f.Tables = append(f.Tables, look.found(t.Header))
	}()
	for {
		b, err := t.Next(r.ctx)
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

func newLook(t *table.Table, e *quality.Expectation, asOf string, key *[32]byte) (*look, error) {
	l := &look{columns: t.Columns, scanner: sensitive.NewScanner(t.Columns)}
	var err error
	if l.profile, err = quality.NewProfiler(t.Columns, e, asOf); err != nil {
		return nil, err
	}
	if key != nil {
		l.sketch = sketch.New(*key, len(t.Columns))
	}
	return l, nil
}

// expected is what is expected of a table, by the name that the file has for
// it: it need not be one that may be printed.
func (f *file) expected(t *table.Table, all *quality.Expectations) (e *quality.Expectation, asOf string) {
	if all == nil {
		return nil, ""
	}
	name := tableName(f.Path, t.Name)
	if e = all.Tables[name]; e != nil {
		f.met = append(f.met, name)
	}
	return e, all.AsOf
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

// found keeps what is told of the columns, and the verdicts of all.
func (l *look) found(header bool) *found {
	f := &found{Name: l.name, Width: len(l.columns), Columns: make([]sensitive.ColumnResult, len(l.columns)), Quality: l.profile.Result()}
	j := l.scanner.Judge()
	if header {
		f.Heading = l.dataAmong(j)
	}
	for i := range f.Columns {
		f.Columns[i] = f.result(j, i)
		f.Columns[i].Hits = nil
	}
	f.choose(j)
	if l.sketch != nil {
		s := l.sketch.Sketch()
		f.Sketch = &s
	}
	return f
}
