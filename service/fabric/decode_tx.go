package fabric

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/peer"

	"github.com/datapledge/datapledge/pledge"
)

// maxYear keeps times within what every reader can print.
const maxYear = 9999

// transaction reads one envelope. Of an invalid one only its id counts, and
// it may be any bytes.
func (d decoder) transaction(raw []byte, code int32, at pledge.Position) (transaction, error) {
	out := transaction{code: code}
	h, payload, err := openEnvelope(raw)
	if h.checkID() == nil { // anybody may claim another's id in what is invalid
		out.id = h.channel.GetTxId()
	}
	if code != valid {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("%v: %w", err, errFault)
	}
	if got := h.channel.GetChannelId(); got != d.channel {
		return out, fmt.Errorf("it is of channel %.80q, not %q: %w", got, d.channel, errForged)
	}
	switch common.HeaderType(h.channel.GetType()) {
	case common.HeaderType_CONFIG:
		out.time = h.time()
	case common.HeaderType_ENDORSER_TRANSACTION:
		err = d.endorsed(&out, h, payload, at)
	}
	return out, err
}

// envelopeHeader is both headers, and the bytes that they were read from.
type envelopeHeader struct {
	channel   common.ChannelHeader
	signature common.SignatureHeader
	raw       *common.Header
}

func (h *envelopeHeader) time() time.Time {
	t := time.Unix(h.channel.GetTimestamp().GetSeconds(), int64(h.channel.GetTimestamp().GetNanos())).UTC()
	if t.Year() < 1970 || t.Year() > maxYear {
		return time.Time{}
	}
	return t
}

// openEnvelope takes an envelope apart. The header is never nil.
func openEnvelope(raw []byte) (h *envelopeHeader, payload []byte, err error) {
	h = &envelopeHeader{raw: &common.Header{}}
	var env common.Envelope
	var p common.Payload
	if err := unmarshal(raw, &env); err != nil {
		return h, nil, fmt.Errorf("reading an envelope: %v", err)
	}
	if err := unmarshal(env.GetPayload(), &p); err != nil {
		return h, nil, fmt.Errorf("reading a payload: %v", err)
	}
	if p.GetHeader() != nil {
		h.raw = p.GetHeader()
	}
	if err := unmarshal(h.raw.GetChannelHeader(), &h.channel); err != nil {
		return h, nil, fmt.Errorf("reading a channel header: %v", err)
	}
	if err := unmarshal(h.raw.GetSignatureHeader(), &h.signature); err != nil {
		return h, nil, fmt.Errorf("reading a signature header: %v", err)
	}
	return h, p.GetData(), nil
}

// checkID: the id of a transaction follows from who sent it.
func (h *envelopeHeader) checkID() error {
	sum := sha256.New()
	sum.Write(h.signature.GetNonce())
	sum.Write(h.signature.GetCreator())
	if want := hex.EncodeToString(sum.Sum(nil)); h.channel.GetTxId() != want {
		return fmt.Errorf("its id is %.80q and follows as %s: %w", h.channel.GetTxId(), want, errFault)
	}
	return nil
}

// invocation is a chaincode call with what its endorsers signed.
type invocation struct {
	name         string // of the chaincode that was called
	args         [][]byte
	action       peer.ChaincodeAction
	response     []byte // the bytes that were signed
	endorsements []*peer.Endorsement
}

// openCall takes the payload of an endorser transaction apart, and checks
// that the endorsers signed the answer to this very call.
func openCall(h *envelopeHeader, payload []byte) (*invocation, error) {
	var tx peer.Transaction
	if err := unmarshal(payload, &tx); err != nil {
		return nil, fmt.Errorf("reading a transaction: %v", err)
	}
	if n := len(tx.GetActions()); n != 1 {
		return nil, fmt.Errorf("a transaction of %d actions", n)
	}
	var p peer.ChaincodeActionPayload
	if err := unmarshal(tx.GetActions()[0].GetPayload(), &p); err != nil {
		return nil, fmt.Errorf("reading an action: %v", err)
	}
	c := &invocation{response: p.GetAction().GetProposalResponsePayload(), endorsements: p.GetAction().GetEndorsements()}
	if err := c.readName(h); err != nil {
		return nil, err
	}
	if err := c.readProposal(p.GetChaincodeProposalPayload()); err != nil {
		return nil, err
	}
	return c, c.readResponse(h, p.GetChaincodeProposalPayload())
}

// readName takes the name from the channel header: peers go by that one, and
// let a client write what it likes into the call itself.
func (c *invocation) readName(h *envelopeHeader) error {
	var extension peer.ChaincodeHeaderExtension
	if err := unmarshal(h.channel.GetExtension(), &extension); err != nil {
		return fmt.Errorf("reading which chaincode is called: %v", err)
	}
	c.name = extension.GetChaincodeId().GetName()
	return nil
}

func (c *invocation) readProposal(raw []byte) error {
	var p peer.ChaincodeProposalPayload
	var spec peer.ChaincodeInvocationSpec
	if err := unmarshal(raw, &p); err != nil {
		return fmt.Errorf("reading a proposal: %v", err)
	}
	if err := unmarshal(p.GetInput(), &spec); err != nil {
		return fmt.Errorf("reading a call: %v", err)
	}
	c.args = spec.GetChaincodeSpec().GetInput().GetArgs()
	return nil
}

func (c *invocation) readResponse(h *envelopeHeader, proposal []byte) error {
	var r peer.ProposalResponsePayload
	if err := unmarshal(c.response, &r); err != nil {
		return fmt.Errorf("reading a response: %v", err)
	}
	sum := sha256.New()
	for _, part := range [][]byte{h.raw.GetChannelHeader(), h.raw.GetSignatureHeader(), proposal} {
		sum.Write(part)
	}
	if string(sum.Sum(nil)) != string(r.GetProposalHash()) {
		return fmt.Errorf("the response is to another proposal")
	}
	if err := unmarshal(r.GetExtension(), &c.action); err != nil {
		return fmt.Errorf("reading a result: %v", err)
	}
	return nil
}
