package chaincode

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// start writes the state that the channel begins with. A member endorses only
// the genesis that it was given by its own operator: so two operators at
// least have agreed on who the members are and which keys they have.
func (c *Chaincode) start(s stub, args [][]byte) ([]byte, error) {
	g, err := readGenesis(args)
	if err != nil {
		return nil, err
	}
	if _, err := c.txTime(s); err != nil {
		return nil, err
	}
	writes, err := g.Writes()
	if err != nil {
		return nil, err
	}
	if g.Channel != s.GetChannelID() {
		return nil, pledge.Errorf(pledge.WrongChannel, "the genesis is for channel %q; this is %q", g.Channel, s.GetChannelID())
	}
	if !slices.EqualFunc(writes, c.genesis, sameWrite) {
		return nil, pledge.Errorf(pledge.TermsMismatch, "the genesis is not the one that this member's chaincode was started with: %s, here %s; compare the files", digestOf(writes), digestOf(c.genesis))
	}
	return nil, first(s, writes)
}

func readGenesis(args [][]byte) (pledge.Genesis, error) {
	var g pledge.Genesis
	if len(args) != 1 {
		return g, pledge.Errorf(pledge.Malformed, "genesis needs one argument, the genesis as JSON")
	}
	return g, pledge.StrictUnmarshal(args[0], &g)
}

func sameWrite(a, b pledge.Write) bool { return a.Key == b.Key && bytes.Equal(a.Value, b.Value) }

// first writes to a channel that has no genesis.
func first(s stub, writes []pledge.Write) error {
	old, err := s.GetState(pledge.KeyChannel())
	if err != nil {
		return fmt.Errorf("reading the genesis: %w", err)
	}
	if len(old) > 0 {
		return pledge.Errorf(pledge.Duplicate, "the channel %s has a genesis, %s", s.GetChannelID(), digest(old))
	}
	return write(s, writes)
}
