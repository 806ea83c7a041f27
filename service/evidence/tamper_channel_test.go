package evidence_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// inChannel is a row of its own: the package of the story's asset, made from a
// sound channel, and what the attacker makes of both.
func inChannel(name, holds, check, file string, change func(t *testing.T, c *channel, f contents) contents) []tampering {
	return []tampering{{"fabric", name, holds, check, file, func(t *testing.T) evidence.Report {
		c := newChannel(t)
		trust := c.trust()
		return checkOf(t, change(t, c, c.sound.of(c.asset)).pack(t, c.exchange), trust)
	}}}
}

// twin is a second channel of the same members and consenters, with the same
// commands in blocks of the same numbers.
func (c *channel) twin(name string) *channel {
	of, s, d := *c.story.chain, *c.story, *c
	of.channel = name
	s.chain = &of
	d.story, d.cuts = &s, slices.Clone(c.cuts)
	for n, k := range d.cuts {
		if copied := *k; k.config != nil {
			copied.config = d.config(uint64(min(n, 1)), k.signers)
			if n == 0 {
				copied.config = d.config(0, d.consenters())
			}
			d.cuts[n] = &copied
		}
	}
	d.seal()
	return &d
}

// The consenters sign no channel's name: their signatures on a block of a twin
// are good ones.
var splicedBlocks = append(inChannel("a block of another channel of the same members", members+", but no quorum", evidence.CheckChannel, blockFile(notarized),
	func(t *testing.T, c *channel, f contents) contents {
		f[blockFile(notarized)] = c.twin("other").bytes(notarized)
		return f
	}), append(inChannel("a block of another network with the same names", namesake, evidence.CheckBlockSignatures, blockFile(notarized),
	func(t *testing.T, c *channel, f contents) contents {
		f[blockFile(notarized)] = makeChannel(t).bytes(notarized)
		return f
	}), inChannel("the package of another network with the same names", namesake, evidence.CheckGenesis, blockFile(0),
	func(t *testing.T, c *channel, f contents) contents {
		other := makeChannel(t)
		return unpack(t, other.build(other.asset))
	})...)...)

// late has one more block with a transaction, which the flag says is valid.
func (c *channel) late(t *testing.T, f contents, k *call) int {
	t.Helper()
	c.add(&cut{txs: []*call{k}, flags: []byte{11}})
	n := len(c.cuts) - 1
	c.cuts[n].flags = []byte{0}
	c.seal()
	f[blockFile(n)] = c.bytes(uint64(n))
	head, _ := c.Head(t.Context())
	f.edit(t, "manifest.json", func(m map[string]any) { m["as_of"] = map[string]any{"hash": head.Hash, "height": head.Height} })
	return n
}

// A transaction that lost a race, so that peers marked it invalid: the flag is
// turned, and its members attest what they found, which is nothing.
var raceLost = inChannel("an invalid transaction presented as valid, its flag turned", peerDisk, evidence.CheckAttested, "onchain/commands/",
	func(t *testing.T, c *channel, f contents) contents {
		c.story.commit(c.story.sign(c.bank, pledge.PledgeRelease, pledge.ReleaseBody{PledgeID: c.pledge, Reason: "PAID"}))
		jws := c.story.blocks[len(c.story.blocks)-1].jws[0]
		k := c.execute(len(c.story.blocks) - 1)
		n := c.late(t, f, k)
		f["record.json"] = c.story.state[pledge.KeyAsset(c.asset)]
		c.attest = func(a *call) { a.set.Reads[0].Version = nil }
		f["onchain/commands/"+idOf(jws)+".json"] = c.place(t, n)
		return f
	})

// The same command endorsed before the first one was in a block, and ordered
// again: peers find it invalid, as its key was there.
var replayedLater = inChannel("a command replayed in a later block, its flag turned", peerDisk, evidence.CheckAttested, "onchain/commands/",
	func(t *testing.T, c *channel, f contents) contents {
		k := *c.call(notarized)
		n := c.late(t, f, &k)
		f.edit(t, f.command(t, c.story, "asset.notarize", 0), func(m map[string]any) { m["block"] = n })
		return f
	})

