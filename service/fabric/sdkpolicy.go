package fabric

import (
	"fmt"
	"maps"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/msp"
	"github.com/hyperledger/fabric-protos-go/peer"
)

// policy says whether the endorsements of a set of members are enough.
type policy func(members map[string]bool) bool

// endorsementPolicy reads the validation parameter of a committed chaincode
// definition. A reference to a policy of the channel is taken for "most of
// the known members", which is what Fabric's default means.
func endorsementPolicy(parameter []byte, known int) (policy, error) {
	p := &peer.ApplicationPolicy{}
	if err := unmarshal(parameter, p); err != nil {
		return nil, fmt.Errorf("endorsement policy: %w", err)
	}
	env := p.GetSignaturePolicy()
	if env == nil {
		return func(m map[string]bool) bool { return len(m) > known/2 }, nil
	}
	ids, err := principals(env.Identities)
	if err != nil {
		return nil, err
	}
	return func(m map[string]bool) bool {
		left := maps.Clone(m)
		return satisfied(env.Rule, ids, left)
	}, nil
}

// principals are the MSP ids that a policy names. Any role of an MSP is taken
// as fulfilled by its peer.
func principals(list []*msp.MSPPrincipal) ([]string, error) {
	ids := make([]string, len(list))
	for i, p := range list {
		role := &msp.MSPRole{}
		if p.PrincipalClassification != msp.MSPPrincipal_ROLE {
			return nil, fmt.Errorf("endorsement policy: a principal of class %v is not known here", p.PrincipalClassification)
		}
		if err := unmarshal(p.Principal, role); err != nil {
			return nil, fmt.Errorf("endorsement policy: %w", err)
		}
		ids[i] = role.MspIdentifier
	}
	return ids, nil
}

// satisfied evaluates a rule as Fabric does (common/cauthdsl): greedily, and
// each signature counts once. left are the signatures not yet counted.
func satisfied(rule *common.SignaturePolicy, ids []string, left map[string]bool) bool {
	n := rule.GetNOutOf()
	if n == nil {
		i := int(rule.GetSignedBy())
		if i < 0 || i >= len(ids) || !left[ids[i]] {
			return false
		}
		delete(left, ids[i])
		return true
	}
	var got int32
	for _, r := range n.Rules {
		try := maps.Clone(left)
		if satisfied(r, ids, try) {
			got++
			replace(left, try)
		}
	}
	return got >= n.N
}

func replace(dst, src map[string]bool) {
	clear(dst)
	maps.Copy(dst, src)
}

// choose is the smallest set of candidates, earlier ones preferred, that
// together with have satisfies p; nil when there is none. Candidates beyond
// the first sixteen are not considered.
func choose(p policy, have map[string]bool, candidates []string) []string {
	candidates = candidates[:min(len(candidates), 16)]
	for size := 1; size <= len(candidates); size++ {
		if set := extend(p, have, candidates, size); set != nil {
			return set
		}
	}
	return nil
}

// extend tries the sets of exactly size candidates, in order.
func extend(p policy, have map[string]bool, candidates []string, size int) []string {
	if size == 0 {
		if p(have) {
			return []string{}
		}
		return nil
	}
	for i, c := range candidates {
		with := maps.Clone(have)
		with[c] = true
		if rest := extend(p, with, candidates[i+1:], size-1); rest != nil {
			return append([]string{c}, rest...)
		}
	}
	return nil
}
