package solo

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// TestManyFreePages: beyond 65534 free pages the list of them has another
// form, and it is read in several steps long before.
func TestManyFreePages(t *testing.T) {
	for _, values := range []int{10, 5_000, 70_000} {
		path := filepath.Join(t.TempDir(), "free.db")
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: 1024, NoSync: true, FreelistType: bbolt.FreelistMapType})
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []func(*bbolt.Tx) error{
			func(tx *bbolt.Tx) error { return fillBucket(tx, values) },
			func(tx *bbolt.Tx) error { return tx.DeleteBucket(bucketState) },
			func(tx *bbolt.Tx) error { return fillBucket(tx, 3) },
		} {
			if err := db.Update(step); err != nil {
				t.Fatal(err)
			}
			checkWhole(t, path)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func fillBucket(tx *bbolt.Tx, n int) error {
	b, err := tx.CreateBucket(bucketState)
	for i := 0; i < n && err == nil; i++ {
		err = b.Put(binary.BigEndian.AppendUint32(nil, uint32(i)), make([]byte, 600))
	}
	return err
}

func checkWhole(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if err := checkPages(f, info.Size()); err != nil {
		t.Errorf("a whole file: %v", err)
	}
}

// FuzzPages: whatever the bytes, the answer comes without a panic.
func FuzzPages(f *testing.F) {
	path := filepath.Join(f.TempDir(), "fuzz.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: 1024})
	if err != nil {
		f.Fatal(err)
	}
	if err := db.Update(func(tx *bbolt.Tx) error { return fillBucket(tx, 20) }); err != nil {
		f.Fatal(err)
	}
	if err := db.Close(); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(path)
	if err != nil || checkPages(bytes.NewReader(seed), int64(len(seed))) != nil {
		f.Fatal("the seed is not accepted", err)
	}
	f.Add(seed)
	f.Add([]byte{})
	f.Fuzz(func(_ *testing.T, raw []byte) { _ = checkPages(bytes.NewReader(raw), int64(len(raw))) })
}
