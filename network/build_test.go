package network

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// source is a folder with a go.mod that pins nothing.
func source(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module x\n\ngo 1.26\n\ntool x/prog\n", "go.sum": "", "prog/main.go": text} {
		if err := writeFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestToolsAreBuiltOnce(t *testing.T) {
	root := t.TempDir()
	cacheDir := filepath.Join(t.TempDir(), "cache")
	t.Setenv("DATAPLEDGE_TOOLS", cacheDir)
	if err := os.MkdirAll(filepath.Join(root, "network", "tools"), 0o700); err != nil {
		t.Fatal(err)
	}
	set := source(t, "package main\n\nfunc main() {}\n")
	if err := os.Rename(set, filepath.Join(root, "network", "tools", "set")); err != nil {
		t.Fatal(err)
	}
	r := &Running{log: logger{t}}
	dir, err := r.built(t.Context(), root, "set", "a moment")
	needTools(t, err)
	if !runs(filepath.Join(dir, "prog")) || filepath.Dir(dir) != cacheDir {
		t.Fatalf("nothing was built in %s", dir)
	}
	mark := filepath.Join(dir, "mark")
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if again, err := r.built(t.Context(), root, "set", "a moment"); err != nil || again != dir || !exists(mark) {
		t.Errorf("built again: %v %s", err, again)
	}
	if err := os.WriteFile(filepath.Join(root, "network", "tools", "set", "go.sum"), []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if other, err := r.built(t.Context(), root, "set", "a moment"); err != nil || other == dir {
		t.Errorf("not built again after a change: %v %s", err, other)
	}
}

func TestBrokenBuildLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "set-1")
	err := buildInto(t.Context(), dir, source(t, "package main\n\nfunc main() { broken }\n"), "tool")
	if !errors.Is(err, ErrNoTools) || !strings.Contains(err.Error(), "broken") {
		t.Errorf("got %v", err)
	}
	if left := below(t, filepath.Dir(dir)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestBuildWaitsForAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "set.lock")
	unlock, err := tryLock(path)
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan struct{}, 1)
	r := &Running{log: notice(said)}
	done := make(chan error)
	go func() {
		again, err := r.lockBuild(t.Context(), path)
		if err == nil {
			again()
		}
		done <- err
	}()
	<-said
	unlock()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type notice chan struct{}

func (s notice) Write(p []byte) (int, error) {
	s <- struct{}{}
	return len(p), nil
}

func TestOutsideTheSourcesTheRemedyIsTold(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := sourceRoot()
	if !NoTools(err) || !strings.Contains(err.Error(), "-tools") {
		t.Errorf("got %v", err)
	}
}

func TestInsideTheSourcesTheRootIsFound(t *testing.T) {
	root, err := sourceRoot()
	if err != nil || !exists(filepath.Join(root, "network", "tools", "fabric", "go.mod")) {
		t.Errorf("%v %s", err, root)
	}
}

func TestMissingToolsAreNamed(t *testing.T) {
	dir := fakeTools(t)
	for _, name := range []string{"orderer", "versitygw"} {
		if err := os.Chmod(filepath.Join(dir, name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, err := toolsIn(dir, true)
	refused(t, err, "there is no program orderer in "+dir)
	refused(t, err, "there is no program versitygw in "+dir)
	if _, err := toolsIn(dir, false); err == nil || strings.Contains(err.Error(), "versitygw") {
		t.Errorf("without the storage: %v", err)
	}
}
