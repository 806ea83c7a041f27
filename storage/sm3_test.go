package storage_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
)

// The examples of GB/T 32905-2016, annex A.
const (
	sm3ABC  = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
	sm3ABCD = "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
)

func TestSM3OfTheStandard(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, "abc", "abc")
	writeFile(t, dir, "sub/abcd", strings.Repeat("abcd", 16))
	m, err := storage.FingerprintFolder(t.Context(), dir, nil, storage.SM3)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.SM3().String(), sm3ABC+"  abc\n"+sm3ABCD+"  sub/abcd\n"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	plain, err := storage.FingerprintFolder(t.Context(), dir, nil)
	if err != nil || plain.SM3() != nil || plain.SM3().Fingerprint() != "" || plain.Fingerprint() != m.Fingerprint() {
		t.Errorf("got %v, %v, %v", plain.SM3(), plain.Fingerprint(), err)
	}
}

// TestSM3IsWhatOpenSSLComputes compares files around every boundary, and the
// fingerprint.
func TestSM3IsWhatOpenSSLComputes(t *testing.T) {
	openssl := needs.Program(t, "openssl", "openssl")
	dir := t.TempDir()
	for _, n := range []int{0, 1, 63, 64, 65, storage.LeafSize - 1, storage.LeafSize, storage.LeafSize + 1, 3*storage.LeafSize + 7} {
		writeFile(t, dir, "f"+strings.Repeat("0", n%97)+".bin", string(content(n)))
	}
	m, err := storage.FingerprintFolder(t.Context(), dir, nil, storage.SM3)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range m.SM3() {
		if got := dgst(t, openssl, filepath.Join(dir, f.Path)); got != f.SM3 {
			t.Errorf("%s: got %s, openssl says %s", f.Path, f.SM3, got)
		}
	}
	text := filepath.Join(t.TempDir(), "sm3.txt")
	if err := os.WriteFile(text, []byte(m.SM3().String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := "sm3:" + dgst(t, openssl, text); got != m.SM3().Fingerprint() {
		t.Errorf("got %s, openssl says %s", m.SM3().Fingerprint(), got)
	}
}

func dgst(t *testing.T, openssl, path string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), openssl, "dgst", "-sm3", "-r", path).Output()
	if err != nil {
		t.Fatalf("openssl dgst -sm3: %v", err)
	}
	sum, _, _ := strings.Cut(string(out), " ")
	return sum
}

// sm3Of is the list that the same content has on a disk.
func sm3Of(t *testing.T, files map[string][]byte) storage.SM3List {
	t.Helper()
	dir := t.TempDir()
	for path, b := range files {
		writeFile(t, dir, path, string(b))
	}
	m, err := storage.FingerprintFolder(t.Context(), dir, nil, storage.SM3)
	if err != nil {
		t.Fatal(err)
	}
	return m.SM3()
}

// TestSealSM3: whatever way the bytes came in, whoever asks for them.
func TestSealSM3(t *testing.T) {
	files := map[string][]byte{"abc": []byte("abc"), "big/resumed": content(part + 70_000), "empty": nil}
	want := sm3Of(t, files)
	f := newFixture(t)
	id := f.begin(storage.SM3)
	f.write(id, "abc", files["abc"])
	f.write(id, "empty", nil)
	big := files["big/resumed"]
	cut := storage.WriteRequest{Path: "big/resumed", Size: int64(len(big)), Body: bytes.NewReader(big[:part+1000])}
	if st, err := f.Write(t.Context(), id, cut); err != nil || st.Offset != part {
		t.Fatalf("got %+v, %v", st, err)
	}
	rest := storage.WriteRequest{Path: "big/resumed", Off: part, Size: int64(len(big)), Body: bytes.NewReader(big[part:])}
	if st, err := f.other.Write(t.Context(), id, rest); err != nil || !st.Complete {
		t.Fatalf("got %+v, %v", st, err)
	}
	first := f.seal(id)
	found, err := f.other.Find(t.Context(), first.Fingerprint, owner)
	for name, s := range map[string]storage.Sealed{"sealed": first, "again": f.seal(id), "found": found} {
		if err != nil || !slices.Equal(s.SM3, want) || s.SM3.Fingerprint() != want.Fingerprint() {
			t.Errorf("%s: got %v, %v; want %v", name, s.SM3, err, want)
		}
	}
	report, err := f.Check(t.Context(), first.Fingerprint, owner, storage.CheckOptions{Full: true, Files: first.Files})
	if err != nil || !report.OK {
		t.Errorf("got %+v, %v", report, err)
	}
}

