package fabric

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/hyperledger/fabric-protos-go/common"
	"google.golang.org/protobuf/encoding/protowire"
)

// checkData verifies the data of a block against its header. The data hash
// is over all envelopes run together and does not tell where one ends: so
// that nobody can cut them otherwise, each must begin in the one canonical
// way, and nothing inside may look like a beginning.
func checkData(b *common.Block) error {
	data, number := b.GetData().GetData(), b.GetHeader().GetNumber()
	if b.GetHeader() == nil || len(data) == 0 {
		return fmt.Errorf("an empty block: %w", errForged)
	}
	sum := sha256.New()
	config := isConfig(b)
	for i, raw := range data {
		if !isEnvelope(raw, config) {
			return fmt.Errorf("block %d, tx %d: not a canonical envelope: %w", number, i, errForged)
		}
		sum.Write(raw)
	}
	if !bytes.Equal(sum.Sum(nil), b.GetHeader().GetDataHash()) {
		return fmt.Errorf("block %d: its data was altered: %w", number, errForged)
	}
	return nil
}

// isEnvelope: field 1 (payload) first, with the shortest length, and never
// again: so every field 1 begins another envelope. Orderers keep fields that
// they do not know, so any client can have some ordered: they must not stop
// us. Only a configuration may lack the signature (field 2).
func isEnvelope(raw []byte, config bool) bool {
	rest, ok := cutField(raw, 1)
	for ok && len(rest) > 0 {
		number, kind, n := protowire.ConsumeField(rest)
		if n < 0 || number == 1 && kind == protowire.BytesType {
			return false
		}
		config = config || number == 2 && kind == protowire.BytesType
		rest = rest[n:]
	}
	return ok && config
}

// cutField cuts a bytes field that is not empty from the front.
func cutField(raw []byte, number byte) (rest []byte, ok bool) {
	if len(raw) == 0 || raw[0] != number<<3|2 {
		return nil, false
	}
	size, n := binary.Uvarint(raw[1:])
	if n <= 0 || size == 0 || size > uint64(len(raw)-1-n) || n != len(binary.AppendUvarint(nil, size)) {
		return nil, false
	}
	return raw[1+n+int(size):], true
}

// isConfig: a block of one envelope that is a configuration.
func isConfig(b *common.Block) bool {
	data := b.GetData().GetData()
	if len(data) != 1 {
		return false
	}
	h, _, err := openEnvelope(data[0])
	return err == nil && common.HeaderType(h.channel.GetType()) == common.HeaderType_CONFIG
}

// readConfig reads the consenters that a configuration block sets.
func readConfig(b *common.Block, channel string) (consenters, error) {
	number := b.GetHeader().GetNumber()
	if !isConfig(b) {
		return consenters{}, fmt.Errorf("block %d is no configuration: %w", number, errForged)
	}
	h, payload, err := openEnvelope(b.GetData().GetData()[0])
	if err != nil || h.channel.GetChannelId() != channel {
		return consenters{}, fmt.Errorf("block %d configures channel %.80q, not %q: %w", number, h.channel.GetChannelId(), channel, errForged)
	}
	var config common.ConfigEnvelope
	var orderers common.Orderers
	if err := unmarshal(payload, &config); err != nil {
		return consenters{}, fmt.Errorf("block %d: %v: %w", number, err, errForged)
	}
	value := config.GetConfig().GetChannelGroup().GetGroups()["Orderer"].GetValues()["Orderers"].GetValue()
	if err := unmarshal(value, &orderers); err != nil {
		return consenters{}, fmt.Errorf("block %d: %v: %w", number, err, errForged)
	}
	out, err := newConsenters(number, orderers.GetConsenterMapping())
	if err != nil {
		return out, fmt.Errorf("%v: %w", err, errForged)
	}
	return out, nil
}
