// Package browser_test looks at the public page with a real browser.
package browser_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "datapledge-browser-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	checkerDir = filepath.Join(dir, "checker")
	code := m.Run()
	closeBrowser()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var checkerDir string

// checker builds what scripts/install does, once.
var checker = sync.OnceValues(func() (string, error) {
	if err := os.MkdirAll(checkerDir, 0o700); err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", filepath.Join(checkerDir, "datapledge-checker.wasm"),
		"github.com/datapledge/datapledge/cmd/datapledge-checker")
	build.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the checker: %w: %s", err, out)
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return "", err
	}
	return checkerDir, os.WriteFile(filepath.Join(checkerDir, "wasm_exec.js"), text, 0o600)
})

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
