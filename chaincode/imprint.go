package chaincode

import (
	"fmt"
	"strconv"

	"github.com/datapledge/datapledge/pledge"
)

// The same process serves two channels: the one that the genesis names, where
// commands apply, and that of courts and regulators, which holds nothing but
// checkpoints of the first. What belongs to one is refused on the other.

// atHome tells whether the call is on the channel of the genesis.
func (c *Chaincode) atHome(s stub) bool { return s.GetChannelID() == c.home }

func (c *Chaincode) onlyAtHome(s stub, what string) error {
	if c.atHome(s) {
		return nil
	}
	return pledge.Errorf(pledge.WrongChannel, "%s belongs on channel %s; %s holds checkpoints only", what, c.home, s.GetChannelID())
}

func (c *Chaincode) neverAtHome(s stub, what string) error {
	if !c.atHome(s) {
		return nil
	}
	return pledge.Errorf(pledge.WrongChannel, "%s belongs on another channel: %s cannot vouch for itself", what, c.home)
}

// checkpoint keeps a checkpoint of the blocks that this member's own peer has,
// and answers it as it is held.
func (c *Chaincode) checkpoint(s stub, args [][]byte) ([]byte, error) {
	if err := c.neverAtHome(s, "a checkpoint"); err != nil {
		return nil, err
	}
	point, err := c.readCheckpoint(args)
	if err != nil {
		return nil, err
	}
	if _, err := c.txTime(s); err != nil {
		return nil, err
	}
	writes, err := point.Record(s.GetState)
	if err != nil {
		return nil, err
	}
	answer, err := pledge.CanonicalJSON(point)
	if err != nil || len(writes) == 0 {
		return answer, err
	}
	if err := c.compare(point); err != nil {
		return nil, err
	}
	return answer, write(s, writes)
}

func (c *Chaincode) readCheckpoint(args [][]byte) (pledge.Checkpoint, error) {
	if len(args) != 1 {
		return pledge.Checkpoint{}, pledge.Errorf(pledge.Malformed, "checkpoint takes one argument, the checkpoint as RFC 8785 JSON")
	}
	point, err := pledge.ParseCheckpoint(args[0])
	if err == nil && point.Channel != c.home {
		err = pledge.Errorf(pledge.WrongChannel, "the checkpoint is of channel %s; this member keeps those of %s", point.Channel, c.home)
	}
	return point, err
}

// checkpoints answers one checkpoint: the newest, or the one that ends with a
// block.
func (c *Chaincode) checkpoints(s stub, args [][]byte) ([]byte, error) {
	if err := c.neverAtHome(s, "a checkpoint"); err != nil {
		return nil, err
	}
	key, err := c.checkpointKey(args)
	if err != nil {
		return nil, err
	}
	value, err := s.GetState(key)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", key, err)
	}
	if len(value) == 0 {
		return nil, pledge.Errorf(pledge.NotFound, "there is no such checkpoint of channel %s", c.home)
	}
	return value, nil
}

func (c *Chaincode) checkpointKey(args [][]byte) (string, error) {
	if len(args) == 0 {
		return pledge.KeyNewestCheckpoint(c.home), nil
	}
	last, err := strconv.ParseUint(string(args[0]), 10, 64)
	if err != nil || len(args) > 1 {
		return "", pledge.Errorf(pledge.Malformed, "checkpoints takes nothing, or the number of the block that the checkpoint ends with")
	}
	return pledge.KeyCheckpoint(c.home, last), nil
}
