package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/datapledge/datapledge/storage"
)

func TestCheck(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	f.write(id, "a", content(3<<20+5))
	f.write(id, "b", nil)
	f.write(id, "c", content(10))
	s := f.seal(id)
	good := storage.CheckOptions{Files: s.Files, ManifestRoot: s.ManifestRoot}
	sample, err := f.Check(t.Context(), s.Fingerprint, owner, good)
	if err != nil || !sample.OK || sample.Chunks != 1 || sample.Bytes == 0 {
		t.Errorf("sample: got %+v, %v", sample, err)
	}
	good.Full = true
	full, err := f.Check(t.Context(), s.Fingerprint, owner, good)
	if err != nil || !full.OK || full.Chunks != 5 || full.Bytes != s.Size {
		t.Errorf("full: got %+v, %v", full, err)
	}
	for name, o := range map[string]storage.CheckOptions{
		"another root":    {ManifestRoot: strings.Repeat("0", 64)},
		"a file less":     {Files: s.Files[1:]},
		"another content": {Files: []storage.File{{Path: "a"}, s.Files[1], s.Files[2]}},
		"an unknown file": {Files: append(slices.Clone(s.Files), storage.File{Path: "d"})},
	} {
		if r, err := f.Check(t.Context(), s.Fingerprint, owner, o); err != nil || r.OK || len(r.Failed) == 0 {
			t.Errorf("%s: got %+v, %v; want a failure", name, r, err)
		}
	}
	for _, who := range []string{"", "other"} {
		if _, err := f.Check(t.Context(), s.Fingerprint, who, good); !errors.Is(err, storage.ErrNotExist) {
			t.Errorf("owner %q: got %v, want ErrNotExist", who, err)
		}
	}
	for _, fp := range []string{"", "sha256:", "sha256:../../x", "md5:" + zeros, "sha256:" + strings.ToUpper(s.Fingerprint[7:])} {
		if _, err := f.Find(t.Context(), fp, owner); err == nil {
			t.Errorf("fingerprint %q was found", fp)
		}
	}
}

// chooser is the "random" number n, forever.
type chooser byte

func (c chooser) Read(b []byte) (int, error) {
	clear(b)
	b[len(b)-1] = byte(c)
	return len(b), nil
}

// TestSpotCheckReadsLittle: one chunk, some headers and a few hashes.
func TestSpotCheckReadsLittle(t *testing.T) {
	f := newFixture(t)
	s := f.sealed("a", content(40<<20))
	counted := &countingBucket{Bucket: f.bucket}
	f.Vault = nil
	v, err := storage.NewVault(counted, f.custodian, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		counted.bytes = 0
		r, err := v.Check(t.Context(), s.Fingerprint, owner, storage.CheckOptions{Rand: chooser(i)})
		if err != nil || !r.OK || r.Chunks != 1 || r.Bytes != 1<<20 {
			t.Fatalf("chunk %d: got %+v, %v", i, r, err)
		}
		if counted.bytes > 1<<20+200_000 {
			t.Errorf("chunk %d: read %d bytes", i, counted.bytes)
		}
	}
}

type countingBucket struct {
	storage.Bucket
	bytes int64
}

func (b *countingBucket) Open(ctx context.Context, key string, off, n int64) (io.ReadCloser, error) {
	r, err := b.Bucket.Open(ctx, key, off, n)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.TeeReader(r, (*counter)(&b.bytes)), r}, nil
}

type counter int64

func (c *counter) Write(p []byte) (int, error) {
	atomic.AddInt64((*int64)(c), int64(len(p))) // files are read several at a time
	return len(p), nil
}

