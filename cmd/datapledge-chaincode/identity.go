package main

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/asn1"
	"fmt"
	"math/big"
	"os"

	"github.com/hyperledger/fabric-protos-go-apiv2/common"
	"github.com/hyperledger/fabric-protos-go-apiv2/msp"
	"github.com/hyperledger/fabric-protos-go-apiv2/orderer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// identity is a client of the member, known to its peer.
type identity struct {
	creator []byte
	key     *ecdsa.PrivateKey
}

func loadIdentity(mspID, certFile, keyFile string) (identity, error) {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return identity{}, fmt.Errorf("-msp-cert %s, -msp-key %s: %w", certFile, keyFile, err)
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return identity{}, fmt.Errorf("-msp-key %s is no ECDSA key", keyFile)
	}
	cert, err := os.ReadFile(certFile)
	if err != nil {
		return identity{}, fmt.Errorf("-msp-cert: %w", err)
	}
	creator, err := proto.Marshal(&msp.SerializedIdentity{Mspid: mspID, IdBytes: cert})
	return identity{creator, key}, err
}

// seek is the signed question for blocks first to last, as many as there are.
func (i identity) seek(channel string, first, last uint64) (*common.Envelope, error) {
	data, err := proto.Marshal(&orderer.SeekInfo{Start: position(first), Stop: position(last), Behavior: orderer.SeekInfo_FAIL_IF_NOT_READY})
	if err != nil {
		return nil, err
	}
	about, err := proto.Marshal(&common.ChannelHeader{Type: int32(common.HeaderType_DELIVER_SEEK_INFO), ChannelId: channel, Timestamp: timestamppb.Now()})
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, 24)
	_, _ = rand.Read(nonce) // never fails
	by, err := proto.Marshal(&common.SignatureHeader{Creator: i.creator, Nonce: nonce})
	if err != nil {
		return nil, err
	}
	payload, err := proto.Marshal(&common.Payload{Header: &common.Header{ChannelHeader: about, SignatureHeader: by}, Data: data})
	if err != nil {
		return nil, err
	}
	signature, err := i.sign(payload)
	return &common.Envelope{Payload: payload, Signature: signature}, err
}

func position(number uint64) *orderer.SeekPosition {
	return &orderer.SeekPosition{Type: &orderer.SeekPosition_Specified{Specified: &orderer.SeekSpecified{Number: number}}}
}

// sign signs as Fabric wants it: of the two values that s can have, the lower.
func (i identity) sign(text []byte) ([]byte, error) {
	sum := sha256.Sum256(text)
	r, s, err := ecdsa.Sign(rand.Reader, i.key, sum[:])
	if err != nil {
		return nil, err
	}
	order := i.key.Params().N
	if s.Cmp(new(big.Int).Rsh(order, 1)) > 0 {
		s.Sub(order, s)
	}
	return asn1.Marshal(struct{ R, S *big.Int }{r, s})
}
