package storage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
)

func nobody(context.Context, string, string) (bool, error)    { return false, nil }
func everybody(context.Context, string, string) (bool, error) { return true, nil }

// settledDown is a dataset whose upload was swept, three days later.
func settledDown(f *fixture, path string, b []byte) storage.Sealed {
	f.t.Helper()
	s := f.sealed(path, b)
	f.now = f.now.Add(72 * time.Hour)
	f.sweep()
	return s
}

func (f *fixture) sweep() {
	f.t.Helper()
	for range 2 { // the second one takes the upload's fate as well
		if _, err := f.Sweep(f.t.Context(), f.now); err != nil {
			f.t.Fatal(err)
		}
	}
}

func TestSweepSealed(t *testing.T) {
	f := newFixture(t)
	s := settledDown(f, "a", content(part+1))
	other := f.sealed("b", []byte("young"))
	unknown := errors.New("no ledger")
	for name, c := range map[string]struct {
		before time.Time
		named  func(context.Context, string, string) (bool, error)
		err    error
	}{
		"young":  {f.now.Add(-73 * time.Hour), nobody, nil},
		"named":  {f.now, everybody, nil},
		"unsure": {f.now, func(context.Context, string, string) (bool, error) { return false, unknown }, unknown},
		"not swept": {f.now.Add(-time.Hour), func(_ context.Context, fp, o string) (bool, error) {
			if fp != s.Fingerprint || o != owner {
				t.Errorf("asked for %s of %s", fp, o)
			}
			return true, nil
		}, nil},
	} {
		if n, err := f.SweepSealed(t.Context(), c.before, c.named); n != 0 || !errors.Is(err, c.err) {
			t.Errorf("%s: got %d, %v", name, n, err)
		}
	}
	if n, err := f.SweepSealed(t.Context(), f.now, nobody); n != 1 || err != nil {
		t.Errorf("got %d, %v; want one removed", n, err)
	}
	if _, err := f.Find(t.Context(), s.Fingerprint, owner); !errors.Is(err, storage.ErrNotExist) {
		t.Errorf("got %v, want ErrNotExist", err)
	}
	f.now = f.now.Add(time.Hour)
	if n, err := f.SweepSealed(t.Context(), f.now, nobody); n != 0 || err != nil {
		t.Errorf("its upload can still be sealed: got %d, %v", n, err)
	}
	f.read(other, "b", 0, -1)
	f.sweep()
	if n, err := f.SweepSealed(t.Context(), f.now, nobody); n != 1 || err != nil || len(f.keysLike("")) != 0 {
		t.Errorf("got %d, %v, left %v; want an empty bucket", n, err, f.keysLike(""))
	}
}

// TestSealedAgainStays: a receipt for content that is there counts from then.
func TestSealedAgainStays(t *testing.T) {
	f := newFixture(t)
	s := settledDown(f, "a", []byte("a"))
	f.sealed("a", []byte("a"))
	f.now = f.now.Add(time.Hour)
	f.sweep()
	if n, err := f.SweepSealed(t.Context(), f.now.Add(-2*time.Hour), nobody); n != 0 || err != nil {
		t.Errorf("got %d, %v; want it kept", n, err)
	}
	f.read(s, "a", 0, -1)
	if n, err := f.SweepSealed(t.Context(), f.now, nobody); n != 1 || err != nil || len(f.keysLike("")) != 0 {
		t.Errorf("later: got %d, %v, left %v", n, err, f.keysLike(""))
	}
}

// TestSealedWhileSwept: the content is sealed again between the question to
// the ledger and the removal.
func TestSealedWhileSwept(t *testing.T) {
	f := newFixture(t)
	s := settledDown(f, "a", []byte("a"))
	_, err := f.SweepSealed(t.Context(), f.now, func(context.Context, string, string) (bool, error) {
		f.sealed("a", []byte("a"))
		return false, nil
	})
	if err != nil {
		t.Error(err)
	}
	f.read(s, "a", 0, -1)
	f.now = f.now.Add(time.Hour)
	f.sweep()
	f.read(s, "a", 0, -1)
}

// TestRemovalCrashesAnywhere, and the next sweep leaves nothing.
func TestRemovalCrashesAnywhere(t *testing.T) {
	for n := 1; ; n++ {
		f := newFixture(t)
		settledDown(f, "a", content(2<<20))
		broken := &failingBucket{Bucket: f.bucket, left: n}
		v := vault(t, broken, f.custodian, func() time.Time { return f.now })
		_, err := v.SweepSealed(t.Context(), f.now, nobody)
		if err != nil && !errors.Is(err, errDown) {
			t.Fatalf("crash %d: %v", n, err)
		}
		if _, err := f.SweepSealed(t.Context(), f.now, nobody); err != nil || len(f.keysLike("")) != 0 {
			t.Errorf("crash %d: %v, left %v", n, err, f.keysLike(""))
		}
		if err == nil {
			return
		}
	}
}
