package evidence_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset/kvrwset"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/anchor"
	"github.com/datapledge/datapledge/service/evidence"
)

// checkpointed is a channel, and another one that holds checkpoints of it: every
// three blocks are under one.
type checkpointed struct {
	*channel
	on     *channel
	runs   []*anchor.Batch
	points []*call // the transactions of the checkpoints, in block 2 and on
}

const perCheckpoint = 3

// newCheckpointed makes both: the second has four of the first one's members, who
// run its consenters as well. Its first checkpoint is in block 2.
func newCheckpointed(t testing.TB) *checkpointed {
	t.Helper()
	home := newChannel(t)
	of := *home.story.chain
	of.channel = "imprint"
	s := *home.story
	s.chain = &of
	i := &checkpointed{channel: home, on: &channel{story: &s, versions: map[string]*kvrwset.Version{}, values: mapState{},
		orgs: []*org{home.orgs[1], home.orgs[0], home.orgs[4], home.orgs[5]}}}
	i.on.cuts = append(i.on.cuts, &cut{config: i.on.config(0, i.on.consenters())})
	i.on.add(&cut{txs: []*call{{chaincode: "_lifecycle", args: [][]byte{[]byte("x")}, set: &kvrwset.KVRWSet{}}}})
	for n := 0; n < len(home.blocks); n += perCheckpoint {
		i.hold(n, min(n+perCheckpoint, len(home.blocks))-1)
	}
	i.on.seal()
	return i
}

// hold puts the next checkpoint into a block of its own.
func (i *checkpointed) hold(first, last int) {
	b := anchor.New(i.chain.channel)
	for n := first; n <= last; n++ {
		if err := b.Add(uint64(n), i.hash(n)); err != nil {
			i.t.Fatal(err)
		}
	}
	i.runs = append(i.runs, b)
	root := b.Root()
	point := pledge.Checkpoint{Channel: i.chain.channel, First: b.First, Last: b.Last, Hash: b.Hash(b.Last), Root: hex.EncodeToString(root[:])}
	st := watched{i.on, map[string]*kvrwset.Version{}}
	writes, err := point.Record(st.Get)
	if err != nil {
		i.t.Fatal(err)
	}
	k := &call{args: [][]byte{[]byte("checkpoint"), marshalPoint(point)}, set: rwsetOf(st.reads, writes), answer: marshalPoint(point), time: madeAt, creator: i.on.orgs[2].client,
		results: []pledge.Result{{Writes: writes}}}
	i.points = append(i.points, k)
	i.on.add(&cut{txs: []*call{k}})
}

func marshalPoint(c pledge.Checkpoint) []byte {
	text, err := pledge.CanonicalJSON(c)
	if err != nil {
		panic(err)
	}
	return text
}

// Parts makes checkpointed an evidence.Beside.
func (i *checkpointed) Parts(_ context.Context, block uint64) (map[string][]byte, error) {
	n := block / perCheckpoint
	b, at := i.runs[n], 2+n
	path := []string{}
	for _, sum := range b.Path(block) {
		path = append(path, hex.EncodeToString(sum))
	}
	key := pledge.KeyCheckpoint(i.chain.channel, b.Last)
	doc, err := json.Marshal(map[string]any{"v": 1, "channel": i.chain.channel, "first": b.First, "last": b.Last, "path": path, "imprint_channel": "imprint",
		"block": at, "tx": 0, "attestation": base64.RawURLEncoding.EncodeToString(i.on.attestation(pledge.Position{Block: at}, key))})
	parts := map[string][]byte{fmt.Sprintf("imprint/checkpoints/%020d.json", block): doc, imprintFile(int(at)): i.on.bytes(at)}
	for n, k := range i.on.cuts {
		if k.config != nil {
			parts[imprintFile(n)] = i.on.bytes(uint64(n))
		}
	}
	return parts, err
}

func imprintFile(n int) string { return fmt.Sprintf("imprint/blocks/%020d.block", n) }

