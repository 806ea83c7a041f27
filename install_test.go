package datapledge_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What scripts/install leaves in a folder: the program, which says its
// version, and the checker for browsers, plain and packed, with its start.
func TestInstall(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not there yet")
	said := runs(t, "scripts/install", dir)
	program := filepath.Join(dir, "datapledge")
	if !strings.Contains(said, "installed "+program) {
		t.Errorf("got %q", said)
	}
	if got, want := strings.Fields(runs(t, program, "version")), stamped(t, program); len(got) < 2 || strings.TrimSuffix(got[1], ",") != want {
		t.Errorf("got %q, want the version %s", got, want)
	}
	checker := filepath.Join(dir, "datapledge-checker")
	wasm := read(t, filepath.Join(checker, "datapledge-checker.wasm"))
	if !strings.HasPrefix(wasm, "\x00asm\x01\x00\x00\x00") {
		t.Errorf("%.8q begins no WebAssembly module", wasm)
	}
	if unpacked(t, filepath.Join(checker, "datapledge-checker.wasm.gz")) != wasm {
		t.Error("the packed checker is another one")
	}
	start := filepath.Join(strings.TrimSpace(runs(t, "go", "env", "GOROOT")), "lib", "wasm", "wasm_exec.js")
	if read(t, filepath.Join(checker, "wasm_exec.js")) != read(t, start) {
		t.Error("wasm_exec.js is not that of the Go that built the checker")
	}
}

func runs(t *testing.T, name string, args ...string) string {
	t.Helper()
	var faults bytes.Buffer
	c := exec.CommandContext(t.Context(), name, args...)
	c.Stderr = &faults
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, &faults)
	}
	return string(out)
}

// stamped is the version that Go wrote into a program.
func stamped(t *testing.T, program string) string {
	t.Helper()
	for line := range strings.Lines(runs(t, "go", "version", "-m", program)) {
		if f := strings.Fields(line); len(f) > 2 && f[0] == "mod" {
			return f[2]
		}
	}
	t.Fatalf("%s has no version", program)
	return ""
}

func unpacked(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
