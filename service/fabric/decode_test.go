package fabric

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// TestDecode: a block tells what every command in it did, and where.
func TestDecode(t *testing.T) {
	m, cast := begun(t)
	enroll := cast.Enroll(cast.Enterprise)
	a := cast.Notarize(cast.Enterprise, actors.NewDataset("a", 1))
	b := cast.Notarize(cast.Enterprise, actors.NewDataset("b", 1))
	bad := cast.Notarize(cast.Bank2, actors.NewDataset("c", 1))
	one, _ := m.apply(t, enroll, bad, a)
	two, _ := m.apply(t, a, b) // a is a repetition there
	lost, _ := m.apply(t, cast.Notarize(cast.Enterprise, actors.NewDataset("lost", 1)))
	m.add([]byte{0, 0, 11, 12}, one, two, lost, []byte{0x0a, 1, 'x', 0x12, 1, 'y'})
	_, all, err := walk("pledge", m.blocks...)
	if err != nil {
		t.Fatal(err)
	}
	if g := all[1].block.Genesis; len(g) == 0 || len(all[0].block.Genesis) != 0 || len(all[1].block.Commands) != 0 {
		t.Errorf("genesis: %v, block 0 %+v", g, all[0].block)
	}
	d := all[2]
	var got []string
	for _, c := range d.block.Commands {
		got = append(got, fmt.Sprintf("%s %+v %s %t", c.Outcome.CommandID, *c.Outcome.Position, c.Outcome.RecordID, strings.Contains(string(c.Outcome.Record), c.Outcome.RecordID)))
	}
	want := []string{
		commandID(enroll) + " {Block:2 Tx:0 Index:0} " + cast.Enterprise.USCC + " true",
		commandID(a) + " {Block:2 Tx:0 Index:2} " + actors.AssetID(a) + " true",
		commandID(b) + " {Block:2 Tx:1 Index:1} " + actors.AssetID(b) + " true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if d.block.Number != 2 || d.block.Prev != all[1].block.Hash || !d.block.Time.Equal(m.now.Add(-1e9)) {
		t.Errorf("block: %d, prev %s, time %s; want time %s", d.block.Number, d.block.Prev, d.block.Time, m.now.Add(-1e9))
	}
	v := d.verdict(0)
	if v.Block != 2 || v.Code != 0 || len(v.Results) != 3 || v.Results[1].Outcome.Code != pledge.UnknownParty || len(v.Committed) != 2 {
		t.Errorf("verdict of the first: %+v", v)
	}
	if v := d.verdict(1); !v.Results[0].Outcome.Duplicate || len(v.Committed) != 1 {
		t.Errorf("verdict of the second: %+v", v)
	}
	if v := d.verdict(2); v.Code != 11 || v.Results != nil || v.Committed != nil || d.txs[2].id == "" {
		t.Errorf("verdict of the invalid: %+v", v)
	}
}

// TestTimeNeverGoesBack, whatever the clients' clocks say, and invalid
// transactions have no say.
func TestTimeNeverGoesBack(t *testing.T) {
	m, cast := begun(t)
	m.now = m.now.Add(-1e12)
	early, _ := m.apply(t, cast.Enroll(cast.Enterprise))
	m.add([]byte{0}, early)
	m.now = m.now.Add(1e15)
	invalid, _ := m.apply(t, cast.Enroll(cast.Bank2))
	m.add([]byte{11}, invalid)
	_, all, err := walk("pledge", m.blocks...)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := all[3].block.Time, all[0].block.Time; !got.Equal(want) || !all[2].block.Time.Equal(want) {
		t.Errorf("times %s, %s, want %s", all[2].block.Time, got, want)
	}
}

// faults are transactions that members cannot have endorsed, marked valid.
func faults(t *testing.T, m *mint, cast *actors.Cast) map[string][]byte {
	commands := []string{cast.Enroll(cast.Enterprise), cast.Enroll(cast.Bank2)}
	_, results := m.apply(t, commands...)
	writes := pledge.TxWrites(results)
	answer, err := pledge.MarshalResults(results)
	if err != nil {
		t.Fatal(err)
	}
	tx := func(args [][]byte, writes []pledge.Write, answer []byte) []byte {
		return simEnvelopeAt("pledge", args, &simRun{writes: writes}, answer, m.now).Envelope
	}
	stray := append(slices.Clone(writes), pledge.Write{Key: "v1/zzz", Value: []byte("{}")})
	args := applyOf(commands)
	return map[string][]byte{
		"fewer commands":   tx(args[:2], writes, answer),
		"more commands":    tx(append(slices.Clone(args), []byte("x")), writes, answer),
		"other commands":   tx([][]byte{args[0], args[2], args[1]}, writes, answer),
		"stray write":      tx(args, stray, answer),
		"missing write":    tx(args, writes[1:], answer),
		"no answer":        tx(args, writes, nil),
		"deleted key":      tx(args, append(slices.Clone(writes), pledge.Write{Key: "v1/zzz"}), answer),
		"unknown function": tx([][]byte{[]byte("get"), []byte("x")}, writes, answer),
		"no function":      tx(nil, writes, answer),
		"other proposal":   reheaded(tx(args, writes, answer), func(h *common.ChannelHeader) { h.Epoch = 1 }),
		"other id":         resigned(reheaded(tx(args, writes, answer), func(h *common.ChannelHeader) { h.TxId = strings.Repeat("0", 64) })),
		"not a payload":    must(&common.Envelope{Payload: []byte{0xff}, Signature: []byte("s")}),
		"second genesis":   m.genesis(t, cast.Genesis()),
	}
}

