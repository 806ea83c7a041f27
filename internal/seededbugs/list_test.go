// Package seededbugs shows that the tests can fail: BUGS.txt lists changes that
// each make the program wrong, and the test that has to notice.
package seededbugs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// root is the module's folder, as seen from here.
const root = "../.."

// atLeast is how many bugs the list has.
const atLeast = 40

// bug is an entry of the list.
type bug struct {
	name, why, file string
	pkg, run        string // of the test that must fail
	old, new        string // lines of the file
}

// bugs reads the list. Entries are parted by blank lines; lines that begin
// with - are taken out of the file, lines with + are put in their place.
func bugs(t *testing.T) []bug {
	t.Helper()
	raw, err := os.ReadFile("BUGS.txt")
	if err != nil {
		t.Fatal(err)
	}
	var list []bug
	for _, entry := range strings.Split(strings.TrimSpace(string(raw)), "\n\n") {
		if strings.HasPrefix(entry, "#") {
			continue
		}
		b, err := parse(entry)
		if err != nil {
			t.Fatalf("%v in\n%s", err, entry)
		}
		list = append(list, b)
	}
	return list
}

func parse(entry string) (b bug, err error) {
	var out, in []string
	for _, line := range strings.Split(entry, "\n") {
		name, rest, _ := strings.Cut(line, ": ")
		switch {
		case strings.HasPrefix(line, "-"):
			out = append(out, line[1:])
		case strings.HasPrefix(line, "+"):
			in = append(in, line[1:])
		case name == "bug":
			b.name = rest
		case name == "why":
			b.why = rest
		case name == "in":
			b.file = rest
		case name == "caught by":
			b.pkg, b.run, _ = strings.Cut(rest, " ")
		default:
			return b, fmt.Errorf("cannot read %q", line)
		}
	}
	b.old, b.new = strings.Join(out, "\n"), strings.Join(in, "\n")
	if b.name == "" || b.why == "" || b.file == "" || b.pkg == "" || b.run == "" || b.old == "" || b.old == b.new {
		return b, fmt.Errorf("something is missing")
	}
	return b, nil
}

// changed is the file with the bug in it.
func (b bug) changed() (string, error) {
	raw, err := os.ReadFile(filepath.Join(root, b.file))
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(raw), b.old); n != 1 {
		return "", fmt.Errorf("the text stands %d times in %s, not once: change the entry with the file", n, b.file)
	}
	return strings.Replace(string(raw), b.old, b.new, 1), nil
}

// TestList: the list is long enough, names each bug once, and fits the sources
// as they are.
func TestList(t *testing.T) {
	list, seen := bugs(t), map[string]bool{}
	if len(list) < atLeast {
		t.Errorf("%d bugs, want at least %d", len(list), atLeast)
	}
	for _, b := range list {
		if _, err := b.changed(); err != nil || seen[b.name] {
			t.Errorf("%s: listed before: %v; %v", b.name, seen[b.name], err)
		}
		seen[b.name] = true
	}
}
