package anchor_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"testing"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"pgregory.net/rapid"

	"github.com/datapledge/datapledge/service/anchor"
)

func hashOf(n uint64) string {
	sum := sha256.Sum256(fmt.Append(nil, "block ", n))
	return hex.EncodeToString(sum[:])
}

func batchOf(t testing.TB, channel string, first uint64, count int) *anchor.Batch {
	t.Helper()
	b := anchor.New(channel)
	for i := range uint64(count) {
		if err := b.Add(first+i, hashOf(first+i)); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestLeafIsCanonicalJSON(t *testing.T) {
	want := `{"channel":"pl\"edge","hash":"00ff","number":9007199254740991}`
	if got := string(anchor.Leaf(`pl"edge`, 1<<53-1, "00ff")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if leaf := anchor.Leaf("pledge", 1<<53, "00ff"); leaf != nil {
		t.Errorf("a number without an exact spelling gives %s", leaf)
	}
}

// Roots by the definition of RFC 9162, section 2.1.1, written out by hand.
func TestRootByDefinition(t *testing.T) {
	leaf := func(n uint64) [32]byte {
		return sha256.Sum256(append([]byte{0}, anchor.Leaf("pledge", n, hashOf(n))...))
	}
	node := func(l, r [32]byte) [32]byte {
		return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
	}
	a, b, c, d, e := leaf(7), leaf(8), leaf(9), leaf(10), leaf(11)
	want := map[int][32]byte{
		0: sha256.Sum256(nil), 1: a, 2: node(a, b), 3: node(node(a, b), c),
		4: node(node(a, b), node(c, d)), 5: node(node(node(a, b), node(c, d)), e),
	}
	for n, root := range want {
		if got := batchOf(t, "pledge", 7, n).Root(); got != root {
			t.Errorf("%d blocks: got %x, want %x", n, got, root)
		}
	}
}

// Every block of every batch is shown by its path, and by no other's.
func TestPathLeadsToRoot(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		first := rapid.Uint64Range(0, 1<<52).Draw(r, "first")
		count := rapid.IntRange(1, 70).Draw(r, "count")
		b := batchOf(t, "pledge", first, count)
		at := rapid.IntRange(0, count-1).Draw(r, "at")
		other := rapid.IntRange(0, count-1).Draw(r, "other")
		root := b.Root()
		shows := func(leaf, index int) bool {
			n := first + uint64(leaf)
			sum := rfc6962.DefaultHasher.HashLeaf(anchor.Leaf("pledge", n, b.Hash(n)))
			return proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(index), uint64(count), sum, b.Path(n), root[:]) == nil
		}
		if !shows(at, at) {
			r.Errorf("block %d of %d is not shown", at, count)
		}
		if other != at && shows(at, other) {
			r.Errorf("block %d of %d passes as block %d", at, count, other)
		}
	})
}

func TestAddRefusesGaps(t *testing.T) {
	b := batchOf(t, "pledge", 3, 2)
	for _, n := range []uint64{0, 3, 4, 6, math.MaxUint64} {
		if b.Add(n, hashOf(n)) == nil {
			t.Errorf("block %d was taken after block 4", n)
		}
	}
	if b.First != 3 || b.Last != 4 || b.Len() != 2 || b.Hash(4) != hashOf(4) {
		t.Errorf("a refused block left a trace: %d to %d, %d blocks", b.First, b.Last, b.Len())
	}
	if anchor.New("pledge").Add(1<<53, hashOf(0)) == nil || anchor.New("\xff").Add(0, hashOf(0)) == nil {
		t.Error("a block that has no leaf was taken")
	}
}

func TestPathOfStranger(t *testing.T) {
	b := batchOf(t, "pledge", 3, 2)
	if b.Path(2) != nil || b.Path(5) != nil || b.Hash(2) != "" || anchor.New("pledge").Path(0) != nil {
		t.Error("a block that is not in the batch has a path")
	}
	if alone := batchOf(t, "pledge", 3, 1).Path(3); alone == nil || len(alone) != 0 {
		t.Errorf("the path of a block alone is %v", alone)
	}
}
