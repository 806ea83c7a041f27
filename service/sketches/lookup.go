package sketches

import (
	"context"
	"errors"
	"sort"

	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// Bounds of a search.
const (
	// fewestRows in common make an asset alike: any table may have a handful of
	// another one's, such as a row of zeros.
	fewestRows = 8
	// fewestValues in common, of the smallest of all columns, make it worth
	// comparing columns.
	fewestValues = 3
	// mostWorkers look for the rows of one sketch.
	mostWorkers = 4
	// perWorker rows, at least.
	perWorker = 256
)

// lookup counts what assets have in common with a sketch.
type lookup struct {
	query   sketch.Sketch // of its rows, the sample
	limit   uint64        // of all its rows
	cut     bool          // it has more rows than the sample
	columns []uint64      // the smallest of the query's columns
	before  uint32        // only assets with smaller numbers
	perHash int           // as in bounds
	rows    []uint16      // hashes of rows in common, by the asset's number
	values  []uint16      // of columns

	segments          []*segment
	rowsAt, columnsAt [][]int32 // in which pages of each segment the hashes are

	seen     []uint16 // for each of the query's rows, how many assets have it
	overflow int      // how many have more than counted
	most     int      // overflow from which on what is not counted could make assets alike
}

func newLookup(query sketch.Sketch, before uint32, perHash int) *lookup {
	all, some := query.Rows, sample(query.Rows)
	query.Rows = some
	n := len(some.Hashes)
	return &lookup{query: query, limit: all.Limit, cut: n < len(all.Hashes), columns: smallestOf(query.Cells), before: before, perHash: perHash,
		rows: make([]uint16, before), values: make([]uint16, before), seen: make([]uint16, n), most: max(2, fewestRows*n/max(1, len(all.Hashes)))}
}

// look finds what is in common. The store must not change meanwhile.
func (s *store) look(ctx context.Context, query sketch.Sketch, before uint32) (*lookup, error) {
	l := newLookup(query, before, s.perHash)
	l.segments = s.until(before)
	for _, seg := range l.segments {
		rows, columns := seg.places(l.query.Rows.Hashes), seg.places(l.columns)
		seg.ahead(rows)
		seg.ahead(columns)
		l.rowsAt, l.columnsAt = append(l.rowsAt, rows), append(l.columnsAt, columns)
	}
	if err := l.allRows(ctx, s); err != nil {
		return nil, err
	}
	for _, n := range l.seen {
		if int(n) > l.perHash {
			l.overflow++
		}
	}
	return l, faults(func() error { return errors.Join(l.allBut(ctx, s), l.allColumns(ctx, s)) })
}

// until are the segments that have assets with smaller numbers.
func (s *store) until(before uint32) []*segment {
	n := sort.Search(len(s.segments), func(i int) bool { return s.segments[i].first >= before })
	return s.segments[:n]
}

// before is the number of the first asset of a later block.
func (s *store) before(block uint64) uint32 {
	return uint32(sort.Search(len(s.cat.list), func(i int) bool { return s.cat.list[i].block > block }))
}
