package evidence

import (
	"context"
	"encoding/hex"
	"slices"
)

// place is an onchain file of a consortium's package: where a command stands,
// and who attests that it took effect.
type place struct {
	file             string
	block, tx, index uint64
	attestation      []byte
}

func parsePlace(name string, data []byte) (place, error) {
	n, err := parseCanonical(data)
	if err != nil {
		return place{}, faultf("", "%v", err)
	}
	f := fieldsOf(n, "")
	f.is("kind", ledgerFabric)
	p := place{file: name, block: uint64(f.number("block")), tx: uint64(f.number("tx")), index: uint64(f.number("index"))}
	if p.attestation, err = decode64(f.text("attestation")); err != nil {
		f.fail("attestation", "is not base64url")
	}
	return p, f.rest()
}

// readChannel reads a consortium's part of the package: the blocks, who vouches
// for each, and the commands in their transactions.
func (c *checker) readChannel(ctx context.Context) error {
	blocks, err := c.readBlocks(ctx)
	if err != nil {
		return err
	}
	c.readEras(blocks)
	var last *block
	for _, b := range blocks {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.blocks[b.number] = b
		c.note(CheckOrder, b.file, c.linked(last, b))
		if b.number > 0 {
			c.vouched(b)
		}
		last = b
	}
	return c.readPlaces(ctx)
}

func (c *checker) readBlocks(ctx context.Context) ([]*block, error) {
	var blocks []*block
	for _, f := range c.files {
		if roleOf(f.name) != "block" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, err := parseBlock(f.name, f.data)
		if !c.note(CheckBlockData, f.name, firstOf(err, contentOf(b, err))) {
			continue
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

func contentOf(b *block, err error) error {
	if err != nil {
		return err
	}
	return b.content()
}

// vouched notes whether a quorum of the consenters of its era signed a block.
func (c *checker) vouched(b *block) {
	who, err := b.signedUnder(c.eraOf(b.number))
	if !c.note(CheckBlockSignatures, b.file, err) {
		return
	}
	for _, k := range who {
		c.voucher(k.msp).Blocks++
	}
}

// signedUnder lists who signed a block of an era; the error is nil when they
// are a quorum, and had the era's configuration in force.
func (b *block) signedUnder(e *era) ([]consenter, error) {
	if e == nil {
		return nil, faultf("signatures", "nobody is known who could sign: block 0 is missing or not the trusted one")
	}
	who, err := b.signedBy(e.consenters)
	if _, config := b.isConfig(); err == nil && !config && b.lastConfig != e.from {
		err = faultf("metadata.last_config", "is block %d, known here is the configuration of block %d", b.lastConfig, e.from)
	}
	return who, err
}

// linked notes what the blocks' order says: neighbours are linked by hash,
// and none is after the one that the package speaks of.
func (c *checker) linked(last, b *block) error {
	if last != nil && last.number+1 == b.number && last.hash != hex.EncodeToString(b.prev) {
		return faultf("header.previous_hash", "block %d does not follow block %d", b.number, last.number)
	}
	return c.closes(proof{head: header{number: b.number, hash: b.hash}})
}

// readPlaces reads the genesis and the commands, in ledger order, so that
// each transaction is read once.
func (c *checker) readPlaces(ctx context.Context) error {
	var list []place
	for _, f := range c.files {
		if role := roleOf(f.name); role != "command" && role != "genesis" {
			continue
		}
		p, err := parsePlace(f.name, f.data)
		if c.note(CheckInclusion, f.name, err) {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b place) int {
		return comparePlaces([3]uint64{a.block, a.tx, a.index}, [3]uint64{b.block, b.tx, b.index})
	})
	for _, p := range list {
		if err := ctx.Err(); err != nil {
			return err
		}
		if t := c.transactionAt(p); t != nil {
			c.readPlace(p, t)
		}
	}
	c.forget()
	return nil
}

func comparePlaces(a, b [3]uint64) int { return slices.Compare(a[:], b[:]) }

func (c *checker) readPlace(p place, t *committed) {
	at := proof{file: p.file, head: t.head, tx: p.tx, index: p.index}
	if p.file == nameGenesis {
		c.readFounding(p, t, at)
		return
	}
	cmd, err := t.command(at)
	if !c.note(CheckInclusion, p.file, err) {
		return
	}
	c.commands = append(c.commands, cmd)
	c.attested(p, t, commandKey+cmd.by+"/"+cmd.jws.digest)
}

// voucher is the line of the report about an institution.
func (c *checker) voucher(msp string) *Institution {
	i := slices.IndexFunc(c.Institutions, func(v Institution) bool { return v.MSP == msp })
	if i < 0 {
		v := Institution{MSP: msp}
		if m := c.founding.members.members[msp]; m != nil {
			v.Party, v.Name = m.Party, m.Name
		}
		i = len(c.Institutions)
		c.Institutions = append(c.Institutions, v)
	}
	return &c.Institutions[i]
}
