package dir_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/dir"
)

// small mounts a filesystem of so many bytes.
func small(t *testing.T, size string) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root may mount")
	}
	root := t.TempDir()
	if err := syscall.Mount("tmpfs", root, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("no mount here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(root, 0); err != nil {
			t.Error(err)
		}
	})
	return root
}

func used(t *testing.T, root string) int64 {
	t.Helper()
	var s syscall.Statfs_t
	if err := syscall.Statfs(root, &s); err != nil {
		t.Fatal(err)
	}
	return int64(s.Blocks-s.Bavail) * s.Bsize
}

// fill takes all the room that is left.
func fill(t *testing.T, root string) {
	t.Helper()
	f, err := os.Create(filepath.Join(root, "filler"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for n := 1 << 20; n > 0; {
		if _, err := f.Write(make([]byte, n)); err != nil {
			n /= 2
		}
	}
}

// TestFailedPartIsFreed at the end of the object, and before a part that is there.
func TestFailedPartIsFreed(t *testing.T) {
	root := small(t, "12m")
	b := open(t, root, time.Now)
	id, err := b.Begin(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	put := func(n int, off int64, size int) error {
		_, err := b.PutPart(t.Context(), "k", id, n, off, make([]byte, size))
		return err
	}
	if err := put(2, 20<<20, 1<<20); err != nil {
		t.Fatal(err)
	}
	before := used(t, root)
	for n, off := range map[int]int64{1: 0, 3: 21 << 20} {
		if err := put(n, off, 20<<20); !errors.Is(err, storage.ErrNoSpace) {
			t.Fatalf("part %d: got %v, want ErrNoSpace", n, err)
		}
		if now := used(t, root); now > before+64<<10 {
			t.Errorf("part %d keeps %d bytes", n, now-before)
		}
	}
	parts, err := b.Parts(t.Context(), "k", id)
	if err != nil || len(parts) != 1 || parts[0].N != 2 {
		t.Errorf("got %+v, %v; want part 2 alone", parts, err)
	}
}

// TestFullDiskCanBeEmptied: abandoning and sweeping make room where there is
// none, with and without incomplete objects.
func TestFullDiskCanBeEmptied(t *testing.T) {
	for name, size := range map[string]int64{"complete": -1, "incomplete": 30 << 20} {
		for _, sweep := range []bool{false, true} {
			root := small(t, "24m")
			b := open(t, root, time.Now)
			v := vaultOver(t, b)
			u, err := v.Begin(t.Context(), "owner", nil)
			if err != nil {
				t.Fatal(err)
			}
			body := bytes.NewReader(make([]byte, 9<<20))
			if _, err := v.Write(t.Context(), u.ID, storage.WriteRequest{Path: "a", Size: size, Body: body}); err != nil {
				t.Fatal(err)
			}
			fill(t, root)
			if err := b.Create(t.Context(), "probe", strings.NewReader("x")); !errors.Is(err, storage.ErrNoSpace) {
				t.Fatalf("got %v, want a full disk", err)
			}
			if sweep {
				_, err = v.Sweep(t.Context(), time.Now().Add(time.Hour))
			} else {
				err = v.Abort(t.Context(), u.ID)
			}
			if err != nil {
				t.Errorf("%s, by sweep %v: %v", name, sweep, err)
			}
			if err := b.Create(t.Context(), "probe", io.LimitReader(zeros{}, 8<<20)); err != nil {
				t.Errorf("%s, by sweep %v: no room was made: %v", name, sweep, err)
			}
		}
	}
}

func vaultOver(t *testing.T, b *dir.Bucket) *storage.Vault {
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

// TestStrayFiles of desktops and editors are nobody's objects.
func TestStrayFiles(t *testing.T) {
	root := t.TempDir()
	b := open(t, root, time.Now)
	if err := b.Create(t.Context(), "a/b", strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, "objects", "New Folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"objects/.DS_Store", "objects/a/.DS_Store", "objects/a/b@~", "objects/a/plain",
		"objects/a/.#b@", "objects/a/B@", "objects/New Folder/x@", "multipart/.DS_Store", "tmp/.DS_Store"} {
		if err := os.WriteFile(filepath.Join(root, f), []byte("stray"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b = open(t, root, time.Now)
	var keys []string
	err := b.List(t.Context(), "", func(i storage.Info) error { keys = append(keys, i.Key); return nil })
	if err != nil || len(keys) != 1 || keys[0] != "a/b" {
		t.Errorf("got %v, %v; want a/b alone", keys, err)
	}
	err = b.Unfinished(t.Context(), "", func(string, string, int64) error { return nil })
	if err != nil {
		t.Error(err)
	}
}
