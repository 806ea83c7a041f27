package fabric

import (
	"context"
	"fmt"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/service"
)

// RawBlock is a block of the verified copy as the channel has it: a serialized
// common.Block with the orderers' signatures, by which whoever follows the
// configurations from block 0 can believe it. service.ErrNotFound: the copy
// has no such block.
func (l *Ledger) RawBlock(ctx context.Context, number uint64) ([]byte, error) {
	if err := l.isOpen(); err != nil {
		return nil, err
	}
	return l.chain.rawBlock(ctx, number)
}

func (c *chain) rawBlock(ctx context.Context, number uint64) (raw []byte, err error) {
	head, err := c.head()
	if err != nil {
		return nil, err
	}
	if number > head.Height {
		return nil, fmt.Errorf("the copy ends at block %d: %w", head.Height, service.ErrNotFound)
	}
	err = c.replayRaw(ctx, number, number, func(b *common.Block, _ *decoded) error {
		if err := c.signedStill(b); err != nil {
			return fmt.Errorf("%w: %w", err, service.ErrUnavailable)
		}
		raw, err = marshal(b)
		return err
	})
	return raw, err
}

// signedStill checks the signatures of a block that a peer gave once more: no
// hash covers them. Block 0 has none.
func (c *chain) signedStill(b *common.Block) error {
	number := b.GetHeader().GetNumber()
	if number == 0 {
		return nil
	}
	c.dbMu.RLock()
	before, err := c.db.configs(number - 1)
	c.dbMu.RUnlock()
	if err != nil {
		return c.noteDamage(err)
	}
	who, err := configInForce(before, c.o.Channel)
	if err != nil {
		return err
	}
	return who.check(b)
}
