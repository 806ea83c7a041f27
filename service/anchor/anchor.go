// Package anchor puts consecutive blocks of a ledger under one digest, which a
// time-stamping authority or another ledger then vouches for. Each block can
// later be shown to be under it without the others.
package anchor

import (
	"fmt"
	"math"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"

	"github.com/datapledge/datapledge/pledge"
)

// Leaf is what stands for a block: see pledge.BlockLeaf.
func Leaf(channel string, number uint64, hash string) []byte {
	return pledge.BlockLeaf(channel, number, hash)
}

// Batch is a run of consecutive blocks. It keeps about 64 bytes a block, beside
// the hashes. It is not safe for concurrent use.
type Batch struct {
	// First and Last are the numbers of its blocks, without meaning while it
	// is empty.
	First, Last uint64

	channel string
	hashes  []string
	nodes   map[compact.NodeID][]byte // every perfect subtree
	edge    *compact.Range
}

var trees = &compact.RangeFactory{Hash: rfc6962.DefaultHasher.HashChildren}

// New starts a batch of a channel's blocks.
func New(channel string) *Batch {
	return &Batch{channel: channel, nodes: map[compact.NodeID][]byte{}, edge: trees.NewEmptyRange(0)}
}

// Add takes in the next block, by its number and its hash (lowercase hex).
func (b *Batch) Add(number uint64, hash string) error {
	if b.Len() > 0 && (b.Last == math.MaxUint64 || number != b.Last+1) {
		return fmt.Errorf("block %d does not follow block %d", number, b.Last)
	}
	leaf := Leaf(b.channel, number, hash)
	if leaf == nil {
		return fmt.Errorf("block %d of channel %q cannot be a leaf", number, b.channel)
	}
	if b.Len() == 0 {
		b.First = number
	}
	b.Last = number
	b.hashes = append(b.hashes, hash)
	return b.edge.Append(rfc6962.DefaultHasher.HashLeaf(leaf), func(id compact.NodeID, hash []byte) { b.nodes[id] = hash })
}

// Len is the number of its blocks.
func (b *Batch) Len() int { return len(b.hashes) }

// Hash is the hash of a block in it, "" of any other.
func (b *Batch) Hash(number uint64) string {
	if !b.has(number) {
		return ""
	}
	return b.hashes[number-b.First]
}

// Root is the tree head of RFC 9162, section 2.1.1, over the leaves.
func (b *Batch) Root() (root [32]byte) {
	sum, err := b.edge.GetRootHash(nil)
	if err != nil || sum == nil {
		sum = rfc6962.DefaultHasher.EmptyRoot()
	}
	copy(root[:], sum)
	return root
}

// Path is the inclusion path of a block, from its leaf to the root (RFC 9162,
// section 2.1.3.1): empty when it is alone, nil when it is not in the batch.
func (b *Batch) Path(number uint64) [][]byte {
	if !b.has(number) {
		return nil
	}
	need, err := proof.Inclusion(number-b.First, uint64(b.Len()))
	if err != nil {
		return nil
	}
	hashes := make([][]byte, len(need.IDs))
	for i, id := range need.IDs {
		hashes[i] = b.nodes[id]
	}
	path, err := need.Rehash(hashes, rfc6962.DefaultHasher.HashChildren)
	if err != nil {
		return nil
	}
	return path
}

func (b *Batch) has(number uint64) bool {
	return b.Len() > 0 && number >= b.First && number <= b.Last
}
