package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

func newLeaf() hash.Hash {
	h := sha256.New()
	_, _ = h.Write([]byte{0}) // RFC 9162 §2.1.1: leaves and nodes must differ
	return h
}

// Digester computes a file's SHA-256 and its Merkle leaves as it is written
// to, in one pass. It never fails.
type Digester struct {
	whole  hash.Hash
	leaf   hash.Hash
	filled int
	leaves []Hash
	size   int64
}

// NewDigester is for one file.
func NewDigester() *Digester { return &Digester{whole: sha256.New(), leaf: newLeaf()} }

// Write takes any run of bytes.
func (d *Digester) Write(p []byte) (int, error) {
	n := len(p)
	_, _ = d.whole.Write(p)
	for len(p) > 0 {
		run := p[:min(len(p), LeafSize-d.filled)]
		_, _ = d.leaf.Write(run)
		d.filled += len(run)
		p = p[len(run):]
		if d.filled == LeafSize {
			d.endLeaf()
		}
	}
	d.size += int64(n)
	return n, nil
}

func (d *Digester) endLeaf() {
	d.leaves = append(d.leaves, Hash(d.leaf.Sum(nil)))
	d.leaf, d.filled = newLeaf(), 0
}

// File ends the file and names it.
func (d *Digester) File(path string) File {
	if d.filled > 0 {
		d.endLeaf()
	}
	return describe(path, d.size, digests{whole: d.whole}, d.leaves)
}

func describe(path string, size int64, sums digests, leaves []Hash) File {
	root, _ := NewTree(leaves).Root() // reading from memory does not fail
	return File{path, size, hex.EncodeToString(sums.whole.Sum(nil)), hex.EncodeToString(root[:])}
}
