package solo

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"go.etcd.io/bbolt"
)

// A value of the state is kept once, in the block that wrote it. The state
// index says where: 24 bytes of the SHA-256 of the key lead to a location.
type (
	keyHash [24]byte

	location struct {
		block  uint64
		index  uint32 // the entry in the block
		part   uint32 // the part of the block that holds the entry
		offset uint32 // of the value, in bytes from the start of the part
		size   uint32
		check  [16]byte
	}
)

func hashKey(key string) keyHash {
	sum := sha256.Sum256([]byte(key))
	return keyHash(sum[:len(keyHash{})])
}

// after reports whether l was written later than m.
func (l location) after(m location) bool {
	return l.block > m.block || l.block == m.block && l.index > m.index
}

// checkOf binds a value to its key and its place.
func (l location) checkOf(h hasher, key string, value []byte) [16]byte {
	var room [128]byte
	head := binary.BigEndian.AppendUint32(room[:0], uint32(len(key)))
	head = append(head, key...)
	head = binary.BigEndian.AppendUint64(head, l.block)
	head = binary.BigEndian.AppendUint32(head, l.index)
	sum := h.sum(head, value)
	return [16]byte(sum[:16])
}

func (l location) encode() []byte {
	b := make([]byte, 0, 40)
	b = binary.AppendUvarint(b, l.block)
	for _, n := range []uint32{l.index, l.part, l.offset, l.size} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return append(b, l.check[:]...)
}

var errLocation = errors.New("an entry is not of the format")

func decodeLocation(b []byte) (location, error) {
	var n [5]uint64
	for i := range n {
		v, size := binary.Uvarint(b)
		if size <= 0 || i > 0 && v > 1<<32-1 {
			return location{}, errLocation
		}
		n[i], b = v, b[size:]
	}
	l := location{block: n[0], index: uint32(n[1]), part: uint32(n[2]), offset: uint32(n[3]), size: uint32(n[4])}
	if copy(l.check[:], b) != len(l.check) || len(b) != len(l.check) {
		return location{}, errLocation
	}
	return l, nil
}

// blockKey is the key of a part of a block: 0 is the header, from 1 on come
// the entries.
func blockKey(number uint64, part uint32) []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 12), number)
	return binary.BigEndian.AppendUint32(b, part)
}

// valueAt reads and checks a value; it is a copy.
func valueAt(tx *bbolt.Tx, l location, key string) ([]byte, error) {
	part := tx.Bucket(bucketBlocks).Get(blockKey(l.block, l.part))
	if uint64(l.offset)+uint64(l.size) > uint64(len(part)) {
		return nil, damagedState("the place of %s is outside block %d", key, l.block)
	}
	value := append(make([]byte, 0, l.size), part[l.offset:l.offset+l.size]...)
	if l.checkOf(newHasher(), key, value) != l.check {
		return nil, damagedState("the value of %s in block %d does not match its check", key, l.block)
	}
	return value, nil
}

// indexed looks a key up in the index of the file.
func indexed(tx *bbolt.Tx, h keyHash, key string) (location, bool, error) {
	raw := tx.Bucket(bucketState).Get(h[:])
	if raw == nil {
		return location{}, false, nil
	}
	l, err := decodeLocation(raw)
	if err != nil {
		return location{}, false, damagedState("%s: %v", key, err)
	}
	return l, true, nil
}
