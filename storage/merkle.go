package storage

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
)

// LeafSize in bytes: a file's Merkle tree has one leaf for each run of 1 MiB,
// the last one shorter; an empty file has none.
const LeafSize = 1 << 20

// Hash is a node of a Merkle tree as of RFC 9162 §2.1.
type Hash = [sha256.Size]byte

// LeafHash is the hash of a leaf: RFC 9162 §2.1.1.
func LeafHash(data []byte) Hash { return leafHash(data) }

func leafHash(data []byte) Hash {
	h := newLeaf()
	_, _ = h.Write(data) // a hash takes all
	return Hash(h.Sum(nil))
}

func nodeHash(l, r Hash) Hash {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], l[:])
	copy(b[1+sha256.Size:], r[:])
	return sha256.Sum256(b[:])
}

// leafCount of a file of size bytes.
func leafCount(size int64) int64 { return (size + LeafSize - 1) / LeafSize }

// A stored tree is a few lists of hashes: list 0 holds the leaves, list k the
// roots of every complete run of 256 entries of list k-1. Any proof needs at
// most 255 neighbours from each list: O(log n) bytes for a tree of any size.
const (
	tileLevels = 8
	tileWidth  = 1 << tileLevels
)

// Tree answers for a list of leaf hashes without holding them.
type Tree struct {
	size int64
	read func(list int, off int64, dst []Hash) error
}

// NewTree is a tree over leaves in memory.
func NewTree(leaves []Hash) *Tree {
	lists := buildLists(leaves)
	return &Tree{int64(len(leaves)), func(list int, off int64, dst []Hash) error {
		copy(dst, lists[list][off:])
		return nil
	}}
}

func buildLists(leaves []Hash) [][]Hash {
	lists := [][]Hash{leaves}
	for last := leaves; len(last) >= tileWidth; {
		next := make([]Hash, len(last)/tileWidth)
		for i := range next {
			next[i] = fold(last[i*tileWidth : (i+1)*tileWidth])
		}
		lists = append(lists, next)
		last = next
	}
	return lists
}

// TreeBytes is a tree as it is stored: its lists, one after the other. The
// lists of a file of 1 TiB have 32.1 MiB.
func TreeBytes(leaves []Hash) []byte {
	var b []byte
	for _, list := range buildLists(leaves) {
		for _, h := range list {
			b = append(b, h[:]...)
		}
	}
	return b
}

// fold is the root of a complete subtree: len(h) is a power of two.
func fold(h []Hash) Hash {
	work := append([]Hash(nil), h...)
	for len(work) > 1 {
		for i := range len(work) / 2 {
			work[i] = nodeHash(work[2*i], work[2*i+1])
		}
		work = work[:len(work)/2]
	}
	return work[0]
}

// listSizes are the lengths of the lists of a tree of n leaves.
func listSizes(n int64) []int64 {
	sizes := []int64{n}
	for ; n >= tileWidth; n = sizes[len(sizes)-1] {
		sizes = append(sizes, n/tileWidth)
	}
	return sizes
}

// Size is the number of leaves.
func (t *Tree) Size() int64 { return t.size }

// Root is MTH of RFC 9162 §2.1.1.
func (t *Tree) Root() (Hash, error) {
	if t.size == 0 {
		return sha256.Sum256(nil), nil
	}
	return t.hash(0, t.size)
}

// hash is MTH of leaves lo to hi. In this recursion lo is always a multiple of
// the largest power of two in hi-lo.
func (t *Tree) hash(lo, hi int64) (Hash, error) {
	n := hi - lo
	if n&(n-1) == 0 {
		return t.complete(lo, n)
	}
	k := split(n)
	l, err := t.hash(lo, lo+k)
	if err != nil {
		return Hash{}, err
	}
	r, err := t.hash(lo+k, hi)
	return nodeHash(l, r), err
}

// complete is the root of the n leaves (a power of two) from lo on.
func (t *Tree) complete(lo, n int64) (Hash, error) {
	level := bits.TrailingZeros64(uint64(n))
	list, inner := level/tileLevels, level%tileLevels
	tile := make([]Hash, 1<<inner)
	if err := t.read(list, lo>>(list*tileLevels), tile); err != nil {
		return Hash{}, err
	}
	return fold(tile), nil
}

// split is the largest power of two smaller than n.
func split(n int64) int64 { return 1 << (bits.Len64(uint64(n-1)) - 1) }

// Proof shows that a leaf stands at Index in a tree of Size leaves.
type Proof struct {
	Index int64
	Size  int64
	Path  []Hash // from the leaf to the root
}

// Proof of leaf i: PATH of RFC 9162 §2.1.3.1.
func (t *Tree) Proof(i int64) (Proof, error) {
	if i < 0 || i >= t.size {
		return Proof{}, fmt.Errorf("no leaf %d in a tree of %d", i, t.size)
	}
	path, err := t.path(i, 0, t.size)
	return Proof{i, t.size, path}, err
}

func (t *Tree) path(i, lo, hi int64) ([]Hash, error) {
	if hi-lo == 1 {
		return nil, nil
	}
	k := lo + split(hi-lo)
	near, far := [2]int64{lo, k}, [2]int64{k, hi}
	if i >= k {
		near, far = far, near
	}
	path, err := t.path(i, near[0], near[1])
	if err != nil {
		return nil, err
	}
	other, err := t.hash(far[0], far[1])
	return append(path, other), err
}

// Verify checks a chunk's bytes against a root: RFC 9162 §2.1.3.2. It answers
// false rather than why: all a proof can do is hold or not.
func (p Proof) Verify(root Hash, chunk []byte) bool {
	if p.Index < 0 || p.Index >= p.Size {
		return false
	}
	fn, sn, r := uint64(p.Index), uint64(p.Size-1), leafHash(chunk)
	for _, h := range p.Path {
		if sn == 0 {
			return false
		}
		if fn&1 == 1 || fn == sn {
			r = nodeHash(h, r)
			if fn&1 == 0 {
				shift := bits.TrailingZeros64(fn)
				fn, sn = fn>>shift, sn>>shift
			}
		} else {
			r = nodeHash(r, h)
		}
		fn, sn = fn>>1, sn>>1
	}
	return sn == 0 && r == root
}
