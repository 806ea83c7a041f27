package pledge_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// leafHash and nodeHash are those of RFC 9162, section 2.1.1, by hand.
func leafHash(number int, hash string) [32]byte {
	return sha256.Sum256(fmt.Appendf([]byte{0}, `{"channel":"pledge","hash":"%s","number":%d}`, hash, number))
}

func nodeHash(l, r [32]byte) [32]byte {
	return sha256.Sum256(slices.Concat([]byte{1}, l[:], r[:]))
}

// blocks are a checkpoint of blocks 7 to 9, and their hashes.
func blocks() (pledge.Checkpoint, []string) {
	h := []string{sha("7"), sha("8"), sha("9")}
	head := nodeHash(nodeHash(leafHash(7, h[0]), leafHash(8, h[1])), leafHash(9, h[2]))
	return pledge.Checkpoint{Channel: "pledge", First: 7, Last: 9, Hash: h[2], Root: hex.EncodeToString(head[:])}, h
}

// TestCheckpointAgainstBlocks: any block that differs is seen, and blocks that
// are not there yet are told apart from that.
func TestCheckpointAgainstBlocks(t *testing.T) {
	good, copied := blocks()
	changed := func(n int) []string {
		list := slices.Clone(copied)
		list[n] = sha("another")
		return list
	}
	moved, other, hash, root := good, good, good, good
	hash.Hash, root.Root = sha("another"), sha("another")
	moved.First, moved.Last = 8, 10
	other.Channel = "else"
	for what, c := range map[string]struct {
		point  pledge.Checkpoint
		hashes []string
		want   pledge.Code
	}{
		"the same":          {good, copied, ""},
		"more than it asks": {good, append(slices.Clone(copied), sha("10")), ""},
		"the first differs": {good, changed(0), pledge.Forked},
		"one between":       {good, changed(1), pledge.Forked},
		"the last differs":  {good, changed(2), pledge.Forked},
		"other numbers":     {moved, copied, pledge.Forked},
		"a false hash":      {hash, copied, pledge.Forked},
		"a false root":      {root, copied, pledge.Forked},
		"another channel":   {other, copied, pledge.Forked},
		"one is missing":    {good, copied[:2], pledge.NotFound},
		"none is there":     {good, nil, pledge.NotFound},
		"no checkpoint":     {pledge.Checkpoint{}, copied, pledge.Malformed},
	} {
		err := c.point.Against(c.hashes)
		if (err == nil) != (c.want == "") || err != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
	err := good.Against(changed(2))
	for _, want := range []string{good.Hash, good.Root, sha("another"), "7 to 9"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}

// TestBlockWithoutLeaf: what has no exact spelling in JSON has no leaf.
func TestBlockWithoutLeaf(t *testing.T) {
	if leaf := pledge.BlockLeaf("pledge", 1<<53-1, "00ff"); string(leaf) != `{"channel":"pledge","hash":"00ff","number":9007199254740991}` {
		t.Errorf("got %s", leaf)
	}
	for _, n := range []uint64{1 << 53, math.MaxUint64} {
		if leaf := pledge.BlockLeaf("pledge", n, "00ff"); leaf != nil {
			t.Errorf("block %d has %s", n, leaf)
		}
	}
}
