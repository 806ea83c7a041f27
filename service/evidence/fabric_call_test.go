package evidence_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go/peer"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/datapledge/datapledge/pledge"
)

// call is an endorsed call of the chaincode; the zero values of what tests
// change are the right ones.
type call struct {
	args    [][]byte
	set     *kvrwset.KVRWSet
	answer  []byte
	time    time.Time
	results []pledge.Result // of a call that took effect

	chaincode  string // default: the channel's
	misnamed   string // in the call itself; default: the same
	answeredBy string // default: the same
	channel    string
	txID       string
	status     int32
	creator    *node
	endorsers  []*node // default: IP centre and exchange
	others     []*rwset.NsReadWriteSet
	hash       []byte                  // of the proposal
	stranger   *node                   // signs in the creator's place
	endorsed   func(*peer.Endorsement) // after each was signed
	response   func(*peer.ChaincodeAction)
}

func (c *channel) envelope(k *call) *common.Envelope {
	name := either(k.chaincode, chaincodeName)
	creator := k.creator
	if creator == nil {
		creator = c.orgs[2].client
	}
	nonce := sha256.Sum256(fmt.Append(nil, k.args))
	id := sha256.Sum256(slices.Concat(nonce[:], creator.serialized()))
	header := &common.Header{
		ChannelHeader: encode(&common.ChannelHeader{Type: int32(common.HeaderType_ENDORSER_TRANSACTION), Timestamp: timestamppb.New(k.time),
			ChannelId: either(k.channel, c.chain.channel), TxId: either(k.txID, fmt.Sprintf("%x", id)),
			Extension: encode(&peer.ChaincodeHeaderExtension{ChaincodeId: &peer.ChaincodeID{Name: name}})}),
		SignatureHeader: encode(&common.SignatureHeader{Creator: creator.serialized(), Nonce: nonce[:]}),
	}
	proposal := encode(&peer.ChaincodeProposalPayload{Input: encode(&peer.ChaincodeInvocationSpec{ChaincodeSpec: &peer.ChaincodeSpec{
		Type: peer.ChaincodeSpec_GOLANG, ChaincodeId: &peer.ChaincodeID{Name: either(k.misnamed, name)}, Input: &peer.ChaincodeInput{Args: k.args}}})})
	asked := sha256.Sum256(slices.Concat(header.ChannelHeader, header.SignatureHeader, proposal))
	response := c.respond(k, name, asked[:])
	action := &peer.ChaincodeActionPayload{ChaincodeProposalPayload: proposal,
		Action: &peer.ChaincodeEndorsedAction{ProposalResponsePayload: response, Endorsements: c.endorse(k, response)}}
	payload := encode(&common.Payload{Header: header, Data: encode(&peer.Transaction{Actions: []*peer.TransactionAction{
		{Header: header.SignatureHeader, Payload: encode(action)}}})})
	if k.stranger != nil {
		creator = k.stranger
	}
	return &common.Envelope{Payload: payload, Signature: creator.sign(payload)}
}

func (c *channel) respond(k *call, name string, asked []byte) []byte {
	if k.hash != nil {
		asked = k.hash
	}
	set := &rwset.TxReadWriteSet{NsRwset: []*rwset.NsReadWriteSet{
		{Namespace: "_lifecycle", Rwset: encode(&kvrwset.KVRWSet{Reads: []*kvrwset.KVRead{{Key: "namespaces/fields/" + name + "/Sequence"}}})},
		{Namespace: name, Rwset: encode(k.set)},
	}}
	set.NsRwset = append(set.NsRwset, k.others...)
	action := &peer.ChaincodeAction{Results: encode(set), Response: &peer.Response{Status: 200, Payload: k.answer},
		ChaincodeId: &peer.ChaincodeID{Name: either(k.answeredBy, name), Version: "1"}}
	if k.status != 0 {
		action.Response.Status = k.status
	}
	if k.response != nil {
		k.response(action)
	}
	return encode(&peer.ProposalResponsePayload{ProposalHash: asked, Extension: encode(action)})
}

func (c *channel) endorse(k *call, response []byte) []*peer.Endorsement {
	endorsers := k.endorsers
	if endorsers == nil {
		endorsers = []*node{c.orgs[0].peer, c.orgs[2].peer}
	}
	var out []*peer.Endorsement
	for _, n := range endorsers {
		e := &peer.Endorsement{Endorser: n.serialized(), Signature: n.sign(response, n.serialized())}
		if k.endorsed != nil {
			k.endorsed(e)
		}
		out = append(out, e)
	}
	return out
}

func either(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
