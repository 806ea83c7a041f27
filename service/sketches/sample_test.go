package sketches

import (
	"testing"

	"github.com/datapledge/datapledge/service/preflight/sketch"
)

// parts are tables of which so many rows are of another one's, besides others.
func parts(r *registry, w *world, of []uint64, tables, rows, others int) (last uint64) {
	for range tables {
		for i := range rows {
			j := i + w.dice.IntN(len(of)-i)
			of[i], of[j] = of[j], of[i]
		}
		last = r.notarize(sketch.Sketch{KeyID: testKey, Rows: setOf(append(w.hashes(others), of[:rows]...), 4096)})
	}
	return last
}

// TestWhatTheSampleMisses measures it, against comparing with all: parts of a
// table whose sketch holds two thirds of its 6,000 rows. What the package
// says of few shared rows is held here.
func TestWhatTheSampleMisses(t *testing.T) {
	for i, of := range []struct{ rows, others, mostMissed int }{
		{60, 5940, 0},                      // a hundredth of two tables of one size
		{60, 0, 0}, {30, 0, 1}, {18, 0, 6}, // alone: about 41, 20 and 12 are in the sketch
	} {
		r, w := newRegistry(t), newWorld(uint64(20+i))
		table := w.hashes(6_000)
		query := sketch.Sketch{KeyID: testKey, Rows: setOf(append([]uint64(nil), table...), 4096)}
		last := parts(r, w, table, 60, of.rows, of.others)
		list, complete := start(t, t.TempDir(), r.ledger, r.vault).similar(t, r.vault.sketch(t, query), last)
		want, _ := r.truth(query, last)
		missed := len(want) - len(list)
		t.Logf("%d rows among %d others: %d of %d are missed", of.rows, of.others, missed, len(want))
		if !complete || len(want) < 20 || missed < 0 || missed > of.mostMissed {
			t.Errorf("%d rows among %d others: %d of %d are missed, complete %v", of.rows, of.others, missed, len(want), complete)
		}
	}
}

// TestSmallTablesAreLookedForWhole: eight rows are found, of any two tables
// that have no more than the sample, and seven never.
func TestSmallTablesAreLookedForWhole(t *testing.T) {
	r, w := newRegistry(t), newWorld(30)
	table := w.hashes(800)
	seven := parts(r, w, table, 30, fewestRows-1, 200)
	eight := parts(r, w, table, 90, fewestRows, rowHashes-fewestRows)
	ix := start(t, t.TempDir(), r.ledger, r.vault)
	digest := r.vault.sketch(t, sketch.Sketch{KeyID: testKey, Rows: setOf(table, 4096)})
	if list, complete := ix.similar(t, digest, seven); !complete || len(list) != 0 {
		t.Errorf("of seven rows: %d, complete %v", len(list), complete)
	}
	if list, complete := ix.similar(t, digest, eight); !complete || len(list) != 90 {
		t.Errorf("of eight rows: %d, complete %v", len(list), complete)
	}
}
