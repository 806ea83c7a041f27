package evidence_test

import (
	"context"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go/msp"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
)

// chaincodeName is that of the synthetic channel.
const chaincodeName = "datapledge"

// done is a transaction that took effect, for the index.
type done struct {
	at      pledge.Position
	args    [][]byte
	results []pledge.Result
}

// cut is how a block is made of its transactions; tests change it.
type cut struct {
	txs     []*call
	config  []byte // a config envelope in place of transactions
	flags   []byte
	signers []signer
	last    uint64                // last config
	change  func(*common.Block)   // before it is hashed and signed
	after   func(*common.Block)   // after that
	prev    []byte                // nil: of the block before
	raw     func(b []byte) []byte // the bytes that the peer hands out
}

type signer struct {
	id   uint32
	node *node
}

// channel is a consortium's channel in memory, made with Fabric's own
// messages: six members, four of them with a consenter.
type channel struct {
	*story
	orgs     []*org
	cuts     []*cut
	blocks   []*common.Block
	applied  []done
	versions map[string]*kvrwset.Version
	values   mapState
	attest   func(*call) // changes what Prove attests
	rotated  *node       // the new consenter certificate of the second configuration
	sound    soundFiles  // of the asset, on the channel
}

// makeChannel puts the story's commands on a channel: the same commands, each
// of the story's blocks as one transaction.
func makeChannel(t testing.TB) *channel {
	t.Helper()
	s := newStory(t)
	s.genesis = s.consortium()
	c := &channel{story: s, sound: soundFiles{}, versions: map[string]*kvrwset.Version{}, values: mapState{}}
	for i, m := range s.genesis.Members {
		c.orgs = append(c.orgs, newOrg(t, string(m.Roles[0]), m.Party, []string{"IPCentreMSP", "NotaryMSP", "ExchangeMSP", "BankMSP", "CourtMSP", "RegulatorMSP"}[i]))
	}
	c.cuts = append(c.cuts, &cut{config: c.config(0, c.consenters())})
	c.add(&cut{txs: []*call{{chaincode: "_lifecycle", args: [][]byte{[]byte("CommitChaincodeDefinition")}, set: &kvrwset.KVRWSet{}}}})
	c.found()
	c.add(&cut{txs: []*call{c.execute(1), c.invalid(), c.execute(2)}, flags: []byte{0, 11, 0}})
	for n := 3; n < len(s.blocks); n++ {
		if n == 8 {
			c.rotate()
		}
		c.add(&cut{txs: []*call{c.execute(n)}})
	}
	c.seal()
	c.sound.add(t, c.build, c.asset)
	return c
}

// consortium is the story's genesis with the members that have no part in it.
func (s *story) consortium() pledge.Genesis {
	g := s.genesis
	g.Members = append(slices.Clone(g.Members), member(newKey("court", uscc(7)), "法院", pledge.RoleCourt),
		member(newKey("regulator", uscc(8)), "监管", pledge.RoleRegulator))
	return g
}

// consenters are those of the first four members.
func (c *channel) consenters() []signer {
	var list []signer
	for i, o := range c.orgs[:4] {
		list = append(list, signer{uint32(i + 1), o.orderer})
	}
	return list
}

// rotate gives one consenter a new certificate, in a block signed by the old.
func (c *channel) rotate() {
	c.rotated = c.orgs[0].issue(c.t, "orderer")
	list := c.consenters()
	list[0].node = c.rotated
	c.add(&cut{config: c.config(1, list)})
	c.cuts[len(c.cuts)-1].last = uint64(len(c.cuts) - 1)
}

