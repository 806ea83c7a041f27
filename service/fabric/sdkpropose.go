package fabric

import (
	"context"
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset"
	"github.com/hyperledger/fabric-protos-go/ledger/rwset/kvrwset"
	"github.com/hyperledger/fabric-protos-go/peer"
	"github.com/hyperledger/fabric-sdk-go/pkg/common/providers/fab"
	"github.com/hyperledger/fabric-sdk-go/pkg/fab/txn"
)

// propose makes a transaction proposal of args, the function first.
func (w *sdkWire) propose(args [][]byte) (*fab.TransactionProposal, error) {
	if len(args) == 0 || len(args[0]) == 0 {
		return nil, errors.New("no chaincode function is named")
	}
	header, err := txn.NewHeader(w.client, w.o.Channel)
	if err != nil {
		return nil, err
	}
	return txn.CreateChaincodeInvokeProposal(header, fab.ChaincodeInvokeRequest{ChaincodeID: w.o.Chaincode, Fcn: string(args[0]), Args: args[1:]})
}

// signed is a proposal as peers take it. One signature serves them all.
func (w *sdkWire) signed(p *fab.TransactionProposal) (fab.ProcessProposalRequest, error) {
	raw, err := marshal(p.Proposal)
	if err != nil {
		return fab.ProcessProposalRequest{}, err
	}
	sig, err := w.sign(raw)
	return fab.ProcessProposalRequest{SignedProposal: &peer.SignedProposal{ProposalBytes: raw, Signature: sig}}, err
}

func (w *sdkWire) sign(raw []byte) ([]byte, error) {
	sig, err := w.client.SigningManager().Sign(raw, w.client.PrivateKey())
	if err != nil {
		return nil, fmt.Errorf("signing as %s of %s: %w", w.o.User, w.own, err)
	}
	return sig, nil
}

// ask has one peer execute a proposal.
func (w *sdkWire) ask(ctx context.Context, m *member, p *fab.TransactionProposal) (*fab.TransactionProposalResponse, error) {
	req, err := w.signed(p)
	if err != nil {
		return nil, err
	}
	return m.process(ctx, req)
}

// envelope is the transaction of these endorsements, signed for the orderers.
func (w *sdkWire) envelope(p *fab.TransactionProposal, r []*fab.TransactionProposalResponse) ([]byte, error) {
	tx, err := txn.New(fab.TransactionRequest{Proposal: p, ProposalResponses: r})
	if err != nil {
		return nil, err
	}
	header := &common.Header{}
	if err := unmarshal(p.Header, header); err != nil {
		return nil, err
	}
	data, err := marshal(tx.Transaction)
	if err != nil {
		return nil, err
	}
	payload, err := marshal(&common.Payload{Header: header, Data: data})
	if err != nil {
		return nil, err
	}
	sig, err := w.sign(payload)
	if err != nil {
		return nil, err
	}
	return marshal(&common.Envelope{Payload: payload, Signature: sig})
}

// action is what an endorser vouched for.
func action(r *peer.ProposalResponse) (*peer.ChaincodeAction, error) {
	p, a := &peer.ProposalResponsePayload{}, &peer.ChaincodeAction{}
	if err := unmarshal(r.GetPayload(), p); err != nil {
		return nil, err
	}
	return a, unmarshal(p.Extension, a)
}

// writes tells whether a simulation wrote into the chaincode's namespace.
func writes(a *peer.ChaincodeAction, chaincode string) (bool, error) {
	set := &rwset.TxReadWriteSet{}
	if err := unmarshal(a.Results, set); err != nil {
		return false, err
	}
	for _, ns := range set.NsRwset {
		kv := &kvrwset.KVRWSet{}
		if ns.Namespace != chaincode {
			continue
		}
		if err := unmarshal(ns.Rwset, kv); err != nil {
			return false, err
		}
		return len(kv.Writes) > 0 || len(ns.CollectionHashedRwset) > 0, nil
	}
	return false, nil
}
