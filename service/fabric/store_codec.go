package fabric

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

func numberKey(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

// numberOf reads what numberKey wrote.
func numberOf(k []byte) (uint64, error) {
	if len(k) != 8 {
		return 0, fmt.Errorf("a key of %d bytes where a number stands: %w", len(k), errDamaged)
	}
	return binary.BigEndian.Uint64(k), nil
}

const (
	hashSize     = 32
	placeSize    = hashSize + 8 // before the validation codes
	positionSize = 16
)

func encodePlace(b service.Block, filter []byte) ([]byte, error) {
	out, err := hex.DecodeString(b.Hash)
	if err != nil {
		return nil, err
	}
	out = binary.BigEndian.AppendUint64(out, uint64(b.Time.UnixMilli()))
	return append(out, filter...), nil
}

func decodePlace(k, v []byte) (place, error) {
	number, err := numberOf(k)
	if err != nil || len(v) < placeSize {
		return place{}, fmt.Errorf("a block of %d bytes: %w", len(v), errDamaged)
	}
	return place{
		head:   service.Head{Height: number, Hash: hexOf(v[:hashSize])},
		time:   time.UnixMilli(int64(binary.BigEndian.Uint64(v[hashSize:]))).UTC(),
		filter: append([]byte(nil), v[placeSize:]...),
	}, nil
}

func encodePosition(p pledge.Position) []byte {
	out := binary.BigEndian.AppendUint64(make([]byte, 0, positionSize), p.Block)
	out = binary.BigEndian.AppendUint32(out, uint32(p.Tx))
	return binary.BigEndian.AppendUint32(out, uint32(p.Index))
}

func decodePosition(v []byte) (pledge.Position, error) {
	if len(v) < positionSize {
		return pledge.Position{}, fmt.Errorf("a position of %d bytes: %w", len(v), errDamaged)
	}
	return pledge.Position{Block: binary.BigEndian.Uint64(v), Tx: int(binary.BigEndian.Uint32(v[8:])), Index: int(binary.BigEndian.Uint32(v[12:]))}, nil
}

// stored is a current value, and the command that left it.
type stored struct {
	at    pledge.Position
	value []byte
}

var stateSums = crc32.MakeTable(crc32.Castagnoli)

func sumOf(key string, rest []byte) uint32 {
	return crc32.Update(crc32.Checksum([]byte(key), stateSums), stateSums, rest)
}

func (e stored) encode(key string) []byte {
	out := make([]byte, 4, 4+positionSize+len(e.value))
	out = append(out, encodePosition(e.at)...)
	out = append(out, e.value...)
	binary.BigEndian.PutUint32(out, sumOf(key, out[4:]))
	return out
}

// decodeStored copies what it reads. nil is no entry.
func decodeStored(key string, raw []byte) (e stored, ok bool, err error) {
	if raw == nil {
		return e, false, nil
	}
	if len(raw) < 4+positionSize || binary.BigEndian.Uint32(raw) != sumOf(key, raw[4:]) {
		return e, false, fmt.Errorf("the value of %.80q was altered: %w", key, errDamaged)
	}
	e.at, err = decodePosition(raw[4:])
	e.value = append([]byte{}, raw[4+positionSize:]...)
	return e, err == nil, err
}

// formerKey names the value that the command at a position left under a key.
func formerKey(at pledge.Position, key string) []byte { return append(encodePosition(at), key...) }

func stateOf(tx *bbolt.Tx, key string) (stored, bool, error) {
	return decodeStored(key, tx.Bucket(bucketState).Get([]byte(key)))
}

// asLocked tells a file that another process has open, or that may not be
// opened at all, from a damaged one.
func asLocked(err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return errors.New("another process has the copy of the channel open")
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrInvalidMapping):
		return fmt.Errorf("%v: %w", err, errDamaged)
	}
	return err
}
