package pledge

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
)

// ManifestRoot is the Merkle root (RFC 9162 section 2.1.1) over the files in
// their order, in hex. Leaf i is "<size> <sha256> <root>  <path>\n", so that,
// unlike the fingerprint, it vouches for sizes and content roots as well.
func ManifestRoot(files []File) string {
	leaves := make([][sha256.Size]byte, len(files))
	for i, f := range files {
		leaves[i] = sha256.Sum256(fmt.Appendf([]byte{0}, "%d %s %s  %s\n", f.Size, f.SHA256, f.Root, f.Path))
	}
	return hexSum(merkle(leaves))
}

// merkle is MTH over leaf hashes: the left subtree has the largest power of
// two that is smaller than their number.
func merkle(leaves [][sha256.Size]byte) [sha256.Size]byte {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := 1 << (bits.Len(uint(len(leaves)-1)) - 1)
	l, r := merkle(leaves[:k]), merkle(leaves[k:])
	var node [1 + 2*sha256.Size]byte
	node[0] = 1
	copy(node[1:], l[:])
	copy(node[1+sha256.Size:], r[:])
	return sha256.Sum256(node[:])
}
