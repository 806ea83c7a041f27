package pledge

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// Checkpoint fixes a run of a ledger's blocks on another channel, that of
// courts and regulators (imprint 印刻). It says nothing of what is in them:
// whoever has a block proves by Root that it is one of them.
type Checkpoint struct {
	Channel string `json:"channel"` // of the blocks
	First   uint64 `json:"first"`
	Last    uint64 `json:"last"`
	Hash    string `json:"hash"` // of block Last, lowercase hex
	Root    string `json:"root"` // RFC 9162 tree head over the blocks, lowercase hex
}

// MaxCheckpointBlocks bounds a run of blocks: whoever endorses a checkpoint
// reads all of them, and whoever shows one of them needs the hashes of all.
const MaxCheckpointBlocks = 256

// KeyCheckpoint is the key of the checkpoint that ends with a block. It is
// written once.
func KeyCheckpoint(channel string, last uint64) string {
	digits := strconv.FormatUint(last, 10)
	return prefixCheckpoint + channel + "/" + strings.Repeat("0", 20-len(digits)) + digits
}

// KeyNewestCheckpoint is the key of the newest checkpoint of a channel.
func KeyNewestCheckpoint(channel string) string { return prefixCheckpoint + channel + "/newest" }

// ParseCheckpoint reads a checkpoint in its one spelling, RFC 8785.
func ParseCheckpoint(data []byte) (Checkpoint, error) {
	var c Checkpoint
	if err := unmarshalCanonical(data, &c); err != nil {
		return c, err
	}
	return c, c.check()
}

func (c Checkpoint) check() error {
	switch {
	case c.Channel == "" || len(c.Channel) > maxChannel || strings.ContainsFunc(c.Channel, notChannel):
		return Errorf(Malformed, "channel %q must have 1 to %d characters a-z, 0-9, . or -", clip(c.Channel), maxChannel)
	case c.First > c.Last:
		return Errorf(Malformed, "block %d is first and %d last", c.First, c.Last)
	case c.Last-c.First >= MaxCheckpointBlocks:
		return Errorf(TooLarge, "a checkpoint is of at most %d blocks, not of %d to %d", MaxCheckpointBlocks, c.First, c.Last)
	case !isHash(c.Hash):
		return Errorf(Malformed, "hash must be 64 lowercase hex digits")
	case !isHash(c.Root):
		return Errorf(Malformed, "root must be 64 lowercase hex digits")
	}
	return nil
}

func isHash(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == 32 && s == strings.ToLower(s)
}

// Record decides whether a checkpoint may be kept, and returns what to write
// for it. Blocks come without gaps from block 0 on, and what is kept stays:
//
//	the next blocks                 writes
//	the same checkpoint again       no writes, no error
//	another history of its blocks   Forked
//	any other                       SequenceChanged: other blocks come next
//
// Get returns what the channel has under a key; its errors come back as they are.
func (c Checkpoint) Record(get func(key string) ([]byte, error)) ([]Write, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	newest, known, err := heldUnder(KeyNewestCheckpoint(c.Channel), get)
	switch {
	case err != nil:
		return nil, err
	case known && c.Last <= newest.Last:
		return nil, c.again(newest, get)
	case c.First != after(newest, known):
		return nil, outOfLine(newest, known)
	}
	value, err := CanonicalJSON(c)
	return []Write{{KeyCheckpoint(c.Channel, c.Last), value}, {KeyNewestCheckpoint(c.Channel), value}}, err
}

// after is the block that comes next.
func after(newest Checkpoint, known bool) uint64 {
	if !known {
		return 0
	}
	return newest.Last + 1
}

// again compares with the checkpoint that ends with the same block.
func (c Checkpoint) again(newest Checkpoint, get func(string) ([]byte, error)) error {
	held, known, err := heldUnder(KeyCheckpoint(c.Channel, c.Last), get)
	switch {
	case err != nil:
		return err
	case known && held == c:
		return nil
	case known && (held.Hash != c.Hash || held.First == c.First):
		return Errorf(Forked, "blocks %d to %d of channel %s are held with hash %s and root %s, not with hash %s and root %s: people must find out which is right",
			held.First, held.Last, held.Channel, held.Hash, held.Root, c.Hash, c.Root)
	}
	return outOfLine(newest, true)
}

func outOfLine(newest Checkpoint, known bool) error {
	return Errorf(SequenceChanged, "block %d comes next; compare what is held already, and go on from there", after(newest, known))
}

func heldUnder(key string, get func(string) ([]byte, error)) (c Checkpoint, known bool, err error) {
	raw, err := get(key)
	if err != nil || len(raw) == 0 {
		return c, false, err
	}
	if c, err = ParseCheckpoint(raw); err != nil {
		return c, false, fmt.Errorf("%s: %v", key, err) // a fault, and no refusal
	}
	return c, true, nil
}
