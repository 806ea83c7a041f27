package solo

import (
	"crypto/sha256"
	"hash"
)

// Merkle tree hashing of RFC 9162, section 2.1.
type digest = [sha256.Size]byte

// hasher hashes pieces without joining them first, and one after another.
type hasher struct{ hash.Hash }

func newHasher() hasher { return hasher{sha256.New()} }

func (h hasher) sum(pieces ...[]byte) (d digest) {
	h.Reset()
	for _, p := range pieces {
		h.Write(p)
	}
	h.Sum(d[:0])
	return d
}

var leafPrefix = []byte{0}

// leaf hashes an entry.
func (h hasher) leaf(entry []byte) digest { return h.sum(leafPrefix, entry) }

func nodeHash(left, right digest) digest {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}

// split is the largest power of two smaller than n, for n > 1.
func split(n int) int {
	k := 1
	for k*2 < n {
		k *= 2
	}
	return k
}

func merkleRoot(leaves []digest) digest {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	default:
		k := split(n)
		return nodeHash(merkleRoot(leaves[:k]), merkleRoot(leaves[k:]))
	}
}

// merklePath is the inclusion path of leaf i, leaf to root.
func merklePath(leaves []digest, i int) []digest {
	n := len(leaves)
	if n <= 1 {
		return nil
	}
	k := split(n)
	if i < k {
		return append(merklePath(leaves[:k], i), merkleRoot(leaves[k:]))
	}
	return append(merklePath(leaves[k:], i-k), merkleRoot(leaves[:k]))
}

// rootFromPath is what a checker computes: RFC 9162, section 2.1.3.2. ok is
// false when the path does not fit the position.
func rootFromPath(leaf digest, i, n int, path []digest) (digest, bool) {
	if i < 0 || i >= n {
		return digest{}, false
	}
	r, fn, sn := leaf, i, n-1
	for _, p := range path {
		if sn == 0 {
			return digest{}, false
		}
		if fn&1 == 1 || fn == sn {
			r = nodeHash(p, r)
			for fn&1 == 0 && fn != 0 {
				fn, sn = fn>>1, sn>>1
			}
		} else {
			r = nodeHash(r, p)
		}
		fn, sn = fn>>1, sn>>1
	}
	return r, sn == 0
}