// place is the file of a command that is alone in its block.
func (c *channel) place(t *testing.T, n int) []byte {
	t.Helper()
	cmd, err := pledge.ParseCommand(string(c.call(n).args[1]))
	if err != nil {
		t.Fatal(err)
	}
	p := pledge.Position{Block: uint64(n)}
	return []byte(canonical(t, map[string]any{"attestation": b64.EncodeToString(c.attestation(p, pledge.KeyCommand(cmd.Payload.By, cmd.ID))),
		"block": n, "index": 0, "kind": "fabric", "tx": 0}))
}

// collude puts a command on the channel that the rules refuse. The endorsers
// work together: they answer as if it were another, which the rules take.
func (c *channel) collude(taken, refused string) {
	c.story.blocks = append(c.story.blocks, block{jws: []string{taken}, time: c.now.Add(time.Second)})
	k := c.execute(len(c.story.blocks) - 1)
	names := strings.NewReplacer(idOf(taken), idOf(refused), recordOf("pl_", taken), recordOf("pl_", refused))
	k.args[1], k.answer = []byte(refused), []byte(names.Replace(string(k.answer)))
	for _, w := range k.set.Writes {
		w.Key, w.Value = names.Replace(w.Key), []byte(names.Replace(string(w.Value)))
	}
	for _, r := range k.set.Reads {
		r.Key = names.Replace(r.Key)
	}
	for i, w := range k.results[0].Writes {
		k.results[0].Writes[i] = pledge.Write{Key: names.Replace(w.Key), Value: []byte(names.Replace(string(w.Value)))}
	}
	c.add(&cut{txs: []*call{k}})
}

// colluded is a row about a proposal that was signed wrongly.
func colluded(name, check string, refused func(c *channel, body pledge.ProposeBody) string) []tampering {
	return inChannel(name, members+"; the consenters order what they get", check, "onchain/commands/", func(t *testing.T, c *channel, f contents) contents {
		body := pledge.ProposeBody{AssetID: c.asset, Pledgee: c.bank.party, Terms: c.terms("ranked")}
		bad := refused(c, body)
		c.collude(c.story.sign(c.owner2, pledge.PledgePropose, body), bad)
		c.seal()
		return unpack(t, c.build(recordOf("pl_", bad)))
	})
}

var (
	revokedOnChannel = colluded("a command by a revoked key", evidence.CheckNotRevoked, func(c *channel, body pledge.ProposeBody) string {
		return c.story.sign(c.owner, pledge.PledgePropose, body)
	})
	strangeOnChannel = colluded("a command by a key that was never enrolled", evidence.CheckEnrolled, func(c *channel, body pledge.ProposeBody) string {
		return c.story.sign(newKey("stranger", c.owner.party), pledge.PledgePropose, body)
	})
	unsignedOnChannel = colluded("a command with the signature of another", evidence.CheckCommand, func(c *channel, body pledge.ProposeBody) string {
		a, b := c.story.sign(c.owner2, pledge.PledgePropose, body), c.story.sign(c.owner2, pledge.PledgePropose, body)
		return a[:strings.LastIndex(a, ".")] + b[strings.LastIndex(b, "."):]
	})
	foreignOnChannel = colluded("a command of another channel", evidence.CheckChannel, func(c *channel, body pledge.ProposeBody) string {
		c.story.channel = "other"
		defer func() { c.story.channel = "pledge" }()
		return c.story.sign(c.owner2, pledge.PledgePropose, body)
	})
)

