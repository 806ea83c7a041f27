package evidence_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/evidence"
)

// fileAttack changes the files of a sound package as its maker could.
type fileAttack struct {
	name, check, file string
	change            func(t *testing.T, c *channel, f contents)
}

// at edits the place of the n-th command of an act.
func at(act string, n int, change func(c *channel, f contents, m map[string]any)) func(*testing.T, *channel, contents) {
	return func(t *testing.T, c *channel, f contents) {
		f.edit(t, f.command(t, c.story, act, n), func(m map[string]any) { change(c, f, m) })
	}
}

var fileAttacks = []fileAttack{
	{"a command at another's place", evidence.CheckCommandID, "onchain/commands/", func(t *testing.T, c *channel, f contents) {
		a, b := f.command(t, c.story, "party.add_key", 0), f.command(t, c.story, "party.revoke_key", 0)
		f[a], f[b] = f[b], f[a]
	}},
	{"a command at the place of a neighbour in its transaction", evidence.CheckCommandID, "onchain/commands/", at("party.add_key", 0, func(c *channel, f contents, m map[string]any) { m["index"] = 1 })},
	{"a place after the last command", evidence.CheckInclusion, "onchain/commands/", at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { m["index"] = 1 })},
	{"a place far beyond", evidence.CheckInclusion, "onchain/commands/", at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { m["index"] = int64(1) << 62 })},
	{"a transaction that is not there", evidence.CheckInclusion, "onchain/commands/", at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { m["tx"] = 1 })},
	{"a transaction that was found invalid", evidence.CheckFlag, blockFile(enrolled), at("party.enroll", 0, func(c *channel, f contents, m map[string]any) { m["tx"] = 1 })},
	{"a transaction of another chaincode", evidence.CheckTransaction, blockFile(1), func(t *testing.T, c *channel, f contents) {
		f[blockFile(1)] = c.bytes(1)
		at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { m["block"] = 1 })(t, c, f)
	}},
	{"the configuration in place of a transaction", evidence.CheckInclusion, "onchain/commands/", at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { m["block"] = 77 })},
	{"a place in block 0", evidence.CheckInclusion, "onchain/commands/", at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { m["block"] = 0 })},
	{"a command that there is not, in block 0", evidence.CheckInclusion, "onchain/commands/cmd_" + hash("x"), func(t *testing.T, c *channel, f contents) {
		f["onchain/commands/cmd_"+hash("x")+".json"] = []byte(`{"attestation":"","block":0,"index":0,"kind":"fabric","tx":0}`)
	}},
	{"a place of a solo ledger", evidence.CheckInclusion, "onchain/commands/", at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { m["kind"] = "solo" })},
	{"a place with an unknown member", evidence.CheckInclusion, "onchain/commands/", at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { m["x"] = 1 })},
	{"an attestation of another command", evidence.CheckAttested, "onchain/commands/", func(t *testing.T, c *channel, f contents) {
		other := parsed(t, f, f.command(t, c.story, "party.enroll", 0))
		at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { swap(m, other, "attestation") })(t, c, f)
	}},
	{"no attestation", evidence.CheckAttested, "onchain/commands/", at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { m["attestation"] = "" })},
	{"an attestation that is no base64url", evidence.CheckInclusion, "onchain/commands/", at("asset.notarize", 0, func(c *channel, f contents, m map[string]any) { m["attestation"] = "=" })},
	{"an attestation in place of a transaction", evidence.CheckAttested, "onchain/genesis.json", func(t *testing.T, c *channel, f contents) {
		other := parsed(t, f, f.command(t, c.story, "party.enroll", 0))
		f.edit(t, "onchain/genesis.json", func(m map[string]any) { swap(m, other, "attestation") })
	}},
	{"a command in place of the genesis", evidence.CheckInclusion, "onchain/genesis.json", func(t *testing.T, c *channel, f contents) {
		f["onchain/genesis.json"] = f[f.command(t, c.story, "asset.notarize", 0)]
	}},
	{"the genesis in place of a command", evidence.CheckInclusion, "onchain/commands/", func(t *testing.T, c *channel, f contents) {
		f[f.command(t, c.story, "asset.notarize", 0)] = f["onchain/genesis.json"]
	}},
	{"a block left out", evidence.CheckInclusion, "onchain/commands/", func(t *testing.T, c *channel, f contents) { delete(f, blockFile(notarized)) }},
	{"block 0 left out", evidence.CheckGenesis, blockFile(0), func(t *testing.T, c *channel, f contents) { delete(f, blockFile(0)) }},
	{"a block under another number", evidence.CheckBlockData, blockFile(99), func(t *testing.T, c *channel, f contents) { f[blockFile(99)] = f[blockFile(notarized)] }},
	{"a block after as_of", evidence.CheckOrder, blockFile(notarized), func(t *testing.T, c *channel, f contents) {
		f.edit(t, "manifest.json", func(m map[string]any) { m["as_of"] = map[string]any{"height": 4, "hash": c.hash(4)} })
	}},
	{"as_of another block", evidence.CheckOrder, "onchain/blocks/", func(t *testing.T, c *channel, f contents) {
		head, _ := c.Head(t.Context())
		f[blockFile(int(head.Height))] = c.bytes(head.Height)
		f.edit(t, "manifest.json", func(m map[string]any) { m["as_of"].(map[string]any)["hash"] = hash("x") })
	}},
	{"a command left out in the middle", evidence.CheckVersions, "onchain/commands/", func(t *testing.T, c *channel, f contents) {
		delete(f, f.command(t, c.story, "pledge.release", 0))
	}},
	{"an added key left out", evidence.CheckEnrolled, "onchain/commands/", func(t *testing.T, c *channel, f contents) {
		delete(f, f.command(t, c.story, "party.add_key", 0))
	}},
	{"another record", evidence.CheckHistory, "record.json", func(t *testing.T, c *channel, f contents) {
		f.edit(t, "record.json", func(m map[string]any) { m["name"] = "better data" })
	}},
	{"the manifest of a solo ledger", evidence.CheckChannel, "manifest.json", func(t *testing.T, c *channel, f contents) {
		f.edit(t, "manifest.json", func(m map[string]any) { m["ledger"] = "solo" })
	}},
	{"a manifest signed by a bank", evidence.CheckSignature, "manifest.jws", nil},
}

