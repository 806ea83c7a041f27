package dir_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/dir"
)

func open(t *testing.T, root string, now func() time.Time) *dir.Bucket {
	t.Helper()
	b, err := dir.Open(root, now)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// files are all regular files below root.
func files(t *testing.T, root string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && p != filepath.Join(root, "reserve") {
			found = append(found, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestFullDisk: the error says so, and not a byte stays.
func TestFullDisk(t *testing.T) {
	for _, errno := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		root := t.TempDir()
		b := open(t, root, time.Now)
		full := &fs.PathError{Op: "write", Path: "x", Err: errno}
		err := b.Create(t.Context(), "k", io.MultiReader(strings.NewReader("some"), failing{full}))
		if !errors.Is(err, storage.ErrNoSpace) {
			t.Errorf("got %v, want ErrNoSpace", err)
		}
		if left := files(t, root); len(left) != 0 {
			t.Errorf("left over: %v", left)
		}
	}
}

// TestRealFullDisk needs a small filesystem: DATAPLEDGE_TEST_SMALLFS names a
// folder on one with less than 64 MiB free.
func TestRealFullDisk(t *testing.T) {
	root := os.Getenv("DATAPLEDGE_TEST_SMALLFS")
	if root == "" {
		needs.Missing(t, "smallfs", "DATAPLEDGE_TEST_SMALLFS is not set")
	}
	b := open(t, root, time.Now)
	if err := b.Create(t.Context(), "k", io.LimitReader(zeros{}, 64<<20)); !errors.Is(err, storage.ErrNoSpace) {
		t.Errorf("got %v, want ErrNoSpace", err)
	}
	id, err := b.Begin(t.Context(), "m")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.PutPart(t.Context(), "m", id, 1, 0, make([]byte, 64<<20)); !errors.Is(err, storage.ErrNoSpace) {
		t.Errorf("part: got %v, want ErrNoSpace", err)
	}
	if parts, err := b.Parts(t.Context(), "m", id); err != nil || len(parts) != 0 {
		t.Errorf("got %v, %v; want no part", parts, err)
	}
	if err := b.Abort(t.Context(), "m", id); err != nil {
		t.Fatal(err)
	}
	if left := files(t, root); len(left) != 0 {
		t.Errorf("left over: %v", left)
	}
	if err := b.Create(t.Context(), "k", strings.NewReader("fits")); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if err := b.Delete(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestLeftoversAreCleaned: only what is a day old, and no upload that was begun.
func TestLeftoversAreCleaned(t *testing.T) {
	root := t.TempDir()
	now := time.Now()
	b := open(t, root, time.Now)
	begun, err := b.Begin(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"multipart/half", "multipart/young"} {
		if err := os.Mkdir(filepath.Join(root, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"tmp/create-old", "tmp/create-young", "multipart/half/data", "multipart/young/data"} {
		if err := os.WriteFile(filepath.Join(root, f), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"tmp/create-old", "multipart/half", "multipart/" + begun} {
		old := now.Add(-25 * time.Hour)
		if err := os.Chtimes(filepath.Join(root, f), old, old); err != nil {
			t.Fatal(err)
		}
	}
	b = open(t, root, func() time.Time { return now })
	for f, want := range map[string]bool{"tmp/create-old": false, "tmp/create-young": true, "multipart/half": false, "multipart/young": true} {
		if _, err := os.Stat(filepath.Join(root, f)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", f, err == nil, want)
		}
	}
	if _, err := b.Parts(t.Context(), "k", begun); err != nil {
		t.Errorf("the begun upload: %v", err)
	}
}

// TestTornJournal: a crash in the middle of a line loses that line only.
func TestTornJournal(t *testing.T) {
	root := t.TempDir()
	b := open(t, root, time.Now)
	id, err := b.Begin(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	put := func(n int, off int64, s string) {
		t.Helper()
		if _, err := b.PutPart(t.Context(), "k", id, n, off, []byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	put(1, 0, "one")
	journal := filepath.Join(root, "multipart", id, "journal")
	f, err := os.OpenFile(journal, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"N":2,"Off":3,"Si`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	b = open(t, root, time.Now)
	put(3, 6, "end")
	parts, err := b.Parts(t.Context(), "k", id)
	if err != nil || len(parts) != 2 || parts[0].N != 1 || parts[1].N != 3 {
		t.Fatalf("got %+v, %v; want parts 1 and 3", parts, err)
	}
	if err := b.Complete(t.Context(), "k", id, parts); err == nil {
		t.Error("completed with a gap")
	}
	put(2, 3, "two")
	parts, err = b.Parts(t.Context(), "k", id)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Complete(t.Context(), "k", id, parts); err != nil {
		t.Fatal(err)
	}
	r, err := b.Open(t.Context(), "k", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || string(got) != "onetwoend" {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestKeyAboveKey: more than a bucket must do, and the reason for the @.
func TestKeyAboveKey(t *testing.T) {
	b := open(t, t.TempDir(), time.Now)
	for _, key := range []string{"a/b/c", "a", "a/b"} {
		if err := b.Create(t.Context(), key, strings.NewReader(key)); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Delete(t.Context(), "a/b"); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := b.List(t.Context(), "", func(i storage.Info) error { got = append(got, i.Key); return nil })
	if err != nil || strings.Join(got, " ") != "a a/b/c" {
		t.Errorf("got %v, %v", got, err)
	}
}
