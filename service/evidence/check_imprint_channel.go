package evidence

import (
	"context"
	"encoding/hex"
	"fmt"
	"strings"
)

// CheckImprintChannel is the name of the check of checkpoints.
const CheckImprintChannel = checkImprint

// Imprinted says that a channel of other institutions holds the block under a
// checkpoint (imprint 印刻): from then on nobody could put another in its place
// unseen.
type Imprinted struct {
	Block   uint64 `json:"block"`
	First   uint64 `json:"first"`
	Last    uint64 `json:"last"`
	Channel string `json:"channel"` // that holds the checkpoint
	Time    string `json:"time"`    // RFC 3339; who endorsed it had this time, within 5 minutes
	// Members are the names of the institutions that endorsed it.
	Members []string `json:"members"`
}

// imprint checks the channel of checkpoints as a ledger of its own: what it
// finds there becomes one check of the package.
type imprint struct {
	*checker          // of that channel
	home     *checker // of the package
	used     map[uint64]bool
}

// imprintChannel judges each checkpoint in the package.
func (c *checker) imprintChannel(ctx context.Context) error {
	points, blocks := c.ofRole("imprint-checkpoint"), c.ofRole("imprint-block")
	switch {
	case len(points)+len(blocks) == 0:
		return nil
	case c.trust.Imprint == nil:
		c.find(CheckImprintChannel).Note = &Words{fmt.Sprintf("包内有 %d 个检查点，但信任文件未列印刻通道（imprint），无从判断", len(points)),
			fmt.Sprintf("there are %d checkpoints, and the trust file says nothing of their channel (imprint)", len(points))}
		return nil
	}
	i, err := c.newImprint(blocks)
	if err != nil {
		return err
	}
	if err := i.readImprint(ctx); err != nil {
		return err
	}
	for _, f := range points {
		if err := ctx.Err(); err != nil {
			return err
		}
		held, err := i.checkpoint(f)
		if c.note(CheckImprintChannel, f.name, err) {
			c.Imprinted = append(c.Imprinted, held)
		}
	}
	i.unused()
	i.tell()
	return nil
}

func (c *checker) ofRole(role string) (list []file) {
	for _, f := range c.files {
		if roleOf(f.name) == role {
			list = append(list, f)
		}
	}
	return list
}

// newImprint gives the blocks the names that those of a ledger have.
func (c *checker) newImprint(blocks []file) (*imprint, error) {
	t := c.trust.Imprint.asLedger()
	founding, err := t.founding()
	if err != nil {
		return nil, err
	}
	of := &checker{Report: newReport(ledgerFabric), trust: t, founding: founding, blocks: map[uint64]*block{}}
	for _, f := range blocks {
		f.name = dirBlocks + strings.TrimPrefix(f.name, dirImprint)
		of.files = append(of.files, f)
	}
	return &imprint{of, c, map[uint64]bool{}}, nil
}

// readImprint reads the blocks, and who vouches for each.
func (i *imprint) readImprint(ctx context.Context) error {
	blocks, err := i.readBlocks(ctx)
	if err != nil {
		return err
	}
	i.readEras(blocks)
	for n, b := range blocks {
		i.blocks[b.number] = b
		if n > 0 && blocks[n-1].number+1 == b.number && blocks[n-1].hash != hex.EncodeToString(b.prev) {
			i.note(CheckOrder, b.file, faultf("header.previous_hash", "block %d does not follow block %d", b.number, b.number-1))
		}
		if b.number > 0 {
			i.vouched(b)
		}
	}
	return nil
}

// unused tells of blocks that show nothing.
func (i *imprint) unused() {
	for n, b := range i.blocks {
		if _, config := b.isConfig(); !config && !i.used[n] {
			i.note(CheckInclusion, b.file, faultf("", "no checkpoint of the package is in this block"))
		}
	}
}

// tell carries what is wrong with the channel over to the package's report.
func (i *imprint) tell() {
	for _, check := range i.Checks {
		for _, f := range check.Failures {
			name := f.File
			if rest, ok := strings.CutPrefix(name, dirBlocks); ok {
				name = dirImprint + rest
			}
			i.home.note(CheckImprintChannel, name, faultf(f.Field, "%s: %s", check.Name, f.Detail))
		}
	}
}
