package sketches

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
)

const (
	// mostListed assets are an answer.
	mostListed = 100
	// mostCompared sketches are read for it.
	mostCompared = 128
	// smallestShare of rows is listed, in basis points: below it, and without
	// columns, nothing follows from what is shared.
	smallestShare = 100
)

// candidate is an asset to compare. Weight is about its larger share, in basis
// points.
type candidate struct {
	number         uint32
	weight, values int
}

// search lists what is like a sketch among the assets up to a block. The
// caller holds the store for reading.
func (s *store) search(ctx context.Context, query sketch.Sketch, key [32]byte, block uint64) ([]service.Similar, bool, error) {
	before := s.before(block)
	l, err := s.look(ctx, query, before)
	if err != nil {
		return nil, false, err
	}
	complete := l.overflow < fewestRows && s.whole(key, before)
	list := s.candidates(l, key)
	if len(list) > mostCompared {
		// A copy by columns has most values in common: it is among the first.
		complete = complete && list[mostCompared].weight < smallestShare/2
		list = list[:mostCompared]
	}
	found, err := s.compare(ctx, query, list)
	if err != nil {
		return nil, false, err
	}
	slices.SortFunc(found, alike)
	if len(found) > mostListed {
		found, complete = found[:mostListed], false
	}
	return found, complete, nil
}

// alike puts the larger share first, then the smaller asset id.
func alike(a, b service.Similar) int {
	return cmp.Or(cmp.Compare(max(b.Share.BP, b.OtherShare.BP), max(a.Share.BP, a.OtherShare.BP)),
		cmp.Compare(b.Columns, a.Columns), cmp.Compare(a.AssetID, b.AssetID))
}

// whole: every asset before has its sketch here, made with this key.
func (s *store) whole(key [32]byte, before uint32) bool {
	for _, h := range s.cat.list[:before] {
		if !h.have || s.cat.keys[h.keyNo] != key {
			return false
		}
	}
	return true
}

// candidates are worth comparing, the most alike first.
func (s *store) candidates(l *lookup, key [32]byte) (list []candidate) {
	for n := range l.before {
		rows, values := int(l.rows[n]), int(l.values[n])
		if rows > 0 && l.overflow < fewestRows {
			rows += l.overflow // perhaps: they are not counted
		}
		if rows < fewestRows && values < fewestValues {
			continue
		}
		if h := s.cat.list[n]; h.have && s.cat.keys[h.keyNo] == key {
			list = append(list, candidate{n, h.weight(l.query.Rows, rows), values})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(b.values, a.values), cmp.Compare(a.number, b.number))
	})
	return list
}

// weight is about the larger share, from what is known without reading the
// sketch: how many of its hashes are below the smaller limit is guessed from
// their number where its limit is the larger one.
func (h held) weight(q sketch.Set, rows int) int {
	if rows < fewestRows {
		return 0
	}
	mine, others := float64(len(q.Hashes)), float64(h.rows)
	if h.limit > q.Limit {
		others *= float64(q.Limit) / float64(h.limit)
	} else {
		i, _ := slices.BinarySearch(q.Hashes, h.limit)
		mine = float64(i)
	}
	return int(min(10000, 10000*float64(rows)/max(1, min(mine, others))))
}

// compare reads the sketches of candidates, and leaves out those that are not
// alike after all.
func (s *store) compare(ctx context.Context, query sketch.Sketch, list []candidate) (found []service.Similar, err error) {
	finder := sketch.NewFinder(query)
	for _, c := range list {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		other, err := s.cat.sketch(c.number)
		if err != nil {
			return nil, err
		}
		other.KeyID = query.KeyID
		m, ok, err := compareOne(query, other, finder)
		if err != nil {
			return nil, fmt.Errorf("comparing sketch %d: %w", c.number, err)
		}
		if !ok {
			continue
		}
		line, err := s.cat.line(c.number)
		if err != nil {
			return nil, err
		}
		m.AssetID = line.asset
		found = append(found, m)
	}
	return found, nil
}

func compareOne(query, other sketch.Sketch, finder *sketch.Finder) (m service.Similar, ok bool, err error) {
	in, back, err := sketch.Containment(query, other)
	if err != nil {
		return m, false, err
	}
	m.Share, m.OtherShare = service.Share(in), service.Share(back)
	if m.Columns, m.OfColumns, err = finder.In(other); err != nil {
		return m, false, err
	}
	rows := 0
	shared(query.Rows.Hashes, other.Rows.Hashes, func(int) { rows++ })
	byRows := rows >= fewestRows && max(in.BP, back.BP) >= smallestShare
	byColumns := m.Columns > 0 && 2*m.Columns >= min(m.OfColumns, len(other.Cells))
	return m, byRows || byColumns, nil
}
