package fabric

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// errDamaged: the copy's file is not what was written. It is deleted and
// read anew from the channel.
var errDamaged = errors.New("the copy of the channel is damaged")

// The buckets of the file. Numbers in keys and values are big endian.
var (
	bucketMeta    = []byte("meta")    // "format", "genesis"
	bucketBlocks  = []byte("blocks")  // height -> hash, time, validation codes
	bucketConfigs = []byte("configs") // height -> configuration block
	bucketState   = []byte("state")   // key -> checksum, position, value
	bucketFormer  = []byte("former")  // position, record key -> the value that a command left, once another one wrote it again
	bucketTxs     = []byte("txs")     // transaction id -> height, index
)

var buckets = [][]byte{bucketMeta, bucketBlocks, bucketConfigs, bucketState, bucketFormer, bucketTxs}

var (
	keyFormat  = []byte("format")
	keyGenesis = []byte("genesis")
)

const storeName = "channel.db"

// store is the file of the copy. A transaction of it is synced before it
// counts, so that a crash leaves the copy at some earlier block.
type store struct {
	db   *bbolt.DB
	path string
}

func formatOf(o chainOptions) []byte { return []byte("1 " + o.Channel + " " + o.Chaincode) }

// openStore opens the file, or makes it. errDamaged when it is not ours, or
// not whole.
func openStore(o chainOptions) (*store, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	s := &store{path: filepath.Join(o.Dir, storeName)}
	err := guard(func() error {
		var err error
		if s.db, err = bbolt.Open(s.path, 0o600, &bbolt.Options{Timeout: time.Second, FreelistType: bbolt.FreelistMapType, NoStatistics: true, InitialMmapSize: 64 << 20}); err != nil {
			return asLocked(err)
		}
		return s.db.Update(func(tx *bbolt.Tx) error { return prepare(tx, formatOf(o)) })
	})
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// newStore deletes the file and starts an empty one.
func newStore(o chainOptions) (*store, error) {
	if err := os.Remove(filepath.Join(o.Dir, storeName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return openStore(o)
}

func prepare(tx *bbolt.Tx, format []byte) error {
	if b := tx.Bucket(bucketMeta); b != nil {
		if string(b.Get(keyFormat)) != string(format) {
			return fmt.Errorf("it is %.200q, want %q: %w", b.Get(keyFormat), format, errDamaged)
		}
	}
	for _, name := range buckets {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return tx.Bucket(bucketMeta).Put(keyFormat, format)
}

func (s *store) close() error {
	if s.db == nil {
		return nil
	}
	return s.db.Close()
}

// view runs fn on one state of the file.
func (s *store) view(fn func(*bbolt.Tx) error) error {
	return guard(func() error { return s.db.View(fn) })
}

// guard runs fn so that a page that cannot be read, or makes no sense to
// bbolt, ends as damage and not as the end of the process.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("unreadable: %v: %w", r, errDamaged)
		}
	}()
	return fn()
}

// place is a block of the copy.
type place struct {
	head   service.Head
	time   time.Time
	filter []byte
}

// last is the block that the copy ends with; false when there is none.
func (s *store) last() (p place, ok bool, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		p, ok, err = lastOf(tx)
		return err
	})
	return p, ok, err
}

func lastOf(tx *bbolt.Tx) (place, bool, error) {
	k, v := tx.Bucket(bucketBlocks).Cursor().Last()
	if k == nil {
		return place{}, false, nil
	}
	p, err := decodePlace(k, v)
	return p, err == nil, err
}

// block is a block of the copy; ErrNotFound when it has none of this number.
func (s *store) block(number uint64) (p place, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		k := numberKey(number)
		v := tx.Bucket(bucketBlocks).Get(k)
		if v == nil {
			return fmt.Errorf("block %d: %w", number, service.ErrNotFound)
		}
		p, err = decodePlace(k, v)
		return err
	})
	return p, err
}

// tx is where a transaction stands; false when it is in no block.
func (s *store) tx(id string) (at pledge.Position, ok bool, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		v := tx.Bucket(bucketTxs).Get([]byte(id))
		if ok = v != nil; !ok || id == "" {
			return nil
		}
		at, err = decodePosition(v)
		return err
	})
	return at, ok && id != "", err
}

// configs are all configuration blocks up to a height, in order.
func (s *store) configs(height uint64) (out [][]byte, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketConfigs).ForEach(func(k, v []byte) error {
			number, err := numberOf(k)
			if err == nil && number <= height {
				out = append(out, append([]byte(nil), v...))
			}
			return err
		})
	})
	return out, err
}
