package storage_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/datapledge/datapledge/storage"
)

func TestFingerprintFolder(t *testing.T) {
	dir := t.TempDir()
	big := content(3<<20 + 17)
	writeFile(t, dir, "sub/big.bin", string(big))
	writeFile(t, dir, "empty", "")
	writeFile(t, dir, "one", "1")
	if err := os.Symlink("one", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "empty-folder"), 0o700); err != nil {
		t.Fatal(err)
	}
	var read atomic.Int64
	m, err := storage.FingerprintFolder(t.Context(), dir, func(n int64) { read.Add(n) })
	if err != nil {
		t.Fatal(err)
	}
	var want []storage.File
	for _, f := range []struct {
		path string
		data []byte
	}{{"empty", nil}, {"link", []byte("1")}, {"one", []byte("1")}, {"sub/big.bin", big}} {
		d := storage.NewDigester()
		_, _ = d.Write(f.data)
		want = append(want, d.File(f.path))
	}
	if got := m.Files(); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if read.Load() != int64(len(big)+2) {
		t.Errorf("progress told %d bytes, want %d", read.Load(), len(big)+2)
	}
}

func TestFingerprintFolderRefuses(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		"a link out":         func(dir string) error { return os.Symlink("/etc/passwd", filepath.Join(dir, "l")) },
		"a link up":          func(dir string) error { return os.Symlink("../../x", filepath.Join(dir, "l")) },
		"a link to a folder": func(dir string) error { return os.Symlink(".", filepath.Join(dir, "l")) },
		"a socket": func(dir string) error {
			l, err := net.Listen("unix", filepath.Join(dir, "l"))
			if err == nil {
				t.Cleanup(func() { l.Close() })
			}
			return err
		},
		"a name with a newline": func(dir string) error { return os.WriteFile(filepath.Join(dir, "a\nb"), nil, 0o600) },
		"a name in NFD":         func(dir string) error { return os.WriteFile(filepath.Join(dir, "cafe\u0301"), nil, 0o600) },
	} {
		dir, err := os.MkdirTemp("", "dp") // short, for the socket
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(dir)
		writeFile(t, dir, "ok", "ok")
		if err := prepare(dir); err != nil {
			t.Fatal(err)
		}
		_, err = storage.FingerprintFolder(t.Context(), dir, nil)
		if !errors.As(err, new(*storage.PathError)) {
			t.Errorf("%s: got %v, want a PathError", name, err)
		}
	}
	if _, err := storage.FingerprintFolder(t.Context(), t.TempDir(), nil); !errors.As(err, new(*storage.ManifestError)) {
		t.Errorf("an empty folder: got %v, want a ManifestError", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	dir := t.TempDir()
	writeFile(t, dir, "ok", "ok")
	if _, err := storage.FingerprintFolder(ctx, dir, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestFingerprintFiles(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, "x/a", "a")
	writeFile(t, dir, "y/a", "b")
	a, b := filepath.Join(dir, "x/a"), filepath.Join(dir, "y/a")
	m, err := storage.FingerprintFiles(t.Context(), []string{a}, nil)
	if err != nil || m.String() != sum([]byte("a"))+"  a\n" {
		t.Errorf("got %q, %v", m, err)
	}
	if _, err := storage.FingerprintFiles(t.Context(), []string{a, b}, nil); !errors.As(err, new(*storage.PathError)) {
		t.Errorf("two of one name: got %v, want a PathError", err)
	}
	if _, err := storage.FingerprintFiles(t.Context(), []string{dir}, nil); !errors.As(err, new(*storage.PathError)) {
		t.Errorf("a folder: got %v, want a PathError", err)
	}
}

// TestDigesterInRuns: how the bytes arrive does not matter.
func TestDigesterInRuns(t *testing.T) {
	for _, n := range []int{0, 1, 1 << 20, 1<<20 + 1, 3<<20 - 1} {
		b := content(n)
		whole, runs := storage.NewDigester(), storage.NewDigester()
		_, _ = whole.Write(b)
		for r := bytes.NewBuffer(b); r.Len() > 0; {
			_, _ = runs.Write(r.Next(77_777))
		}
		if w, r := whole.File("a"), runs.File("a"); w != r || w.SHA256 != sum(b) || w.Size != int64(n) {
			t.Errorf("%d bytes: got %+v and %+v", n, w, r)
		}
	}
}

// TestBesideReadsAlong: whoever reads along gets each file's bytes once and
// in order, and is closed before the manifest is there.
func TestBesideReadsAlong(t *testing.T) {
	dir := t.TempDir()
	want := map[string]string{"a.csv": strings.Repeat("0123456789", 300_000), "empty": "", "sub/b": "b"}
	for name, text := range want {
		writeFile(t, dir, name, text)
	}
	var mu sync.Mutex
	got := map[string]string{}
	along := func(path string, size int64) io.WriteCloser {
		return &alongside{size: size, end: func(text string) { mu.Lock(); got[path] = text; mu.Unlock() }}
	}
	m, err := storage.Reading{Beside: along}.Folder(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(got, want) {
		t.Errorf("read along: %d files, want %d, or other bytes", len(got), len(want))
	}
	if alone, err := storage.FingerprintFolder(t.Context(), dir, nil); err != nil || alone.Fingerprint() != m.Fingerprint() {
		t.Errorf("another fingerprint because somebody read along: %v", err)
	}
}

type alongside struct {
	text strings.Builder
	size int64
	end  func(string)
}

func (a *alongside) Write(b []byte) (int, error) { return a.text.Write(b) }

func (a *alongside) Close() error {
	if int64(a.text.Len()) == a.size {
		a.end(a.text.String())
	}
	return nil
}