// TestEveryObjectMatters: one flipped bit, a cut, an added byte or nothing at
// all in place of any object of a dataset, and the check says so.
func TestEveryObjectMatters(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for name, damage := range map[string]func([]byte) []byte{
		"flip":   func(b []byte) []byte { b[r.IntN(len(b))] ^= 1 << r.IntN(8); return b },
		"cut":    func(b []byte) []byte { return b[:r.IntN(len(b))] },
		"extend": func(b []byte) []byte { return append(b, byte(r.Uint32())) },
		"empty":  func([]byte) []byte { return nil },
	} {
		f := newFixture(t)
		id := f.begin()
		f.write(id, "a", content(3<<20))
		f.write(id, "b", content(100))
		s := f.seal(id)
		for _, key := range append(f.keysLike("sealed/"), f.keysLike("datasets/")...) {
			if ownersEnvelope(t, f, s, key) {
				continue // it is the owner's to check; the content does not need it
			}
			for range 5 {
				var before []byte
				f.bucket.Damage(key, func(b []byte) []byte { before = bytes.Clone(b); return damage(b) })
				full, err := f.Check(t.Context(), s.Fingerprint, owner, storage.CheckOptions{Full: true})
				sample, err2 := f.Check(t.Context(), s.Fingerprint, owner, storage.CheckOptions{Chunks: 200})
				if err != nil || err2 != nil || full.OK || sample.OK {
					t.Errorf("%s %s: got %+v, %v and %+v, %v", name, key, full, err, sample, err2)
				}
				f.bucket.Damage(key, func([]byte) []byte { return before })
			}
		}
		if report, err := f.Check(t.Context(), s.Fingerprint, owner, storage.CheckOptions{Full: true}); err != nil || !report.OK {
			t.Errorf("mended: got %+v, %v", report, err)
		}
	}
}

func ownersEnvelope(t *testing.T, f *fixture, s storage.Sealed, key string) bool {
	t.Helper()
	e, err := f.Envelope(t.Context(), s.Fingerprint, owner, "owner")
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.bucket.Open(t.Context(), key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	return err == nil && bytes.Equal(b, e)
}

func TestMissingObjectIsAFailure(t *testing.T) {
	for _, part := range []string{"-0001.age", "descriptor", "key-"} {
		f := newFixture(t)
		s := f.sealed("a", content(100))
		for _, key := range f.keysLike(part) {
			if err := f.bucket.Delete(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
		r, err := f.Check(t.Context(), s.Fingerprint, owner, storage.CheckOptions{})
		if err != nil || r.OK || len(r.Failed) != 1 {
			t.Errorf("without %s: got %+v, %v; want one failure", part, r, err)
		}
	}
}

// TestSwappedObjects: a bucket that answers with another file of the dataset,
// or with another dataset's record, is caught.
func TestSwappedObjects(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	f.write(id, "a", content(1000))
	f.write(id, "b", append(content(999), 0))
	s := f.seal(id)
	var objects [][]byte
	keys := slices.DeleteFunc(f.keysLike("-0001.age"), func(k string) bool { return strings.Contains(k, "key-") })
	for _, k := range keys {
		f.bucket.Damage(k, func(b []byte) []byte { objects = append(objects, b); return b })
	}
	for i, k := range keys {
		f.bucket.Damage(k, func([]byte) []byte { return objects[1-i] })
	}
	r, err := f.Check(t.Context(), s.Fingerprint, owner, storage.CheckOptions{Full: true})
	if err != nil || len(r.Failed) != 2 {
		t.Errorf("got %+v, %v; want two failures", r, err)
	}
	if _, err := f.Open(t.Context(), s.Fingerprint, owner, "a", 0, -1); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("got %v, want ErrCorrupt", err)
	}
	other := f.sealed("c", content(5))
	var pointer []byte
	f.bucket.Damage(f.keysLike(other.Fingerprint[7:])[0], func(b []byte) []byte { pointer = b; return b })
	f.bucket.Damage(f.keysLike(s.Fingerprint[7:])[0], func([]byte) []byte { return pointer })
	if _, err := f.Find(t.Context(), s.Fingerprint, owner); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("got %v, want ErrCorrupt", err)
	}
}
