package certificate

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/datapledge/datapledge/internal/needs"
)

// needsTool skips a test that needs a program which is not here.
func needsTool(t testing.TB, name, program string) {
	t.Helper()
	needs.Program(t, name, program)
}

// outputOf is what a program says, whether or not it likes what it is given.
func outputOf(t testing.TB, name string, args ...string) (string, error) {
	t.Helper()
	var faults bytes.Buffer
	c := exec.CommandContext(t.Context(), name, args...)
	c.Env, c.Stderr = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC"), &faults
	out, err := c.Output()
	if err != nil {
		return string(out) + faults.String(), err
	}
	return string(out), nil
}

func must(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := outputOf(t, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
	return out
}

func saved(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// bare is a text without its white space.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

// covered are the bytes that the signature is over, and the room it stands in.
func covered(t testing.TB, pdf []byte) (content, room []byte) {
	t.Helper()
	from := bytes.Index(pdf, []byte("/Contents <")) + len("/Contents ")
	to := from + bytes.IndexByte(pdf[from:], '>') + 1
	if from < len("/Contents ") || to <= from {
		t.Fatal("there is no signature")
	}
	return append(bytes.Clone(pdf[:from]), pdf[to:]...), pdf[from+1 : to-1]
}
