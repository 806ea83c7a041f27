package quality

import (
	"encoding/binary"

	"github.com/zeebo/xxh3"

	"github.com/datapledge/datapledge/service/preflight/table"
)

// Profiler measures one table while its rows pass by.
type Profiler struct {
	names  []string
	places map[string]int // of the names; nil: nothing is expected of them
	asked  *Expectation   // nil: nothing is expected
	cols   []column
	rows   int64
	odd    int64
	marker int64 // cells that say in words that there is nothing

	seen *tally   // whole rows
	keys []uint64 // of the rows of a batch
	key  *group
	near *group // quasi-identifiers
	full required
	pair []order
	age  *age
}

// column is what is counted of one column.
type column struct {
	kinds [kinds]int64
	want  *wanted
}

// NewProfiler measures a table with these columns. e may be nil. It fails
// when e speaks of a column that the table does not have.
func NewProfiler(columns []string, e *Expectation, asOf string) (*Profiler, error) {
	p := &Profiler{names: columns, asked: e, cols: make([]column, len(columns)), seen: newTally()}
	if e == nil {
		return p, nil
	}
	return p, p.expect(e, asOf)
}

// Add measures the rows of a batch.
func (p *Profiler) Add(b *table.Batch) {
	p.rows += int64(b.Rows)
	p.odd += int64(len(b.Odd))
	p.addRows(b)
	p.addCells(b)
	if p.asked != nil {
		p.addExpected(b)
	}
}

// addRows looks at each row as a whole: a row that occurs twice is a
// duplicate, whatever it says.
func (p *Profiler) addRows(b *table.Batch) {
	if b.Columns == 0 {
		return
	}
	p.keys = p.keys[:0]
	start := uint32(0)
	for ends := b.Ends; len(ends) >= b.Columns; ends = ends[b.Columns:] {
		shape := uint64(0) // where the cells of the row end: "ab","c" is not "a","bc"
		for _, end := range ends[:b.Columns] {
			shape = shape*0x9E3779B97F4A7C15 + uint64(end-start)
		}
		end := ends[b.Columns-1]
		p.keys = append(p.keys, xxh3.HashSeed(b.Text[start:end], shape))
		start = end
	}
	p.seen.addAll(p.keys)
}

func (p *Profiler) addCells(b *table.Batch) {
	start, c := uint32(0), 0
	for i, end := range b.Ends {
		class := b.Classes[i]
		sure := known[class&(table.Null-1)]
		if n := end - start; n < uint32(sure.least) || n == 8 || sure.kind == kinds {
			sure.kind = p.kind(b.Text[start:end], class)
		}
		p.cols[c].kinds[sure.kind]++
		start = end
		if c++; c == b.Columns {
			c = 0
		}
	}
}

func (p *Profiler) kind(cell []byte, class table.Class) Kind {
	k := kindOf(cell, class)
	if k == Text && len(cell) <= 4 && absent(cell) {
		p.marker++
		return Empty
	}
	return k
}

// absent tells whether a cell says in a word that there is nothing. The words
// are those that databases and statistics programs export, less those that mean
// something elsewhere: None may be an answer, NA a country.
func absent(cell []byte) bool {
	switch string(cell) {
	case "NULL", "null", "Null", "N/A", "n/a", "NaN", "nan", "\\N":
		return true
	}
	return false
}

// group counts the combinations of some columns.
type group struct {
	columns []int
	of      *tally
	buffer  []byte
}

func (g *group) add(b *table.Batch, row int) {
	g.buffer = g.buffer[:0]
	for _, c := range g.columns {
		cell := b.Cell(row*b.Columns + c)
		g.buffer = append(binary.AppendUvarint(g.buffer, uint64(len(cell))), cell...)
	}
	g.of.add(xxh3.Hash(g.buffer))
}
