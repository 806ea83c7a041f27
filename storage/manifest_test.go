package storage_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/storage"
)

const zeros = "0000000000000000000000000000000000000000000000000000000000000000"

func TestPathsThatAreRefused(t *testing.T) {
	for path, reason := range map[string]string{
		"":                        "is empty",
		"/a":                      "is absolute",
		"..":                      `has the segment ".."`,
		"a/../b":                  `has the segment ".."`,
		"./a":                     `has the segment "."`,
		"a//b":                    `has the segment ""`,
		"a/":                      `has the segment ""`,
		`a\b`:                     "contains a backslash",
		"a\nb":                    "contains a control character",
		"a\rb":                    "contains a control character",
		"a\x00b":                  "contains a control character",
		"a\u0085b":                "contains a control character",
		"a\xff":                   "is not UTF-8",
		"cafe\u0301":              "is not in Unicode form NFC; rename the file",
		"\u212b":                  "is not in Unicode form NFC; rename the file", // Ångström sign
		"-":                       "means standard input to sha256sum",
		strings.Repeat("a", 1025): "is longer than 1024 bytes",
	} {
		err := storage.CheckPath(path)
		if pe := (*storage.PathError)(nil); !errors.As(err, &pe) || pe.Reason != reason {
			t.Errorf("%q: got %v, want %q", path, err, reason)
		}
		if _, err := storage.NewManifest([]storage.File{{Path: path, SHA256: zeros}}); err == nil {
			t.Errorf("%q stands in a manifest", path)
		}
	}
	for _, path := range []string{"a", "a b", " a", "*a", "数据/表.csv", "caf\u00e9", "..a", "a..", "-a", "a/-", "~"} {
		if err := storage.CheckPath(path); err != nil {
			t.Errorf("%q: got %v", path, err)
		}
	}
}

func TestManifestsThatAreRefused(t *testing.T) {
	file := func(paths ...string) (fs []storage.File) {
		for _, p := range paths {
			fs = append(fs, storage.File{Path: p, SHA256: zeros})
		}
		return fs
	}
	for name, files := range map[string][]storage.File{
		"empty": nil, "twice": file("a", "b", "a"), "file and folder": file("a", "a-b", "a/b/c"),
		"short digest": {{Path: "a", SHA256: "00"}}, "upper case": {{Path: "a", SHA256: strings.Repeat("A", 64)}},
		"bad root": {{Path: "a", SHA256: zeros, Root: "x"}},
	} {
		m, err := storage.NewManifest(files)
		if err == nil || len(m.Files()) != 0 {
			t.Errorf("%s: got %v, %v; want a refusal", name, m.Files(), err)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "no newline": zeros + "  a", "blank line": zeros + "  a\n\n", "one space": zeros + " a\n",
		"star": zeros + " *a\n", "unsorted": zeros + "  b\n" + zeros + "  a\n", "twice": zeros + "  a\n" + zeros + "  a\n",
		"upper case": strings.Repeat("A", 64) + "  a\n", "CRLF": zeros + "  a\r\n", "escaped": `\` + zeros + "  a\n",
		"traversal": zeros + "  ../a\n", "no path": zeros + "  \n",
	} {
		if m, err := storage.ParseManifest(text); err == nil || len(m.Files()) != 0 {
			t.Errorf("%s: got %v, %v; want a refusal", name, m.Files(), err)
		}
	}
}

func TestManifestOrder(t *testing.T) {
	m, err := storage.NewManifest([]storage.File{{Path: "b", SHA256: zeros, Size: 2}, {Path: "a/b", SHA256: zeros, Size: 3}, {Path: "a-b", SHA256: zeros}})
	if err != nil {
		t.Fatal(err)
	}
	if want := zeros + "  a-b\n" + zeros + "  a/b\n" + zeros + "  b\n"; m.String() != want || m.Size() != 5 {
		t.Errorf("got %q of %d bytes, want %q of 5", m, m.Size(), want)
	}
	if want := "sha256:" + sum([]byte(m.String())); m.Fingerprint() != want {
		t.Errorf("got %s, want %s", m.Fingerprint(), want)
	}
}

func TestManifestRootCoversEverything(t *testing.T) {
	base := []storage.File{{Path: "a", SHA256: zeros, Root: zeros, Size: 1}, {Path: "b", SHA256: zeros, Root: zeros, Size: 1}}
	seen := make(map[string]string)
	note := func(name string, files ...storage.File) {
		m, err := storage.NewManifest(files)
		if err != nil {
			t.Fatal(err)
		}
		root, err := m.Root()
		if err != nil || seen[root] != "" {
			t.Errorf("%s: root %s, %v, as %s", name, root, err, seen[root])
		}
		seen[root] = name
	}
	ones := strings.Repeat("1", 64)
	note("base", base...)
	note("path", storage.File{Path: "c", SHA256: zeros, Root: zeros, Size: 1}, base[1])
	note("size", storage.File{Path: "a", SHA256: zeros, Root: zeros, Size: 2}, base[1])
	note("digest", storage.File{Path: "a", SHA256: ones, Root: zeros, Size: 1}, base[1])
	note("root", storage.File{Path: "a", SHA256: zeros, Root: ones, Size: 1}, base[1])
	note("one file", base[0])
	m, err := storage.ParseManifest(zeros + "  a\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Root(); err == nil {
		t.Error("a root without sizes")
	}
}

// TestSha256sumChecks: anyone can check a dataset without us.
func TestSha256sumChecks(t *testing.T) {
	tool := needs.Program(t, "sha256sum", "sha256sum")
	dir := t.TempDir()
	for path, text := range map[string]string{"数据/表 1.csv": "甲,乙\n", " leading": "x", "*star": "y", "-dash": "z", "a-b": "", "a/b": "deep"} {
		writeFile(t, dir, path, text)
	}
	m, err := storage.FingerprintFolder(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	check := func() error {
		cmd := exec.Command(tool, "--strict", "-c", "-")
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(m.String())
		out, err := cmd.CombinedOutput()
		t.Logf("%s", out)
		return err
	}
	if err := check(); err != nil {
		t.Errorf("sha256sum -c: %v", err)
	}
	writeFile(t, dir, "a/b", "changed")
	if err := check(); err == nil {
		t.Error("sha256sum -c did not see the change")
	}
}

func writeFile(t *testing.T, dir, path, text string) {
	t.Helper()
	full := filepath.Join(dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzParseManifest(f *testing.F) {
	seeds := []string{"", zeros + "  a\n", zeros + "  a/b\n" + zeros + "  数据\n", zeros + "  a\r\n", zeros + "  ..\n", zeros + "  a\n" + zeros + "  a/b\n"}
	for _, s := range seeds {
		f.Add(s)
	}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := storage.ParseManifest(text)
		if err != nil {
			if len(m.Files()) != 0 {
				t.Error("files with an error")
			}
			return
		}
		if m.String() != text {
			t.Errorf("%q parsed but prints as %q", text, m)
		}
		again, err := storage.NewManifest(m.Files())
		if err != nil || again.Fingerprint() != m.Fingerprint() {
			t.Errorf("%q: its files make %s, %v", text, again.Fingerprint(), err)
		}
	})
}
