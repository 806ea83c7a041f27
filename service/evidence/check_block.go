package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// Places in a block's metadata (common.BlockMetadataIndex).
const (
	metaSignatures = 0
	metaFlags      = 2
)

// maxTransaction is above what any orderer takes (10 MB), and bounds what the
// reading of one transaction costs.
const maxTransaction = 16 << 20

// block is a file of dirBlocks: a serialized common.Block.
type block struct {
	file       string
	number     uint64
	prev, data []byte // hashes in the header
	header     []byte // DER, what is hashed and signed
	hash       string
	txs        [][]byte
	flags      []byte
	signedMeta []byte // of the signatures: OrdererBlockMetadata
	signatures [][]byte
	lastConfig uint64
	counted    *carriedCount // nil until somebody asks
}

// derHeader is how Fabric hashes a block's header.
type derHeader struct {
	Number                 *big.Int
	PreviousHash, DataHash []byte
}

func parseBlock(name string, raw []byte) (*block, error) {
	b := &block{file: name}
	var header, data, meta []byte
	if err := scan(raw, bytesOf(1, &header), bytesOf(2, &data), bytesOf(3, &meta)); err != nil {
		return nil, faultf("block", "%v", err)
	}
	if err := scan(header, number(1, &b.number), bytesOf(2, &b.prev), bytesOf(3, &b.data)); err != nil {
		return nil, faultf("header", "%v", err)
	}
	switch {
	case name != blockName(b.number):
		return nil, faultf("header.number", "is %d, not that of the file's name", b.number)
	case len(b.prev) != sha256.Size && (b.number > 0 || len(b.prev) > 0):
		return nil, faultf("header.previous_hash", "is not a SHA-256")
	case len(b.data) != sha256.Size:
		return nil, faultf("header.data_hash", "is not a SHA-256")
	}
	var err error
	if b.header, err = asn1.Marshal(derHeader{new(big.Int).SetUint64(b.number), b.prev, b.data}); err != nil {
		return nil, faultf("header", "%v", err)
	}
	sum := sha256.Sum256(b.header)
	b.hash = hex.EncodeToString(sum[:])
	if err := scan(data, each(1, b.addTransaction)); err != nil {
		return nil, asFault("data", err)
	}
	return b, b.metadata(meta)
}

// blockName is the file of a block: its number in 20 digits.
func blockName(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	return dirBlocks + strings.Repeat("0", 20-len(digits)) + digits + ".block"
}

// addTransaction wants each entry of the data to be an envelope: the data hash
// covers the entries joined, not where they part.
func (b *block) addTransaction(raw []byte) error {
	if _, _, ok := cutEnvelope(raw); !ok {
		return faultf("data", "transaction %d does not begin as an envelope, or holds the beginning of another", len(b.txs))
	}
	if len(raw) > maxTransaction {
		return faultf("data", "transaction %d has over %d bytes", len(b.txs), maxTransaction)
	}
	b.txs = append(b.txs, raw)
	return nil
}

// cutEnvelope: field 1 (payload) stands first, with the shortest length, and
// once, so that every field 1 begins another envelope. Orderers keep fields
// that they do not know: those of one client must not spoil others' evidence.
func cutEnvelope(raw []byte) (payload, signature []byte, ok bool) {
	if len(raw) < 2 || raw[0] != 0x0a {
		return nil, nil, false
	}
	size, n := uvarint(raw[1:])
	if n == 0 || size == 0 || size > uint64(len(raw)-1-n) {
		return nil, nil, false
	}
	payload, raw = raw[1+n:1+n+int(size)], raw[1+n+int(size):]
	for len(raw) > 0 {
		number, kind, n := protowire.ConsumeField(raw)
		if n < 0 || kind == protowire.BytesType && (number == 1 || number == 2 && signature != nil) {
			return nil, nil, false
		}
		if kind == protowire.BytesType && number == 2 {
			_, _, m := protowire.ConsumeTag(raw)
			signature, _ = protowire.ConsumeBytes(raw[m:])
		}
		raw = raw[n:]
	}
	return payload, signature, true
}

func (b *block) metadata(raw []byte) error {
	i := 0
	var signed []byte
	err := scan(raw, each(1, func(entry []byte) error {
		switch i {
		case metaSignatures:
			signed = entry
		case metaFlags:
			b.flags = entry
		}
		i++
		return nil
	}))
	if err == nil {
		err = scan(signed, bytesOf(1, &b.signedMeta), each(2, func(s []byte) error {
			if len(b.signatures) == maxSignatures {
				return faultf("signatures", "are more than %d", maxSignatures)
			}
			b.signatures = append(b.signatures, s)
			return nil
		}))
	}
	var last []byte
	if err == nil {
		err = scan(b.signedMeta, bytesOf(1, &last))
	}
	if err == nil {
		err = scan(last, number(1, &b.lastConfig))
	}
	return asFault("metadata", err)
}

// content is nil when the transactions hash to what the header says.
func (b *block) content() error {
	h := sha256.New()
	for _, tx := range b.txs {
		h.Write(tx)
	}
	if len(b.txs) == 0 {
		return faultf("data", "has no transactions")
	}
	if !bytes.Equal(h.Sum(nil), b.data) {
		return faultf("header.data_hash", "is not that of the block's transactions")
	}
	return nil
}

// asFault names a field for an error that has none.
func asFault(field string, err error) error {
	if err == nil {
		return nil
	}
	if f, ok := err.(*fault); ok {
		return f
	}
	return faultf(field, "%v", err)
}
