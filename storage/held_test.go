package storage_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
)

// A sweep goes past what is held, leaves it, and is no failure for it.
func TestSweepPassesWhatIsHeld(t *testing.T) {
	b := &mem.Bucket{}
	id, err := storage.NewIdentity(false)
	if err != nil {
		t.Fatal(err)
	}
	v, err := storage.NewVault(b, id, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := v.Begin(t.Context(), "owner", nil)
	if err == nil {
		_, err = v.Write(t.Context(), u.ID, storage.WriteRequest{Path: "f", Size: -1, Body: strings.NewReader("content")})
	}
	if err != nil {
		t.Fatal(err)
	}
	var held string
	err = b.List(t.Context(), "sealed/", func(i storage.Info) error { held = i.Key; return nil })
	if err != nil || held == "" {
		t.Fatal(held, err)
	}
	if err := b.SetHold(t.Context(), held, true); err != nil {
		t.Fatal(err)
	}
	if r, err := v.Sweep(t.Context(), time.Now().Add(time.Hour)); err != nil || r.Abandoned != 1 {
		t.Errorf("got %+v, %v, want the upload given up", r, err)
	}
	if _, err := b.Stat(t.Context(), held); err != nil {
		t.Errorf("what is held: %v", err)
	}
	if err := b.Delete(t.Context(), held); !errors.Is(err, storage.ErrHeld) {
		t.Errorf("got %v, want ErrHeld", err)
	}
}

// A held dataset without SM3 may be succeeded by one with it: the old copy stays
// held until the hold is taken off, which frees both.
func TestHeldIsSucceeded(t *testing.T) {
	f := newFixture(t)
	s := f.sealed("abc", []byte("abc"))
	old := f.object()
	f.hold(s, true)
	id := f.begin(storage.SM3)
	f.write(id, "abc", []byte("abc"))
	if s = f.seal(id); len(s.SM3) != 1 {
		t.Fatalf("got %v", s.SM3)
	}
	if err := f.bucket.Delete(t.Context(), old); !errors.Is(err, storage.ErrHeld) {
		t.Errorf("the old copy: got %v, want ErrHeld", err)
	}
	f.hold(s, true)
	f.hold(s, false)
	for _, key := range f.keysLike("") {
		if held, err := f.bucket.Held(t.Context(), key); held || err != nil {
			t.Errorf("%s: got %v, %v after the hold was taken off", key, held, err)
		}
	}
}

func (f *fixture) hold(s storage.Sealed, on bool) {
	f.t.Helper()
	if err := f.Hold(f.t.Context(), s.Fingerprint, s.Owner, on); err != nil {
		f.t.Fatal(err)
	}
}
