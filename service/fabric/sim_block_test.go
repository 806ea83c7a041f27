package fabric

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go/peer"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// must is for encodings that cannot fail.
func must(m protoadapt.MessageV1) []byte {
	raw, err := marshal(m)
	if err != nil {
		panic(err)
	}
	return raw
}

// simOrderer is four consenters, three of which sign every block.
type simOrderer struct {
	keys  []*ecdsa.PrivateKey
	certs [][]byte
}

func newSimOrderer(t *testing.T) simOrderer {
	t.Helper()
	var o simOrderer
	for i := range 4 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), NotAfter: time.Now().Add(time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		o.keys = append(o.keys, key)
		o.certs = append(o.certs, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	return o
}

// configBlock is block 0.
func (o simOrderer) configBlock(channel string) *common.Block {
	var list common.Orderers
	for i, c := range o.certs {
		list.ConsenterMapping = append(list.ConsenterMapping, &common.Consenter{Id: uint32(i + 1), Identity: c})
	}
	orderers := &common.ConfigGroup{Values: map[string]*common.ConfigValue{"Orderers": {Value: must(&list)}}}
	config := must(&common.ConfigEnvelope{Config: &common.Config{
		ChannelGroup: &common.ConfigGroup{Groups: map[string]*common.ConfigGroup{"Orderer": orderers}}}})
	head := must(&common.ChannelHeader{Type: int32(common.HeaderType_CONFIG), ChannelId: channel, Timestamp: &timestamppb.Timestamp{Seconds: 1767225600}})
	payload := must(&common.Payload{Header: &common.Header{ChannelHeader: head}, Data: config})
	return o.seal(0, nil, [][]byte{must(&common.Envelope{Payload: payload})}, []byte{0})
}

// block is the one after prev.
func (o simOrderer) block(prev *common.Block, data [][]byte, filter []byte) *common.Block {
	hash, _ := hex.DecodeString(headerHash(prev.GetHeader()))
	return o.seal(prev.GetHeader().GetNumber()+1, hash, data, filter)
}

func (o simOrderer) seal(number uint64, prev []byte, data [][]byte, filter []byte) *common.Block {
	sum := sha256.New()
	for _, d := range data {
		sum.Write(d)
	}
	h := &common.BlockHeader{Number: number, PreviousHash: prev, DataHash: sum.Sum(nil)}
	meta := make([][]byte, len(common.BlockMetadataIndex_name))
	meta[common.BlockMetadataIndex_SIGNATURES] = o.sign(h)
	meta[common.BlockMetadataIndex_TRANSACTIONS_FILTER] = filter
	return &common.Block{Header: h, Data: &common.BlockData{Data: data}, Metadata: &common.BlockMetadata{Metadata: meta}}
}

func (o simOrderer) sign(h *common.BlockHeader) []byte {
	value := must(&common.OrdererBlockMetadata{LastConfig: &common.LastConfig{}})
	m := &common.Metadata{Value: value}
	for i, key := range o.keys[:3] {
		id := must(&common.IdentifierHeader{Identifier: uint32(i + 1)})
		sum := sha256.Sum256(append(append(append([]byte(nil), value...), id...), headerBytes(h)...))
		sig, err := ecdsa.SignASN1(rand.Reader, key, sum[:])
		if err != nil {
			panic(err) // only when there is no randomness
		}
		m.Signatures = append(m.Signatures, &common.MetadataSignature{IdentifierHeader: id, Signature: sig})
	}
	return must(m)
}

func simEnvelope(channel string, args [][]byte, r *simRun, answer []byte) endorsed {
	return simEnvelopeAt(channel, args, r, answer, time.Now())
}

// simEnvelopeAt is a transaction as a client sends it to the orderers.
func simEnvelopeAt(channel string, args [][]byte, r *simRun, answer []byte, at time.Time) endorsed {
	nonce, creator := make([]byte, 24), []byte("the service")
	_, _ = rand.Read(nonce)
	sum := sha256.Sum256(append(append([]byte(nil), nonce...), creator...))
	id := hex.EncodeToString(sum[:])
	head := &common.Header{
		ChannelHeader: must(&common.ChannelHeader{Type: int32(common.HeaderType_ENDORSER_TRANSACTION), TxId: id, ChannelId: channel,
			Timestamp: &timestamppb.Timestamp{Seconds: at.Unix(), Nanos: int32(at.Nanosecond())},
			Extension: must(&peer.ChaincodeHeaderExtension{ChaincodeId: &peer.ChaincodeID{Name: "datapledge"}})}),
		SignatureHeader: must(&common.SignatureHeader{Creator: creator, Nonce: nonce}),
	}
	spec := &peer.ChaincodeSpec{ChaincodeId: &peer.ChaincodeID{Name: "datapledge"}, Input: &peer.ChaincodeInput{Args: args}}
	proposal := must(&peer.ChaincodeProposalPayload{Input: must(&peer.ChaincodeInvocationSpec{ChaincodeSpec: spec})})
	action := &peer.ChaincodeActionPayload{ChaincodeProposalPayload: proposal,
		Action: &peer.ChaincodeEndorsedAction{ProposalResponsePayload: simResponse(head, proposal, r, answer)}}
	tx := must(&peer.Transaction{Actions: []*peer.TransactionAction{{Payload: must(action)}}})
	envelope := must(&common.Envelope{Payload: must(&common.Payload{Header: head, Data: tx}), Signature: []byte("signed")})
	return endorsed{TxID: id, Envelope: envelope, Response: answer, Writes: len(r.writes) > 0}
}

func simResponse(head *common.Header, proposal []byte, r *simRun, answer []byte) []byte {
	sum := sha256.New()
	for _, part := range [][]byte{head.GetChannelHeader(), head.GetSignatureHeader(), proposal} {
		sum.Write(part)
	}
	set := &kvrwset.KVRWSet{}
	for _, read := range r.reads {
		k := &kvrwset.KVRead{Key: read.key}
		if read.found {
			k.Version = &kvrwset.Version{BlockNum: read.block, TxNum: uint64(read.tx)}
		}
		set.Reads = append(set.Reads, k)
	}
	for _, w := range r.writes {
		set.Writes = append(set.Writes, &kvrwset.KVWrite{Key: w.Key, Value: w.Value})
	}
	results := must(&rwset.TxReadWriteSet{NsRwset: []*rwset.NsReadWriteSet{{Namespace: "datapledge", Rwset: must(set)}}})
	action := must(&peer.ChaincodeAction{Results: results, Response: &peer.Response{Status: 200, Payload: answer},
		ChaincodeId: &peer.ChaincodeID{Name: "datapledge"}})
	return must(&peer.ProposalResponsePayload{ProposalHash: sum.Sum(nil), Extension: action})
}
