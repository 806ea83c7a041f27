package sketches

import (
	"math"

	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// A body is a sketch in the file of sketches, in little-endian: sets, the
// first of rows, each with the number of its hashes, the limit, and them.

func encodeBody(s sketch.Sketch) []byte {
	b := appendSet(nil, s.Rows)
	for _, c := range s.Cells {
		b = appendSet(b, c)
	}
	return b
}

func appendSet(b []byte, s sketch.Set) []byte {
	b = little.AppendUint32(b, uint32(len(s.Hashes))<<1|uint32(flag(s.All)))
	b = little.AppendUint64(b, s.Limit)
	for _, h := range s.Hashes {
		b = little.AppendUint64(b, h)
	}
	return b
}

func decodeBody(b []byte) (s sketch.Sketch, err error) {
	if s.Rows, b, err = cutSet(b); err != nil {
		return s, err
	}
	for len(b) > 0 {
		var c sketch.Set
		if c, b, err = cutSet(b); err != nil {
			return s, err
		}
		s.Cells = append(s.Cells, c)
	}
	return s, nil
}

func cutSet(b []byte) (sketch.Set, []byte, error) {
	if len(b) < 12 {
		return sketch.Set{}, nil, errDamaged
	}
	n, limit := little.Uint32(b), little.Uint64(b[4:])
	s := sketch.Set{Limit: limit, All: n&1 == 1}
	if s.All {
		s.Limit = math.MaxUint64
	}
	n, b = n>>1, b[12:]
	if uint64(len(b)) < 8*uint64(n) {
		return s, nil, errDamaged
	}
	s.Hashes = make([]uint64, n)
	for i := range s.Hashes {
		s.Hashes[i] = little.Uint64(b[8*i:])
	}
	return s, b[8*n:], nil
}
