package storagetest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
)

// holder returns a bucket's holds; one that has none must say so.
func holder(t *testing.T, b storage.Bucket) storage.Holder {
	t.Helper()
	h, ok := b.(storage.Holder)
	if !ok {
		t.Skip("this bucket holds nothing, and says so by its type")
	}
	create(t, b, "trial", "x")
	if err := h.SetHold(t.Context(), "trial", true); errors.Is(err, storage.ErrNoHold) {
		if held, err := h.Held(t.Context(), "trial"); held || err != nil {
			t.Errorf("got %v, %v, want no hold", held, err)
		}
		t.Skip("this bucket holds nothing, and says so: ", err)
	} else if err != nil {
		t.Fatal(err)
	}
	return h
}

func setHold(t *testing.T, h storage.Holder, key string, on bool) {
	t.Helper()
	if err := h.SetHold(t.Context(), key, on); err != nil {
		t.Fatalf("hold of %s to %v: %v", key, on, err)
	}
	if held, err := h.Held(t.Context(), key); held != on || err != nil {
		t.Fatalf("hold of %s: got %v, %v, want %v", key, held, err, on)
	}
}

func holdKeeps(t *testing.T, b storage.Bucket) {
	h := holder(t, b)
	setHold(t, h, "trial", false)
	create(t, b, "d/k", "content")
	create(t, b, "d/k.other", "other")
	for range 2 {
		setHold(t, h, "d/k", true)
		wantError(t, b.Delete(t.Context(), "d/k"), storage.ErrHeld)
		wants(t, b, "d/k", "content")
		if got := keys(t, b, "d/"); !slices.Equal(got, []string{"d/k", "d/k.other"}) {
			t.Errorf("got %v", got)
		}
		wantError(t, b.Create(t.Context(), "d/k", strings.NewReader("new")), storage.ErrExist)
	}
	if held, err := h.Held(t.Context(), "d/k.other"); held || err != nil {
		t.Errorf("got %v, %v, want no hold on another", held, err)
	}
	setHold(t, h, "d/k", false)
	if err := b.Delete(t.Context(), "d/k"); err != nil {
		t.Fatal(err)
	}
	wantNothing(t, b, "d/k")
	wantError(t, h.SetHold(t.Context(), "d/k", true), storage.ErrNotExist)
	_, err := h.Held(t.Context(), "d/k")
	wantError(t, err, storage.ErrNotExist)
	create(t, b, "d/k", "again")
	if held, err := h.Held(t.Context(), "d/k"); held || err != nil {
		t.Errorf("got %v, %v, want no hold on what is new", held, err)
	}
	wantError(t, h.SetHold(t.Context(), "A", true), storage.ErrKey)
}

// sealed is a small dataset of two files.
func sealed(t *testing.T, v *storage.Vault) storage.Sealed {
	t.Helper()
	u, err := v.Begin(t.Context(), "owner", nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, n := range map[string]int{"small": 10, "large": 3 << 20} {
		w := storage.WriteRequest{Path: path, Size: -1, Body: bytes.NewReader(make([]byte, n))}
		if _, err := v.Write(t.Context(), u.ID, w); err != nil {
			t.Fatal(err)
		}
	}
	s, err := v.Seal(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Sweep(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	return s
}

// vaultHolds: a sweep that takes a dataset for nobody's leaves what is held,
// whole, and removes it once it is let go.
func vaultHolds(t *testing.T, b storage.Bucket) {
	h := holder(t, b)
	setHold(t, h, "trial", false)
	v := newVault(t, b)
	s := sealed(t, v)
	for range 2 {
		if err := v.Hold(t.Context(), s.Fingerprint, "owner", true); err != nil {
			t.Fatal(err)
		}
	}
	wantHolds(t, v, s.Fingerprint)
	for range 2 {
		sweepAll(t, v, 0)
	}
	r, err := v.Check(t.Context(), s.Fingerprint, "owner", storage.CheckOptions{Full: true, Files: s.Files})
	if err != nil || !r.OK {
		t.Fatalf("held, and swept: got %+v, %v", r, err)
	}
	for _, key := range slices.Concat(keys(t, b, "sealed/"), keys(t, b, "datasets/")) {
		wantError(t, b.Delete(t.Context(), key), storage.ErrHeld)
	}
	for range 2 {
		if err := v.Hold(t.Context(), s.Fingerprint, "owner", false); err != nil {
			t.Fatal(err)
		}
	}
	wantHolds(t, v)
	sweepAll(t, v, 1)
	if got := slices.Concat(keys(t, b, "sealed/"), keys(t, b, "datasets/"), keys(t, b, "removing/"), keys(t, b, "holds/")); len(got) != 0 {
		t.Errorf("still there: %v", got)
	}
	wantError(t, v.Hold(t.Context(), s.Fingerprint, "owner", true), storage.ErrNotExist)
}

func sweepAll(t *testing.T, v *storage.Vault, want int) {
	t.Helper()
	nobody := func(context.Context, string, string) (bool, error) { return false, nil }
	n, err := v.SweepSealed(t.Context(), time.Now().Add(time.Hour), nobody)
	if err != nil || n != want {
		t.Errorf("got %d removed, %v, want %d", n, err, want)
	}
}

func wantHolds(t *testing.T, v *storage.Vault, want ...string) {
	t.Helper()
	var got []string
	err := v.Holds(t.Context(), func(fingerprint, owner string) error {
		got = append(got, fingerprint)
		if owner != "owner" {
			t.Errorf("got %s's", owner)
		}
		return nil
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got holds %v, %v, want %v", got, err, want)
	}
}
