//go:build !js

package evidence

import (
	"encoding/hex"
	"fmt"
)

// SignedBlock is a block of a consortium's channel that a quorum of its
// consenters signed.
type SignedBlock struct {
	Number     uint64
	Hash, Prev string // lowercase hex; Prev is empty for block 0
	// Config: it sets who signs the blocks after it.
	Config bool
	// Carried counts the commands that its transactions carry out, as their
	// endorsers answered. Which transactions are valid no consenter signs.
	Carried uint64

	begins *era
}

// SignedBlocks follows the configurations of a consortium's channel from what
// is trusted, and judges blocks by the one in force. Not for concurrent use.
type SignedBlocks struct{ c *checker }

// FollowBlocks starts before block 0. An error is a fault of the trust.
func FollowBlocks(trust Trust) (*SignedBlocks, error) {
	if trust.Ledger != ledgerFabric {
		return nil, fmt.Errorf("a ledger of kind %.40q has no consenters", trust.Ledger)
	}
	c := &checker{Report: newReport(ledgerFabric), trust: trust}
	if err := c.believe(); err != nil {
		return nil, fmt.Errorf("reading the trust: %w", err)
	}
	return &SignedBlocks{c}, nil
}

// Check judges a serialized common.Block: it is whole, its data hash is that of
// its transactions, and it is the trusted block 0, or a quorum of the
// consenters signed it who were configured by the blocks given to Follow.
// Whether it follows the block before is for the caller to compare.
func (s *SignedBlocks) Check(raw []byte) (SignedBlock, error) {
	number, err := numberOf(raw)
	if err != nil {
		return SignedBlock{}, err
	}
	b, err := parseBlock(blockName(number), raw)
	if err := firstOf(err, contentOf(b, err)); err != nil {
		return SignedBlock{}, fmt.Errorf("block %d: %w", number, err)
	}
	out := SignedBlock{Number: number, Hash: b.hash, Prev: hex.EncodeToString(b.prev)}
	if out.begins, err = s.judge(b); err != nil {
		return SignedBlock{}, fmt.Errorf("block %d: %w", number, err)
	}
	out.Config = out.begins != nil
	out.Carried, _ = b.carried(s.c.trust.Chaincode)
	return out, nil
}

// judge returns what a configuration begins, nil for another block.
func (s *SignedBlocks) judge(b *block) (*era, error) {
	if b.number > 0 {
		if _, err := b.signedUnder(s.c.eraOf(b.number)); err != nil {
			return nil, err
		}
	}
	channel, ok := b.isConfig()
	last := len(s.c.eras) - 1
	switch {
	case b.number == 0 && last >= 0:
		return nil, same("header", b.hash, s.c.trust.GenesisHash)
	case ok && last >= 0 && b.number <= s.c.eras[last].from:
		return nil, nil // beside one that was followed: by its signers alone
	case ok:
		return s.c.era(b, channel)
	case b.number == 0:
		return nil, faultf("config", "block 0 holds none")
	}
	return nil, nil
}

// Follow takes a block that was checked for one of the chain: what it
// configures counts from the block after it.
func (s *SignedBlocks) Follow(b SignedBlock) {
	last := len(s.c.eras) - 1
	if b.begins != nil && (last < 0 || s.c.eras[last].from < b.begins.from) {
		s.c.eras = append(s.c.eras, b.begins)
	}
}
