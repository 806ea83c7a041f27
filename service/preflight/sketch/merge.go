package sketch

import (
	"cmp"
	"math"
	"slices"
)

// Merge is the sketch of all tables of a dataset together: of their rows as
// though they stood in one table, and of their columns. It does not depend on
// the order of the list, and is for rows exactly what Sketcher makes of the
// tables' rows in one. Of more than 256 columns it keeps those with the
// smallest lower halves of their first hashes: the same ones wherever the
// same columns are.
//
// False: there is nothing to compare, neither rows nor columns, or the
// sketches were made with different keys. Few rows are a sketch like any
// other, held whole; Similar does not rely on a handful that any table may have.
func Merge(list []Sketch) (Sketch, bool) {
	if len(list) == 0 {
		return Sketch{}, false
	}
	out := Sketch{KeyID: list[0].KeyID}
	var rows, columns []Set
	for _, s := range list {
		if s.KeyID != out.KeyID {
			return Sketch{}, false
		}
		rows, columns = append(rows, s.Rows), append(columns, s.Cells...)
	}
	out.Rows, out.Cells = union(rows), fewest(columns)
	return out, len(out.Rows.Hashes) > 0 || len(out.Cells) > 0
}

// union holds all hashes below the smallest limit, and then no more than a
// table's sketch does. The limit is rounded down as seal does it.
func union(sets []Set) Set {
	out := Set{Limit: math.MaxUint64, All: true}
	for _, s := range sets {
		out.Limit, out.All = min(out.Limit, s.Limit), out.All && s.All
	}
	for _, s := range sets {
		out.Hashes = append(out.Hashes, s.below(out.Limit)...)
	}
	slices.Sort(out.Hashes)
	if out.Hashes = slices.Compact(out.Hashes); len(out.Hashes) > rowHashes {
		out.Limit, out.All = out.Hashes[rowHashes]&upper, false
		out.Hashes = out.below(out.Limit)
	}
	out.Hashes = slices.Clip(out.Hashes)
	return out
}

// fewest are different columns in an order of their own.
func fewest(columns []Set) []Set {
	columns = slices.DeleteFunc(columns, func(s Set) bool { return len(s.Hashes) == 0 })
	slices.SortFunc(columns, func(a, b Set) int {
		return cmp.Or(cmp.Compare(uint32(a.Hashes[0]), uint32(b.Hashes[0])), slices.Compare(a.Hashes, b.Hashes), cmp.Compare(a.Limit, b.Limit))
	})
	columns = slices.CompactFunc(columns, func(a, b Set) bool { return a.Limit == b.Limit && slices.Equal(a.Hashes, b.Hashes) })
	return slices.Clip(columns[:min(len(columns), mostColumns)])
}
