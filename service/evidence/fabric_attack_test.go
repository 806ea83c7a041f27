package evidence_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// channelAttack changes a channel before its blocks are made, and the package
// of the story's asset is made of that. Which check must find it, and where.
// The asset's notarization is transaction 0 of block notarized.
type channelAttack struct {
	name, check, file string
	change            func(c *channel)
}

const (
	foundedAt = 2 // the genesis transaction
	enrolled  = 3 // three transactions: one invalid
	notarized = 5
)

func blockFile(n int) string { return fmt.Sprintf("onchain/blocks/%020d.block", n) }

func (c *channel) call(n int) *call { return c.cuts[n].txs[0] }

// tx is an attack on the notarization's transaction.
func tx(name, check string, change func(c *channel, k *call)) channelAttack {
	return channelAttack{name, check, blockFile(notarized), func(c *channel) { change(c, c.call(notarized)) }}
}

// blk is an attack on the notarization's block.
func blk(name, check string, change func(c *channel, k *cut)) channelAttack {
	return channelAttack{name, check, blockFile(notarized), func(c *channel) { change(c, c.cuts[notarized]) }}
}

// att is an attack on what is attested of every command.
func att(name string, change func(c *channel, k *call)) channelAttack {
	return channelAttack{name, evidence.CheckAttested, "onchain/commands/", func(c *channel) { c.attest = func(k *call) { change(c, k) } }}
}

var blockAttacks = []channelAttack{
	blk("a signature of another block", evidence.CheckBlockSignatures, damageSignature(0)),
	blk("the second signature damaged", evidence.CheckBlockSignatures, damageSignature(1)),
	blk("the third signature damaged", evidence.CheckBlockSignatures, damageSignature(2)),
	blk("signed by one consenter less than a quorum", evidence.CheckBlockSignatures, func(c *channel, k *cut) { k.signers = k.signers[:2] }),
	blk("signed by nobody", evidence.CheckBlockSignatures, func(c *channel, k *cut) { k.signers = nil }),
	blk("the same consenter twice", evidence.CheckBlockSignatures, func(c *channel, k *cut) { k.signers[2] = k.signers[1] }),
	blk("a consenter under another's number", evidence.CheckBlockSignatures, func(c *channel, k *cut) { k.signers[2].node = k.signers[1].node }),
	blk("a consenter that is not trusted", evidence.CheckBlockSignatures, func(c *channel, k *cut) { k.signers[2] = signer{9, c.orgs[5].orderer} }),
	blk("another certificate of a consenter's member", evidence.CheckBlockSignatures, func(c *channel, k *cut) { k.signers[2].node = c.orgs[2].issue(c.t, "orderer") }),
	blk("a peer in a consenter's place", evidence.CheckBlockSignatures, func(c *channel, k *cut) { k.signers[2].node = c.orgs[2].peer }),
	blk("a signature in its other spelling", evidence.CheckBlockSignatures, func(c *channel, k *cut) {
		n := *k.signers[0].node
		n.high = true
		k.signers[0].node = &n
	}),
	blk("another last configuration", evidence.CheckBlockSignatures, func(c *channel, k *cut) { k.last = 1 }),
	blk("signed metadata changed", evidence.CheckBlockSignatures, func(c *channel, k *cut) {
		k.after = func(b *common.Block) {
			b.Metadata.Metadata[0] = bytes.Replace(b.Metadata.Metadata[0], []byte("view"), []byte("VIEW"), 1)
		}
	}),
	blk("the previous hash changed after signing", evidence.CheckBlockSignatures, func(c *channel, k *cut) {
		k.after = func(b *common.Block) { b.Header.PreviousHash = make([]byte, 32) }
	}),
	blk("spliced: it follows another block", evidence.CheckOrder, func(c *channel, k *cut) { k.prev = make([]byte, 32) }),
	blk("a previous hash that is none", evidence.CheckBlockData, func(c *channel, k *cut) { k.prev = []byte("x") }),
	blk("a transaction changed", evidence.CheckBlockData, func(c *channel, k *cut) {
		k.after = func(b *common.Block) {
			e := c.envelope(c.call(notarized))
			e.Signature = c.orgs[3].client.sign(e.Payload)
			b.Data.Data[0] = encode(e)
		}
	}),
	blk("a transaction added", evidence.CheckBlockData, func(c *channel, k *cut) {
		k.after = func(b *common.Block) { b.Data.Data = append(b.Data.Data, b.Data.Data[0]) }
	}),
	{"a transaction removed", evidence.CheckBlockData, blockFile(enrolled), func(c *channel) {
		c.cuts[enrolled].after = func(b *common.Block) { b.Data.Data = b.Data.Data[:2] }
	}},
	{"transactions in another order", evidence.CheckBlockData, blockFile(enrolled), func(c *channel) {
		c.cuts[enrolled].after = func(b *common.Block) { b.Data.Data[1], b.Data.Data[2] = b.Data.Data[2], b.Data.Data[1] }
	}},
	{"transactions cut elsewhere", evidence.CheckBlockData, blockFile(enrolled), func(c *channel) {
		c.cuts[enrolled].after = func(b *common.Block) {
			b.Data.Data = [][]byte{slices.Concat(b.Data.Data[0], b.Data.Data[1]), b.Data.Data[2]}
		}
	}},
	blk("an envelope in another spelling", evidence.CheckBlockData, func(c *channel, k *cut) {
		k.change = func(b *common.Block) {
			e := c.envelope(c.call(notarized))
			b.Data.Data[0] = slices.Concat(encode(&common.Envelope{Signature: e.Signature}), encode(&common.Envelope{Payload: e.Payload}))
		}
	}),
	blk("a data hash of something else", evidence.CheckBlockData, func(c *channel, k *cut) {
		k.change = func(b *common.Block) { sum := sha256.Sum256([]byte("x")); b.Header.DataHash = sum[:] }
	}),
	blk("bytes that are no block", evidence.CheckBlockData, func(c *channel, k *cut) {
		k.raw = func(b []byte) []byte { return append(b, 0xff) }
	}),
	blk("a second header", evidence.CheckBlockData, func(c *channel, k *cut) {
		k.raw = func(b []byte) []byte { return append(b, encode(&common.Block{Header: c.blocks[notarized].Header})...) }
	}),
	blk("marked invalid", evidence.CheckFlag, func(c *channel, k *cut) { k.flags = []byte{11} }),
	blk("not marked at all", evidence.CheckFlag, func(c *channel, k *cut) { k.flags = []byte{} }),
	{"a configuration left out", evidence.CheckBlockSignatures, "onchain/blocks/", func(c *channel) { c.cuts[9].config = nil; c.cuts[9].txs = c.cuts[1].txs }},
	{"a configuration of a later number", evidence.CheckGenesis, blockFile(9), func(c *channel) { c.cuts[9].config = c.config(2, c.consenters()) }},
	{"a configuration that nobody signed", evidence.CheckBlockSignatures, blockFile(9), func(c *channel) { c.cuts[9].signers = nil }},
	{"a configuration signed by those it names", evidence.CheckBlockSignatures, blockFile(9), func(c *channel) { c.cuts[9].signers = c.cuts[10].signers[:1] }},
	{"a configuration of another channel", evidence.CheckGenesis, blockFile(9), func(c *channel) {
		c.chain.channel = "other"
		c.cuts[9].config = c.config(1, c.consenters())
		c.chain.channel = "pledge"
	}},
}