func reheaded(raw []byte, change func(*common.ChannelHeader)) []byte {
	var env common.Envelope
	var p common.Payload
	var h common.ChannelHeader
	if unmarshal(raw, &env) != nil || unmarshal(env.Payload, &p) != nil || unmarshal(p.Header.ChannelHeader, &h) != nil {
		panic("not an envelope")
	}
	change(&h)
	p.Header.ChannelHeader = must(&h)
	env.Payload = must(&p)
	return must(&env)
}

// resigned has the endorsers answer to the proposal as it is now.
func resigned(raw []byte) []byte {
	h, payload, err := openEnvelope(raw)
	var tx peer.Transaction
	var p peer.ChaincodeActionPayload
	var r peer.ProposalResponsePayload
	if err != nil || unmarshal(payload, &tx) != nil || unmarshal(tx.Actions[0].Payload, &p) != nil || unmarshal(p.Action.ProposalResponsePayload, &r) != nil {
		panic("not a transaction")
	}
	sum := sha256.Sum256(slices.Concat(h.raw.ChannelHeader, h.raw.SignatureHeader, p.ChaincodeProposalPayload))
	r.ProposalHash = sum[:]
	p.Action.ProposalResponsePayload = must(&r)
	tx.Actions[0].Payload = must(&p)
	return must(&common.Envelope{Payload: must(&common.Payload{Header: h.raw, Data: must(&tx)}), Signature: []byte("s")})
}

func TestFaultsStopTheChain(t *testing.T) {
	m, cast := begun(t)
	for name, raw := range faults(t, m, cast) {
		first := m.genesis(t, cast.Genesis())
		b := m.sealed([]byte{0, 0}, []int{0, 1, 2}, raw, first)
		if name != "second genesis" {
			b = m.sealed([]byte{11, 0}, []int{0, 1, 2}, raw, raw)
		}
		_, _, err := walk("pledge", append(slices.Clone(m.blocks), b)...)
		if !errors.Is(err, errFault) || !strings.Contains(err.Error(), "block 2, tx 1") {
			t.Errorf("%s: %v, want %v at block 2, tx 1", name, err, errFault)
		}
		harmless := m.sealed([]byte{11}, []int{0, 1, 2}, raw)
		if _, _, err := walk("pledge", append(slices.Clone(m.blocks), harmless)...); err != nil {
			t.Errorf("%s, invalid: %v, want none", name, err)
		}
	}
}

// TestOtherChaincodes are none of our business, but they cannot write for ours.
func TestOtherChaincodes(t *testing.T) {
	m, _ := begun(t)
	args := [][]byte{[]byte("apply"), []byte("x")}
	for _, writes := range [][]pledge.Write{nil, {{Key: "k", Value: []byte("{}")}}} {
		env := simEnvelopeAt("pledge", args, &simRun{writes: writes}, nil, m.now).Envelope
		d := decoder{channel: "pledge", chaincode: "another"}
		if len(writes) > 0 {
			d.chaincode = "datapledge"
			env = renamed(env)
		}
		tx, err := d.transaction(env, valid, pledge.Position{Block: 2})
		if (err != nil) != (len(writes) > 0) || tx.results != nil {
			t.Errorf("%d writes: %+v, %v", len(writes), tx, err)
		}
		if err != nil && !strings.Contains(err.Error(), "another") {
			t.Errorf("%v does not name the chaincode", err)
		}
	}
}

// TestNameInTheCall: peers do not read it, so a client may write anything
// there; the transaction is valid and took effect.
func TestNameInTheCall(t *testing.T) {
	m, cast := begun(t)
	raw, _ := m.apply(t, cast.Enroll(cast.Enterprise))
	tx, err := (decoder{channel: "pledge", chaincode: "datapledge"}).transaction(misnamed(raw), valid, pledge.Position{Block: 2})
	if err != nil || len(tx.committed) != 1 {
		t.Errorf("%d commands, %v, want 1", len(tx.committed), err)
	}
}

