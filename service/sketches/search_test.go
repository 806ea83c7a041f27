package sketches

import (
	"fmt"
	"slices"
	"testing"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// registry is assets, and what a search must say of them.
type registry struct {
	t        testing.TB
	ledger   *ledger
	vault    *vault
	sketches []sketch.Sketch
	digests  []string
	blocks   []uint64
	ids      []string
	known    map[string]truth
}

// truth is what comparing with each and every one gives.
type truth struct {
	list []service.Similar
	rows map[string]bool
}

func newRegistry(t testing.TB) *registry {
	return &registry{t: t, ledger: newLedger("x"), vault: newVault(), known: map[string]truth{}}
}

// notarize puts assets with these sketches into one block.
func (r *registry) notarize(list ...sketch.Sketch) uint64 {
	var digests []string
	for _, s := range list {
		digests = append(digests, r.vault.sketch(r.t, s))
	}
	block := r.ledger.add("x", digests...)
	for i, s := range list {
		r.sketches, r.digests, r.blocks = append(r.sketches, s), append(r.digests, digests[i]), append(r.blocks, block)
		r.ids = append(r.ids, fmt.Sprintf("as_x%04d%03d", block, i))
	}
	return block
}

// fill makes blocks of tables from a world.
func (r *registry) fill(w *world, assets int) {
	for len(r.sketches) < assets {
		var list []sketch.Sketch
		for range 1 + w.dice.IntN(4) {
			list = append(list, w.table())
		}
		r.notarize(list...)
	}
}

// truth compares with each and every one.
func (r *registry) truth(query sketch.Sketch, upTo uint64) (list []service.Similar, rows map[string]bool) {
	rows = map[string]bool{}
	for i, s := range r.sketches {
		if r.blocks[i] > upTo {
			continue
		}
		in, back, err := sketch.Containment(query, s)
		if err != nil {
			r.t.Fatal(err)
		}
		found, of, _ := sketch.Columns(query, s)
		both := 0
		for _, h := range query.Rows.Hashes {
			if _, ok := slices.BinarySearch(s.Rows.Hashes, h); ok {
				both++
			}
		}
		rows[r.ids[i]] = both >= 8 && max(in.BP, back.BP) >= 100
		if rows[r.ids[i]] || found > 0 && 2*found >= min(of, len(s.Cells)) {
			list = append(list, service.Similar{AssetID: r.ids[i], Share: service.Share(in), OtherShare: service.Share(back), Columns: found, OfColumns: of})
		}
	}
	slices.SortFunc(list, alike)
	return list, rows
}

// check holds answers to the truth: all that share rows, for the samples miss
// none of these tables, and nothing that is not there. Of columns a few hashes are looked for, which can miss one.
func (r *registry) check(ix *running, query sketch.Sketch, upTo uint64) (missed, columns int) {
	r.t.Helper()
	digest := r.vault.sketch(r.t, query)
	got, complete := ix.similar(r.t, digest, upTo)
	name := fmt.Sprint(digest, upTo, len(r.sketches))
	if _, ok := r.known[name]; !ok {
		list, rows := r.truth(query, upTo)
		r.known[name] = truth{list, rows}
	}
	want, rows := r.known[name].list, r.known[name].rows
	byRows := func(list []service.Similar) []service.Similar {
		return slices.DeleteFunc(slices.Clone(list), func(m service.Similar) bool { return !rows[m.AssetID] })
	}
	if complete != (len(want) <= mostListed) {
		r.t.Errorf("%d are alike, complete %v", len(want), complete)
	}
	want = want[:min(len(want), mostListed)]
	if !slices.Equal(byRows(got), byRows(want)) {
		r.t.Errorf("up to %d: found by rows: %+v\nnot: %+v", upTo, byRows(got), byRows(want))
	}
	for _, m := range got {
		if !slices.Contains(want, m) {
			r.t.Errorf("found what is not there: %+v", m)
		}
	}
	return len(want) - len(got), len(want) - len(byRows(want))
}

// TestSimilarFindsWhatComparingAllFinds, through memory, many segments, joined
// ones, and after the folder is opened again.
func TestSimilarFindsWhatComparingAllFinds(t *testing.T) {
	for seed := range uint64(2) {
		r, w, dir := newRegistry(t), newWorld(seed), t.TempDir()
		r.fill(w, 30)
		ix := start(t, dir, r.ledger, r.vault)
		missed, columns := 0, 0
		ask := func(ix *running) {
			for i := range 15 {
				query := w.table()
				if i%5 == 0 {
					query = r.sketches[w.dice.IntN(len(r.sketches))]
				}
				m, c := r.check(ix, query, r.blocks[w.dice.IntN(len(r.blocks))])
				missed, columns = missed+m, columns+c
			}
		}
		ask(ix)
		r.fill(w, 80)
		ask(ix)
		ix.stop()
		ask(start(t, dir, r.ledger, r.vault))
		if columns == 0 || 25*missed > columns {
			t.Errorf("%d of %d that have only columns in common were missed", missed, columns)
		}
	}
}
