package storage

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"
	"time"
)

// referenceRoot is RFC 9162 §2.1.1 word by word.
func referenceRoot(leaves [][]byte) Hash {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	default:
		k := 1
		for k*2 < n {
			k *= 2
		}
		l, r := referenceRoot(leaves[:k]), referenceRoot(leaves[k:])
		return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
	}
}

func testLeaves(n int) (data [][]byte, hashes []Hash) {
	for i := range n {
		d := binary.BigEndian.AppendUint32(nil, uint32(i))
		data, hashes = append(data, d), append(hashes, leafHash(d))
	}
	return data, hashes
}

func TestRootIsRFC9162(t *testing.T) {
	for n := range 1100 {
		data, hashes := testLeaves(n)
		got, err := NewTree(hashes).Root()
		if want := referenceRoot(data); err != nil || got != want {
			t.Fatalf("%d leaves: got %x, %v; want %x", n, got, err, want)
		}
	}
}

// TestKnownRoots are the test vectors of Certificate Transparency's reference
// implementation, for leaves of these bytes.
func TestKnownRoots(t *testing.T) {
	inputs := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	var hashes []Hash
	for i, in := range inputs {
		b, err := hex.DecodeString(in)
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, leafHash(b))
		if root, err := NewTree(hashes).Root(); err != nil || hex.EncodeToString(root[:]) != roots[i] {
			t.Errorf("%d leaves: got %x, %v; want %s", i+1, root, err, roots[i])
		}
	}
}

func TestProofs(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 7, 8, 100, 255, 256, 257, 511, 512, 513, 700} {
		data, hashes := testLeaves(n)
		tree := NewTree(hashes)
		root, err := tree.Root()
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			p, err := tree.Proof(int64(i))
			if err != nil || !p.Verify(root, data[i]) {
				t.Fatalf("leaf %d of %d does not verify: %v", i, n, err)
			}
			wantForgeriesFail(t, p, root, data[i])
		}
	}
	tree := NewTree(make([]Hash, 3))
	for _, i := range []int64{-1, 3} {
		if _, err := tree.Proof(i); err == nil {
			t.Errorf("proof of leaf %d of 3", i)
		}
	}
}

func wantForgeriesFail(t *testing.T, p Proof, root Hash, data []byte) {
	t.Helper()
	other := append([]byte{0xff}, data...)
	if p.Verify(root, other) {
		t.Fatalf("leaf %d of %d: another chunk verifies", p.Index, p.Size)
	}
	bad := []Proof{{p.Index, p.Size << 3, p.Path}, {p.Index + 1, p.Size, p.Path}, {-1, p.Size, p.Path}, {p.Index, 0, p.Path},
		{p.Index, p.Size, append(append([]Hash{}, p.Path...), Hash{})}}
	for i := range p.Path {
		flipped := append([]Hash{}, p.Path...)
		flipped[i][0] ^= 1
		bad = append(bad, Proof{p.Index, p.Size, flipped}, Proof{p.Index, p.Size, append(append([]Hash{}, p.Path[:i]...), p.Path[i+1:]...)})
	}
	for i, b := range bad {
		if b.Verify(root, data) {
			t.Fatalf("leaf %d of %d: forgery %d verifies", p.Index, p.Size, i)
		}
	}
}

// TestProofReadsLittle: a proof in a tree of 1 TiB reads no more than 255
// hashes from each list and those of the ragged edge.
func TestProofReadsLittle(t *testing.T) {
	for _, n := range []int64{1 << 20, 1<<20 - 1, 1<<20 + 12345, 1 << 30} {
		var hashes int
		tree := &Tree{n, func(_ int, _ int64, dst []Hash) error { hashes += len(dst); return nil }}
		for _, i := range []int64{0, n / 3, n - 1} {
			hashes = 0
			if _, err := tree.Proof(i); err != nil {
				t.Fatal(err)
			}
			if hashes > 4*2*255 {
				t.Errorf("proof of %d in %d read %d hashes", i, n, hashes)
			}
		}
	}
}

// BenchmarkProof1TiB is PERFORMANCE row 5 without the bucket: a proof from the
// stored lists of 2^20 leaves, and its verification with a 1 MiB chunk.
func BenchmarkProof1TiB(b *testing.B) {
	_, hashes := testLeaves(1 << 20)
	chunk := make([]byte, LeafSize)
	hashes[777_777] = leafHash(chunk)
	tree := NewTree(hashes)
	root, err := tree.Root()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p, err := tree.Proof(777_777)
		if err != nil || !p.Verify(root, chunk) {
			b.Fatal("does not verify", err)
		}
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(time.Millisecond), "ms/proof")
}
