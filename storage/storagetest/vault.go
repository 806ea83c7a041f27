package storagetest

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
)

// vaultOnTop is the life of a dataset: an upload that breaks and goes on, a
// seal, reading, both checks, a sweep.
func vaultOnTop(t *testing.T, b storage.Bucket) {
	v := newVault(t, b)
	u, err := v.Begin(t.Context(), "owner", nil)
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte("0123456789abcde"), 2*storage.PartSize/15+1000)
	writeBroken(t, v, u.ID, want)
	if _, err := v.Write(t.Context(), u.ID, storage.WriteRequest{Path: "b", Size: -1, Body: bytes.NewReader([]byte("b"))}); err != nil {
		t.Fatal(err)
	}
	s, err := v.Seal(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Keep(t.Context(), "searches", "s-1", []byte("kept")); err != nil {
		t.Fatal(err)
	}
	sweep(t, v, s)
	if got, err := v.Keep(t.Context(), "searches", "s-1", []byte("another")); err != nil || string(got) != "kept" {
		t.Errorf("a document kept again: %q, %v", got, err)
	}
	for _, full := range []bool{false, true} {
		r, err := v.Check(t.Context(), s.Fingerprint, "owner", storage.CheckOptions{Full: full, Files: s.Files})
		if err != nil || !r.OK {
			t.Errorf("check (full %v): got %+v, %v", full, r, err)
		}
	}
	r, err := v.Open(t.Context(), s.Fingerprint, "owner", "a", storage.PartSize-10, 20)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want[storage.PartSize-10:][:20]) {
		t.Errorf("got %q, %v", got, err)
	}
}

func newVault(t *testing.T, b storage.Bucket) *storage.Vault {
	t.Helper()
	id, err := storage.NewIdentity(false)
	if err != nil {
		t.Fatal(err)
	}
	v, err := storage.NewVault(b, id, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// writeBroken breaks after the first part and goes on from where it was.
func writeBroken(t *testing.T, v *storage.Vault, id string, want []byte) {
	t.Helper()
	req := storage.WriteRequest{Path: "a", Size: int64(len(want)),
		Body: io.MultiReader(bytes.NewReader(want[:storage.PartSize+5]), brokenReader{})}
	if _, err := v.Write(t.Context(), id, req); !errors.Is(err, errBroken) {
		t.Fatalf("got %v, want the reader's error", err)
	}
	st, err := v.Status(t.Context(), id, "a")
	if err != nil || st.Offset != storage.PartSize {
		t.Fatalf("got %+v, %v; want one part", st, err)
	}
	req.Off, req.Body = st.Offset, bytes.NewReader(want[st.Offset:])
	if st, err = v.Write(t.Context(), id, req); err != nil || !st.Complete {
		t.Fatalf("going on: got %+v, %v", st, err)
	}
}

// sweep takes everything for old, also an upload left in the middle.
func sweep(t *testing.T, v *storage.Vault, s storage.Sealed) {
	t.Helper()
	u, err := v.Begin(t.Context(), "owner", nil)
	if err != nil {
		t.Fatal(err)
	}
	body := io.MultiReader(bytes.NewReader(make([]byte, storage.PartSize+5)), brokenReader{})
	if _, err := v.Write(t.Context(), u.ID, storage.WriteRequest{Path: "c", Size: -1, Body: body}); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	r, err := v.Sweep(t.Context(), time.Now().Add(time.Hour))
	if err != nil || r.Abandoned != 1 || r.Cleaned != 1 {
		t.Errorf("got %+v, %v; want one abandoned, one cleaned", r, err)
	}
	if _, err := v.Find(t.Context(), s.Fingerprint, "owner"); err != nil {
		t.Errorf("after the sweep: %v", err)
	}
}
