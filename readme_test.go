package datapledge_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The first screen of the README is a promise: two commands, and they exist.
func TestReadmeStartsWithTwoCommands(t *testing.T) {
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindStringSubmatchIndex(read(t, "README.md"))
	if block == nil {
		t.Fatal("no commands in the README")
	}
	text := read(t, "README.md")
	if lines := strings.Count(text[:block[1]], "\n"); lines > 24 {
		t.Errorf("the commands end on line %d, beyond a first screen", lines)
	}
	var got []string
	for line := range strings.Lines(text[block[2]:block[3]]) {
		command, _, _ := strings.Cut(line, "#")
		got = append(got, strings.TrimSpace(command))
	}
	want := []string{"go run ./cmd/datapledge demo", "scripts/test"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, name := range []string{"cmd/datapledge/main.go", "scripts/test"} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
}

func TestReadmeLinksToWhatExists(t *testing.T) {
	links := regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(links) == 0 {
		t.Fatal("no links seen")
	}
	for _, l := range links {
		if _, err := os.Stat(l[1]); err != nil {
			t.Error(err)
		}
	}
}

// Scripts hold no logic: what has logic is Go and is tested.
func TestScriptsAreThin(t *testing.T) {
	names, err := filepath.Glob("scripts/*")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d scripts, %v", len(names), err)
	}
	for _, name := range append(names, ".ci/run") {
		if n := strings.Count(read(t, name), "\n"); n > 30 {
			t.Errorf("%s has %d lines", name, n)
		}
	}
	if !strings.Contains(read(t, ".ci/run"), "scripts/test") {
		t.Error("CI does not run the test command")
	}
}
