package sketches

import (
	"cmp"
	"slices"

	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// posting says that an asset has a hash. A ref is twice the asset's number,
// and one more where the hash is of a column's value.
type posting struct {
	hash uint64
	ref  uint32
}

const (
	ofRow    = 0
	ofColumn = 1
	// columnHashes of each column are looked for, its smallest: a column with
	// the same values shares all of them, one with twice as many about half.
	columnHashes = 32
	// mostAssets have a number.
	mostAssets = 1 << 31
)

func byHash(a, b posting) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.ref, b.ref)) }

// postings adds those of a sketch that are looked for.
func postings(out []posting, number uint32, s sketch.Sketch) []posting {
	for _, h := range sample(s.Rows).Hashes {
		out = append(out, posting{h, number<<1 | ofRow})
	}
	for _, h := range smallestOf(s.Cells) {
		out = append(out, posting{h, number<<1 | ofColumn})
	}
	return out
}

// smallestOf are the smallest hashes of each column, each once, sorted.
func smallestOf(columns []sketch.Set) []uint64 {
	var all []uint64
	for _, c := range columns {
		all = append(all, c.Hashes[:min(len(c.Hashes), columnHashes)]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// shared calls fn with the places in a of what is in b, too. Both are sorted.
func shared(a, b []uint64, fn func(i int)) {
	if len(b) > 16*len(a) {
		for i, h := range a {
			if _, ok := slices.BinarySearch(b, h); ok {
				fn(i)
			}
		}
		return
	}
	if len(a) > 16*len(b) {
		for _, h := range b {
			if i, ok := slices.BinarySearch(a, h); ok {
				fn(i)
			}
		}
		return
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			fn(i)
			i, j = i+1, j+1
		}
	}
}
