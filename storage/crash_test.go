package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
)

// failingBucket fails the nth call of what changes the bucket, and all after it.
type failingBucket struct {
	storage.Bucket
	mu   sync.Mutex
	left int
	done bool // the failing call takes effect all the same
}

var errDown = errors.New("bucket is down")

func (b *failingBucket) step() (do, fail bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left--
	return b.left > 0 || (b.left == 0 && b.done), b.left <= 0
}

func (b *failingBucket) call(fn func() error) error {
	do, fail := b.step()
	if do {
		if err := fn(); err != nil {
			return err
		}
	}
	if fail {
		return errDown
	}
	return nil
}

func (b *failingBucket) Create(ctx context.Context, key string, r io.Reader) error {
	return b.call(func() error { return b.Bucket.Create(ctx, key, r) })
}

func (b *failingBucket) Begin(ctx context.Context, key string) (id string, err error) {
	err = b.call(func() (err error) { id, err = b.Bucket.Begin(ctx, key); return err })
	return id, err
}

func (b *failingBucket) PutPart(ctx context.Context, key, id string, n int, off int64, data []byte) (p storage.Part, err error) {
	err = b.call(func() (err error) { p, err = b.Bucket.PutPart(ctx, key, id, n, off, data); return err })
	return p, err
}

func (b *failingBucket) Complete(ctx context.Context, key, id string, parts []storage.Part) error {
	return b.call(func() error { return b.Bucket.Complete(ctx, key, id, parts) })
}

func (b *failingBucket) Delete(ctx context.Context, key string) error {
	return b.call(func() error { return b.Bucket.Delete(ctx, key) })
}

// TestCrashAnywhere stops the vault before and after every single write to the
// bucket, and lets another replica finish the work.
func TestCrashAnywhere(t *testing.T) {
	want := map[string][]byte{"a": content(part + 70_000), "b": content(10), "c": content(70_000)}
	sm3, points := sm3Of(t, want), 0
	for n := 1; ; n++ {
		crashed := false
		for _, done := range []bool{false, true} {
			if crashAt(t, want, sm3, n, done) {
				crashed = true
				points++
			}
		}
		if !crashed {
			break
		}
	}
	if points < 30 {
		t.Errorf("got %d crash points, want more", points)
	}
	t.Logf("%d crash points", points)
}

func crashAt(t *testing.T, want map[string][]byte, sm3 storage.SM3List, n int, done bool) (crashed bool) {
	t.Helper()
	f := newFixture(t)
	broken := &failingBucket{Bucket: f.bucket, left: n, done: done}
	clock := func() time.Time { return f.now }
	id := f.begin(storage.SM3)
	err := story(t, vault(t, broken, f.custodian, clock), id, want)
	if err != nil && !errors.Is(err, errDown) {
		t.Fatalf("crash %d (%v): got %v", n, done, err)
	}
	if err2 := story(t, f.Vault, id, want); err2 != nil {
		t.Fatalf("crash %d (%v): going on: %v", n, done, err2)
	}
	s := f.seal(id)
	if !slices.Equal(s.SM3, sm3) {
		t.Errorf("crash %d (%v): SM3 %v", n, done, s.SM3)
	}
	for path, b := range want {
		if got := f.read(s, path, 0, -1); !bytes.Equal(got, b) {
			t.Errorf("crash %d (%v): %s differs", n, done, path)
		}
	}
	f.now = f.now.Add(48 * time.Hour)
	if _, err := f.Sweep(t.Context(), f.now.Add(-24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	report, err3 := f.Check(t.Context(), s.Fingerprint, owner, storage.CheckOptions{Full: true, Files: s.Files})
	if err3 != nil || !report.OK {
		t.Errorf("crash %d (%v): got %+v, %v", n, done, report, err3)
	}
	return err != nil
}

// story writes what is missing of each file, and seals.
func story(t *testing.T, v *storage.Vault, id string, want map[string][]byte) error {
	for _, path := range []string{"a", "b", "c"} {
		st, err := v.Status(t.Context(), id, path)
		if err != nil {
			return err
		}
		if st.Complete {
			continue
		}
		_, err = v.Write(t.Context(), id, storage.WriteRequest{Path: path, Off: st.Offset,
			Size: int64(len(want[path])), Body: bytes.NewReader(want[path][st.Offset:])})
		if errors.Is(err, storage.ErrClosed) {
			break // it had come as far as sealing
		}
		if err != nil {
			return err
		}
	}
	_, err := v.Seal(t.Context(), id)
	return err
}

// TestChangedContentIsNotSealedTwice: after a crash between the commitment to a
// part and the part, other bytes in its place start the file anew.
func TestChangedContentIsNotSealedTwice(t *testing.T) {
	f := newFixture(t)
	id := f.begin()
	first, second := content(part+10), content(part+20)
	broken := &partBreaker{Bucket: f.bucket, n: 2}
	f.Vault = vault(t, broken, f.custodian, func() time.Time { return f.now })
	write := func(off int64, b []byte) error {
		_, err := f.Write(t.Context(), id, storage.WriteRequest{Path: "a", Off: off, Size: -1, Body: bytes.NewReader(b[off:])})
		return err
	}
	if err := write(0, first); !errors.Is(err, errDown) {
		t.Fatal(err)
	}
	broken.n = 0
	if err := write(part, append(slices.Clone(first[:part]), second...)); !errors.As(err, new(*storage.ChangedError)) {
		t.Fatalf("got %v, want a ChangedError", err)
	}
	if st, err := f.Status(t.Context(), id, "a"); err != nil || st.Offset != 0 {
		t.Fatalf("got %+v, %v; want to start again", st, err)
	}
	if err := write(0, second); err != nil {
		t.Fatal(err)
	}
	if got := f.read(f.seal(id), "a", 0, -1); !bytes.Equal(got, second) {
		t.Error("content differs")
	}
}

// partBreaker loses part n, after everything before it.
type partBreaker struct {
	storage.Bucket
	n int
}

func (b *partBreaker) PutPart(ctx context.Context, key, id string, n int, off int64, data []byte) (storage.Part, error) {
	if n == b.n {
		return storage.Part{}, errDown
	}
	return b.Bucket.PutPart(context.WithoutCancel(ctx), key, id, n, off, data)
}
