package preflight

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"slices"

	"github.com/datapledge/datapledge/service/preflight/quality"
	"github.com/datapledge/datapledge/service/preflight/sensitive"
	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// What reports tell one by one is bounded, however many files and columns a
// dataset has; all the rest is counted. What is told depends on the files
// alone, not on the order in which they were read.
const (
	tableMost   = 512 << 10 // bytes of JSON of the columns of one table: those with the gravest verdicts first
	filesMost   = 6 << 20   // bytes of JSON of the files, in the order of their paths
	fixesMost   = 1000      // things to fix, and as many to look at
	sketchesAll = 64        // sketches kept until they are merged
)

// Counts are of all that was examined, told one by one or not.
type Counts struct {
	Files    int   `json:"files"`
	Examined int   `json:"examined"` // files that are tables
	Stopped  int   `json:"stopped"`  // files that could not be read to their end
	Tables   int   `json:"tables"`
	Rows     int64 `json:"rows"`
	Columns  int   `json:"columns"`
	// Columns by verdict; the rest is clean.
	Masked    int `json:"masked"`
	Review    int `json:"review"`
	Sensitive int `json:"sensitive"`
	Findings  int `json:"findings"` // things to fix
	Looks     int `json:"looks"`    // things for a person to look at
}

func (c *Counts) add(d Counts) {
	c.Files, c.Examined, c.Stopped, c.Tables, c.Rows = c.Files+d.Files, c.Examined+d.Examined, c.Stopped+d.Stopped, c.Tables+d.Tables, c.Rows+d.Rows
	c.Columns, c.Masked, c.Review, c.Sensitive = c.Columns+d.Columns, c.Masked+d.Masked, c.Review+d.Review, c.Sensitive+d.Sensitive
	c.Findings, c.Looks = c.Findings+d.Findings, c.Looks+d.Looks
}

// counts looks at everything that was found in a file.
func (f *file) counts() Counts {
	e := f.exclusion()
	c := Counts{Files: 1, Tables: len(e.Tables)}
	if e.Examined {
		c.Examined = 1
	}
	if e.Stopped != nil {
		c.Stopped = 1
	}
	for _, t := range e.Tables {
		c.Rows, c.Columns = c.Rows+t.Rows, c.Columns+len(t.Columns)
		for _, column := range t.Columns {
			c.verdict(column.Verdict)
		}
	}
	for _, x := range e.fixes() {
		if x.Must {
			c.Findings++
		} else {
			c.Looks++
		}
	}
	return c
}

func (c *Counts) verdict(v sensitive.Verdict) {
	switch v {
	case sensitive.Masked:
		c.Masked++
	case sensitive.Review:
		c.Review++
	case sensitive.Sensitive:
		c.Sensitive++
	}
}

// done takes a file in whose reading has come to its end.
func (r *Reader) done(f *file) {
	c, m := f.counts(), f.means()
	for _, t := range f.Tables {
		t.narrow()
	}
	f.weight = size(f.exclusion()) + size(f.quality())
	r.mu.Lock()
	defer r.mu.Unlock()
	f.done = true
	r.all.add(c)
	r.means.add(m)
	r.excess += f.excess()
	r.sketch(f)
	r.tell(f)
}

// excessMost bounds the work that a dataset may ask for with cells that take no
// bytes: each file may have some, but not a hundred thousand files.
const excessMost = 1 << 34

// excess is how many cells a file has beyond those that its bytes pay for.
func (f *file) excess() (cells int64) {
	for _, t := range f.Tables {
		cells += t.Quality.Rows * int64(t.Width)
	}
	return max(0, cells-f.Bytes*f.Format.CellsRatio())
}

// ExcessError: the dataset holds far more cells than bytes. It does not depend
// on the order in which files are read.
type ExcessError struct{}

func (*ExcessError) Error() string {
	return "the dataset holds far more cells than bytes: export its tables without empty columns, or divide it"
}

// over tells that no more has to be read: the pass fails anyway.
func (r *Reader) over() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.excess > excessMost
}

// tell keeps what was found in a file as long as the files before it, by
// their paths, leave room. Whatever the order in which they come, those up to
// the first that does not fit are left.
func (r *Reader) tell(f *file) {
	heap.Push(&r.told, f)
	r.weight += f.weight
	for len(r.told) > 0 && (r.weight > filesMost || r.beyond != "" && r.told[0].Path >= r.beyond) {
		last := heap.Pop(&r.told).(*file)
		r.weight -= last.weight
		last.Tables = nil
		if r.beyond == "" || last.Path < r.beyond {
			r.beyond = last.Path
		}
	}
}

// byPath is a heap with the last path on top.
type byPath []*file

func (h byPath) Len() int           { return len(h) }
func (h byPath) Less(i, j int) bool { return h[i].Path > h[j].Path }
func (h byPath) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byPath) Push(x any)        { *h = append(*h, x.(*file)) }
func (h *byPath) Pop() any {
	last := len(*h) - 1
	f := (*h)[last]
	*h = (*h)[:last]
	return f
}

// sketch merges the sketches now and then: no more of them are kept.
func (r *Reader) sketch(f *file) {
	for _, t := range f.Tables {
		if t.Sketch != nil {
			r.sketches = append(r.sketches, *t.Sketch)
			t.Sketch = nil
		}
		if len(r.sketches) == sketchesAll {
			if one, some := sketch.Merge(r.sketches); some {
				r.sketches = append(r.sketches[:0], one)
			} else {
				r.sketches = r.sketches[:0]
			}
		}
	}
}

// size is the length of the JSON of what a report tells.
func size(part any) int {
	text, err := json.Marshal(part)
	if err != nil {
		return filesMost // nothing that a report is made of
	}
	return len(text) + 1
}

// choose finds the columns that there is room to tell of, the gravest first,
// and takes what was found in them.
func (f *found) choose(j *sensitive.Judgement) {
	order := make([]int, len(f.Columns))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(sensitive.Gravity(f.Columns[b].Verdict), sensitive.Gravity(f.Columns[a].Verdict))
	})
	left := tableMost
	n := slices.IndexFunc(order, func(i int) bool {
		c := f.result(j, i)
		left -= size(c) + size(f.Quality.Columns[i])
		if left >= 0 {
			f.Columns[i].Hits = append([]sensitive.Hit{}, c.Hits...)
		}
		return left < 0
	})
	if f.all = n < 0; !f.all {
		f.told = order[:n]
	}
}

// narrow leaves out columns of a table that has too many to be told.
func (f *found) narrow() {
	if !f.all {
		f.only(f.told)
	}
}

// only keeps these columns.
func (t *found) only(columns []int) {
	slices.Sort(columns)
	told, shapes := make([]sensitive.ColumnResult, 0, len(columns)), make([]quality.Shape, 0, len(columns))
	for _, i := range columns {
		told, shapes = append(told, t.Columns[i]), append(shapes, t.Quality.Columns[i])
		t.Numbers = append(t.Numbers, i+1)
	}
	t.Columns, t.Quality.Columns = told, shapes
}