func damageSignature(i int) func(*channel, *cut) {
	return func(c *channel, k *cut) {
		k.after = func(b *common.Block) {
			var md common.Metadata
			decode(b.Metadata.Metadata[0], &md)
			var other common.Metadata
			decode(c.blocks[notarized-1].Metadata.Metadata[0], &other)
			md.Signatures[i].Signature = other.Signatures[i].Signature
			b.Metadata.Metadata[0] = encode(&md)
		}
	}
}

var transactionAttacks = []channelAttack{
	tx("endorsed by one member", evidence.CheckEndorsements, func(c *channel, k *call) { k.endorsers = []*node{c.orgs[0].peer} }),
	tx("endorsed by nobody", evidence.CheckEndorsements, func(c *channel, k *call) { k.endorsers = []*node{} }),
	tx("endorsed by two without IP centre or notary", evidence.CheckEndorsements, func(c *channel, k *call) { k.endorsers = []*node{c.orgs[2].peer, c.orgs[3].peer} }),
	tx("endorsed twice by one member", evidence.CheckEndorsements, func(c *channel, k *call) {
		k.endorsers = []*node{c.orgs[0].peer, c.orgs[0].issue(c.t, "peer")}
	}),
	tx("endorsed by a member's client", evidence.CheckEndorsements, func(c *channel, k *call) { k.endorsers = []*node{c.orgs[0].peer, c.orgs[2].client} }),
	tx("endorsed by a member's authority", evidence.CheckEndorsements, func(c *channel, k *call) { k.endorsers = []*node{c.orgs[0].ca, c.orgs[2].peer} }),
	tx("endorsed by a stranger in a member's name", evidence.CheckEndorsements, func(c *channel, k *call) {
		k.endorsers = []*node{newOrg(c.t, "ipcenter", "", "IPCentreMSP").peer, c.orgs[2].peer}
	}),
	tx("endorsed by one member in another's name", evidence.CheckEndorsements, func(c *channel, k *call) {
		n := *c.orgs[3].peer
		n.msp = "NotaryMSP"
		k.endorsers = []*node{c.orgs[2].peer, &n}
	}),
	tx("endorsed by an unknown institution", evidence.CheckEndorsements, func(c *channel, k *call) {
		k.endorsers = []*node{newOrg(c.t, "ipcenter", "", "OtherMSP").peer, c.orgs[2].peer}
	}),
	tx("an endorsement of another answer", evidence.CheckEndorsements, func(c *channel, k *call) {
		k.endorsed = func(e *peer.Endorsement) { e.Signature = c.orgs[0].peer.sign([]byte("another"), e.Endorser) }
	}),
	tx("an endorsement in its other spelling", evidence.CheckEndorsements, func(c *channel, k *call) {
		n := *c.orgs[0].peer
		n.high = true
		k.endorsers = []*node{&n, c.orgs[2].peer}
	}),
	tx("sent by a stranger", evidence.CheckTransaction, func(c *channel, k *call) { k.creator = newOrg(c.t, "x", "", "ExchangeMSP").client }),
	tx("sent by a member's authority", evidence.CheckTransaction, func(c *channel, k *call) { k.creator = c.orgs[2].ca }),
	tx("signed by another client", evidence.CheckTransaction, func(c *channel, k *call) { k.stranger = c.orgs[3].client }),
	tx("another transaction id", evidence.CheckTransaction, func(c *channel, k *call) { k.txID = strings.Repeat("0", 64) }),
	tx("the answer to another call", evidence.CheckTransaction, func(c *channel, k *call) { k.hash = make([]byte, 32) }),
	tx("a call of another chaincode", evidence.CheckTransaction, func(c *channel, k *call) { k.answeredBy = "other" }),
	tx("a refusing answer", evidence.CheckTransaction, func(c *channel, k *call) { k.status = 409 }),
	tx("of another channel", evidence.CheckChannel, func(c *channel, k *call) { k.channel = "other" }),
	tx("writes deleted", evidence.CheckResults, func(c *channel, k *call) { k.set.Writes[0].IsDelete = true }),
	tx("a write that no command made", evidence.CheckResults, func(c *channel, k *call) {
		k.set.Writes = append(k.set.Writes, &kvrwset.KVWrite{Key: "v1/zzz", Value: []byte("{}")})
	}),
	tx("a write left out", evidence.CheckResults, func(c *channel, k *call) { k.set.Writes = k.set.Writes[1:] }),
	tx("writes in another order", evidence.CheckResults, func(c *channel, k *call) { slices.Reverse(k.set.Writes) }),
	tx("reads in another order", evidence.CheckResults, func(c *channel, k *call) { slices.Reverse(k.set.Reads) }),
	tx("a value that is not canonical", evidence.CheckResults, func(c *channel, k *call) { k.set.Writes[0].Value = append([]byte(" "), k.set.Writes[0].Value...) }),
	tx("private data", evidence.CheckResults, func(c *channel, k *call) {
		k.others = []*rwset.NsReadWriteSet{{Namespace: "x", CollectionHashedRwset: []*rwset.CollectionHashedReadWriteSet{{CollectionName: "y"}}}}
	}),
	tx("a second set of the chaincode", evidence.CheckResults, func(c *channel, k *call) {
		k.others = []*rwset.NsReadWriteSet{{Namespace: chaincodeName, Rwset: encode(&kvrwset.KVRWSet{})}}
	}),
	tx("another namespace written", evidence.CheckResults, func(c *channel, k *call) {
		k.others = []*rwset.NsReadWriteSet{{Namespace: "lscc", Rwset: encode(&kvrwset.KVRWSet{Writes: []*kvrwset.KVWrite{{Key: "x", Value: []byte("1")}}})}}
	}),
	tx("a query of a range", evidence.CheckResults, func(c *channel, k *call) { k.set.RangeQueriesInfo = []*kvrwset.RangeQueryInfo{{StartKey: "a"}} }),
	tx("an answer that is not one", evidence.CheckResults, func(c *channel, k *call) { k.answer = []byte(`{"v":1}`) }),
	tx("an answer of more commands", evidence.CheckResults, func(c *channel, k *call) { k.args = append(k.args, []byte("x")) }),
	tx("an answer with an unknown member", evidence.CheckResults, func(c *channel, k *call) { k.answer = append([]byte(`{"x":1,`), k.answer[1:]...) }),
	tx("an answer with writes that are not there", evidence.CheckResults, func(c *channel, k *call) {
		k.answer = bytes.Replace(k.answer, []byte(`"writes":[0`), []byte(`"writes":[99`), 1)
	}),
	tx("an answer of another version", evidence.CheckResults, func(c *channel, k *call) { k.answer = bytes.Replace(k.answer, []byte(`"v":1`), []byte(`"v":2`), 1) }),
	{"an answer that refuses", evidence.CheckCommandID, "onchain/commands/", func(c *channel) {
		k := c.call(notarized)
		k.answer = bytes.Replace(k.answer, []byte(`"applied"`), []byte(`"refused"`), 1)
	}},
	{"an answer about another command", evidence.CheckCommandID, "onchain/commands/", func(c *channel) {
		k := c.call(notarized)
		k.answer = bytes.Replace(k.answer, []byte(`"cmd_`), []byte(`"cmd_0`), 1)
	}},
	{"an answer of another record", evidence.CheckCommandID, "onchain/commands/", func(c *channel) {
		k := c.call(notarized)
		k.answer = bytes.Replace(k.answer, []byte(`"as_`), []byte(`"as_a`), 1)
	}},
	{"a value that the rules do not write", evidence.CheckReplay, "onchain/commands/", func(c *channel) {
		for _, w := range c.call(notarized).set.Writes {
			w.Value = bytes.Replace(w.Value, []byte("鸟击记录"), []byte("更好数据"), 1)
		}
	}},
	{"a time at which the rules refuse", evidence.CheckReplay, "onchain/commands/", func(c *channel) {
		c.call(notarized).time = c.call(notarized).time.AddDate(0, 0, 3)
	}},
	{"a key that was not looked up", evidence.CheckVersions, "onchain/commands/", func(c *channel) {
		c.call(notarized).set.Reads = c.call(notarized).set.Reads[1:]
	}},
	{"a key that was read as of another transaction", evidence.CheckVersions, "onchain/commands/", func(c *channel) {
		for _, r := range c.call(notarized).set.Reads {
			if r.Version != nil {
				r.Version.TxNum++
			}
		}
	}},
	{"a key that was there, read as absent", evidence.CheckVersions, "onchain/commands/", func(c *channel) {
		for _, r := range c.call(notarized).set.Reads {
			r.Version = nil
		}
	}},
	{"a second genesis", evidence.CheckVersions, "onchain/genesis.json", func(c *channel) {
		c.call(foundedAt).set.Reads[0].Version = &kvrwset.Version{BlockNum: 1}
	}},
	{"a genesis that did not look for another", evidence.CheckVersions, "onchain/genesis.json", func(c *channel) { c.call(foundedAt).set.Reads = nil }},
	{"a genesis endorsed by one", evidence.CheckEndorsements, blockFile(foundedAt), func(c *channel) { c.call(foundedAt).endorsers = []*node{c.orgs[0].peer} }},
	{"a genesis whose writes are others", evidence.CheckReplay, "onchain/genesis.json", func(c *channel) {
		for _, w := range c.call(foundedAt).set.Writes {
			w.Value = bytes.Replace(w.Value, []byte(`"bank"`), []byte(`"bank","ipcenter"`), 1)
		}
	}},
	{"a genesis of other members", evidence.CheckGenesis, "onchain/genesis.json", func(c *channel) {
		g := c.genesis
		g.Members = append(slices.Clone(g.Members), member(newKey("spy", uscc(77)), "spy", pledge.RoleIPCentre))
		c.call(foundedAt).args[1] = marshal(g)
	}},
	{"a genesis with another role", evidence.CheckGenesis, "onchain/genesis.json", func(c *channel) {
		g := c.genesis
		g.Members = slices.Clone(g.Members)
		g.Members[3].Roles = []pledge.Role{pledge.RoleNotary}
		c.call(foundedAt).args[1] = marshal(g)
	}},
	{"a genesis of another channel", evidence.CheckGenesis, "onchain/genesis.json", func(c *channel) {
		g := c.genesis
		g.Channel = "other"
		c.call(foundedAt).args[1] = marshal(g)
	}},
	att("attested by one member", func(c *channel, k *call) { k.endorsers = []*node{c.orgs[0].peer} }),
	att("attested by two without IP centre or notary", func(c *channel, k *call) { k.endorsers = []*node{c.orgs[2].peer, c.orgs[3].peer} }),
	att("attested under another signature", func(c *channel, k *call) {
		k.endorsed = func(e *peer.Endorsement) { e.Signature = c.orgs[1].peer.sign(e.Endorser) }
	}),
	att("attested as of another block", func(c *channel, k *call) { k.set.Reads[0].Version.BlockNum-- }),
	att("attested as of another transaction", func(c *channel, k *call) { k.set.Reads[0].Version.TxNum++ }),
	att("attested as absent", func(c *channel, k *call) { k.set.Reads[0].Version = nil }),
	att("attested of another key", func(c *channel, k *call) { k.set.Reads[0].Key += "x" }),
	att("attested on another channel", func(c *channel, k *call) { k.channel = "other" }),
	att("attested by another chaincode", func(c *channel, k *call) { k.chaincode = "other" }),
	att("attested by what was to be a transaction", func(c *channel, k *call) { k.args[0] = []byte("apply") }),
	att("attested while writing", func(c *channel, k *call) { k.set.Writes = []*kvrwset.KVWrite{{Key: "x"}} }),
}