// add appends a block and settles what its valid transactions wrote.
func (c *channel) add(k *cut) {
	number := uint64(len(c.cuts))
	if k.flags == nil {
		k.flags = make([]byte, max(1, len(k.txs)))
	}
	k.signers = c.consenters()[:3]
	for _, before := range c.cuts[1:] {
		if before.config != nil {
			k.last, k.signers[0].node = before.last, c.rotated
		}
	}
	c.cuts = append(c.cuts, k)
	for i, tx := range k.txs {
		if k.flags[i] != 0 || tx.results == nil {
			continue
		}
		at := pledge.Position{Block: number, Tx: i}
		c.applied = append(c.applied, done{at, tx.args, tx.results})
		for _, w := range tx.set.Writes {
			c.values[w.Key], c.versions[w.Key] = w.Value, &kvrwset.Version{BlockNum: number, TxNum: uint64(i)}
		}
	}
}

// found is the transaction that starts the ledger on the channel.
func (c *channel) found() {
	writes, err := c.genesis.Writes()
	if err != nil {
		c.t.Fatal(err)
	}
	raw, err := json.Marshal(c.genesis)
	if err != nil {
		c.t.Fatal(err)
	}
	set := &kvrwset.KVRWSet{Reads: []*kvrwset.KVRead{{Key: pledge.KeyChannel()}}}
	for _, w := range writes {
		set.Writes = append(set.Writes, &kvrwset.KVWrite{Key: w.Key, Value: w.Value})
	}
	c.add(&cut{txs: []*call{{args: [][]byte{[]byte("genesis"), raw}, set: set, time: c.story.blocks[0].time,
		results: []pledge.Result{{Writes: writes}}}}})
}

// watched is the state before a block; it notes what the rules look up.
type watched struct {
	*channel
	reads map[string]*kvrwset.Version
}

func (w watched) Get(key string) ([]byte, error) {
	w.reads[key] = w.versions[key]
	return w.values[key], nil
}
func (w watched) Put(string, []byte) error { return nil }

// execute is the transaction that does what block n of the story did.
func (c *channel) execute(n int) *call {
	c.t.Helper()
	b := c.story.blocks[n]
	var parsed []*pledge.Command
	args := [][]byte{[]byte("apply")}
	for _, jws := range b.jws {
		cmd, err := pledge.ParseCommand(jws)
		if err != nil {
			c.t.Fatal(err)
		}
		parsed, args = append(parsed, cmd), append(args, []byte(jws))
	}
	st := watched{c, map[string]*kvrwset.Version{}}
	results, err := pledge.Apply(st, pledge.Tx{Channel: c.chain.channel, Time: b.time}, parsed)
	if err != nil {
		c.t.Fatal(err)
	}
	answer, err := pledge.MarshalResults(results)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, r := range results {
		if r.Outcome.Status != pledge.Applied {
			c.t.Fatalf("block %d: %+v", n, r.Outcome)
		}
	}
	return &call{args: args, set: rwsetOf(st.reads, pledge.TxWrites(results)), answer: answer, results: results, time: b.time}
}

func rwsetOf(reads map[string]*kvrwset.Version, writes []pledge.Write) *kvrwset.KVRWSet {
	set := &kvrwset.KVRWSet{}
	for key, v := range reads {
		set.Reads = append(set.Reads, &kvrwset.KVRead{Key: key, Version: v})
	}
	slices.SortFunc(set.Reads, func(a, b *kvrwset.KVRead) int { return strings.Compare(a.Key, b.Key) })
	for _, w := range writes {
		set.Writes = append(set.Writes, &kvrwset.KVWrite{Key: w.Key, Value: w.Value})
	}
	return set
}

// invalid is a transaction that lost a race: it stands in its block, marked.
func (c *channel) invalid() *call {
	return &call{args: [][]byte{[]byte("apply"), []byte("x")}, set: &kvrwset.KVRWSet{}, time: c.story.blocks[1].time}
}

// seal makes the blocks: hashes, signatures, links.
func (c *channel) seal() {
	c.t.Helper()
	c.blocks = nil
	c.goOn()
}