// lateOnChannel: the key is enrolled by a good command after its use.
var lateOnChannel = inChannel("a key that was enrolled after it signed", members+"; the consenters order what they get", evidence.CheckEnrolled, "onchain/commands/",
	func(t *testing.T, c *channel, f contents) contents {
		late := newKey("bank2", c.bank.party)
		body := pledge.ReleaseBody{PledgeID: c.pledge, Reason: "PAID"}
		c.collude(c.story.sign(c.bank, pledge.PledgeRelease, body), c.story.sign(late, pledge.PledgeRelease, body))
		add := c.story.sign(c.bank, pledge.PartyAddKey, pledge.AddKeyBody{Party: c.bank.party, Key: pledge.KeyGrant{JWK: late.jwk(), Scope: pledge.ScopeOperate}})
		c.story.blocks = append(c.story.blocks, block{jws: []string{add}, time: c.now.Add(2 * time.Second)})
		c.add(&cut{txs: []*call{c.execute(len(c.story.blocks) - 1)}})
		c.seal()
		return unpack(t, c.build(c.asset))
	})

// quorumOf4: with four consenters one may lie, and any two quorums must share
// one who does not.
const quorumOf4 = 3

// byMinorities has a row for every choice of fewer consenters than a quorum:
// with all their members' keys they say that another member sent a transaction,
// which rules and endorsers have nothing against.
func byMinorities() (rows []tampering) {
	for _, who := range choices(4) {
		if len(who) >= quorumOf4 {
			continue
		}
		rows = append(rows, inChannel(fmt.Sprintf("a block forged by the consenters %v of 4", who), minority, evidence.CheckBlockSignatures, blockFile(notarized),
			func(t *testing.T, c *channel, f contents) contents { return c.forgedBy(t, f, who) })...)
	}
	return rows
}

// choices are the ways to choose some of n, numbered from 1.
func choices(n int) (all [][]int) {
	for bits := 1; bits < 1<<n; bits++ {
		var who []int
		for i := range n {
			if bits>>i&1 == 1 {
				who = append(who, i+1)
			}
		}
		all = append(all, who)
	}
	return all
}

func (c *channel) forgedBy(t *testing.T, f contents, who []int) contents {
	t.Helper()
	c.call(notarized).creator = c.orgs[3].client
	var signers []signer
	for _, id := range who {
		signers = append(signers, c.consenters()[id-1])
	}
	c.cuts[notarized].signers = signers
	c.seal()
	return c.replaced(t, f)
}

// A quorum can forge, so what keeps the others from it is their number alone.
func TestQuorumIsWhatStopsForgers(t *testing.T) {
	for _, who := range choices(4) {
		if len(who) < quorumOf4 {
			continue
		}
		c := newChannel(t)
		trust := c.trust()
		if r := check(t, c.forgedBy(t, c.sound.of(c.asset), who).pack(t, c.exchange), trust); !r.OK() {
			t.Errorf("%v: %s", who, text(r))
		}
	}
}

// Any two quorums share an honest consenter, when at most a third lies, and the honest are a quorum.
func TestQuorumsMeet(t *testing.T) {
	for n := 1; n <= 200; n++ {
		liars := (n - 1) / 3
		if q := evidence.Quorum(n); 2*q-n <= liars || q > n-liars {
			t.Errorf("%d of %d consenters are a quorum, %d may lie", q, n, liars)
		}
	}
}

// One certificate under two numbers would have two votes.
var twoNumbers = []tampering{{"fabric", "a configuration that names one certificate twice", minority, evidence.CheckGenesis, blockFile(9), func(t *testing.T) evidence.Report {
	c := newChannel(t)
	f, trust := c.sound.of(c.asset), c.trust()
	list := c.consenters()
	list[1].node = list[0].node
	c.cuts[9].config = c.config(1, list)
	c.seal()
	return check(t, c.replaced(t, f).pack(t, c.exchange), trust)
}}}

var timeOfTransaction = inChannel("the time of a transaction moved back after it was endorsed", packer, evidence.CheckBlockData, blockFile(notarized),
	func(t *testing.T, c *channel, f contents) contents {
		c.cuts[notarized].after = func(b *common.Block) {
			k := *c.call(notarized)
			k.time = k.time.AddDate(-1, 0, 0)
			b.Data.Data[0] = encode(c.envelope(&k))
		}
		c.seal()
		return c.replaced(t, f)
	})
