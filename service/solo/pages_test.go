package solo

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
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

// TestEveryMetaBit: every bit of both meta pages counts.
func TestEveryMetaBit(t *testing.T) {
	w := newWorld(t)
	if err := w.open(t).Close(); err != nil {
		t.Fatal(err)
	}
	file := readFile(t, w.options.Path)
	pageSize := int(le.Uint32(file[pageHeader+8:]))
	for page := range 2 {
		for at := page*pageSize + pageHeader; at < page*pageSize+pageHeader+64; at++ {
			for bit := range 8 {
				file[at] ^= 1 << bit
				if err := checkPages(bytes.NewReader(file), int64(len(file))); err == nil {
					t.Errorf("meta page %d: bit %d of byte %d flipped and not noticed", page, bit, at)
				}
				file[at] ^= 1 << bit
			}
		}
		stale := bytes.Clone(file)
		copy(stale[page*pageSize:(page+1)*pageSize], file[(1-page)*pageSize:])
		if err := checkPages(bytes.NewReader(stale), int64(len(stale))); err == nil {
			t.Errorf("meta page %d in the place of %d: not noticed", 1-page, page)
		}
	}
	swapped := append(append(bytes.Clone(file[pageSize:2*pageSize]), file[:pageSize]...), file[2*pageSize:]...)
	if err := checkPages(bytes.NewReader(swapped), int64(len(swapped))); err == nil {
		t.Error("meta pages swapped: not noticed")
	}
}

// TestFreeList: a page is used once or free, and nothing else.
func TestFreeList(t *testing.T) {
	w := newWorld(t)
	l := w.open(t)
	w.fill(t, l)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole := readFile(t, w.options.Path)
	p := &pages{file: bytes.NewReader(whole), size: int64(len(whole))}
	if err := p.readMeta(); err != nil {
		t.Fatal(err)
	}
	list := whole[p.meta.freelist*uint64(p.page):]
	count := le.Uint16(list[10:])
	if count < 2 {
		t.Fatalf("%d free pages are too few", count)
	}
	for name, change := range map[string]func(){
		"one lost":   func() { le.PutUint16(list[10:], count-1) },
		"more":       func() { le.PutUint16(list[10:], count+1) },
		"many more":  func() { le.PutUint16(list[10:], 0xFFFF) },
		"a used one": func() { le.PutUint64(list[pageHeader:], p.meta.root) },
		"a used one, too": func() {
			var ids []uint64
			for i := range int(count) {
				ids = append(ids, le.Uint64(list[pageHeader+8*i:]))
			}
			ids = append(ids, p.meta.root)
			slices.Sort(ids)
			for i, id := range ids {
				le.PutUint64(list[pageHeader+8*i:], id)
			}
			le.PutUint16(list[10:], count+1)
		},
		"a meta page": func() { le.PutUint64(list[pageHeader:], 1) },
		"one twice":   func() { le.PutUint64(list[pageHeader:], le.Uint64(list[pageHeader+8:])) },
		"far away":    func() { le.PutUint64(list[pageHeader+8*int(count-1):], p.meta.end) },
	} {
		before := bytes.Clone(whole)
		change()
		if err := checkPages(bytes.NewReader(whole), int64(len(whole))); err == nil {
			t.Errorf("free list with %s: not noticed", name)
		}
		copy(whole, before)
	}
}
