package main

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"github.com/hyperledger/fabric-protos-go-apiv2/peer"
	"google.golang.org/protobuf/proto"
)

// ownPeer is the deliver service of a member's peer.
type ownPeer struct {
	peer.UnimplementedDeliverServer
	mu     sync.Mutex
	blocks []*common.Block
	asked  [][2]uint64
	wrong  string // what it does wrong
	fault  error  // of the last question
	client ecdsa.PublicKey
}

func (p *ownPeer) Deliver(s peer.Deliver_DeliverServer) error {
	envelope, err := s.Recv()
	if err != nil {
		return err
	}
	first, last, blocks, wrong, ok := p.question(envelope)
	if !ok {
		return status(s, common.Status_FORBIDDEN)
	}
	for n := first; n <= last; n++ {
		switch {
		case wrong == "ends":
			return nil
		case wrong == "hangs" && n > first:
			<-s.Context().Done()
			return s.Context().Err()
		case wrong == "another":
			return block(s, &common.Block{Header: &common.BlockHeader{Number: n + 1}})
		case n >= uint64(len(blocks)):
			return status(s, common.Status_NOT_FOUND)
		}
		if err := block(s, blocks[n]); err != nil {
			return err
		}
	}
	return status(s, common.Status_SUCCESS)
}

// question notes what is asked, and how to answer.
func (p *ownPeer) question(e *common.Envelope) (first, last uint64, blocks []*common.Block, wrong string, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	seek, err := p.read(e)
	if p.fault = err; err != nil {
		return 0, 0, nil, "", false
	}
	first, last = seek.Start.GetSpecified().Number, seek.Stop.GetSpecified().Number
	p.asked = append(p.asked, [2]uint64{first, last})
	return first, last, p.blocks, p.wrong, true
}

// set changes what it does from now on.
func (p *ownPeer) set(wrong string, blocks []*common.Block) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrong, p.blocks = wrong, blocks
}

// seen is what it was asked for, and why it refused the last question.
func (p *ownPeer) seen() ([][2]uint64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked), p.fault
}

func block(s peer.Deliver_DeliverServer, b *common.Block) error {
	return s.Send(&peer.DeliverResponse{Type: &peer.DeliverResponse_Block{Block: b}})
}

func status(s peer.Deliver_DeliverServer, code common.Status) error {
	return s.Send(&peer.DeliverResponse{Type: &peer.DeliverResponse_Status{Status: code}})
}

// read checks what Fabric's peer checks: that the client signed, with the
// lower s, and that it will not wait for blocks to come.
func (p *ownPeer) read(e *common.Envelope) (*orderer.SeekInfo, error) {
	var payload common.Payload
	var by common.SignatureHeader
	var creator msp.SerializedIdentity
	var about common.ChannelHeader
	var seek orderer.SeekInfo
	for _, part := range []struct {
		raw  func() []byte
		into proto.Message
	}{{func() []byte { return e.Payload }, &payload}, {func() []byte { return payload.GetHeader().GetSignatureHeader() }, &by},
		{func() []byte { return payload.GetHeader().GetChannelHeader() }, &about}, {func() []byte { return by.Creator }, &creator}, {func() []byte { return payload.Data }, &seek}} {
		if err := proto.Unmarshal(part.raw(), part.into); err != nil {
			return nil, err
		}
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(e.Signature, &sig); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(e.Payload)
	half := new(big.Int).Rsh(p.client.Params().N, 1)
	switch {
	case !ecdsa.Verify(&p.client, sum[:], sig.R, sig.S) || sig.S.Cmp(half) > 0:
		return nil, fmt.Errorf("the signature is none")
	case creator.Mspid != "CourtMSP" || !strings.Contains(string(creator.IdBytes), "BEGIN CERTIFICATE") || len(by.Nonce) != 24:
		return nil, fmt.Errorf("it is by %q", creator.Mspid)
	case about.ChannelId != channel || about.Type != int32(common.HeaderType_DELIVER_SEEK_INFO) || about.Timestamp.AsTime().IsZero():
		return nil, fmt.Errorf("it is about %v", &about)
	case seek.Behavior != orderer.SeekInfo_FAIL_IF_NOT_READY:
		return nil, fmt.Errorf("it would wait")
	}
	return &seek, nil
}

// chainOf makes blocks whose headers hold each other's hashes.
func chainOf(t *testing.T, n int) (list []*common.Block, hashes []string) {
	t.Helper()
	prev := []byte(nil)
	for i := range n {
		data := sha256.Sum256(fmt.Append(nil, i))
		h := &common.BlockHeader{Number: uint64(i), PreviousHash: prev, DataHash: data[:]}
		raw, err := asn1.Marshal(struct {
			Number     int
			Prev, Data []byte
		}{i, prev, data[:]})
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(raw)
		list, hashes, prev = append(list, &common.Block{Header: h}), append(hashes, fmt.Sprintf("%x", sum)), sum[:]
	}
	return list, hashes
}
