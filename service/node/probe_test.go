package node

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage/dir"
)

// A bucket whose folder is gone, or that takes no writes, is not reachable,
// though it still answers that nothing is there.
func TestProbeWrites(t *testing.T) {
	data := t.TempDir()
	root := filepath.Join(data, "bucket")
	b, err := dir.Open(root, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	check := func(want bool, what string) {
		t.Helper()
		if err := probe(b, data)(t.Context()); (err == nil) != want {
			t.Errorf("%s: got %v, want ready %t", what, err, want)
		}
	}
	check(true, "empty")
	if err := b.Create(context.Background(), probeKey, strings.NewReader("left")); err != nil {
		t.Fatal(err)
	}
	check(true, "left behind by another")
	if _, err := b.Stat(t.Context(), probeKey); err == nil {
		t.Error("the probe stays in the bucket")
	}
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	check(false, "no folder")
	gone := filepath.Join(data, "gone")
	if err := probeFolder(gone); err == nil {
		t.Error("a data folder that is gone takes writes")
	}
}
