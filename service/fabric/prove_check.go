package fabric

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/hyperledger/fabric-protos-go/common"

	"github.com/datapledge/datapledge/pledge"
)

// checkProof verifies a proof that is about to be handed out as its receiver
// will: the block by the orderers' signatures, from block 0 on.
func checkProof(raw []byte, at pledge.Position) error {
	var doc proof
	if err := json.Unmarshal(raw, &doc); err != nil {
		return fmt.Errorf("reading a proof: %w", err)
	}
	who, err := configured(doc.Config, doc.Channel)
	if err == nil {
		_, err = configured(slices.Concat(doc.Config, doc.Later), doc.Channel)
	}
	if err != nil {
		return fmt.Errorf("checking a proof: %w", err)
	}
	b, err := decodeProven(doc.Block)
	if err != nil {
		return fmt.Errorf("checking a proof: %w", err)
	}
	if b.GetHeader().GetNumber() != at.Block || doc.Tx != at.Tx || doc.Index != at.Index {
		return fmt.Errorf("checking a proof: it is of block %d, tx %d, index %d", b.GetHeader().GetNumber(), doc.Tx, doc.Index)
	}
	if err := errors.Join(checkData(b), who.check(b)); err != nil {
		return fmt.Errorf("checking a proof: %w", err)
	}
	return nil
}

// configured follows the configurations from block 0 to the last one.
func configured(list []string, channel string) (who consenters, err error) {
	if len(list) == 0 {
		return who, errors.New("no configuration")
	}
	for i, text := range list {
		b, err := decodeProven(text)
		if err != nil {
			return who, err
		}
		if err := checkData(b); err != nil {
			return who, err
		}
		if i > 0 {
			if err := who.check(b); err != nil {
				return who, err
			}
		}
		if who, err = readConfig(b, channel); err != nil {
			return who, err
		}
	}
	return who, nil
}

func decodeProven(text string) (*common.Block, error) {
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	b := &common.Block{}
	return b, unmarshal(raw, b)
}

// checkAttestation: the endorsers read the key, and found what the
// transaction at a position wrote.
func checkAttestation(d decoder, envelope []byte, key string, at pledge.Position) error {
	h, payload, err := openEnvelope(envelope)
	if err != nil {
		return err
	}
	c, err := openCall(h, payload)
	if err != nil {
		return err
	}
	if h.channel.GetChannelId() != d.channel || c.name != d.chaincode || c.function() != "get" || len(c.args) != 2 || string(c.args[1]) != key {
		return errors.New("it is another call")
	}
	sets, err := d.sets(c.action.GetResults())
	if err != nil {
		return err
	}
	for _, set := range sets {
		for _, r := range set.GetReads() {
			if v := r.GetVersion(); r.GetKey() == key && v.GetBlockNum() == at.Block && v.GetTxNum() == uint64(at.Tx) {
				return nil
			}
		}
	}
	return fmt.Errorf("nobody read it as written by block %d, tx %d", at.Block, at.Tx)
}
