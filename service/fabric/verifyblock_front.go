package fabric

import (
	"fmt"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/service"
)

// front verifies a channel's blocks one after another, from a block that was
// verified before, or from block 0.
type front struct {
	decoder
	seen       *seen
	began      bool
	head       service.Head
	time       time.Time
	consenters consenters
}

// next verifies the block after head and decodes it. errForged: the peer
// that gave it lies, or is of another channel. service.ErrRegressed: the
// orderers themselves signed another history than before.
func (f *front) next(b *common.Block) (*decoded, error) {
	if err := f.numbered(b); err != nil {
		return nil, err
	}
	if err := checkData(b); err != nil {
		return nil, err
	}
	if err := f.signed(b); err != nil {
		return nil, err
	}
	if err := f.seen.check(b.GetHeader().GetNumber(), headerHash(b.GetHeader())); err != nil {
		return nil, err
	}
	d, err := f.decoder.block(b, metadataOf(b, common.BlockMetadataIndex_TRANSACTIONS_FILTER))
	if err != nil {
		return nil, err
	}
	d.block.Time = notBefore(d.block.Time, f.time)
	return d, f.step(b, d)
}

// numbered: block 0 has no signatures and stands for itself; what was seen
// before says whether it is the same one.
func (f *front) numbered(b *common.Block) error {
	want := uint64(0)
	if f.began {
		want = f.head.Height + 1
	}
	if b.GetHeader() == nil || b.GetHeader().GetNumber() != want {
		return fmt.Errorf("got block %d, want %d: %w", b.GetHeader().GetNumber(), want, errForged)
	}
	return nil
}

func (f *front) signed(b *common.Block) error {
	if !f.began {
		_, err := readConfig(b, f.channel)
		return err
	}
	if err := f.consenters.check(b); err != nil {
		return err
	}
	if prev := hexOf(b.GetHeader().GetPreviousHash()); prev != f.head.Hash {
		return fmt.Errorf("the orderers signed block %d after %s; block %d was %s: %w", b.GetHeader().GetNumber(), prev, f.head.Height, f.head.Hash, service.ErrRegressed)
	}
	return nil
}

func (f *front) step(b *common.Block, d *decoded) (err error) {
	if d.config != nil {
		if f.consenters, err = readConfig(b, f.channel); err != nil {
			return err
		}
	}
	f.began, f.head, f.time = true, service.Head{Height: d.block.Number, Hash: d.block.Hash}, d.block.Time
	return nil
}

// same compares the block that the copy ends with to what a peer has there.
func (f *front) same(b *common.Block) error {
	hash := headerHash(b.GetHeader())
	if hash == f.head.Hash {
		return nil
	}
	if f.head.Height == 0 || f.consenters.check(b) != nil {
		return fmt.Errorf("block %d is %s, here it is %s: %w", f.head.Height, hash, f.head.Hash, errForged)
	}
	return fmt.Errorf("the orderers signed block %d as %s; it was %s: %w", f.head.Height, hash, f.head.Hash, service.ErrRegressed)
}
