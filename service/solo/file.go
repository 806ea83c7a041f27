package solo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// The buckets of the file; FORMAT.md says what is in them.
var (
	bucketBlocks = []byte("blocks")
	bucketState  = []byte("state")
	bucketMeta   = []byte("meta")
)

func isBucket(name []byte) bool {
	n := string(name)
	return n == string(bucketBlocks) || n == string(bucketState) || n == string(bucketMeta)
}

// haveBuckets says whether all of the three are there.
func haveBuckets(tx *bbolt.Tx) error {
	for _, name := range [][]byte{bucketBlocks, bucketState, bucketMeta} {
		if tx.Bucket(name) == nil {
			return damagedFile("bucket %q is missing", name)
		}
	}
	return nil
}

// openFile locks the file, checks its pages and only then lets bbolt map it.
func (l *Ledger) openFile() error {
	open := func(path string, flag int, mode os.FileMode) (*os.File, error) {
		f, err := os.OpenFile(path, flag&^os.O_CREATE, mode)
		if err != nil {
			return nil, err
		}
		if err := admit(f); err != nil {
			_ = f.Close()
			return nil, err
		}
		l.file = f
		return f, nil
	}
	options := boltOptions()
	options.OpenFile = open
	db, err := bbolt.Open(l.options.Path, 0o600, options)
	if errors.Is(err, berrors.ErrTimeout) {
		return ErrLocked
	}
	if err != nil {
		return err
	}
	l.db = db
	return nil
}

func boltOptions() *bbolt.Options {
	return &bbolt.Options{
		Timeout:      time.Millisecond, // ask for the lock once
		FreelistType: bbolt.FreelistMapType,
		NoStatistics: true,
	}
}

// admit says whether bbolt may map the file: it is locked, and whole.
func admit(f *os.File) error {
	if err := lock(f); err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", f.Name())
	}
	return checkPages(f, info.Size())
}

// syncFolder makes the file's name survive a crash.
func syncFolder(path string) error {
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