func marshal(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

func TestChannelAttacks(t *testing.T) {
	for _, a := range slices.Concat(blockAttacks, transactionAttacks) {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			c := newChannel(t)
			f := c.sound.of(c.asset)
			trust := c.trust()
			a.change(c)
			c.seal()
			r := check(t, c.replaced(t, f).pack(t, c.exchange), trust)
			if !r.OK() && r.ExitCode() == evidence.ExitTampered {
				for _, failure := range r.Find(a.check).Failures {
					if strings.Contains(failure.File, a.file) {
						return
					}
				}
			}
			t.Errorf("%s did not find it in %s:\n%s", a.check, a.file, text(r))
		})
	}
}

// harmless is what any client can have ordered, and does nothing.
var harmless = []channelAttack{
	tx("another name in the call", "", func(_ *channel, k *call) { k.misnamed = "other" }),
	blk("fields that nobody knows", "", func(c *channel, k *cut) {
		k.change = func(b *common.Block) {
			b.Data.Data[0] = append(b.Data.Data[0], 0x7a, 3, 'a', 'b', 'c', 0x08, 1, 0x7b, 0x7c)
			sum := sha256.Sum256(slices.Concat(b.Data.Data...))
			b.Header.DataHash = sum[:]
		}
	}),
}

func TestHarmless(t *testing.T) {
	for _, a := range harmless {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			c := newChannel(t)
			f := c.sound.of(c.asset)
			trust := c.trust()
			a.change(c)
			c.seal()
			if r := check(t, c.replaced(t, f).pack(t, c.exchange), trust); !r.OK() {
				t.Error(text(r))
			}
		})
	}
}

