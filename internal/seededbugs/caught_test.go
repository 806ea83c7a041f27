package seededbugs_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestCaught lets the named test run with each bug in place of the text that
// it changes; the sources stay untouched.
func TestCaught(t *testing.T) {
	if racing || testing.Short() {
		t.Skip("builds a test program for each bug")
	}
	list := bugs(t)
	t.Run("none", func(t *testing.T) { passes(t, list) })
	for _, b := range list {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			b.caught(t)
		})
	}
}

// passes: without a bug the same tests find nothing.
func passes(t *testing.T, list []bug) {
	runs := map[string][]string{}
	for _, b := range list {
		if !slices.Contains(runs[b.pkg], b.run) {
			runs[b.pkg] = append(runs[b.pkg], b.run)
		}
	}
	for pkg, run := range runs {
		if out, err := gotest(t, "-run", strings.Join(run, "|"), pkg); err != nil {
			t.Errorf("%s fails without a bug: %v\n%s", pkg, err, out)
		}
	}
}

func gotest(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"test", "-vet=off", "-timeout", "8m"}, args...)...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// uncaught are endings that are no word of a test about the bug.
var uncaught = regexp.MustCompile(`\[(build|setup) failed\]|test timed out|signal: killed`)

func (b bug) caught(t *testing.T) {
	out, err := gotest(t, "-overlay", b.overlay(t), "-count=1", "-run", b.run, b.pkg)
	switch {
	case err == nil:
		t.Errorf("%s %s passes with it", b.pkg, b.run)
	case uncaught.MatchString(out) || !strings.Contains(out, "--- FAIL: Test"):
		t.Errorf("no test failed by it: %v\n%s", err, out)
	default:
		t.Logf("%s", tail(out))
	}
}

// tail is enough of an output to see why a test failed.
func tail(out string) string { return out[max(0, len(out)-2000):] }

// overlay makes the file that tells the go command to read the changed source.
func (b bug) overlay(t *testing.T) string {
	t.Helper()
	text, err := b.changed()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	source, err := filepath.Abs(filepath.Join(root, b.file))
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "changed.go")
	raw, err := json.Marshal(map[string]map[string]string{"Replace": {source: to}})
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(dir, "overlay.json")
	for name, content := range map[string][]byte{to: []byte(text), at: raw} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return at
}
