package network

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// rendered is everything for processes on one machine, in a folder that does
// not exist.
func rendered(t *testing.T) files {
	t.Helper()
	l := layout{standard(t), "/somewhere/net"}
	all := files{}
	for _, part := range []func() (files, error){l.material, l.nodeFiles, builderFiles} {
		out, err := part()
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(all, out)
	}
	return all
}

func TestRenderedFilesAreGolden(t *testing.T) {
	const dir = "testdata/golden/processes"
	got := rendered(t)
	if *update {
		if err := errorsOf(os.RemoveAll(dir), got.write(dir)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		want, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || !bytes.Equal(want, got[name]) {
			t.Errorf("%s is not what is rendered (%v); look at the difference after go test -update", name, err)
		}
	}
	if stored := below(t, dir); !slices.Equal(stored, slices.Sorted(maps.Keys(got))) {
		t.Errorf("golden files %v, rendered %v", stored, slices.Sorted(maps.Keys(got)))
	}
}

func errorsOf(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// below lists the files under a folder, with slashes.
func below(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			list = append(list, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}
