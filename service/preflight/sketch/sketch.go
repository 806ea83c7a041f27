package sketch

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"github.com/zeebo/xxh3"

	"github.com/datapledge/datapledge/service/preflight/table"
)

const (
	rowHashes    = 4096 // of a table: 32 KiB, and an error of 0.8 % at worst between tables of one size
	valueHashes  = 128  // of a column
	fewestValues = 64   // a column with fewer different values says nothing: every table has yes and no
	mostColumns  = 256  // whose values are kept
)

// Set is the smallest hashes of a set: all hashes below Limit, sorted.
type Set struct {
	Hashes []uint64
	Limit  uint64
	All    bool // the set has no more than these
}

// Sketch is what is kept of a table.
type Sketch struct {
	KeyID string // which key made it: "sha256:" and what the key hashes to
	Rows  Set    // different rows
	Cells []Set  // different values of each column that has many
}

// Sketcher makes the sketch of one table while its rows pass by.
type Sketcher struct {
	keyID string
	cell  uint64 // seed of the hashes of cells
	row   [2]uint64
	value [2]uint64
	mac   []byte

	rows    *bottom
	columns []bottom
}

// New makes the sketch of a table with so many columns. The key is the
// channel's.
func New(key [32]byte, columns int) *Sketcher {
	s := &Sketcher{keyID: KeyID(key), cell: derive(key, "cell"), mac: key[:], rows: newBottom(rowHashes),
		row: [2]uint64{derive(key, "row 1"), derive(key, "row 2") | 1}, value: [2]uint64{derive(key, "value 1"), derive(key, "value 2") | 1}}
	for range min(columns, mostColumns) {
		s.columns = append(s.columns, *newBottom(valueHashes))
	}
	return s
}

// KeyID names a key and gives nothing of it away.
func KeyID(key [32]byte) string {
	d := sha256.Sum256(append([]byte("datapledge sketch key\n"), key[:]...))
	return "sha256:" + hexText(d[:])
}

func derive(key [32]byte, use string) uint64 {
	m := hmac.New(sha256.New, key[:])
	m.Write([]byte("datapledge sketch " + use))
	return binary.BigEndian.Uint64(m.Sum(nil))
}

// Add takes the rows of a batch.
func (s *Sketcher) Add(b *table.Batch) {
	start, c, sum := uint32(0), 0, uint64(0)
	for i, end := range b.Ends {
		cell := b.Text[start:end]
		start = end
		if class := b.Classes[i]; class&(table.Null|table.Space|table.Plus|table.Dot) != 0 {
			cell = normal(cell, class)
		}
		if len(cell) > 0 {
			h := xxh3.HashSeed(cell, s.cell)
			sum += h
			if c < len(s.columns) && !s.columns[c].again(h) {
				if v := mix(h, s.value); v < s.columns[c].limit {
					s.columns[c].add(v)
				}
			}
		}
		if c++; c == b.Columns {
			if sum != 0 { // a row of nothing is no row
				s.rows.add(mix(sum, s.row))
			}
			c, sum = 0, 0
		}
	}
}

// mix spreads a sum over all 64 bits, in a way that depends on the key.
func mix(h uint64, key [2]uint64) uint64 {
	high, low := bits.Mul64(h^key[0], key[1])
	high, low = bits.Mul64(high^low^key[1], 0x9E3779B97F4A7C15^key[0]|1)
	return high ^ low
}

// Sketch is the sketch so far. The hashes go through HMAC-SHA-256 before anybody
// sees them; what is kept of them still orders like the hashes before it:
// the upper half is the hash's, the lower half is the HMAC's.
func (s *Sketcher) Sketch() Sketch {
	out := Sketch{KeyID: s.keyID, Rows: s.seal("row", s.rows.set())}
	for i := range s.columns {
		if set := s.columns[i].set(); len(set.Hashes) >= fewestValues {
			out.Cells = append(out.Cells, s.seal("value", set))
		}
	}
	return out
}