func TestChannelFileAttacks(t *testing.T) {
	c := newChannel(t)
	sound, trust := unpack(t, c.build(c.asset)), c.trust()
	for _, a := range fileAttacks {
		t.Run(a.name, func(t *testing.T) {
			f, signer := maps.Clone(sound), c.bank
			if a.change != nil {
				a.change(t, c, f)
				signer = c.exchange
			}
			r := check(t, f.pack(t, signer), trust)
			if !r.OK() {
				for _, failure := range r.Find(a.check).Failures {
					if strings.Contains(failure.File, a.file) {
						return
					}
				}
			}
			if !r.OK() && a.file == "" {
				return // it ends before that check: it need only not pass
			}
			t.Errorf("%s did not find it in %s:\n%s", a.check, a.file, text(r))
		})
	}
}

// A check that nothing makes fail is no check.
func TestEveryChannelCheckIsSeenFailing(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range slices.Concat(blockAttacks, transactionAttacks) {
		seen[a.check] = true
	}
	for _, a := range fileAttacks {
		seen[a.check] = true
	}
	for _, n := range []string{evidence.CheckBlockData, evidence.CheckBlockSignatures, evidence.CheckTransaction, evidence.CheckEndorsements,
		evidence.CheckFlag, evidence.CheckAttested, evidence.CheckResults, evidence.CheckVersions, evidence.CheckGenesis, evidence.CheckChannel, evidence.CheckInclusion} {
		if !seen[n] {
			t.Errorf("no attack makes %s fail", n)
		}
	}
}