func (i *checkpointed) trust() evidence.Trust {
	i.t.Helper()
	var members []evidence.TrustMember
	for _, o := range i.on.orgs {
		members = append(members, o.trusted())
	}
	of, err := evidence.TrustOfBlock(encode(i.on.blocks[0]), chaincodeName, "2 members", members)
	if err != nil {
		i.t.Fatal(err)
	}
	return i.channel.trust().WithImprint(of)
}

func (i *checkpointed) build() []byte {
	i.t.Helper()
	src := i.source()
	src.Beside = []evidence.Beside{i}
	data, err := src.Build(i.t.Context(), i.asset)
	if err != nil {
		i.t.Fatal(err)
	}
	return data
}

// heldAt is the block of the checkpoint that the notarization's block is under.
const heldAt = 2 + notarized/perCheckpoint

func (i *checkpointed) point() *call { return i.on.cuts[heldAt].txs[0] }

func TestCheckpointsInAPackage(t *testing.T) {
	i := newCheckpointed(t)
	trust, err := evidence.ParseTrust(marshal(i.trust()))
	if err != nil {
		t.Fatal(err)
	}
	r := check(t, i.build(), trust)
	if !r.OK() || r.Find(evidence.CheckImprintChannel).Result != evidence.Pass || len(r.Imprinted) < 3 {
		t.Fatalf("got %s", text(r))
	}
	for _, h := range r.Imprinted {
		if h.Channel != "imprint" || h.First/perCheckpoint != h.Block/perCheckpoint || h.Time != "2026-11-22T09:30:00.000Z" || strings.Join(h.Members, " ") != "court notary" {
			t.Errorf("got %+v", h)
		}
	}
	if s := text(r); !strings.Contains(s, "imprint (3-5)  court, notary") {
		t.Errorf("got %s", s)
	}
}

// TestCheckpointsWithoutTrust prove nothing, and spoil nothing.
func TestCheckpointsWithoutTrust(t *testing.T) {
	i := newCheckpointed(t)
	r := check(t, i.build(), i.channel.trust())
	f := r.Find(evidence.CheckImprintChannel)
	if !r.OK() || f.Result != evidence.NotPresent || f.Note == nil || len(r.Imprinted) != 0 {
		t.Errorf("got %s", text(r))
	}
	if r := check(t, i.channel.build(i.asset), i.trust()); !r.OK() || r.Find(evidence.CheckImprintChannel).Result != evidence.NotPresent {
		t.Errorf("without a checkpoint: %s", text(r))
	}
}

