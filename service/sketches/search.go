package sketches

import (
	"cmp"
	"context"
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
	// leastWeight of rows in the samples is worth comparing, in basis points:
	// there a share may look smaller than it is.
	leastWeight = smallestShare / 4
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
	complete := l.overflow < l.most && s.whole(key, before)
	list := s.candidates(l, key)
	if len(list) > mostCompared {
		// A copy by columns has most values in common: it is among the first.
		complete = complete && list[mostCompared].weight < leastWeight
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
	no := slices.Index(s.cat.keys, key)
	list := s.cat.list[:before]
	for i := range list {
		if !list[i].have || list[i].keyNo != no {
			return false
		}
	}
	return true
}

// candidates are worth comparing, the most alike first.
func (s *store) candidates(l *lookup, key [32]byte) (list []candidate) {
	for n, values := range l.values {
		rows, values := int(l.rows[n]), int(values)
		if rows == 0 && values < fewestValues {
			continue
		}
		h, weight := s.cat.list[n], 0
		if rows > 0 && l.overflow < l.most {
			rows += l.overflow // perhaps: they are not counted
		}
		if rows >= l.enough(h) {
			weight = l.weight(h, rows)
		}
		if (weight >= leastWeight || values >= fewestValues) && h.have && s.cat.keys[h.keyNo] == key {
			list = append(list, candidate{uint32(n), weight, values})
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(b.values, a.values), cmp.Compare(a.number, b.number))
	})
	return list
}
