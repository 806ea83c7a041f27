package sketches

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
	"github.com/datapledge/datapledge/storage"
)

// filled is a registry of some assets, and one more that is like the query.
func filled(t testing.TB, assets int) (r *registry, query sketch.Sketch, last uint64) {
	t.Helper()
	r = newRegistry(t)
	w := newWorld(99)
	r.fill(w, assets)
	query = sketch.Sketch{KeyID: testKey, Rows: setOf(w.some(w.rows, 9000, 500), 4096), Cells: []sketch.Set{setOf(w.some(w.columns[0], 200, 0), 128)}}
	return r, query, r.notarize(query)
}

func names(t testing.TB, dir, prefix string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) {
			list = append(list, filepath.Join(dir, e.Name()))
		}
	}
	return list
}

func flip(t testing.TB, path string, at int64) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if at < 0 {
		at += int64(len(data))
	}
	data[at] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestDamagedFilesAreMadeAgain: whatever is wrong in the folder, the answer
// is right in the end.
func TestDamagedFilesAreMadeAgain(t *testing.T) {
	r, query, last := filled(t, 30)
	whole := t.TempDir()
	ix := start(t, whole, r.ledger, r.vault)
	r.check(ix, query, last)
	ix.stop()
	if len(names(t, whole, prefix)) == 0 {
		t.Fatal("there is no segment to damage")
	}
	damage := map[string]func(t *testing.T, dir string){
		"a page of a segment": func(t *testing.T, dir string) {
			for _, name := range names(t, dir, prefix) {
				flip(t, name, 100)
			}
		},
		"the end of a segment":   func(t *testing.T, dir string) { flip(t, names(t, dir, prefix)[0], -1-8-4) },
		"a directory of pages":   func(t *testing.T, dir string) { flip(t, names(t, dir, prefix)[0], -trailerSize-5) },
		"a segment that is gone": func(t *testing.T, dir string) { _ = os.Remove(names(t, dir, prefix)[0]) },
		"a segment cut short":    func(t *testing.T, dir string) { _ = os.Truncate(names(t, dir, prefix)[0], 5000) },
		"an empty segment":       func(t *testing.T, dir string) { _ = os.Truncate(names(t, dir, prefix)[0], 0) },
		"what a crash left":      func(t *testing.T, dir string) { _ = os.WriteFile(filepath.Join(dir, "new-1"), []byte("x"), 0o600) },
		"another's segment": func(t *testing.T, dir string) {
			_ = os.WriteFile(filepath.Join(dir, segmentName(0, 9)), make([]byte, pageSize+8+trailerSize), 0o600)
		},
		"a line of the catalog":  func(t *testing.T, dir string) { flip(t, filepath.Join(dir, fileCatalog), 20*entrySize+99) },
		"half a line":            func(t *testing.T, dir string) { _ = os.Truncate(filepath.Join(dir, fileCatalog), 20*entrySize+99) },
		"a sketch":               func(t *testing.T, dir string) { flip(t, filepath.Join(dir, fileSketches), -20) },
		"half of the sketches":   func(t *testing.T, dir string) { _ = os.Truncate(filepath.Join(dir, fileSketches), 50_000) },
		"the checkpoint":         func(t *testing.T, dir string) { flip(t, filepath.Join(dir, fileCheckpoint), 0) },
		"whose folder it is":     func(t *testing.T, dir string) { flip(t, filepath.Join(dir, fileLedger), 0) },
		"everything but a file":  func(t *testing.T, dir string) { removeBut(t, dir, fileSketches) },
		"everything but another": func(t *testing.T, dir string) { removeBut(t, dir, fileCatalog) },
	}
	for name, spoil := range damage {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			r := &registry{t, r.ledger, r.vault, r.sketches, r.digests, r.blocks, r.ids, r.known}
			spoil(t, dir)
			ix := start(t, dir, r.ledger, r.vault)
			r.check(ix, query, last)
			until(t, "whole files", func() bool { // a search may have met the damage, and had all looked at again
				list, _, err := ix.Similar(t.Context(), r.vault.sketch(t, query), last)
				return err == nil && len(list) > 0
			})
			ix.stop()
			r.check(start(t, dir, r.ledger, r.vault), query, last)
			if left := names(t, dir, "new-"); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

// TestFilesThatAreCutWhileInUse give an error and are made again: their pages
// are memory, and touching them must not end the program.
func TestFilesThatAreCutWhileInUse(t *testing.T) {
	r, query, last := filled(t, 30)
	dir := t.TempDir()
	ix := start(t, dir, r.ledger, r.vault)
	r.check(ix, query, last)
	until(t, "few segments", func() bool {
		ix.store.mu.RLock()
		defer ix.store.mu.RUnlock()
		return unbalanced(ix.store.segments) < 0
	})
	for _, name := range names(t, dir, prefix) {
		if err := os.Truncate(name, 0); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := ix.Similar(t.Context(), r.digests[0], last); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("a search in files that were cut: %v", err)
	}
	until(t, "segments made again", func() bool { _, _, err := ix.Similar(t.Context(), r.digests[0], last); return err == nil })
	r.check(ix, query, last)
}

func removeBut(t *testing.T, dir, but string) {
	for _, name := range names(t, dir, "") {
		if filepath.Base(name) != but {
			_ = os.Remove(name)
		}
	}
}

func TestMissingSketchesAreSaidAndFoundLater(t *testing.T) {
	r, query, _ := filled(t, 30)
	gone := map[int][]byte{}
	for _, n := range []int{12, 16, 20, len(r.digests) - 1} {
		sum, _ := parseDigest(r.digests[n])
		gone[n] = r.vault.docs["sketches/"+r.digests[n][len("sha256:"):]]
		r.vault.put(sum, nil)
	}
	last := r.notarize(sketch.Sketch{KeyID: testKey, Rows: setOf([]uint64{1, 2, 3}, 9)})
	dir := t.TempDir()
	ix := start(t, dir, r.ledger, r.vault)
	asked := r.vault.sketch(t, sketch.Sketch{KeyID: testKey, Rows: query.Rows})
	for range 2 { // also when it is opened again
		if list, complete := ix.similar(t, asked, last); complete || ix.metric("content_missing_sketches") != 4 {
			t.Errorf("%d found, complete %v, %d missing", len(list), complete, ix.metric("content_missing_sketches"))
		}
		if _, complete := ix.similar(t, asked, 1); !complete {
			t.Error("what is missing in a later block makes an earlier search incomplete")
		}
		ix.stop()
		if n := ix.log.count("cannot be used"); n > 4 {
			t.Errorf("told %d times", n)
		}
		ix = start(t, dir, r.ledger, r.vault)
	}
	for n, text := range gone {
		sum, _ := parseDigest(r.digests[n])
		r.vault.put(sum, text)
	}
	until(t, "no missing sketch", func() bool { return ix.metric("content_missing_sketches") == 0 })
	r.check(ix, query, last)
	ix.stop()
	r.check(start(t, dir, r.ledger, r.vault), query, last)
}

// TestHostileDocumentsCountAsMissing: none stops the index.
func TestHostileDocumentsCountAsMissing(t *testing.T) {
	r, query, _ := filled(t, 5)
	good, err := query.Document()
	if err != nil {
		t.Fatal(err)
	}
	sum, _ := parseDigest(r.vault.keep([]byte("a name for something else")))
	r.vault.put(sum, good)
	other := query
	other.KeyID = "sha256:short"
	unnamed, _ := other.Document()
	other.KeyID = "sha256:" + strings.Repeat("ab", 32)
	bad := []string{"sha256:" + hex.EncodeToString(sum[:]), r.vault.keep(append(slices.Clone(good), '\n')), r.vault.keep(make([]byte, 3<<20)), r.vault.keep(nil),
		r.vault.keep(unnamed), r.vault.keep([]byte(`{"v":1}`)), "sha256:XYZ", "no digest", "sha256:" + strings.Repeat("0", 64)}
	last := r.ledger.add("y", bad...)
	ix := start(t, t.TempDir(), r.ledger, r.vault)
	if _, complete := ix.similar(t, r.vault.keep(good), last); complete || ix.metric("content_missing_sketches") != len(bad) {
		t.Errorf("complete %v, %d of %d missing", complete, ix.metric("content_missing_sketches"), len(bad))
	}
	for _, digest := range bad {
		if _, _, err := ix.Similar(t.Context(), digest, last); !errors.Is(err, service.ErrNotFound) {
			t.Errorf("searching by %.80s: %v", digest, err)
		}
	}
	r.check(ix, query, last-1)
}

// TestOtherKeysAreNotCompared, neither with those of this one nor silently.
func TestOtherKeysAreNotCompared(t *testing.T) {
	r, query, before := filled(t, 10)
	other := query
	other.KeyID = "sha256:" + strings.Repeat("ab", 32)
	last := r.ledger.add("z", r.vault.sketch(t, other))
	ix := start(t, t.TempDir(), r.ledger, r.vault)
	if list, complete := ix.similar(t, r.vault.sketch(t, other), last); complete || len(list) != 1 || !strings.HasPrefix(list[0].AssetID, "as_z") {
		t.Errorf("under the other key: %+v, complete %v", list, complete)
	}
	list, complete := ix.similar(t, r.vault.sketch(t, query), last)
	if complete || slices.ContainsFunc(list, func(m service.Similar) bool { return strings.HasPrefix(m.AssetID, "as_z") }) {
		t.Errorf("under this key: %+v, complete %v", list, complete)
	}
	r.check(ix, query, before)
}

// TestVaultThatIsAwayIsAskedAgain, and holds nothing up for good.
func TestVaultThatIsAwayIsAskedAgain(t *testing.T) {
	r, query, last := filled(t, 10)
	r.vault.fails(storage.ErrUnavailable)
	ix := start(t, t.TempDir(), r.ledger, r.vault)
	until(t, "two attempts", func() bool { return ix.log.count("tried again") >= 2 })
	if _, _, err := ix.Similar(t.Context(), r.digests[0], last); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("a search without vault: %v", err)
	}
	if n := ix.metric("content_lag_blocks"); n != int(last)+1 {
		t.Errorf("a lag of %d blocks of %d", n, last+1)
	}
	r.vault.fails(nil)
	r.check(ix, query, last)
	if n := ix.metric("content_missing_sketches") + ix.metric("content_lag_blocks"); n != 0 {
		t.Errorf("missing or behind: %d", n)
	}
}

// TestAnotherLedgerIsFollowedAnew: one that was reset, put back or forked.
func TestAnotherLedgerIsFollowedAnew(t *testing.T) {
	for name, other := range map[string]func(l *ledger) *ledger{
		"reset":   func(*ledger) *ledger { return newLedger("another") },
		"shorter": func(l *ledger) *ledger { return l.cut(5) },
		"forked": func(l *ledger) *ledger {
			out := l.cut(len(l.blocks) - 1)
			out.add("fork")
			out.add("fork")
			return out
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, query, last := filled(t, 30)
			dir := t.TempDir()
			ix := start(t, dir, r.ledger, r.vault)
			r.check(ix, query, last)
			ix.stop()
			l := other(r.ledger)
			again := l.add("new", r.vault.sketch(t, query))
			ix = start(t, dir, l, r.vault)
			list, complete := ix.similar(t, r.vault.sketch(t, query), again)
			if !complete || len(list) == 0 || list[0].Share.BP != 10000 || !strings.HasPrefix(list[0].AssetID, "as_new") {
				t.Errorf("complete %v: %+v", complete, list)
			}
			for _, m := range list {
				if m.AssetID == r.ids[len(r.ids)-1] {
					t.Error("an asset of the old ledger is found")
				}
			}
		})
	}
}

func TestSearchWaitsForItsBlock(t *testing.T) {
	r, query, last := filled(t, 5)
	ix := start(t, t.TempDir(), r.ledger, r.vault, func(ix *Index) { ix.o.Patience = time.Millisecond })
	r.check(ix, query, last)
	if _, _, err := ix.Similar(t.Context(), r.digests[0], last+1); !errors.Is(err, service.ErrUnavailable) {
		t.Errorf("a block that is not there: %v", err)
	}
	ix.o.Patience = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := ix.Similar(ctx, r.digests[0], last+1); !errors.Is(err, context.Canceled) {
		t.Errorf("a search that was given up: %v", err)
	}
	answer, digest := make(chan int), r.digests[0]
	go func() {
		list, _, _ := ix.Similar(context.WithoutCancel(t.Context()), digest, last+1)
		answer <- len(list)
	}()
	r.notarize(r.sketches[0])
	if n := <-answer; n != len(must(r.truth(r.sketches[0], last+1))) {
		t.Errorf("%d found", n)
	}
}

func must(list []service.Similar, _ map[string]bool) []service.Similar { return list }
