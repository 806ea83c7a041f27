package network

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

var updateManifests = flag.Bool("update-manifests", false, "rewrite testdata/golden/manifests")

const goldenManifests = "testdata/golden/manifests"

func manifests(t *testing.T) map[string][]byte {
	t.Helper()
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	out, err := Manifests(c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestManifestsAreGolden(t *testing.T) {
	got := manifests(t)
	if *updateManifests {
		writeGolden(t, got)
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		want, err := os.ReadFile(filepath.Join(goldenManifests, name))
		if err != nil || string(want) != string(got[name]) {
			t.Errorf("%s is not what is rendered (%v); look at the difference after go test -update-manifests", name, err)
		}
	}
	if stored := below(t, goldenManifests); !slices.Equal(stored, slices.Sorted(maps.Keys(got))) {
		t.Errorf("golden files %v, rendered %v", stored, slices.Sorted(maps.Keys(got)))
	}
}

func TestManifestsAreTheSameEachTime(t *testing.T) {
	first := manifests(t)
	for range 5 {
		if again := manifests(t); !maps.EqualFunc(first, again, slices.Equal) {
			t.Fatal("the same consortium gave other files")
		}
	}
}

func TestManifestsOfAWrongConsortium(t *testing.T) {
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	c.Members = c.Members[:3]
	if out, err := Manifests(c); err == nil || out != nil {
		t.Errorf("got %d files, %v", len(out), err)
	}
}

func writeGolden(t *testing.T, files map[string][]byte) {
	t.Helper()
	if err := os.RemoveAll(goldenManifests); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(goldenManifests, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
