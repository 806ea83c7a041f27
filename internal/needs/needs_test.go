package needs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/datapledge/datapledge/internal/needs"
)

// witness is a test that notes how it ended.
type witness struct {
	testing.TB
	end, said string
}

func (w *witness) Helper() {}

func (w *witness) Skipf(format string, args ...any)  { w.over("skipped", format, args) }
func (w *witness) Fatalf(format string, args ...any) { w.over("failed", format, args) }

func (w *witness) over(end, format string, args []any) {
	w.end, w.said = end, fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// ending runs a test to its end.
func ending(f func(testing.TB)) *witness {
	w, done := &witness{}, make(chan struct{})
	go func() {
		defer close(done)
		f(w)
	}()
	<-done
	return w
}

func TestAMissingProgram(t *testing.T) {
	t.Setenv("DATAPLEDGE_TEST_TOOLS", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	for list, want := range map[string]string{"": "skipped", "prover": "failed", "openssl, prover ,age": "failed", "provers": "skipped", "openssl": "skipped"} {
		t.Setenv("DATAPLEDGE_TEST_REQUIRE", list)
		if got := ending(func(t testing.TB) { needs.Program(t, "prover", "prove") }); got.end != want || got.said == "" {
			t.Errorf("%q: got %q (%s), want %q", list, got.end, got.said, want)
		}
	}
}

func TestAProgramOfTheToolsComesFirst(t *testing.T) {
	tools, path := t.TempDir(), t.TempDir()
	t.Setenv("DATAPLEDGE_TEST_TOOLS", tools)
	t.Setenv("PATH", path)
	for _, dir := range []string{path, tools} {
		want := filepath.Join(dir, "prove")
		if err := os.WriteFile(want, nil, 0o700); err != nil {
			t.Fatal(err)
		}
		if got := needs.Program(t, "prover", "prove"); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