// Attacks on the channel of checkpoints, before its blocks are made.
var imprintAttacks = map[string]func(i *checkpointed){
	"signed by one consenter less than a quorum": func(i *checkpointed) { i.on.cuts[heldAt].signers = i.on.cuts[heldAt].signers[:2] },
	"a consenter that is none":                   func(i *checkpointed) { i.on.cuts[heldAt].signers[2] = signer{3, i.orgs[2].orderer} },
	"another configuration in force":             func(i *checkpointed) { i.on.cuts[heldAt].last = 1 },
	"a transaction changed":                      func(i *checkpointed) { i.after(func(b *common.Block) { b.Data.Data[0][len(b.Data.Data[0])-1] ^= 1 }) },
	"another block's header":                     func(i *checkpointed) { i.after(func(b *common.Block) { b.Header.DataHash = make([]byte, 32) }) },
	"marked invalid":                             func(i *checkpointed) { i.on.cuts[heldAt].flags = []byte{11} },
	"on the ledger's own channel":                func(i *checkpointed) { i.point().channel = "pledge" },
	"another chaincode":                          func(i *checkpointed) { i.point().chaincode = "other" },
	"endorsed by one":                            func(i *checkpointed) { i.point().endorsers = []*node{i.on.orgs[0].peer} },
	"endorsed by one twice":                      func(i *checkpointed) { i.point().endorsers = []*node{i.on.orgs[0].peer, i.on.orgs[0].peer} },
	"endorsed by members of the ledger only":     func(i *checkpointed) { i.point().endorsers = []*node{i.orgs[2].peer, i.orgs[3].peer} },
	"sent by no member":                          func(i *checkpointed) { i.point().creator = i.orgs[2].client },
	"another function":                           func(i *checkpointed) { i.point().args[0] = []byte("get") },
	"two arguments":                              func(i *checkpointed) { i.point().args = append(i.point().args, []byte("x")) },
	"another root":                               func(i *checkpointed) { i.rewrite(func(c *pledge.Checkpoint) { c.Root = hash("x") }) },
	"another last block":                         func(i *checkpointed) { i.rewrite(func(c *pledge.Checkpoint) { c.Hash = hash("x") }) },
	"more blocks":                                func(i *checkpointed) { i.rewrite(func(c *pledge.Checkpoint) { c.Last++ }) },
	"of another channel":                         func(i *checkpointed) { i.rewrite(func(c *pledge.Checkpoint) { c.Channel = "other" }) },
	"it wrote nothing":                           func(i *checkpointed) { i.point().set.Writes = nil },
	"it wrote something else":                    func(i *checkpointed) { i.point().set.Writes[0].Value = []byte(`{}`) },
	"under another key":                          func(i *checkpointed) { i.point().set.Writes[0].Key = pledge.KeyCheckpoint("pledge", 4) },
	"an attestation by one":                      func(i *checkpointed) { i.on.attest = func(k *call) { k.endorsers = []*node{i.on.orgs[0].peer} } },
	"an attestation of the ledger's own":         func(i *checkpointed) { i.on.attest = func(k *call) { k.channel = "pledge" } },
	"an attestation of another version": func(i *checkpointed) {
		i.on.attest = func(k *call) { k.set.Reads[0].Version = &kvrwset.Version{BlockNum: 99} }
	},
	"an attestation of nothing there": func(i *checkpointed) { i.on.attest = func(k *call) { k.set.Reads[0].Version = nil } },
}

func (i *checkpointed) after(change func(*common.Block)) { i.on.cuts[heldAt].after = change }

// rewrite makes the members endorse another checkpoint, in all its places.
func (i *checkpointed) rewrite(change func(*pledge.Checkpoint)) {
	k := i.point()
	point, err := pledge.ParseCheckpoint(k.args[1])
	if err != nil {
		i.t.Fatal(err)
	}
	change(&point)
	k.args[1], k.answer = marshalPoint(point), marshalPoint(point)
	for _, w := range k.set.Writes {
		w.Value = k.answer
	}
}

func TestImprintAttacks(t *testing.T) {
	for name, attack := range imprintAttacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := newCheckpointed(t)
			trust := i.trust()
			attack(i)
			i.on.seal()
			failsCheckpoint(t, check(t, i.build(), trust))
		})
	}
}

// failsCheckpoint wants this check to fail, and no other.
func failsCheckpoint(t *testing.T, r evidence.Report) {
	t.Helper()
	for _, f := range r.Checks {
		if (f.Result == evidence.Fail) != (f.Name == evidence.CheckImprintChannel) {
			t.Errorf("%s: %s %v", f.Name, f.Result, f.Failures)
		}
	}
	for _, f := range r.Find(evidence.CheckImprintChannel).Failures {
		if !strings.HasPrefix(f.File, "imprint/") {
			t.Errorf("in %s: %s", f.File, f.Detail)
		}
	}
}