// TestReadsSetNoTime: the chaincode checks the date of what writes only, so a
// read that is ordered could carry the ledger's time away for good.
func TestReadsSetNoTime(t *testing.T) {
	m, _ := begun(t)
	info := simEnvelopeAt("pledge", [][]byte{[]byte("info")}, &simRun{}, []byte("{}"), m.now.AddDate(5000, 0, 0)).Envelope
	m.add([]byte{0}, info)
	_, all, err := walk("pledge", m.blocks...)
	if err != nil || !all[2].block.Time.Equal(all[1].block.Time) {
		t.Errorf("time %v, %v, want that of the block before", all[2].block.Time, err)
	}
}

// renamed has another chaincode called, which wrote the same keys.
func renamed(raw []byte) []byte {
	return misnamed(reheaded(raw, func(h *common.ChannelHeader) {
		h.Extension = must(&peer.ChaincodeHeaderExtension{ChaincodeId: &peer.ChaincodeID{Name: "another"}})
	}))
}

// misnamed says in the call itself that another chaincode is called.
func misnamed(raw []byte) []byte {
	h, payload, err := openEnvelope(raw)
	var tx peer.Transaction
	var p peer.ChaincodeActionPayload
	if err != nil || unmarshal(payload, &tx) != nil || unmarshal(tx.Actions[0].Payload, &p) != nil {
		panic("not a transaction")
	}
	var proposal peer.ChaincodeProposalPayload
	var call peer.ChaincodeInvocationSpec
	if unmarshal(p.ChaincodeProposalPayload, &proposal) != nil || unmarshal(proposal.Input, &call) != nil {
		panic("not a call")
	}
	call.ChaincodeSpec.ChaincodeId = &peer.ChaincodeID{Name: "another"}
	proposal.Input = must(&call)
	p.ChaincodeProposalPayload = must(&proposal)
	tx.Actions[0].Payload = must(&p)
	return resigned(must(&common.Envelope{Payload: must(&common.Payload{Header: h.raw, Data: must(&tx)}), Signature: []byte("s")}))
}

// FuzzDecode: no bytes make the decoder panic, and a block that is not the
// one that was signed is never taken for it.
func FuzzDecode(f *testing.F) {
	m, b := twoTransactions(f)
	front, _, err := walk("pledge", m.blocks[:2]...)
	if err != nil {
		f.Fatal(err)
	}
	for i, b := range append(m.blocks, m.sealed([]byte{0}, nil, []byte{1})) {
		raw := must(b)
		f.Add(raw)
		if _, err := (decoder{channel: "pledge", chaincode: "datapledge"}).block(b, b.Metadata.Metadata[2]); (err == nil) != (i < len(m.blocks)) {
			f.Fatalf("seed %d: %v", i, err)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) { hostile(t, front, b, raw) })
}

// hostile decodes bytes in every way that a peer's bytes are.
func hostile(t *testing.T, f *front, want *common.Block, raw []byte) {
	t.Helper()
	var got common.Block
	if unmarshal(raw, &got) != nil {
		return
	}
	all := make([]byte, len(got.GetData().GetData()))
	_, _ = decoder{channel: "pledge", chaincode: "datapledge"}.block(&got, all)
	_, _ = readConfig(&got, "pledge")
	_, _ = walkAll(&got)
	here := *f
	if d, err := here.next(&got); err == nil && d.block.Hash != headerHash(want.Header) {
		t.Errorf("took %s for block 2", d.block.Hash)
	}
}

// TestHostileBytes is the fuzzing that every run of the tests can afford:
// bytes changed at random, in whole blocks and deep within.
func TestHostileBytes(t *testing.T) {
	m, b := twoTransactions(t)
	front, _, err := walk("pledge", m.blocks[:2]...)
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 10000 {
		raw := mutated(rnd, must(m.blocks[i%3]))
		hostile(t, front, b, raw)
		inner := clone(m.blocks[i%3])
		inner.Data.Data[0] = mutated(rnd, inner.Data.Data[0])
		inner.Metadata.Metadata[0] = mutated(rnd, inner.Metadata.Metadata[0])
		hostile(t, front, b, must(inner))
	}
}

// mutated changes, cuts, repeats or drops some bytes.
func mutated(rnd *rand.Rand, raw []byte) []byte {
	raw = slices.Clone(raw)
	for range 1 + rnd.IntN(4) {
		at := rnd.IntN(len(raw))
		to := min(len(raw), at+1+rnd.IntN(8))
		switch rnd.IntN(5) {
		case 0, 1:
			raw[at] = byte(rnd.Uint32())
		case 2:
			raw = slices.Insert(raw, at, raw[at:to]...)
		case 3:
			raw = slices.Delete(raw, at, to)
		case 4:
			raw = raw[:max(at, 1)]
		}
		if len(raw) == 0 {
			return []byte{0}
		}
	}
	return raw
}

func walkAll(b *common.Block) ([]*decoded, error) {
	_, all, err := walk("pledge", b)
	return all, err
}
