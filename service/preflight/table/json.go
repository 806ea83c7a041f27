package table

import (
	"context"
	"errors"
	"io"
	"strconv"
)

// learnRows is how many objects name the columns, as long as they fit learnBytes.
const (
	learnRows  = 1000
	learnBytes = 4 << 20
)

// jsonRows is a table of objects. Its columns are the names in the first 1,000
// of them, in order of first appearance; a row with another is odd.
type jsonRows struct {
	objects objects
	options Options
	columns map[string]int
	names   []string // as the objects have them
	learned []byte   // the objects that named the columns, until they are read
	begin   int      // where the next of them begins, and each ends
	ends    []int
	err     error // what came after them
	members []member
	row     []part
	text    []byte
}

// part is a cell of the open row.
type part struct {
	begin, end int
	class      Class
	set        bool
}

func openJSON(ctx context.Context, f *File, r io.Reader, o Options) (*Table, error) {
	f.text = newText(r)
	j := &jsonRows{objects: objects{text: f.text, most: o.Row}, options: o, columns: map[string]int{}}
	t := &Table{Header: true, rows: j}
	for len(j.ends) < learnRows && len(j.learned) < learnBytes && j.err == nil {
		j.err = j.learn(ctx, t)
	}
	if len(j.ends) == 0 && j.err != nil && !errors.Is(j.err, io.EOF) {
		return nil, at(j.err, 1)
	}
	j.row = make([]part, len(t.Columns))
	return t, nil
}

// learn reads an object and adds its names to the columns.
func (j *jsonRows) learn(ctx context.Context, t *Table) error {
	object, err := j.objects.next(ctx)
	if err != nil {
		return err
	}
	if j.members, err = members(object, j.members); err != nil {
		return err
	}
	before := len(t.Columns)
	for _, m := range j.members {
		name := string(m.name)
		if _, known := j.columns[name]; !known {
			if len(name) > nameLength {
				e := longName()
				e.Column = len(t.Columns) + 1
				t.Columns = t.Columns[:before]
				return e
			}
			j.columns[name] = len(t.Columns)
			j.names = append(j.names, name)
			t.Columns = append(t.Columns, shown(name, len(t.Columns)))
		}
	}
	if len(t.Columns) > j.options.Columns {
		t.Columns = t.Columns[:before]
		return failure(TooManyColumns, "more than %d", j.options.Columns)
	}
	j.learned = append(j.learned, object...)
	j.ends = append(j.ends, len(j.learned))
	return nil
}

// shown is the name under which a column is listed.
func shown(name string, i int) string {
	if name == "" {
		return "#" + strconv.Itoa(i+1)
	}
	return name
}

// at says in which row an error fell.
func at(err error, row int64) error {
	var e *Error
	if errors.As(err, &e) {
		e.Row = row
	}
	return err
}

func (j *jsonRows) fill(ctx context.Context, b *Batch) error {
	for !b.full() {
		object, err := j.next(ctx)
		if err == nil {
			err = j.add(b, object)
		}
		if err != nil {
			return at(err, b.next())
		}
	}
	return nil
}

// next gives the objects learned from, then those after them.
func (j *jsonRows) next(ctx context.Context) ([]byte, error) {
	if len(j.ends) > 0 {
		begin := j.begin
		j.begin, j.ends = j.ends[0], j.ends[1:]
		return j.learned[begin:j.begin], nil
	}
	if j.err != nil {
		return nil, j.err
	}
	j.learned = nil
	return j.objects.next(ctx)
}

// add makes a row of an object.
func (j *jsonRows) add(b *Batch, object []byte) (err error) {
	if j.members, err = members(object, j.members); err != nil {
		return err
	}
	for i := range j.row {
		j.row[i] = part{class: Null}
	}
	j.text = j.text[:0]
	odd := false
	for i, m := range j.members {
		c := j.column(i, m.name)
		if odd = odd || c < 0; c < 0 {
			continue
		}
		if err := j.cell(c, m.value); err != nil {
			return err
		}
	}
	j.emit(b, odd)
	return nil
}

// column finds a name; most objects have theirs in the order of the first.
func (j *jsonRows) column(i int, name []byte) int {
	if i < len(j.names) && j.names[i] == string(name) {
		return i
	}
	if c, known := j.columns[string(name)]; known && c < len(j.row) {
		return c
	}
	return -1
}

// cell reads one value of the open row.
func (j *jsonRows) cell(c int, value []byte) (err error) {
	p := &j.row[c]
	if p.set {
		return failure(Malformed, "a name twice in an object")
	}
	p.set, p.begin = true, len(j.text)
	j.text, p.class, err = appendCell(j.text, value)
	p.end = len(j.text)
	if err == nil && p.end-p.begin > j.options.Cell {
		e := failure(CellTooLarge, "more than %d bytes", j.options.Cell)
		e.Column = c + 1
		return e
	}
	return err
}

// emit puts the open row into the batch.
func (j *jsonRows) emit(b *Batch, odd bool) {
	if odd {
		b.Odd = append(b.Odd, b.next())
	}
	for _, p := range j.row {
		b.Text = append(b.Text, j.text[p.begin:p.end]...)
		b.add(p.class)
	}
	b.Rows++
}
