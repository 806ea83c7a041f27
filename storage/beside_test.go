package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/datapledge/datapledge/storage"
)

// neighbour keeps what he is given when he reads along, and how often he was
// closed.
type neighbour struct {
	mu     sync.Mutex
	files  map[string]*bytes.Buffer
	sizes  map[string]int64
	closed map[string]int
	broken bool // answers every write with an error
}

func newNeighbour() *neighbour {
	return &neighbour{files: make(map[string]*bytes.Buffer), sizes: make(map[string]int64), closed: make(map[string]int)}
}

func (n *neighbour) beside(path string, size int64) io.WriteCloser {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.files[path] != nil {
		path += " again"
	}
	n.files[path], n.sizes[path] = new(bytes.Buffer), size
	return &neighbourFile{n, path}
}

type neighbourFile struct {
	n    *neighbour
	path string
}

func (f *neighbourFile) Write(b []byte) (int, error) {
	f.n.mu.Lock()
	defer f.n.mu.Unlock()
	if f.n.broken {
		return 0, errors.New("broken")
	}
	if f.n.closed[f.path] > 0 {
		f.n.closed[f.path] += 100
	}
	return f.n.files[f.path].Write(b)
}

func (f *neighbourFile) Close() error {
	f.n.mu.Lock()
	defer f.n.mu.Unlock()
	f.n.closed[f.path]++
	return errors.New("whatever he says")
}

// saw holds what he was given against the files.
func (n *neighbour) saw(t *testing.T, files map[string][]byte) {
	t.Helper()
	if len(n.files) != len(files) {
		t.Errorf("he saw %d files of %d", len(n.files), len(files))
	}
	for path, want := range files {
		got := n.files[path]
		if got == nil || n.closed[path] != 1 || n.sizes[path] != int64(len(want)) || !n.broken && !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: closed %d times, size %d, or other bytes", path, n.closed[path], n.sizes[path])
		}
	}
}

func besideFiles() map[string][]byte {
	return map[string][]byte{"a": content(5<<20 + 3), "b": nil, "c": content(10), "d": content(1 << 20), "e/f": content(2 << 20)}
}

// TestSealAndCheckLetReadAlong: all bytes in order, in one read, and never a
// failure because of him.
func TestSealAndCheckLetReadAlong(t *testing.T) {
	for _, broken := range []bool{false, true} {
		f, files := newFixture(t), besideFiles()
		counted := &countingBucket{Bucket: f.bucket}
		f.Vault = vault(t, counted, f.custodian, nil)
		id, total := f.begin(storage.SM3), 0
		for path, b := range files {
			f.write(id, path, b)
			total += len(b)
		}
		for _, pass := range []func(n *neighbour) error{
			func(n *neighbour) error { _, err := f.Seal(t.Context(), id, n.beside); return err },
			func(n *neighbour) error {
				s := f.seal(id)
				r, err := f.Check(t.Context(), s.Fingerprint, owner, storage.CheckOptions{Full: true, Beside: n.beside})
				if !r.OK {
					t.Errorf("%+v", r)
				}
				return err
			},
		} {
			n := newNeighbour()
			n.broken, counted.bytes = broken, 0
			if err := pass(n); err != nil {
				t.Fatal(err)
			}
			n.saw(t, files)
			if most := int64(total) + 1<<20; counted.bytes > most {
				t.Errorf("%d bytes were read of %d", counted.bytes, total)
			}
		}
	}
}

// TestNobodyIsAskedWhereNothingIsRead: an upload that was sealed before.
func TestNobodyIsAskedWhereNothingIsRead(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	f.write(id, "a", content(10))
	f.seal(id)
	n := newNeighbour()
	if _, err := f.Seal(t.Context(), id, n.beside); err != nil || len(n.files) != 0 {
		t.Errorf("he saw %d files, %v", len(n.files), err)
	}
	nobody := func(string, int64) io.WriteCloser { return nil }
	if r, err := f.Check(t.Context(), f.seal(id).Fingerprint, owner, storage.CheckOptions{Full: true, Beside: nobody}); err != nil || !r.OK {
		t.Errorf("a file passed over: %+v, %v", r, err)
	}
}

// TestReadAlongEndsWithTheReading: of a damaged file he gets what verified,
// and is closed.
func TestReadAlongEndsWithTheReading(t *testing.T) {
	f := newFixture(t)
	id, want := f.begin(), content(5<<20)
	f.write(id, "a", want)
	f.bucket.Damage(f.object(), func(b []byte) []byte { b[4<<20] ^= 1; return b })
	n := newNeighbour()
	if _, err := f.Seal(t.Context(), id, n.beside); !errors.Is(err, storage.ErrCorrupt) {
		t.Fatalf("got %v", err)
	}
	if got := n.files["a"].Bytes(); n.closed["a"] != 1 || len(got) == 0 || len(got) >= 4<<20 || !bytes.HasPrefix(want, got) {
		t.Errorf("closed %d times after %d bytes", n.closed["a"], len(got))
	}
	ctx, cancel := context.WithCancel(t.Context())
	again := newFixture(t)
	id = again.begin()
	again.write(id, "a", want)
	n = newNeighbour()
	_, err := again.Seal(ctx, id, func(path string, size int64) io.WriteCloser { cancel(); return n.beside(path, size) })
	if !errors.Is(err, context.Canceled) || n.closed["a"] != 1 {
		t.Errorf("called off: %v, closed %d times", err, n.closed["a"])
	}
}
