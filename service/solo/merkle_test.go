package solo

import (
	"encoding/hex"
	"fmt"
	"testing"
)

// The inputs and roots of the test vectors that implementations of RFC 6962
// (whose tree RFC 9162 keeps) share.
func TestMerkleRootVectors(t *testing.T) {
	inputs := []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"}
	roots := []string{
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	}
	var leaves []digest
	for n, want := range roots {
		if got := merkleRoot(leaves); hex.EncodeToString(got[:]) != want {
			t.Errorf("root of %d leaves: got %x, want %s", n, got, want)
		}
		if n < len(inputs) {
			raw, err := hex.DecodeString(inputs[n])
			if err != nil {
				t.Fatal(err)
			}
			leaves = append(leaves, newHasher().leaf(raw))
		}
	}
}

func TestMerklePath(t *testing.T) {
	var leaves []digest
	for n := 1; n <= 65; n++ {
		leaves = append(leaves, newHasher().leaf(fmt.Appendf(nil, "entry %d", n)))
		root := merkleRoot(leaves)
		for i := range n {
			path := merklePath(leaves, i)
			if got, ok := rootFromPath(leaves[i], i, n, path); !ok || got != root {
				t.Errorf("leaf %d of %d does not lead to the root", i, n)
			}
			if n == 1 {
				continue
			}
			if got, ok := rootFromPath(leaves[i], i^1, n, path); ok && got == root {
				t.Errorf("leaf %d of %d leads to the root from place %d", i, n, i^1)
			}
			if _, ok := rootFromPath(leaves[i], i, n, path[1:]); ok && len(path) > 1 {
				t.Errorf("leaf %d of %d: a shorter path fits", i, n)
			}
			if _, ok := rootFromPath(leaves[i], i, n, append(path, root)); ok {
				t.Errorf("leaf %d of %d: a longer path fits", i, n)
			}
		}
	}
}
