package sketches

import (
	"slices"
	"testing"

	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// copies are assets that share rows and a column with very many.
func copies(t testing.TB, r *registry, w *world, n int, rows, values []uint64) {
	t.Helper()
	var list []sketch.Sketch
	for range n {
		list = append(list, sketch.Sketch{KeyID: testKey, Rows: setOf(append(w.hashes(12), rows...), 4096), Cells: []sketch.Set{setOf(slices.Clone(values), 128)}})
	}
	r.notarize(list...)
}

// TestCommonContentIsBounded: what more assets have than count cuts the
// answer, and the answer says so; that of an earlier block does not change.
func TestCommonContentIsBounded(t *testing.T) {
	r, w, dir := newRegistry(t), newWorld(7), t.TempDir()
	public, values := w.hashes(30), w.hashes(100)
	copies(t, r, w, mostListed+1, public, values)
	before := r.blocks[len(r.blocks)-1]
	query := sketch.Sketch{KeyID: testKey, Rows: setOf(append(w.hashes(20), public...), 4096), Cells: []sketch.Set{setOf(slices.Clone(values), 128)}}
	ix := start(t, dir, r.ledger, r.vault)
	r.check(ix, query, before)
	copies(t, r, w, testBounds.perHash, public, values)
	copies(t, r, w, 30, public, values)
	last := r.blocks[len(r.blocks)-1]
	list, complete := ix.similar(t, r.vault.sketch(t, query), last)
	if complete || len(list) != mostListed {
		t.Errorf("%d of %d are listed, complete %v", len(list), len(r.ids), complete)
	}
	r.check(ix, query, before)
	ix.stop()
	again, complete := start(t, t.TempDir(), r.ledger, r.vault).similar(t, r.vault.sketch(t, query), last)
	if complete || !slices.Equal(list, again) {
		t.Errorf("another index, of the same ledger, lists others: %v\nnot %v", again, list)
	}
}

// TestHandfulsThatAllHaveCutNothing: fewer than eight rows that very many have
// make nobody alike and no answer incomplete; a real copy is found among them.
func TestHandfulsThatAllHaveCutNothing(t *testing.T) {
	r, w := newRegistry(t), newWorld(8)
	common := w.hashes(fewestRows - 1)
	copies(t, r, w, testBounds.perHash+20, common, w.hashes(100))
	query := sketch.Sketch{KeyID: testKey, Rows: setOf(append(w.hashes(500), common...), 4096)}
	r.notarize(query)
	ix := start(t, t.TempDir(), r.ledger, r.vault)
	last := r.blocks[len(r.blocks)-1]
	list, complete := ix.similar(t, r.vault.sketch(t, query), last)
	if !complete || len(list) != 1 || list[0].AssetID != r.ids[len(r.ids)-1] {
		t.Errorf("%d found, complete %v", len(list), complete)
	}
	r.check(ix, query, last)
}

// TestPoorAssetsAreNotAlike: a table of one row, or of a few, is in nobody's
// list, though all its rows stand there.
func TestPoorAssetsAreNotAlike(t *testing.T) {
	r, w := newRegistry(t), newWorld(9)
	victim := w.hashes(600)
	for _, n := range []int{1, 2, fewestRows - 1} {
		r.notarize(sketch.Sketch{KeyID: testKey, Rows: setOf(slices.Clone(victim[:n]), 4096)})
	}
	last := r.notarize(sketch.Sketch{KeyID: testKey, Rows: setOf(slices.Clone(victim[:fewestRows]), 4096)})
	ix := start(t, t.TempDir(), r.ledger, r.vault)
	list, complete := ix.similar(t, r.vault.sketch(t, sketch.Sketch{KeyID: testKey, Rows: setOf(victim, 4096)}), last)
	if !complete || len(list) != 1 || list[0].AssetID != r.ids[3] || list[0].OtherShare.BP != 10000 {
		t.Errorf("complete %v: %+v", complete, list)
	}
}
