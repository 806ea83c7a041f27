// Package needs is for tests that need more than Go: a program, a font, a
// small disk, an address that stays free. What is missing skips them, unless
// DATAPLEDGE_TEST_REQUIRE, a list parted by commas, names it: then they fail.
package needs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Required says whether DATAPLEDGE_TEST_REQUIRE names it.
func Required(name string) bool {
	for n := range strings.SplitSeq(os.Getenv("DATAPLEDGE_TEST_REQUIRE"), ",") {
		if strings.TrimSpace(n) == name {
			return true
		}
	}
	return false
}

// Missing ends the test, which cannot go on without what has this name.
func Missing(t testing.TB, name string, why any) {
	t.Helper()
	if Required(name) {
		t.Fatalf("%s is required: %v", name, why)
	}
	t.Skipf("%s: %v", name, why)
}

// Program is the path of a program, from DATAPLEDGE_TEST_TOOLS if it is in that
// folder, else from this machine. It belongs to what has this name.
func Program(t testing.TB, name, program string) string {
	t.Helper()
	if dir := os.Getenv("DATAPLEDGE_TEST_TOOLS"); dir != "" {
		if path, err := exec.LookPath(filepath.Join(dir, program)); err == nil {
			return path
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		Missing(t, name, err)
	}
	return path
}
