package fabric

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"

	"github.com/hyperledger/fabric-protos-go/common"
)

// headerBytes are what a block's hash is taken over, and its orderers sign.
func headerBytes(h *common.BlockHeader) []byte {
	raw, err := asn1.Marshal(struct {
		Number                 *big.Int
		PreviousHash, DataHash []byte
	}{new(big.Int).SetUint64(h.GetNumber()), h.GetPreviousHash(), h.GetDataHash()})
	if err != nil {
		return nil // cannot be: all of it can be encoded
	}
	return raw
}

func headerHash(h *common.BlockHeader) string {
	sum := sha256.Sum256(headerBytes(h))
	return hexOf(sum[:])
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// consenters are who may sign blocks, by the configuration in force.
type consenters struct {
	config uint64 // number of the configuration's block
	byID   map[uint32]consenter
	quorum int // so many that any two quorums share an honest one
}

type consenter struct {
	identity string // the certificate, as it stands in the configuration
	key      *ecdsa.PublicKey
}

func newConsenters(number uint64, list []*common.Consenter) (consenters, error) {
	out := consenters{config: number, byID: map[uint32]consenter{}, quorum: quorumOf(len(list))}
	if len(list) == 0 {
		return out, fmt.Errorf("block %d configures no consenters", number)
	}
	for _, c := range list {
		key, err := keyOf(c.GetIdentity())
		if err != nil {
			return out, fmt.Errorf("block %d: consenter %d: %w", number, c.GetId(), err)
		}
		out.byID[c.GetId()] = consenter{string(c.GetIdentity()), key}
	}
	return out, nil
}

func keyOf(certificate []byte) (*ecdsa.PublicKey, error) {
	block, _ := pem.Decode(certificate)
	if block == nil {
		return nil, fmt.Errorf("no certificate in PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, err
	}
	key, ok := cert.PublicKey.(*ecdsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("key of type %T, want ECDSA", cert.PublicKey)
	}
	return key, nil
}

// check verifies that a quorum of consenters signed the block, and that they
// had the same configuration in force.
func (c consenters) check(b *common.Block) error {
	meta, config, err := signaturesOf(b)
	if err != nil {
		return fmt.Errorf("block %d: %v: %w", b.GetHeader().GetNumber(), err, errForged)
	}
	want := c.config
	if isConfig(b) {
		want = b.GetHeader().GetNumber()
	}
	if config != want {
		return fmt.Errorf("block %d was signed under the configuration of block %d, not %d: %w", b.GetHeader().GetNumber(), config, want, errForged)
	}
	if n := c.count(meta, headerBytes(b.GetHeader())); n < max(c.quorum, 1) {
		return fmt.Errorf("block %d is signed by %d of the orderers, %d are needed: %w", b.GetHeader().GetNumber(), n, c.quorum, errForged)
	}
	return nil
}

// count is how many different consenters signed.
func (c consenters) count(meta *common.Metadata, header []byte) int {
	signed := map[string]bool{}
	for _, s := range meta.GetSignatures() {
		var id common.IdentifierHeader
		if len(s.GetIdentifierHeader()) == 0 || unmarshal(s.GetIdentifierHeader(), &id) != nil {
			continue
		}
		by, known := c.byID[id.GetIdentifier()]
		if !known || signed[by.identity] {
			continue
		}
		sum := sha256.Sum256(bytes.Join([][]byte{meta.GetValue(), s.GetIdentifierHeader(), header}, nil))
		if ecdsa.VerifyASN1(by.key, sum[:], s.GetSignature()) {
			signed[by.identity] = true
		}
	}
	return len(signed)
}

// signaturesOf reads who signed a block, under the configuration of which one.
func signaturesOf(b *common.Block) (*common.Metadata, uint64, error) {
	var meta common.Metadata
	var signed common.OrdererBlockMetadata
	if err := unmarshal(metadataOf(b, common.BlockMetadataIndex_SIGNATURES), &meta); err != nil {
		return nil, 0, fmt.Errorf("reading the signatures: %v", err)
	}
	if err := unmarshal(meta.GetValue(), &signed); err != nil {
		return nil, 0, fmt.Errorf("reading what was signed: %v", err)
	}
	if signed.GetLastConfig() == nil {
		return nil, 0, fmt.Errorf("no configuration is named")
	}
	return &meta, signed.GetLastConfig().GetIndex(), nil
}

func metadataOf(b *common.Block, at common.BlockMetadataIndex) []byte {
	if all := b.GetMetadata().GetMetadata(); int(at) < len(all) {
		return all[at]
	}
	return nil
}
