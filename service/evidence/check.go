package evidence

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// checker holds what one run of Check has found so far.
type checker struct {
	*Report
	trust    Trust
	key      publicKey // the operator's
	files    []file
	list     manifest
	assetID  string          // the asset that the package is about
	search   *search         // of a package about one
	searched []string        // the assets and pledges that it named
	subjects map[string]bool // keys of the records that the package is about
	headers  map[string]bool // header JWS already looked at
	genesis  proof
	founded  node      // the members that the ledger started with
	initial  []write   // and what it wrote then
	commands []command // in ledger order
	register register
	last     map[string][]byte // key -> value that the ledger wrote last
	content  string            // id of the command that brought the asset's newest version
	stamps   *stampTrust

	founding *era // the consortium as the trust file has it
	eras     []*era
	blocks   map[uint64]*block
	current  *committed // the transaction that was read last
}

// Check says whether the package in r stands against what the caller trusts.
// It needs no network and no clock; memory is bounded by size, which is
// refused above 64 MiB (256 MiB for a consortium's, which holds whole blocks). The error is a fault of reading, of trust or of ctx:
// whatever is wrong with the package itself is in the report.
func Check(ctx context.Context, r io.ReaderAt, size int64, trust Trust) (Report, error) {
	c := &checker{Report: newReport(trust.Ledger), trust: trust, headers: map[string]bool{},
		register: register{}, last: map[string][]byte{}, blocks: map[uint64]*block{}}
	if err := c.believe(); err != nil {
		return Report{}, fmt.Errorf("reading the trust: %w", err)
	}
	files, readable, err := readPackage(r, size, c.Report)
	if err != nil {
		return Report{}, err
	}
	if readable {
		c.files = files
		err = c.run(ctx)
	}
	c.judge()
	c.conclude()
	return *c.Report, err
}

// conclude says of a package that stands what it means.
func (c *checker) conclude() {
	if c.OK() {
		c.nameKeys()
		c.subject()
		c.negatives()
	} else {
		c.facts, c.Keys = nil, []KeyLife{}
	}
	c.assess()
}

func (c *checker) run(ctx context.Context) error {
	if !c.readManifest() {
		return nil
	}
	defer c.partsList() // which goes by all that was found
	c.assetID = c.assetOf()
	c.readSearch()
	c.complete()
	if err := c.readChain(ctx); err != nil {
		return err
	}
	c.order()
	c.content = c.newest().jws.digest
	if err := c.walk(ctx); err != nil {
		return err
	}
	if err := c.timeStamps(ctx); err != nil {
		return err
	}
	if err := c.imprintReceipts(ctx); err != nil {
		return err
	}
	if err := c.imprintChannel(ctx); err != nil {
		return err
	}
	c.signature()
	c.parties()
	c.records()
	c.agreements()
	c.searchReport()
	c.answers()
	if c.list.kind == KindAsset || c.list.kind == KindPledge {
		c.dataset()
	}
	c.sm3Manifest()
	return c.replay(ctx)
}

// believe takes from the trust who may sign blocks and stamp them.
func (c *checker) believe() (err error) {
	if c.stamps, err = newStampTrust(c.trust.TimeStampRoots); err != nil {
		return err
	}
	if c.trust.Ledger == ledgerFabric {
		c.founding, err = c.trust.founding()
		return err
	}
	c.key, err = c.trust.operator()
	return err
}

// readChain reads the genesis and the commands, and who vouches for them.
func (c *checker) readChain(ctx context.Context) error {
	if c.trust.Ledger == ledgerFabric {
		return c.readChannel(ctx)
	}
	c.readGenesis()
	return c.readCommands(ctx)
}

func (c *checker) readGenesis() {
	data, ok := find(c.files, nameGenesis)
	if !ok {
		return
	}
	p, err := parseProof(nameGenesis, data)
	if err != nil {
		c.note(CheckGenesis, nameGenesis, err)
		return
	}
	c.genesis = p
	c.operator(p)
	c.included(p)
	if p.head.hash != c.trust.GenesisHash {
		err = faultf("header", "block %d has the hash %s, trusted is %.64s", p.head.number, p.head.hash, c.trust.GenesisHash)
	} else if p.head.number != 0 || p.index != 0 || p.head.prev != strings.Repeat("0", 64) {
		err = faultf("header", "is not that of a first block")
	}
	c.note(CheckGenesis, nameGenesis, firstOf(err, c.readMembers(p)))
}

// readMembers starts the register and the state from block 0.
func (c *checker) readMembers(p proof) error {
	f := fieldsOf(p.doc, "entry")
	genesis := f.object("genesis")
	writes, err := parseWrites(f)
	if err != nil {
		return err
	}
	if err := f.rest(); err != nil {
		return err
	}
	return c.found(genesis, writes)
}

// found starts register and state from the members that the ledger began with.
func (c *checker) found(genesis node, writes []write) error {
	if err := same("entry.genesis.channel", fieldsOf(genesis, "").text("channel"), c.trust.Channel); err != nil {
		return err
	}
	c.founded, c.initial = genesis, writes
	c.wrote(writes)
	c.foundingKeys()
	return c.register.genesis(genesis)
}

func (c *checker) wrote(writes []write) {
	for _, w := range writes {
		c.last[w.key] = w.value
	}
}

func (c *checker) readCommands(ctx context.Context) error {
	for _, f := range c.files {
		if roleOf(f.name) != "command" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		p, err := parseProof(f.name, f.data)
		if !c.note(CheckInclusion, f.name, err) {
			continue
		}
		c.operator(p)
		c.included(p)
		cmd, err := parseEntry(p)
		if err != nil {
			c.note(CheckCommandID, f.name, err)
			continue
		}
		c.commands = append(c.commands, cmd)
	}
	slices.SortStableFunc(c.commands, byPosition)
	return nil
}

// walk follows the commands in ledger order: who could sign what, when.
func (c *checker) walk(ctx context.Context) error {
	for _, cmd := range c.commands {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.ids(cmd)
		c.wrote(cmd.writes)
		c.note(CheckChannel, cmd.file, same("command.payload.on", cmd.on, c.trust.Channel))
		c.follow(cmd)
		for _, in := range cmd.inner {
			c.note(CheckChannel, cmd.file, same("command.payload.on", in.on, c.trust.Channel))
			c.follow(in)
		}
	}
	return nil
}

// follow looks at who signed a command, which may be one within a closing, and
// does with keys what it says.
func (c *checker) follow(cmd command) {
	if c.signer(cmd.jws, cmd.by, cmd.file, CheckCommand) {
		if c.content != "" && cmd.jws.digest == c.content {
			c.receipt(cmd)
		}
		if err := c.register.apply(cmd); err != nil {
			c.note(CheckEnrolled, cmd.file, err)
		} else {
			c.keyHistory(cmd)
		}
	}
	c.History = append(c.History, Line{cmd.head.number, cmd.tx, cmd.index, cmd.head.stamp, cmd.act, cmd.by, cmd.at, cmd.jws.digest})
}