// Attacks on the files of a sound package, listed and signed anew.
var imprintFileAttacks = map[string]func(t *testing.T, i *checkpointed, f contents){
	"no attestation":               edited(func(m map[string]any) { m["attestation"] = "" }),
	"attestation left out":         edited(func(m map[string]any) { delete(m, "attestation") }),
	"attestation is no base64url":  edited(func(m map[string]any) { m["attestation"] = "=" }),
	"another transaction":          edited(func(m map[string]any) { m["tx"] = 1 }),
	"another block":                edited(func(m map[string]any) { m["block"] = heldAt + 1 }),
	"block 0":                      edited(func(m map[string]any) { m["block"] = 0 }),
	"another channel of the block": edited(func(m map[string]any) { m["channel"] = "imprint" }),
	"another holder":               edited(func(m map[string]any) { m["imprint_channel"] = "other" }),
	"other blocks":                 edited(func(m map[string]any) { m["first"] = notarized }),
	"a path too short":             edited(func(m map[string]any) { m["path"] = []any{} }),
	"a path that leads elsewhere":  edited(func(m map[string]any) { m["path"].([]any)[0] = hash("x") }),
	"an unknown member":            edited(func(m map[string]any) { m["x"] = 1 }),
	"another version":              edited(func(m map[string]any) { m["v"] = 2 }),
	"of a block not in the package": func(t *testing.T, _ *checkpointed, f contents) {
		f[fmt.Sprintf("imprint/checkpoints/%020d.json", 1)] = f[pointFile]
	},
	"the block left out":     func(t *testing.T, _ *checkpointed, f contents) { delete(f, imprintFile(heldAt)) },
	"the first left out":     func(t *testing.T, _ *checkpointed, f contents) { delete(f, imprintFile(0)) },
	"no block of the ledger": func(t *testing.T, _ *checkpointed, f contents) { f[imprintFile(0)] = f[blockFile(0)] },
	"a block of the ledger": func(t *testing.T, _ *checkpointed, f contents) {
		f[imprintFile(notarized)] = f[blockFile(notarized)]
	},
	"a block of no checkpoint": func(t *testing.T, i *checkpointed, f contents) { f[imprintFile(1)] = i.on.bytes(1) },
	"spliced: another block before it": func(t *testing.T, i *checkpointed, f contents) {
		i.on.cuts[heldAt+1].prev = bytes.Repeat([]byte{7}, 32)
		i.on.seal()
		f[imprintFile(heldAt+1)] = i.on.bytes(heldAt + 1)
	},
}

var pointFile = fmt.Sprintf("imprint/checkpoints/%020d.json", notarized)

func edited(change func(map[string]any)) func(*testing.T, *checkpointed, contents) {
	return func(t *testing.T, _ *checkpointed, f contents) { f.edit(t, pointFile, change) }
}

func TestImprintFileAttacks(t *testing.T) {
	i := newCheckpointed(t)
	sound, trust := unpack(t, i.build()), i.trust()
	if sound[imprintFile(heldAt)] == nil || sound[imprintFile(heldAt+1)] == nil {
		t.Fatal("two neighbours are not in the package: no splice can be seen")
	}
	for name, attack := range imprintFileAttacks {
		t.Run(name, func(t *testing.T) {
			f := maps.Clone(sound)
			attack(t, i, f)
			failsCheckpoint(t, check(t, f.pack(t, i.exchange), trust))
		})
	}
}

func TestBadImprintTrust(t *testing.T) {
	i := newCheckpointed(t)
	for name, change := range map[string]func(m map[string]any){
		"empty":             func(m map[string]any) { clear(m) },
		"no chaincode":      func(m map[string]any) { delete(m, "chaincode") },
		"no members":        func(m map[string]any) { m["members"] = []any{} },
		"an unknown member": func(m map[string]any) { m["v"] = 1 },
		"a ledger":          func(m map[string]any) { m["ledger"] = "fabric" },
		"no hash":           func(m map[string]any) { m["genesis_hash"] = "x" },
		"the ledger's own":  func(m map[string]any) { m["channel"] = "pledge" },
		"another policy":    func(m map[string]any) { m["endorsement_policy"] = "whatever" },
	} {
		var m map[string]any
		if err := json.Unmarshal(marshal(i.trust()), &m); err != nil {
			t.Fatal(err)
		}
		change(m["imprint"].(map[string]any))
		if _, err := evidence.ParseTrust(marshal(m)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