// goOn makes the blocks that are not there yet, after those that are.
func (c *channel) goOn() {
	c.t.Helper()
	for n := len(c.blocks); n < len(c.cuts); n++ {
		k := c.cuts[n]
		b := &common.Block{Header: &common.BlockHeader{Number: uint64(n), PreviousHash: k.prev}, Data: &common.BlockData{}}
		if k.prev == nil && n > 0 {
			sum := sha256.Sum256(headerBytes(c.blocks[n-1]))
			b.Header.PreviousHash = sum[:]
		}
		if k.config != nil {
			b.Data.Data = [][]byte{k.config}
		}
		for _, tx := range k.txs {
			b.Data.Data = append(b.Data.Data, encode(c.envelope(tx)))
		}
		if k.change != nil {
			k.change(b)
		}
		if b.Header.DataHash == nil {
			sum := sha256.Sum256(slices.Concat(b.Data.Data...))
			b.Header.DataHash = sum[:]
		}
		c.sign(b, k)
		if k.after != nil {
			k.after(b)
		}
		c.blocks = append(c.blocks, b)
	}
}

func headerBytes(b *common.Block) []byte {
	der, err := asn1.Marshal(struct {
		Number     *big.Int
		Prev, Data []byte
	}{new(big.Int).SetUint64(b.Header.Number), b.Header.PreviousHash, b.Header.DataHash})
	if err != nil {
		panic(err)
	}
	return der
}

func (c *channel) sign(b *common.Block, k *cut) {
	value := encode(&common.OrdererBlockMetadata{LastConfig: &common.LastConfig{Index: k.last}, ConsenterMetadata: []byte("view")})
	md := &common.Metadata{Value: value}
	for i, s := range k.signers {
		id := encode(&common.IdentifierHeader{Identifier: s.id, Nonce: []byte{byte(i)}})
		md.Signatures = append(md.Signatures, &common.MetadataSignature{IdentifierHeader: id, Signature: s.node.sign(value, id, headerBytes(b))})
	}
	b.Metadata = &common.BlockMetadata{Metadata: [][]byte{encode(md), {}, k.flags, {}, {}}}
}

// config is a channel's configuration in an envelope.
func (c *channel) config(sequence uint64, consenters []signer) []byte {
	members := map[string]*common.ConfigGroup{}
	for _, o := range c.orgs {
		m := &msp.FabricMSPConfig{Name: o.msp, RootCerts: [][]byte{o.ca.pem}, FabricNodeOus: &msp.FabricNodeOUs{Enable: true,
			PeerOuIdentifier: &msp.FabricOUIdentifier{OrganizationalUnitIdentifier: "peer"}}}
		value := encode(&msp.MSPConfig{Config: encode(m)})
		members["org of "+o.role] = &common.ConfigGroup{Values: map[string]*common.ConfigValue{"MSP": {Value: value}}}
	}
	orderers := &common.Orderers{}
	for _, s := range consenters {
		orderers.ConsenterMapping = append(orderers.ConsenterMapping, &common.Consenter{Id: s.id, Host: "h", Port: 1, MspId: s.node.msp, Identity: s.node.pem})
	}
	group := &common.ConfigGroup{Groups: map[string]*common.ConfigGroup{
		"Orderer":     {Values: map[string]*common.ConfigValue{"Orderers": {Value: encode(orderers)}}},
		"Application": {Groups: members},
	}}
	header := &common.Header{ChannelHeader: encode(&common.ChannelHeader{Type: int32(common.HeaderType_CONFIG), ChannelId: c.chain.channel})}
	return encode(&common.Envelope{Payload: encode(&common.Payload{Header: header,
		Data: encode(&common.ConfigEnvelope{Config: &common.Config{Sequence: sequence, ChannelGroup: group}})})})
}

// The rest makes channel an evidence.Ledger and an evidence.Index.

func (c *channel) hash(n int) string {
	return fmt.Sprintf("%x", sha256.Sum256(headerBytes(c.blocks[n])))
}

func (c *channel) Info() service.LedgerInfo {
	return service.LedgerInfo{Kind: "fabric", Channel: c.chain.channel, Genesis: c.genesis, GenesisHash: c.hash(0)}
}

