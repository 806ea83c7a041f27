package pledge

import (
	"crypto/sha256"
	"encoding/hex"
)

// BlockLeaf is what stands for a block in the tree under a checkpoint, or under
// a time stamp: RFC 8785 JSON of its channel, its hash (lowercase hex) and its
// number, which must be at most 2^53-1. It is nil for a block that has no such
// spelling.
func BlockLeaf(channel string, number uint64, hash string) []byte {
	leaf, err := CanonicalJSON(blockLeaf{channel, hash, number})
	if err != nil {
		return nil
	}
	return leaf
}

type blockLeaf struct {
	Channel string `json:"channel"`
	Hash    string `json:"hash"`
	Number  uint64 `json:"number"`
}

// Against holds a checkpoint against a copy of the ledger that it is about:
// hashes are those of block First and of the blocks after it, lowercase hex, as
// far as the copy goes.
//
//	they give the checkpoint      nil
//	they end before block Last    NotFound: the copy is behind, ask again
//	they give another one         Forked
func (c Checkpoint) Against(hashes []string) error {
	if err := c.check(); err != nil {
		return err
	}
	need := c.Last - c.First + 1
	if have := uint64(len(hashes)); have < need {
		return Errorf(NotFound, "of blocks %d to %d of channel %s only %d are here yet; ask again", c.First, c.Last, c.Channel, have)
	}
	hashes = hashes[:need]
	if hash, root := hashes[need-1], blocksRoot(c.Channel, c.First, hashes); hash != c.Hash || root != c.Root {
		return Errorf(Forked, "blocks %d to %d of channel %s have here hash %s and root %s, not hash %s and root %s: people must find out which is right",
			c.First, c.Last, c.Channel, hash, root, c.Hash, c.Root)
	}
	return nil
}

// blocksRoot is the tree head of RFC 9162, section 2.1.1, over consecutive blocks.
func blocksRoot(channel string, first uint64, hashes []string) string {
	leaves := make([][sha256.Size]byte, len(hashes))
	for i, hash := range hashes {
		leaves[i] = sha256.Sum256(append([]byte{0}, BlockLeaf(channel, first+uint64(i), hash)...))
	}
	root := merkle(leaves)
	return hex.EncodeToString(root[:])
}
