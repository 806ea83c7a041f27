package fabric

import (
	"reflect"
	"strings"
	"testing"

	"github.com/hyperledger/fabric-protos-go/common"
	"github.com/hyperledger/fabric-protos-go/msp"
	"github.com/hyperledger/fabric-protos-go/peer"
)

// by and outOf build signature policies over principals by their place.
func by(i int32) *common.SignaturePolicy {
	return &common.SignaturePolicy{Type: &common.SignaturePolicy_SignedBy{SignedBy: i}}
}

func outOf(n int32, rules ...*common.SignaturePolicy) *common.SignaturePolicy {
	return &common.SignaturePolicy{Type: &common.SignaturePolicy_NOutOf_{NOutOf: &common.SignaturePolicy_NOutOf{N: n, Rules: rules}}}
}

func parameter(t *testing.T, rule *common.SignaturePolicy, ids ...string) []byte {
	t.Helper()
	env := &common.SignaturePolicyEnvelope{Rule: rule}
	for _, id := range ids {
		role, err := marshal(&msp.MSPRole{MspIdentifier: id, Role: msp.MSPRole_PEER})
		if err != nil {
			t.Fatal(err)
		}
		env.Identities = append(env.Identities, &msp.MSPPrincipal{PrincipalClassification: msp.MSPPrincipal_ROLE, Principal: role})
	}
	raw, err := marshal(&peer.ApplicationPolicy{Type: &peer.ApplicationPolicy_SignaturePolicy{SignaturePolicy: env}})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func setOf(list string) map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields(list) {
		m[s] = true
	}
	return m
}

func TestPolicy(t *testing.T) {
	// Two members, one of them A or B.
	pairs := outOf(1, outOf(2, by(0), outOf(1, by(1), by(2), by(3))), outOf(2, by(1), outOf(1, by(2), by(3))))
	for _, test := range []struct {
		name string
		rule *common.SignaturePolicy
		yes  []string
		no   []string
	}{
		{"pairs", pairs, []string{"A B", "A C", "A D", "B C", "B D", "A B C D"}, []string{"", "A", "B", "C D", "C"}},
		{"one", by(2), []string{"C", "A C"}, []string{"", "A B D"}},
		{"a signature counts once", outOf(2, by(0), by(0)), nil, []string{"A", "A B"}},
		{"nobody exists", by(9), nil, []string{"A B C D"}},
		{"negative", by(-1), nil, []string{"A B C D"}},
		{"none needed", outOf(0), []string{"", "A"}, nil},
	} {
		p, err := endorsementPolicy(parameter(t, test.rule, "A", "B", "C", "D"), 4)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range test.yes {
			if !p(setOf(s)) {
				t.Errorf("%s: %q is not enough", test.name, s)
			}
		}
		for _, s := range test.no {
			if p(setOf(s)) {
				t.Errorf("%s: %q is enough", test.name, s)
			}
		}
	}
}

func TestPolicyOfTheChannel(t *testing.T) {
	raw, err := marshal(&peer.ApplicationPolicy{Type: &peer.ApplicationPolicy_ChannelConfigPolicyReference{ChannelConfigPolicyReference: "/Channel/Application/Endorsement"}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := endorsementPolicy(raw, 4)
	if err != nil || p(setOf("A B")) || !p(setOf("A B C")) {
		t.Errorf("most of four members: %v", err)
	}
	if _, err := endorsementPolicy([]byte{0xff}, 4); err == nil {
		t.Error("garbage is a policy")
	}
}

func TestChoose(t *testing.T) {
	p, err := endorsementPolicy(parameter(t, outOf(2, outOf(1, by(0), by(1)), outOf(1, by(2), by(3))), "A", "B", "C", "D"), 4)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ have, candidates, want string }{
		{"", "D C B A", "D B"},
		{"", "A B C D", "A C"},
		{"A", "B D C", "D"},
		{"A", "B", ""},
		{"", "", ""},
	} {
		got := choose(p, setOf(test.have), strings.Fields(test.candidates))
		if !reflect.DeepEqual(got, strings.Fields(test.want)) && (len(got) > 0 || test.want != "") {
			t.Errorf("with %q of %q: got %v, want %q", test.have, test.candidates, got, test.want)
		}
	}
}
