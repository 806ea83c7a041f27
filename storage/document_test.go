package storage_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
)

// TestDocuments: written once, for every replica, and nobody sweeps them.
func TestDocuments(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	if _, err := f.Document(ctx, "searches", "s1"); !errors.Is(err, storage.ErrNotExist) {
		t.Errorf("before: %v", err)
	}
	first, err := f.Keep(ctx, "searches", "s1", []byte("first"))
	if err != nil || string(first) != "first" {
		t.Fatalf("%q, %v", first, err)
	}
	if again, err := f.other.Keep(ctx, "searches", "s1", []byte("second")); err != nil || string(again) != "first" {
		t.Errorf("kept again: %q, %v", again, err)
	}
	f.now = f.now.AddDate(10, 0, 0)
	nobody := func(context.Context, string, string) (bool, error) { return false, nil }
	if _, err := f.Sweep(ctx, f.now); err != nil {
		t.Error(err)
	}
	if _, err := f.SweepSealed(ctx, f.now, nobody); err != nil {
		t.Error(err)
	}
	if got, err := f.other.Document(ctx, "searches", "s1"); err != nil || string(got) != "first" {
		t.Errorf("on another replica: %q, %v", got, err)
	}
}

func TestDocumentsAreNotBelieved(t *testing.T) {
	f := newFixture(t)
	ctx := t.Context()
	if _, err := f.Keep(ctx, "searches", "s1", bytes.Repeat([]byte("x"), 8<<20+1)); !errors.Is(err, storage.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if _, err := f.Keep(ctx, "../searches", "s1", nil); err == nil {
		t.Error("a folder that is no segment was taken")
	}
	if err := f.bucket.Create(ctx, "documents/searches/s2.age", bytes.NewReader([]byte("not age"))); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Document(ctx, "searches", "s2"); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("not age: %v", err)
	}
	if _, err := f.Keep(ctx, "searches", "s2", []byte("x")); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("kept over what is damaged: %v", err)
	}
	stranger := vault(t, f.bucket, identity(t, false), time.Now)
	if _, err := stranger.Keep(ctx, "searches", "s3", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Document(ctx, "searches", "s3"); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("to another custodian: %v", err)
	}
}

// retaining is a bucket with a period.
type retaining struct {
	storage.Bucket
	kept map[string]bool
	fail error
}

func (r *retaining) Retention() string { return "governance-1" }
func (r *retaining) Retain(_ context.Context, key string) error {
	r.kept[key] = true
	return r.fail
}

func TestDocumentsAreRetained(t *testing.T) {
	f := newFixture(t)
	r := &retaining{Bucket: f.bucket, kept: map[string]bool{}}
	v := vault(t, r, f.custodian, time.Now)
	if _, err := v.Keep(t.Context(), "searches", "s1", []byte("x")); err != nil || !r.kept["documents/searches/s1.age"] {
		t.Errorf("%v, retained: %v", err, r.kept)
	}
	r.fail = storage.ErrUnavailable
	if _, err := v.Keep(t.Context(), "searches", "s2", []byte("x")); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("not retained: %v", err)
	}
}