func TestSealWithoutSM3(t *testing.T) {
	f := newFixture(t)
	if s := f.sealed("abc", []byte("abc")); s.SM3 != nil {
		t.Errorf("got %v", s.SM3)
	}
}

// TestSM3IsReadBack: a full check notices another SM3 than the bytes have.
func TestSM3IsReadBack(t *testing.T) {
	f := newFixture(t)
	id := f.begin(storage.SM3)
	f.write(id, "abc", []byte("abc"))
	s := f.seal(id)
	if err := f.CheckSM3As(t.Context(), s.Fingerprint, owner, "abc", sm3ABC); err != nil {
		t.Error(err)
	}
	if err := f.CheckSM3As(t.Context(), s.Fingerprint, owner, "abc", sm3ABCD); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("got %v, want ErrCorrupt", err)
	}
}

// TestSM3WantedLater: a dataset that was sealed without is succeeded by one
// that has it, once, and that one serves whoever asks for less.
func TestSM3WantedLater(t *testing.T) {
	f := newFixture(t)
	f.sealed("abc", []byte("abc"))
	for _, extras := range [][]storage.Extra{{storage.SM3}, nil, {storage.SM3}} {
		id := f.begin(extras...)
		f.write(id, "abc", []byte("abc"))
		if s := f.seal(id); len(s.SM3) != 1 || s.SM3[0].SM3 != sm3ABC {
			t.Errorf("got %v", s.SM3)
		}
	}
	if got := f.keysLike("datasets/"); len(got) != 2 {
		t.Errorf("got %v, want two records", got)
	}
	f.now = f.now.Add(48 * time.Hour)
	if _, err := f.Sweep(t.Context(), f.now); err != nil {
		t.Fatal(err)
	}
	s := f.sealed("abc", []byte("abc"))
	if got := f.read(s, "abc", 0, -1); string(got) != "abc" {
		t.Errorf("got %q", got)
	}
}

// TestSM3OfSomeFiles: a descriptor that tells it of some files only is none of ours.
func TestSM3OfSomeFiles(t *testing.T) {
	for name, sums := range map[string]map[string]string{
		"one lacks it":  {"a": sm3ABC},
		"one is no sum": {"a": sm3ABC, "b": strings.ToUpper(sm3ABCD)},
	} {
		if list, ok := storage.ListSM3([]storage.File{{Path: "a"}, {Path: "b"}}, sums); ok || list != nil {
			t.Errorf("%s: got %v", name, list)
		}
	}
}

// BenchmarkFingerprint compares the pass with and without SM3.
func BenchmarkFingerprint(b *testing.B) {
	const size = 64 << 20
	path := filepath.Join(b.TempDir(), "f")
	if err := os.WriteFile(path, content(size), 0o600); err != nil {
		b.Fatal(err)
	}
	for name, extras := range map[string][]storage.Extra{"sha256": nil, "sha256+sm3": {storage.SM3}} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			for b.Loop() {
				if _, err := storage.FingerprintFiles(b.Context(), []string{path}, nil, extras...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkReadBack is the pass in which a seal computes SM3.
func BenchmarkReadBack(b *testing.B) {
	const size = 64 << 20
	for name, extras := range map[string][]storage.Extra{"sha256": nil, "sha256+sm3": {storage.SM3}} {
		b.Run(name, func(b *testing.B) {
			id, err := storage.NewIdentity(false)
			if err != nil {
				b.Fatal(err)
			}
			v, err := storage.NewVault(&mem.Bucket{}, id, storage.Options{})
			if err != nil {
				b.Fatal(err)
			}
			s := sealOne(b, v, content(size), extras)
			b.SetBytes(size)
			for b.Loop() {
				if r, err := v.Check(b.Context(), s.Fingerprint, owner, storage.CheckOptions{Full: true}); err != nil || !r.OK {
					b.Fatal(r, err)
				}
			}
		})
	}
}

func sealOne(b *testing.B, v *storage.Vault, data []byte, extras []storage.Extra) storage.Sealed {
	b.Helper()
	u, err := v.Begin(b.Context(), owner, nil, extras...)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := v.Write(b.Context(), u.ID, storage.WriteRequest{Path: "f", Size: -1, Body: bytes.NewReader(data)}); err != nil {
		b.Fatal(err)
	}
	s, err := v.Seal(b.Context(), u.ID)
	if err != nil {
		b.Fatal(err)
	}
	return s
}
