package evidence

import (
	"fmt"
	"slices"
	"strings"
)

// maxSignatures bounds the work that one hostile block can ask for.
const maxSignatures = 256

// consenter is an orderer of the channel: an institution that signs blocks.
type consenter struct {
	id       uint64
	msp      string
	identity *identity
}

// quorum is how many of n consenters must have signed a block: any two
// quorums share an honest one, as long as fewer than a third lie
// (SmartBFT; ceil((n+f+1)/2) with f = (n-1)/3).
func quorum(n int) int {
	f := (n - 1) / 3
	return (n + f + 2) / 2
}

// signedBy lists which consenters signed the block, each certificate once.
// The error is nil when they are a quorum. What is no signature of theirs
// does not count, and is told only when the quorum is missed.
func (b *block) signedBy(consenters []consenter) ([]consenter, error) {
	var signers []consenter
	var bad []string
	for i, raw := range b.signatures {
		who, err := b.signature(raw, consenters)
		if err == nil && slices.ContainsFunc(signers, func(c consenter) bool { return c.identity.same(who.identity) }) {
			err = fmt.Errorf("consenter %d signed already", who.id)
		}
		if err != nil {
			if len(bad) < maxFailures {
				bad = append(bad, fmt.Sprintf("signature %d: %v", i, err))
			}
			continue
		}
		signers = append(signers, who)
	}
	if need := quorum(len(consenters)); len(signers) < need || need == 0 {
		return signers, faultf("signatures", "%d of %d consenters signed block %d, %d are needed; %s",
			len(signers), len(consenters), b.number, need, strings.Join(bad, "; "))
	}
	return signers, nil
}

// signature checks one common.MetadataSignature.
func (b *block) signature(raw []byte, consenters []consenter) (consenter, error) {
	var sig, header []byte
	var id uint64
	if err := scan(raw, bytesOf(2, &sig), bytesOf(3, &header)); err != nil {
		return consenter{}, err
	}
	if err := scan(header, number(1, &id)); err != nil {
		return consenter{}, err
	}
	at := slices.IndexFunc(consenters, func(c consenter) bool { return c.id == id })
	if at < 0 {
		return consenter{}, fmt.Errorf("%d is no trusted consenter", id)
	}
	message := slices.Concat(b.signedMeta, header, b.header)
	if !consenters[at].identity.signed(message, sig) {
		return consenter{}, fmt.Errorf("is not by consenter %d of %s", id, consenters[at].msp)
	}
	return consenters[at], nil
}
