package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Types of a channel header (common.HeaderType).
const (
	typeConfig   = 1
	typeEndorsed = 3
)

// maxArgs bounds the arguments of a call: a function and its commands.
const maxArgs = 1 << 12

// transaction is an envelope with an endorsed call of the chaincode: a
// transaction of a block, or an attestation, which was never ordered.
type transaction struct {
	payload, signature []byte
	channelHeader      []byte
	signatureHeader    []byte
	creator, nonce     []byte
	kind               uint64
	channel, id        string
	time               time.Time
	proposal           []byte // ChaincodeProposalPayload
	called, answered   string // chaincode of the call, and of the answer
	args               [][]byte
	response           []byte // ProposalResponsePayload, what endorsers sign
	proposalHash       []byte
	endorsements       []endorsement
	status             uint64
	answer             []byte
	rwset              []byte
}

type endorsement struct{ endorser, signature []byte }

// parseTransaction reads an envelope as far as its channel header, and an
// endorsed call whole.
func parseTransaction(raw []byte) (*transaction, error) {
	t := &transaction{}
	var header, data []byte
	var ok bool
	if t.payload, t.signature, ok = cutEnvelope(raw); !ok {
		return t, faultf("envelope", "is not one")
	}
	if err := scan(t.payload, bytesOf(1, &header), bytesOf(2, &data)); err != nil {
		return t, faultf("payload", "%v", err)
	}
	if err := t.headers(header); err != nil {
		return t, asFault("payload.header", err)
	}
	if t.kind != typeEndorsed {
		return t, nil
	}
	return t, t.call(data)
}

func (t *transaction) headers(header []byte) error {
	if err := scan(header, bytesOf(1, &t.channelHeader), bytesOf(2, &t.signatureHeader)); err != nil {
		return err
	}
	var stamp, extension, id []byte
	var seconds, nanos uint64
	err := scan(t.channelHeader, number(1, &t.kind), bytesOf(3, &stamp), textOf(4, &t.channel), textOf(5, &t.id), bytesOf(7, &extension))
	if err == nil {
		err = scan(extension, bytesOf(2, &id))
	}
	if err == nil {
		err = scan(id, textOf(2, &t.called)) // peers go by this name, not by the one in the call
	}
	if err == nil {
		err = scan(stamp, number(1, &seconds), number(2, &nanos))
	}
	if err == nil {
		err = scan(t.signatureHeader, bytesOf(1, &t.creator), bytesOf(2, &t.nonce))
	}
	if err != nil {
		return err
	}
	const lastSecond = 253402300799 // of the year 9999
	if seconds > lastSecond || nanos >= uint64(time.Second) {
		return faultf("payload.header.timestamp", "is not a time")
	}
	t.time = time.Unix(int64(seconds), int64(nanos)).UTC()
	return nil
}

// call reads a peer.Transaction of one action.
func (t *transaction) call(data []byte) error {
	var action, payload, endorsed []byte
	if err := scan(data, bytesOf(1, &action)); err != nil {
		return faultf("payload.data", "%v", err)
	}
	err := scan(action, bytesOf(2, &payload))
	if err == nil {
		err = scan(payload, bytesOf(1, &t.proposal), bytesOf(2, &endorsed))
	}
	if err == nil {
		err = scan(endorsed, bytesOf(1, &t.response), each(2, t.addEndorsement))
	}
	if err != nil {
		return asFault("action", err)
	}
	return firstOf(asFault("proposal", t.question()), asFault("response", t.reply()))
}

func (t *transaction) addEndorsement(raw []byte) error {
	if len(t.endorsements) == maxSignatures {
		return faultf("endorsements", "are more than %d", maxSignatures)
	}
	var e endorsement
	err := scan(raw, bytesOf(1, &e.endorser), bytesOf(2, &e.signature))
	t.endorsements = append(t.endorsements, e)
	return asFault("endorsements", err)
}

// question reads the ChaincodeInvocationSpec: what was called with what.
func (t *transaction) question() error {
	var invocation, spec, input []byte
	if err := scan(t.proposal, bytesOf(1, &invocation)); err != nil {
		return err
	}
	if err := scan(invocation, bytesOf(1, &spec)); err != nil {
		return err
	}
	if err := scan(spec, bytesOf(3, &input)); err != nil {
		return err
	}
	return scan(input, each(1, func(arg []byte) error {
		if len(t.args) == maxArgs {
			return faultf("args", "are more than %d", maxArgs)
		}
		t.args = append(t.args, arg)
		return nil
	}))
}

// reply reads the ProposalResponsePayload and the ChaincodeAction inside.
func (t *transaction) reply() error {
	var action, response, id []byte
	if err := scan(t.response, bytesOf(1, &t.proposalHash), bytesOf(2, &action)); err != nil {
		return err
	}
	if err := scan(action, bytesOf(1, &t.rwset), bytesOf(3, &response), bytesOf(4, &id)); err != nil {
		return err
	}
	if err := scan(response, number(1, &t.status), bytesOf(3, &t.answer)); err != nil {
		return err
	}
	return scan(id, textOf(2, &t.answered))
}

// bound says whether the parts of the transaction belong together: its id to
// who asked, and what was answered to what was asked. The endorsers signed
// the answer, so they signed the question with it.
func (t *transaction) bound(chaincode string) error {
	id := sha256.New()
	id.Write(t.nonce)
	id.Write(t.creator)
	asked := sha256.New()
	for _, part := range [][]byte{t.channelHeader, t.signatureHeader, t.proposal} {
		asked.Write(part)
	}
	switch {
	case t.kind != typeEndorsed:
		return faultf("payload.header.type", "is %d, not an endorsed transaction", t.kind)
	case t.id != hex.EncodeToString(id.Sum(nil)):
		return faultf("payload.header.tx_id", "does not follow from creator and nonce")
	case !bytes.Equal(t.proposalHash, asked.Sum(nil)):
		return faultf("response.proposal_hash", "is not that of the call: the answer belongs to another")
	case t.called != chaincode || t.answered != chaincode:
		return faultf("chaincode", "is %.40q, answered by %.40q", t.called, t.answered)
	case t.status != 200:
		return faultf("response.status", "is %d", t.status)
	}
	return nil
}

// function is the called function, "" when nothing was called.
func (t *transaction) function() string {
	if len(t.args) == 0 {
		return ""
	}
	return string(t.args[0])
}
