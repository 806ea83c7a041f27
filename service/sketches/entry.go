package sketches

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
)

// entrySize is the length of a line of the catalog; two are in a sector.
const entrySize = 256

// longestID of an asset that a line has room for.
const longestID = 96

// entry is a line of the catalog: an asset that names a sketch, by its
// number, in ledger order.
type entry struct {
	held
	hash   [32]byte // of the block
	digest [32]byte // of the sketch's document
	key    [32]byte // digest that names the key of the sketch
	asset  string
}

// held is what is kept in memory of an entry.
type held struct {
	block  uint64
	order  uint32 // which of its block's, from 0
	have   bool   // false: the vault did not have the sketch
	length uint32 // of the sketch in the file of sketches
	offset int64
	sum    uint32 // CRC-32C of it there
	rows   uint32 // hashes of rows
	limit  uint64 // below which they are whole
	keyNo  int    // place among the catalog's keys
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Conditions of files that do not hold what was put in them.
var (
	// errDamaged: everything is to come again from the ledger.
	errDamaged = errors.New("the file is damaged")
	// errTorn: a segment is to be made again from the sketches.
	errTorn = errors.New("the segment is damaged")
)

var little = binary.LittleEndian

// encode puts the checksum first.
func (e *entry) encode() []byte {
	b := make([]byte, 4, entrySize)
	b = append(b, flag(e.have), byte(len(e.asset)), 0, 0)
	b = little.AppendUint64(b, e.block)
	b = little.AppendUint32(b, e.order)
	b = little.AppendUint32(b, e.length)
	b = little.AppendUint64(b, uint64(e.offset))
	b = little.AppendUint32(b, e.sum)
	b = little.AppendUint32(b, e.rows)
	b = little.AppendUint64(b, e.limit)
	b = append(append(append(b, e.hash[:]...), e.digest[:]...), e.key[:]...)
	b = append(b, e.asset...)
	b = b[:entrySize]
	little.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	return b
}

func flag(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func (e *entry) decode(b []byte) error {
	if len(b) != entrySize || little.Uint32(b) != crc32.Checksum(b[4:], castagnoli) || b[5] > longestID {
		return errDamaged
	}
	e.have = b[4] == 1
	e.block, e.order, e.length = little.Uint64(b[8:]), little.Uint32(b[16:]), little.Uint32(b[20:])
	e.offset, e.sum, e.rows = int64(little.Uint64(b[24:])), little.Uint32(b[32:]), little.Uint32(b[36:])
	e.limit = little.Uint64(b[40:])
	copy(e.hash[:], b[48:])
	copy(e.digest[:], b[80:])
	copy(e.key[:], b[112:])
	e.asset = string(b[144 : 144+int(b[5])])
	return nil
}
