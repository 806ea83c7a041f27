package sketches

import (
	"math"
	"sort"

	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// rowHashes of each asset are looked for, its smallest: all of a table with so
// few rows, a quarter of what the sketch of a large one holds. They are a
// sketch, too: what two of them share lies below the smaller limit.
const rowHashes = 1024

// sample is the part of a set of rows that is looked for.
func sample(s sketch.Set) sketch.Set {
	if len(s.Hashes) <= rowHashes {
		return s
	}
	return sketch.Set{Hashes: s.Hashes[:rowHashes], Limit: s.Hashes[rowHashes]}
}

// sampled is about how many hashes are in the sample of an asset's rows, and
// its limit: of a set that was cut it is guessed from the number of hashes.
func (h held) sampled() (rows int, limit float64) {
	if h.rows <= rowHashes {
		return int(h.rows), float64(h.limit)
	}
	return rowHashes, float64(h.limit) * rowHashes / float64(h.rows)
}

// enough rows found in the samples make an asset worth comparing: where both
// are whole, as many as make it alike; else half of what is to be expected of
// so many.
func (l *lookup) enough(h held) int {
	_, limit := h.sampled()
	if !l.cut && h.rows <= rowHashes {
		return fewestRows
	}
	part := min(float64(l.query.Rows.Limit), limit) / math.Max(1, min(float64(l.limit), float64(h.limit)))
	return max(1, int(fewestRows*part/2))
}

// weight is about the larger share that so many rows in the samples are, from
// what is known without reading the sketch: how many of its hashes are below
// the smaller limit is guessed from their number where its limit is the larger
// one.
func (l *lookup) weight(h held, rows int) int {
	q := l.query.Rows
	n, limit := h.sampled()
	mine, others := float64(len(q.Hashes)), float64(n)
	if limit > float64(q.Limit) {
		others *= float64(q.Limit) / limit
	} else {
		mine = float64(sort.Search(len(q.Hashes), func(i int) bool { return float64(q.Hashes[i]) >= limit }))
	}
	return int(min(10000, 10000*float64(rows)/max(1, min(mine, others))))
}