func (c *channel) Head(context.Context) (service.Head, error) {
	n := len(c.blocks) - 1
	return service.Head{Height: uint64(n), Hash: c.hash(n)}, nil
}

func (c *channel) Get(_ context.Context, keys ...string) ([][]byte, service.Head, error) {
	var values [][]byte
	for _, k := range keys {
		values = append(values, c.values[k])
	}
	head, err := c.Head(context.Background())
	return values, head, err
}

func (c *channel) bytes(n uint64) []byte {
	raw := encode(c.blocks[n])
	if change := c.cuts[n].raw; change != nil {
		raw = change(raw)
	}
	return raw
}

// Prove is written from the ledger's own description of its proofs.
func (c *channel) Prove(_ context.Context, p pledge.Position) (json.RawMessage, error) {
	if p.Block == 0 {
		p.Block = 2
	}
	tx := c.cuts[p.Block].txs[p.Tx]
	key := pledge.KeyChannel()
	if p.Block != 2 {
		cmd, err := pledge.ParseCommand(string(tx.args[1+p.Index]))
		if err != nil {
			return nil, err
		}
		key = pledge.KeyCommand(cmd.Payload.By, cmd.ID)
	}
	config, later := [][]byte{}, [][]byte{}
	for n := range c.cuts {
		if c.cuts[n].config != nil && uint64(n) < p.Block {
			config = append(config, c.bytes(uint64(n)))
		} else if c.cuts[n].config != nil {
			later = append(later, c.bytes(uint64(n)))
		}
	}
	return json.Marshal(map[string]any{"kind": "fabric", "v": 1, "channel": c.chain.channel, "chaincode": chaincodeName, "tx": p.Tx, "index": p.Index,
		"block": c.bytes(p.Block), "config": config, "later": later, "attestation": c.attestation(p, key)})
}

func (c *channel) attestation(p pledge.Position, key string) []byte {
	a := &call{args: [][]byte{[]byte("get"), []byte(key)}, time: madeAt, answer: []byte("[null]"),
		set: &kvrwset.KVRWSet{Reads: []*kvrwset.KVRead{{Key: key, Version: &kvrwset.Version{BlockNum: p.Block, TxNum: uint64(p.Tx)}}}}}
	if c.attest != nil {
		c.attest(a)
	}
	return encode(c.envelope(a))
}

func (c *channel) Record(_ context.Context, key string, height uint64) (service.Revision, error) {
	return latest(c.revisions(key), height)
}

func (c *channel) History(_ context.Context, key string, p service.Page) ([]service.Revision, string, error) {
	return firstPage(c.revisions(key), p)
}

func (c *channel) revisions(key string) (out []service.Revision) {
	for _, d := range c.applied {
		for i, r := range d.results {
			at := d.at
			at.Index = i
			for _, w := range r.Writes {
				if w.Key == key {
					out = append(out, service.Revision{Position: at, Act: actOf(string(d.args[1+i])), Record: w.Value})
				}
			}
		}
	}
	return out
}

func (c *channel) trust() evidence.Trust {
	c.t.Helper()
	var members []evidence.TrustMember
	for _, o := range c.orgs {
		members = append(members, o.trusted())
	}
	trust, err := evidence.TrustOfBlock(encode(c.blocks[0]), chaincodeName, "2 members, one of them ipcenter or notary", members)
	if err != nil {
		c.t.Fatal(err)
	}
	return trust
}

func (c *channel) source() evidence.Source {
	return evidence.Source{Ledger: c, Index: c, Signer: c.exchange, Trust: c.trust(), Now: func() time.Time { return madeAt }}
}

// build makes a package without the maker's own check.
func (c *channel) build(id string) []byte {
	c.t.Helper()
	data, err := c.source().Build(context.Background(), id)
	if err != nil {
		c.t.Fatal(err)
	}
	return data
}
