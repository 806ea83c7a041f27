package chaincode

import (
	"errors"

	"github.com/datapledge/datapledge/pledge"
)

// Home is the channel of the genesis as this member's own peer has it.
// Implementations MUST be safe for concurrent use.
type Home interface {
	// Hashes are those of block first and the blocks after it, up to last,
	// lowercase hex: fewer when the peer does not have them all yet.
	Hashes(first, last uint64) ([]string, error)
}

var errNoHome = errors.New("this process was not told of its member's peer, so it cannot compare a checkpoint with the blocks there; start it with -peer")

// compare endorses no checkpoint but of the blocks that this member has
// itself. What a peer has can differ from what another one has: like the
// clock it can only refuse, and never comes into a result.
func (c *Chaincode) compare(point pledge.Checkpoint) error {
	if c.copied == nil {
		return errNoHome
	}
	hashes, err := c.copied.Hashes(point.First, point.Last)
	if err != nil {
		return err
	}
	return point.Against(hashes)
}
