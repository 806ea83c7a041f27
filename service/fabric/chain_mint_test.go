package fabric

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// mint makes the blocks of a channel, and signs them as its consenters do.
type mint struct {
	channel string
	simOrderer
	blocks []*common.Block
	config uint64
	state  map[string][]byte
	now    time.Time
}

func newMint(t testing.TB, channel string) *mint {
	t.Helper()
	m := &mint{channel: channel, simOrderer: newSigners(t, 4), state: map[string][]byte{}, now: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)}
	m.add([]byte{0}, m.configuration(m.simOrderer))
	return m
}

// newSigners are n consenters with keys of their own.
func newSigners(t testing.TB, n int) (o simOrderer) {
	t.Helper()
	for range n {
		key := otherKey()
		template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		o.keys, o.certs = append(o.keys, key), append(o.certs, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return o
}

// configuration is an envelope that makes others the consenters.
func (m *mint) configuration(of simOrderer) []byte {
	var list common.Orderers
	for i, c := range of.certs {
		list.ConsenterMapping = append(list.ConsenterMapping, &common.Consenter{Id: uint32(i + 1), Identity: c})
	}
	group := &common.ConfigGroup{Values: map[string]*common.ConfigValue{"Orderers": {Value: must(&list)}}}
	config := &common.Config{ChannelGroup: &common.ConfigGroup{Groups: map[string]*common.ConfigGroup{"Orderer": group}}}
	head := &common.ChannelHeader{Type: int32(common.HeaderType_CONFIG), ChannelId: m.channel, Timestamp: &timestamppb.Timestamp{Seconds: m.now.Unix()}}
	payload := &common.Payload{Header: &common.Header{ChannelHeader: must(head)}, Data: must(&common.ConfigEnvelope{Config: config})}
	return must(&common.Envelope{Payload: must(payload)})
}

// seal makes the next block and signs it by who.
func (m *mint) sealed(filter []byte, who []int, data ...[]byte) *common.Block {
	h := &common.BlockHeader{Number: uint64(len(m.blocks))}
	if n := len(m.blocks); n > 0 {
		h.PreviousHash, _ = hex.DecodeString(headerHash(m.blocks[n-1].GetHeader()))
	}
	sum := sha256.Sum256(bytes.Join(data, nil))
	h.DataHash = sum[:]
	meta := make([][]byte, len(common.BlockMetadataIndex_name))
	meta[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = filter
	b := &common.Block{Header: h, Data: &common.BlockData{Data: data}, Metadata: &common.BlockMetadata{Metadata: meta}}
	config := m.config
	if isConfig(b) {
		config = h.Number
	}
	meta[common.BlockMetadataIndex_SIGNATURES] = m.signed(h, config, who)
	return b
}

func (m *mint) signed(h *common.BlockHeader, config uint64, who []int) []byte {
	value := must(&common.OrdererBlockMetadata{LastConfig: &common.LastConfig{Index: config}})
	md := &common.Metadata{Value: value}
	for _, i := range who {
		md.Signatures = append(md.Signatures, signature(uint32(i+1), m.keys[i], value, h))
	}
	return must(md)
}

func signature(id uint32, key *ecdsa.PrivateKey, value []byte, h *common.BlockHeader) *common.MetadataSignature {
	nonce := make([]byte, 24)
	_, _ = rand.Read(nonce)
	head := must(&common.IdentifierHeader{Identifier: id, Nonce: nonce})
	sum := sha256.Sum256(bytes.Join([][]byte{value, head, headerBytes(h)}, nil))
	sig, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
	if err != nil {
		panic(err) // only when there is no randomness
	}
	return &common.MetadataSignature{IdentifierHeader: head, Signature: sig}
}

// add makes the next block, signed by all but one.
func (m *mint) add(filter []byte, data ...[]byte) *common.Block {
	b := m.sealed(filter, []int{0, 1, 3}, data...)
	m.blocks = append(m.blocks, b)
	if isConfig(b) {
		m.config = b.GetHeader().GetNumber()
	}
	return b
}

// Get and Put make the mint's state that of pledge.Apply.
func (m *mint) Get(key string) ([]byte, error)     { return m.state[key], nil }
func (m *mint) Put(key string, value []byte) error { m.state[key] = value; return nil }

// genesis is the envelope of the genesis.
func (m *mint) genesis(t testing.TB, g pledge.Genesis) []byte {
	t.Helper()
	writes, err := g.Writes()
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range writes {
		m.state[w.Key] = w.Value
	}
	raw, err := json.Marshal(g)
	if err != nil {
		t.Fatal(err)
	}
	return simEnvelopeAt(m.channel, [][]byte{[]byte("genesis"), raw}, &simRun{writes: writes}, nil, m.now).Envelope
}

// apply is the envelope of a transaction in which the rules were run, and
// what they said.
func (m *mint) apply(t testing.TB, commands ...string) ([]byte, []pledge.Result) {
	t.Helper()
	parsed := make([]*pledge.Command, len(commands))
	for i, c := range commands {
		parsed[i], _ = pledge.ParseCommand(c)
	}
	m.now = m.now.Add(time.Second)
	results, err := pledge.Apply(m, pledge.Tx{Channel: m.channel, Time: time.Now()}, parsed)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := pledge.MarshalResults(results)
	if err != nil {
		t.Fatal(err)
	}
	return simEnvelopeAt(m.channel, applyOf(commands), &simRun{writes: pledge.TxWrites(results)}, answer, m.now).Envelope, results
}

func applyOf(commands []string) [][]byte {
	args := [][]byte{[]byte("apply")}
	for _, c := range commands {
		args = append(args, []byte(c))
	}
	return args
}

// begun is a mint with a cast whose genesis stands in block 1.
func begun(t testing.TB) (*mint, *actors.Cast) {
	t.Helper()
	cast := actors.NewCast("pledge")
	m := newMint(t, "pledge")
	m.add([]byte{0}, m.genesis(t, cast.Genesis()))
	return m, cast
}

func clone(b *common.Block) *common.Block {
	return protoadapt.MessageV1Of(proto.Clone(protoadapt.MessageV2Of(b))).(*common.Block)
}

func newFront(channel string) *front {
	return &front{decoder: decoder{channel: channel, chaincode: "datapledge"}, seen: &seen{}}
}

// walk verifies blocks with a fresh front.
func walk(channel string, blocks ...*common.Block) (*front, []*decoded, error) {
	f := newFront(channel)
	var out []*decoded
	for _, b := range blocks {
		d, err := f.next(b)
		if err != nil {
			return f, out, err
		}
		out = append(out, d)
	}
	return f, out, nil
}

func otherKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // only when there is no randomness
	}
	return key
}
