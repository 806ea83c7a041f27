package service_test

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/storage"
	"pgregory.net/rapid"
)

// TestOneManifest: what the custodian signs with its code is what the rules
// work out with theirs, or no dataset could be notarized.
func TestOneManifest(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := drawManifest(r)
		var files []pledge.File
		for _, f := range m.Files() {
			files = append(files, pledge.File(f))
		}
		root, err := m.Root()
		if err != nil {
			r.Fatal(err)
		}
		if got := pledge.ManifestRoot(files); got != root {
			r.Errorf("%d files: root %s by the rules, %s by the storage", len(files), got, root)
		}
		if got := pledge.Manifest(files); got != m.String() {
			r.Errorf("manifest %q by the rules, %q by the storage", got, m)
		}
	})
}

func drawManifest(r *rapid.T) storage.Manifest {
	n := rapid.IntRange(1, 600).Draw(r, "files")
	seed := rapid.String().Draw(r, "seed")
	list := make([]storage.File, n)
	for i := range list {
		sum := sha256.Sum256(fmt.Append(nil, seed, i))
		list[i] = storage.File{Path: fmt.Sprintf("数据/%x %d.csv", sum[:2], i), Size: int64(sum[0]) << (sum[1] % 40),
			SHA256: fmt.Sprintf("%x", sum), Root: fmt.Sprintf("%x", sha256.Sum256(sum[:]))}
	}
	m, err := storage.NewManifest(list)
	if err != nil {
		r.Fatal(err)
	}
	return m
}