func TestConsortiumTrustDecides(t *testing.T) {
	c := newChannel(t)
	data := c.build(c.asset)
	other := newOrg(t, "ipcenter", "", "IPCentreMSP")
	for name, tt := range map[string]struct {
		change func(*evidence.Trust)
		want   string
	}{
		"another block 0":            {func(tr *evidence.Trust) { tr.GenesisHash = hash("x") }, evidence.CheckGenesis},
		"another channel":            {func(tr *evidence.Trust) { tr.Channel = "other" }, evidence.CheckChannel},
		"another consenter":          {func(tr *evidence.Trust) { tr.Consenters[1].Certificate = string(other.orderer.pem) }, evidence.CheckGenesis},
		"another consenter's member": {func(tr *evidence.Trust) { tr.Consenters[1].MSP = "BankMSP" }, evidence.CheckGenesis},
		"a consenter more": {func(tr *evidence.Trust) {
			tr.Consenters = append(tr.Consenters, evidence.TrustConsenter{ID: 9, MSP: "X", Certificate: string(other.orderer.pem)})
		}, evidence.CheckGenesis},
		"a consenter less":            {func(tr *evidence.Trust) { tr.Consenters = tr.Consenters[1:] }, evidence.CheckGenesis},
		"another authority":           {func(tr *evidence.Trust) { tr.Members[0].Roots = []string{string(other.ca.pem)} }, evidence.CheckGenesis},
		"an authority more":           {func(tr *evidence.Trust) { tr.Members[0].Intermediates = []string{string(other.ca.pem)} }, evidence.CheckGenesis},
		"a member less":               {func(tr *evidence.Trust) { tr.Members = tr.Members[1:] }, evidence.CheckGenesis},
		"a member under another name": {func(tr *evidence.Trust) { tr.Members[0].MSP = "OtherMSP" }, evidence.CheckGenesis},
		"peers not told apart":        {func(tr *evidence.Trust) { tr.Members[0].PeerOU = "" }, evidence.CheckGenesis},
		"another party behind an MSP": {func(tr *evidence.Trust) { tr.Members[0].Party = uscc(99) }, evidence.CheckGenesis},
		"another role":                {func(tr *evidence.Trust) { tr.Members[0].Roles = []string{"bank"} }, evidence.CheckGenesis},
		"a role more":                 {func(tr *evidence.Trust) { tr.Members[0].Roles = []string{"ipcenter", "bank"} }, evidence.CheckGenesis},
		"a role less":                 {func(tr *evidence.Trust) { tr.Members[5].Roles = nil }, evidence.CheckGenesis},
		"a stricter policy":           {func(tr *evidence.Trust) { tr.Policy = "3 members" }, evidence.CheckEndorsements},
		"a policy of other roles":     {func(tr *evidence.Trust) { tr.Policy = "2 members, one of them court" }, evidence.CheckEndorsements},
		"another chaincode":           {func(tr *evidence.Trust) { tr.Chaincode = "other" }, evidence.CheckTransaction},
	} {
		trust := c.trust()
		tt.change(&trust)
		if r := check(t, data, trust); r.OK() || r.Find(tt.want).Result != evidence.Fail {
			t.Errorf("%s: got %s", name, text(r))
		}
	}
}

