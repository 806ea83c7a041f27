//go:build !js

package evidence

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go/peer"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"

	"github.com/datapledge/datapledge/pledge"
)

// fabricProof is what Ledger.Prove says on a consortium's channel, as far as
// the writer has to understand it. JSON carries the bytes in base64.
type fabricProof struct {
	Kind        string   `json:"kind"`
	Chaincode   string   `json:"chaincode"`
	Block       []byte   `json:"block"`
	Tx          int      `json:"tx"`
	Index       int      `json:"index"`
	Configs     [][]byte `json:"config"`
	Later       [][]byte `json:"later"`
	Attestation []byte   `json:"attestation"`
}

// fabricPlace is an onchain file of the package.
type fabricPlace struct {
	Attestation string `json:"attestation"`
	Block       int64  `json:"block"`
	Index       int    `json:"index"`
	Kind        string `json:"kind"`
	Tx          int    `json:"tx"`
}

func (c *collector) readFabricProof(p pledge.Position, doc []byte) (*collected, error) {
	var f fabricProof
	if err := json.Unmarshal(doc, &f); err != nil {
		return nil, err
	}
	block, err := c.keep(f.Block)
	if err != nil {
		return nil, err
	}
	for _, config := range slices.Concat(f.Configs, f.Later) {
		if _, err := c.keep(config); err != nil {
			return nil, err
		}
	}
	e, err := f.collect(block)
	if err == nil && c.genesis != nil && e.at != p {
		err = fmt.Errorf("it is that of block %d transaction %d command %d", e.at.Block, e.at.Tx, e.at.Index)
	}
	return e, err
}

// keep puts a block into the package, once.
func (c *collector) keep(raw []byte) (*common.Block, error) {
	block := &common.Block{}
	if err := unmarshal(raw, block); err != nil || block.Header == nil {
		return nil, errors.Join(errors.New("no block is in the proof"), err)
	}
	if n := block.Header.Number; n <= c.head.Height && c.blocks[n] == nil { // a configuration may be newer than as_of
		if c.weight += len(raw); c.weight > maxChannel {
			return nil, pledge.Errorf(pledge.TooLarge, "the blocks of %s have over %d bytes together", c.id, maxChannel)
		}
		c.blocks[n] = raw
	}
	return block, nil
}

// collect reads the one command, or the genesis, that the proof is about.
func (f fabricProof) collect(block *common.Block) (*collected, error) {
	e := &collected{at: pledge.Position{Block: block.Header.Number, Tx: f.Tx, Index: f.Index}}
	var err error
	e.proof, err = pledge.CanonicalJSON(fabricPlace{base64.RawURLEncoding.EncodeToString(f.Attestation), int64(e.at.Block), f.Index, f.Kind, f.Tx})
	if err != nil {
		return nil, err
	}
	if f.Tx < 0 || f.Tx >= len(block.GetData().GetData()) {
		return nil, fmt.Errorf("block %d has no transaction %d", e.at.Block, f.Tx)
	}
	call, err := readCall(block.Data.Data[f.Tx], f.Chaincode)
	if err != nil {
		return nil, err
	}
	e.time = call.time
	switch function := string(call.args[0]); {
	case function == "genesis":
		e.writes = call.writes
	case function == "apply" && f.Index >= 0 && f.Index+1 < len(call.args):
		err = call.command(e, f.Index)
	default:
		err = fmt.Errorf("transaction %d of block %d has no command %d", f.Tx, e.at.Block, f.Index)
	}
	return e, err
}

// fabricCall is an endorsed transaction: what was called, what came of it.
type fabricCall struct {
	time   string
	args   [][]byte
	answer []byte
	writes []pledge.Write
}

func (call fabricCall) command(e *collected, index int) error {
	results, err := pledge.UnmarshalResults(call.answer, call.writes)
	if err != nil {
		return err
	}
	if index >= len(results) {
		return fmt.Errorf("the transaction answers %d commands", len(results))
	}
	e.writes = results[index].Writes
	e.command, err = pledge.ParseCommand(string(call.args[1+index]))
	return err
}

// readCall unpacks an envelope.
func readCall(raw []byte, chaincode string) (call fabricCall, err error) {
	envelope, payload, channel := &common.Envelope{}, &common.Payload{}, &common.ChannelHeader{}
	if err := unmarshal(raw, envelope); err != nil {
		return call, err
	}
	if err := unmarshal(envelope.Payload, payload); err != nil {
		return call, err
	}
	if err := unmarshal(payload.GetHeader().GetChannelHeader(), channel); err != nil {
		return call, err
	}
	call.time = channel.GetTimestamp().AsTime().UTC().Format(time.RFC3339Nano)
	tx := &peer.Transaction{}
	if err := unmarshal(payload.Data, tx); err != nil || len(tx.Actions) != 1 {
		return call, errors.Join(errors.New("no transaction of one action"), err)
	}
	action := &peer.ChaincodeActionPayload{}
	if err := unmarshal(tx.Actions[0].Payload, action); err != nil {
		return call, err
	}
	if call.args, err = readArgs(action.ChaincodeProposalPayload); err != nil {
		return call, err
	}
	return call, call.readAnswer(action.GetAction().GetProposalResponsePayload(), chaincode)
}

func readArgs(raw []byte) ([][]byte, error) {
	proposal, spec := &peer.ChaincodeProposalPayload{}, &peer.ChaincodeInvocationSpec{}
	if err := unmarshal(raw, proposal); err != nil {
		return nil, err
	}
	if err := unmarshal(proposal.Input, spec); err != nil {
		return nil, err
	}
	args := spec.GetChaincodeSpec().GetInput().GetArgs()
	if len(args) == 0 {
		return nil, errors.New("the transaction calls nothing")
	}
	return args, nil
}

func (call *fabricCall) readAnswer(raw []byte, chaincode string) error {
	response, action, set := &peer.ProposalResponsePayload{}, &peer.ChaincodeAction{}, &rwset.TxReadWriteSet{}
	if err := unmarshal(raw, response); err != nil {
		return err
	}
	if err := unmarshal(response.Extension, action); err != nil {
		return err
	}
	if err := unmarshal(action.Results, set); err != nil {
		return err
	}
	call.answer = action.GetResponse().GetPayload()
	i := slices.IndexFunc(set.NsRwset, func(n *rwset.NsReadWriteSet) bool { return n.Namespace == chaincode })
	if i < 0 {
		return fmt.Errorf("the transaction is not of the chaincode %q", chaincode)
	}
	kv := &kvrwset.KVRWSet{}
	if err := unmarshal(set.NsRwset[i].Rwset, kv); err != nil {
		return err
	}
	for _, w := range kv.Writes {
		call.writes = append(call.writes, pledge.Write{Key: w.Key, Value: w.Value})
	}
	return nil
}

// unmarshal reads one of Fabric's messages, which are of the older kind.
func unmarshal(raw []byte, m protoadapt.MessageV1) error {
	return proto.Unmarshal(raw, protoadapt.MessageV2Of(m))
}
