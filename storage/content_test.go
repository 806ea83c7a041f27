package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/datapledge/datapledge/storage"
)

// TestContentIsReadAtWill: anywhere, as io.ReaderAt asks for it.
func TestContentIsReadAtWill(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	want := content(11<<20 + 7)
	f.write(id, "a", want)
	f.write(id, "empty", nil)
	s := f.seal(id)
	c, err := f.Content(t.Context(), s.Fingerprint, owner)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.File(t.Context(), "a")
	if err != nil || r.Size() != int64(len(want)) {
		t.Fatalf("%v", err)
	}
	if err := iotest.TestReader(io.NewSectionReader(r, 0, r.Size()), want); err != nil {
		t.Error(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		off, n := random.IntN(len(want)+1), random.IntN(3<<20)
		got := make([]byte, n)
		have, err := r.ReadAt(got, int64(off))
		end := min(len(want), off+n)
		if !bytes.Equal(got[:have], want[off:end]) || (have < n) != errors.Is(err, io.EOF) {
			t.Fatalf("%d bytes from %d: %d, %v", n, off, have, err)
		}
	}
	if e, err := c.File(t.Context(), "empty"); err != nil {
		t.Error(err)
	} else if n, err := e.ReadAt(make([]byte, 1), 0); n != 0 || !errors.Is(err, io.EOF) || e.Err() != nil {
		t.Errorf("an empty file: %d, %v, %v", n, err, e.Err())
	}
	if _, err := c.File(t.Context(), "b"); !errors.Is(err, storage.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	if _, err := r.ReadAt(make([]byte, 1), -1); err == nil || r.Err() != nil {
		t.Errorf("before the beginning: %v, %v", err, r.Err())
	}
}

// TestContentIsReadFewTimes: who goes from front to back in small steps reads
// each byte once, and of two places in turn as well, but for what was fetched
// ahead where one of them ended.
func TestContentIsReadFewTimes(t *testing.T) {
	f := newFixture(t)
	want := content(20 << 20)
	s := f.sealed("a", want)
	counted := &countingBucket{Bucket: f.bucket}
	v := vault(t, counted, f.custodian, nil)
	c, err := v.Content(t.Context(), s.Fingerprint, owner)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.File(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	counted.bytes = 0
	b := make([]byte, 1000)
	for off := 0; off+len(b) <= len(want)/2; off += len(b) {
		for _, at := range []int{off, off + len(want)/2} {
			if _, err := r.ReadAt(b, int64(at)); err != nil || !bytes.Equal(b, want[at:at+len(b)]) {
				t.Fatalf("at %d: %v", at, err)
			}
		}
	}
	if most := len(want) + len(want)/100 + storage.LeafSize; counted.bytes > int64(most) {
		t.Errorf("%d bytes were read, at most %d wanted", counted.bytes, most)
	}
}

// TestContentIsAuthentic: no changed byte is released, and another object does
// not pass for the one that was sealed.
func TestContentIsAuthentic(t *testing.T) {
	f := newFixture(t)
	s := f.sealed("a", content(3<<20))
	c, err := f.Content(t.Context(), s.Fingerprint, owner)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.File(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	f.bucket.Damage(f.object(), func(b []byte) []byte { b[2<<20+9] ^= 1; return b })
	if _, err := r.ReadAt(make([]byte, 3<<20), 0); !errors.Is(err, storage.ErrCorrupt) || !errors.Is(r.Err(), storage.ErrCorrupt) {
		t.Errorf("a changed byte: %v, %v", err, r.Err())
	}
	if _, err := r.ReadAt(make([]byte, 10), 0); err != nil {
		t.Errorf("before it: %v", err)
	}
	if _, err := f.Content(t.Context(), s.Fingerprint, "other"); !errors.Is(err, storage.ErrNotExist) {
		t.Errorf("of another owner: %v", err)
	}
}

// TestContentIsTheSealedObject: another encryption of the dataset does not pass.
func TestContentIsTheSealedObject(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	f.write(id, "a", content(3<<20))
	f.write(id, "b", append(content(3<<20-1), 0))
	s := f.seal(id)
	objects := slices.DeleteFunc(f.keysLike("-0001.age"), func(k string) bool { return !strings.HasPrefix(k, "sealed/") })
	if len(objects) != 2 {
		t.Fatalf("objects %v", objects)
	}
	var first []byte
	f.bucket.Damage(objects[0], func(b []byte) []byte { first = bytes.Clone(b); return b })
	f.bucket.Damage(objects[1], func([]byte) []byte { return first })
	c, err := f.Content(t.Context(), s.Fingerprint, owner)
	if err != nil {
		t.Fatal(err)
	}
	_, errA := c.File(t.Context(), "a")
	_, errB := c.File(t.Context(), "b")
	if (errA == nil) == (errB == nil) || !errors.Is(errors.Join(errA, errB), storage.ErrCorrupt) {
		t.Errorf("one of them is the other: %v, %v", errA, errB)
	}
}

// TestContentEndsWithItsContext: nobody reads for a caller who is gone.
func TestContentEndsWithItsContext(t *testing.T) {
	f := newFixture(t)
	s := f.sealed("a", content(3<<20))
	ctx, cancel := context.WithCancel(t.Context())
	c, err := f.Content(ctx, s.Fingerprint, owner)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.File(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := r.ReadAt(make([]byte, 1), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestContentOfManyPlaces: who reads a little here and a little there, as of a
// file of many columns, has not a megabyte opened for each.
func TestContentOfManyPlaces(t *testing.T) {
	const places, step = 100, 4 << 10
	f := newFixture(t)
	want := content(20 << 20)
	s := f.sealed("a", want)
	counted := &countingBucket{Bucket: f.bucket}
	c, err := vault(t, counted, f.custodian, nil).Content(t.Context(), s.Fingerprint, owner)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.File(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	counted.bytes = 0
	b := make([]byte, step)
	for off := 0; off+step <= len(want)/places; off += step {
		for i := range places {
			at := i*(len(want)/places) + off
			if _, err := r.ReadAt(b, int64(at)); err != nil || !bytes.Equal(b, want[at:at+step]) {
				t.Fatalf("at %d: %v", at, err)
			}
		}
	}
	if most := 2 * len(want); counted.bytes > int64(most) {
		t.Errorf("%d bytes were read, at most %d wanted", counted.bytes, most)
	}
}