func TestBadConsortiumTrust(t *testing.T) {
	c := newChannel(t)
	for name, change := range map[string]func(m map[string]any){
		"no members":              func(m map[string]any) { m["members"] = []any{} },
		"no consenters":           func(m map[string]any) { m["consenters"] = []any{} },
		"a member twice":          func(m map[string]any) { l := m["members"].([]any); m["members"] = append(l, l[0]) },
		"a consenter twice":       func(m map[string]any) { l := m["consenters"].([]any); m["consenters"] = append(l, l[0]) },
		"a policy in other words": func(m map[string]any) { m["endorsement_policy"] = "any" },
		"a policy of nobody":      func(m map[string]any) { m["endorsement_policy"] = "0 members" },
		"no chaincode":            func(m map[string]any) { m["chaincode"] = "" },
		"an unknown member":       func(m map[string]any) { m["x"] = 1 },
		"an unknown field":        func(m map[string]any) { m["members"].([]any)[0].(map[string]any)["x"] = 1 },
		"a broken certificate":    func(m map[string]any) { m["consenters"].([]any)[0].(map[string]any)["certificate"] = "x" },
		"a broken root":           func(m map[string]any) { m["members"].([]any)[0].(map[string]any)["root_certificates"] = []any{"x"} },
		"no root":                 func(m map[string]any) { m["members"].([]any)[0].(map[string]any)["root_certificates"] = []any{} },
		"a root that is no text":  func(m map[string]any) { m["members"].([]any)[0].(map[string]any)["root_certificates"] = []any{1} },
		"another kind":            func(m map[string]any) { m["ledger"] = "paper" },
		"an operator":             func(m map[string]any) { m["operator"] = map[string]any{} },
	} {
		var m map[string]any
		if err := json.Unmarshal(marshal(c.trust()), &m); err != nil {
			t.Fatal(err)
		}
		change(m)
		if _, err := evidence.ParseTrust(marshal(m)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestTrustOfBlockRefuses(t *testing.T) {
	c := newChannel(t)
	var members []evidence.TrustMember
	for _, o := range c.orgs {
		members = append(members, o.trusted())
	}
	const words = "2 members"
	for name, tt := range map[string]struct {
		block   []byte
		members []evidence.TrustMember
	}{
		"nothing": {nil, members}, "no block": {[]byte("x"), members}, "another block": {c.bytes(2), members},
		"a later configuration": {c.bytes(9), members}, "a member that nobody knows": {c.bytes(0), members[1:]},
		"a member too many": {c.bytes(0), append(slices.Clone(members), evidence.TrustMember{MSP: "X"})},
	} {
		if _, err := evidence.TrustOfBlock(tt.block, chaincodeName, words, tt.members); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestConsortiumNeedsTrust(t *testing.T) {
	c := newChannel(t)
	src := c.source()
	src.Trust = evidence.Trust{}
	var b bytes.Buffer
	if err := evidence.Write(t.Context(), &b, src, c.asset); err == nil || b.Len() > 0 {
		t.Errorf("got %v and %d bytes", err, b.Len())
	}
}

// lying is a ledger that proves another command than it was asked for.
type lying struct{ *channel }

func (l lying) Prove(ctx context.Context, p pledge.Position) (json.RawMessage, error) {
	if p.Block == notarized {
		p.Block++
	}
	return l.channel.Prove(ctx, p)
}

func TestWriterComparesThePlace(t *testing.T) {
	c := newChannel(t)
	src := c.source()
	src.Ledger = lying{c}
	var b bytes.Buffer
	if err := evidence.Write(t.Context(), &b, src, c.asset); err == nil || b.Len() > 0 || !strings.Contains(err.Error(), "it is that of block") {
		t.Errorf("got %v and %d bytes", err, b.Len())
	}
}

// Any bit of the package, wherever it lies, is noticed: thousands of them.
func TestBitsOfAConsortiumPackage(t *testing.T) {
	c := newChannel(t)
	data, trust := c.build(c.owner.party), c.trust()
	for i := 0; i < len(data)*8; i += stride(3001) {
		damaged := slices.Clone(data)
		damaged[i/8] ^= 1 << (i % 8)
		if r := check(t, damaged, trust); r.OK() {
			t.Fatalf("bit %d of %d: changed and passed", i, len(data)*8)
		}
	}
}

// The maker of packages turns bits of the blocks, and lists and signs the
// result. All but the metadata is signed; what of that is not says nothing.
func TestSignedBitsOfAConsortiumPackage(t *testing.T) {
	c := newChannel(t)
	sound, trust := unpack(t, c.build(c.owner.party)), c.trust()
	var blocks []string
	for _, name := range slices.Sorted(maps.Keys(sound)) {
		if strings.HasPrefix(name, "onchain/blocks/") {
			blocks = append(blocks, name)
		}
	}
	if len(blocks) < 4 {
		t.Fatalf("only %v", blocks)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range choose(150, 1500) {
		f := maps.Clone(sound)
		name := blocks[random.IntN(len(blocks))]
		f[name] = slices.Clone(f[name])
		bit := random.IntN(8 * signedPart(t, f[name]))
		f[name][bit/8] ^= 1 << (bit % 8)
		if r := check(t, f.pack(t, c.exchange), trust); r.OK() || !names(r, []string{name}) {
			t.Fatalf("%s bit %d: changed and passed:\n%s", name, bit, text(r))
		}
	}
}

// signedPart is how many bytes of a block come before its metadata.
func signedPart(t *testing.T, raw []byte) int {
	t.Helper()
	var b common.Block
	decode(raw, &b)
	return len(encode(&common.Block{Header: b.Header, Data: b.Data}))
}