// replaced is the package with the channel's blocks, and what is attested, as
// they are now: its maker lists and signs whatever it likes.
func (c *channel) replaced(t *testing.T, f contents) contents {
	t.Helper()
	f = maps.Clone(f)
	for n := range c.blocks {
		if _, ok := f[blockFile(n)]; ok {
			f[blockFile(n)] = c.bytes(uint64(n))
		}
	}
	for name := range f {
		if c.attest == nil || !strings.HasPrefix(name, "onchain/commands/") {
			continue
		}
		f.edit(t, name, func(m map[string]any) { m["attestation"] = c.attestedAgain(t, m) })
	}
	head, _ := c.Head(t.Context())
	f.edit(t, "manifest.json", func(m map[string]any) { m["as_of"] = map[string]any{"hash": head.Hash, "height": head.Height} })
	return f
}

func (c *channel) attestedAgain(t *testing.T, m map[string]any) string {
	t.Helper()
	at := func(name string) int {
		n, err := m[name].(json.Number).Int64()
		if err != nil {
			t.Fatal(err)
		}
		return int(n)
	}
	p := pledge.Position{Block: uint64(at("block")), Tx: at("tx"), Index: at("index")}
	cmd, err := pledge.ParseCommand(string(c.cuts[p.Block].txs[p.Tx].args[1+p.Index]))
	if err != nil {
		t.Fatal(err)
	}
	return b64.EncodeToString(c.attestation(p, pledge.KeyCommand(cmd.Payload.By, cmd.ID)))
}

// What is packed again without a change must stand, or the attacks prove nothing.
func TestChannelPackedAgainStands(t *testing.T) {
	c := newChannel(t)
	f := unpack(t, c.build(c.asset))
	c.attest = func(*call) {}
	c.seal()
	if r := check(t, c.replaced(t, f).pack(t, c.exchange), c.trust()); !r.OK() {
		t.Error(text(r))
	}
}
