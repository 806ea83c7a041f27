package sketches

import (
	"context"
	"errors"
	"runtime"
	"sort"

	"golang.org/x/sync/errgroup"

	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// Bounds of a search.
const (
	// mostPerHash assets, in ledger order, count for one hash of a row. A
	// column's value that more have is common, and finds nobody.
	mostPerHash = 1024
	// fewestRows in common make an asset alike: any table may have a handful of
	// another one's, such as a row of zeros.
	fewestRows = 8
	// fewestValues in common, of the smallest of all columns, make it worth
	// comparing columns.
	fewestValues = 3
	// mostWorkers look for the rows of one sketch.
	mostWorkers = 4
)

// lookup counts what assets have in common with a sketch.
type lookup struct {
	query   sketch.Sketch
	columns []uint64 // the smallest of the query's columns
	before  uint32   // only assets with smaller numbers
	rows    []uint16 // hashes of rows in common, by the asset's number
	values  []uint16 // of columns

	seen     []uint16 // for each of the query's rows, how many assets have it
	overflow int      // how many have more than counted
}

// look finds what is in common. The store must not change meanwhile.
func (s *store) look(ctx context.Context, query sketch.Sketch, before uint32) (*lookup, error) {
	l := &lookup{query: query, columns: smallestOf(query.Cells), before: before, rows: make([]uint16, before),
		values: make([]uint16, before), seen: make([]uint16, len(query.Rows.Hashes))}
	if err := l.allRows(ctx, s); err != nil {
		return nil, err
	}
	for _, n := range l.seen {
		if n > mostPerHash {
			l.overflow++
		}
	}
	return l, faults(func() error { return errors.Join(l.allBut(ctx, s), l.allColumns(ctx, s)) })
}

// allBut takes the rows that very many have out of the count again, where they
// are too few to make anybody alike.
func (l *lookup) allBut(ctx context.Context, s *store) error {
	if l.overflow >= fewestRows {
		return nil
	}
	for i, n := range l.seen {
		if n <= mostPerHash {
			continue
		}
		one := *l
		one.rows, one.seen = make([]uint16, l.before), make([]uint16, len(l.seen))
		if err := one.someRows(ctx, s, i, i+1); err != nil {
			return err
		}
		for n, rows := range one.rows {
			l.rows[n] -= rows
		}
	}
	return nil
}

// allRows looks in several parts of the hashes at the same time, and adds up.
func (l *lookup) allRows(ctx context.Context, s *store) error {
	workers := max(1, min(runtime.GOMAXPROCS(0), mostWorkers, len(l.seen)/256))
	parts := make([][]uint16, workers)
	g, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		g.Go(func() error {
			part := *l
			part.rows = make([]uint16, l.before)
			parts[w] = part.rows
			return faults(func() error { return part.someRows(ctx, s, len(l.seen)*w/workers, len(l.seen)*(w+1)/workers) })
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, part := range parts {
		for n, rows := range part {
			l.rows[n] += rows
		}
	}
	return nil
}

// someRows looks up the hashes at from to to-1.
func (l *lookup) someRows(ctx context.Context, s *store, from, to int) error {
	for _, seg := range s.segments {
		if seg.first >= l.before {
			break
		}
		if err := l.segmentRows(ctx, seg, from, to); err != nil {
			return err
		}
	}
	for _, list := range [][]numbered{s.fresh, s.behind} {
		for _, n := range list {
			if n.number < l.before {
				shared(l.query.Rows.Hashes[from:to], n.Rows.Hashes, func(i int) { l.row(from+i, n.number) })
			}
		}
	}
	return nil
}

// row counts one; false when more would not count.
func (l *lookup) row(i int, number uint32) bool {
	if number >= l.before {
		return false
	}
	if l.seen[i]++; l.seen[i] > mostPerHash {
		l.seen[i] = mostPerHash + 1
		return false
	}
	l.rows[number]++
	return true
}

func (l *lookup) segmentRows(ctx context.Context, seg *segment, from, to int) error {
	c := seg.cursor()
	for i := from; i < to; i++ {
		h := l.query.Rows.Hashes[i]
		if i%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		err := c.find(h, func(ref uint32) bool { return ref&1 != ofRow || l.row(i, ref>>1) })
		if err != nil {
			return err
		}
	}
	return nil
}

// before is the number of the first asset of a later block.
func (s *store) before(block uint64) uint32 {
	return uint32(sort.Search(len(s.cat.list), func(i int) bool { return s.cat.list[i].block > block }))
}
