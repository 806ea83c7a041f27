package sketches

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// allBut takes the rows that very many have out of the count again, where they
// are too few to make anybody alike.
func (l *lookup) allBut(ctx context.Context, s *store) error {
	if l.overflow >= l.most {
		return nil
	}
	for i, n := range l.seen {
		if int(n) <= l.perHash {
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
	workers := max(1, min(runtime.GOMAXPROCS(0), mostWorkers, len(l.seen)/perWorker))
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
	for k, seg := range l.segments {
		err := seg.findAll(ctx, l.query.Rows.Hashes[from:to], l.rowsAt[k][from:to], func(i int, ref uint32) bool {
			return ref&1 != ofRow || l.row(from+i, ref>>1)
		})
		if err != nil {
			return err
		}
	}
	for _, list := range [][]numbered{s.fresh, s.behind} {
		for _, n := range list {
			if n.number < l.before {
				shared(l.query.Rows.Hashes[from:to], sample(n.Rows).Hashes, func(i int) { l.row(from+i, n.number) })
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
	if int(l.seen[i]) > l.perHash {
		return false
	}
	if l.seen[i]++; int(l.seen[i]) > l.perHash {
		return false
	}
	l.rows[number]++
	return true
}
