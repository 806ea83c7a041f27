package network

import (
	"fmt"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/pledge"
)

// signers are the members whose bit is set.
func signers(members []Member, set int) (list []string, named, count int) {
	for i, m := range members {
		if set&(1<<i) == 0 {
			continue
		}
		list = append(list, m.MSP+".peer")
		count++
		if m.Role == pledge.RoleIPCentre || m.Role == pledge.RoleNotary {
			named++
		}
	}
	return list, named, count
}

func TestEndorsementOverAllSubsets(t *testing.T) {
	c := standard(t)
	rule := mustPolicy(t, c.Policies.Endorsement, c.Members).rule()
	allowed := 0
	for set := range 64 {
		list, named, count := signers(c.Members, set)
		want := count >= 2 && named >= 1
		if got := satisfied(t, rule, list); got != want {
			t.Errorf("%v: got %v, want %v by %s", list, got, want, rule)
		}
		if want {
			allowed++
		}
	}
	// 64 subsets, less the 16 without IP centre and notary, less those two alone.
	if allowed != 64-16-2 {
		t.Errorf("%d subsets are allowed", allowed)
	}
}

func TestPoliciesMeanWhatTheySay(t *testing.T) {
	c := standard(t)
	for n := 1; n <= len(c.Members); n++ {
		named := fmt.Sprintf("%d members, one of them ipcenter or notary", n)
		plain := fmt.Sprintf("%d members", n)
		for set := range 64 {
			list, some, count := signers(c.Members, set)
			expect(t, c, named, list, count >= n && some >= 1)
			expect(t, c, plain, list, count >= n)
			expect(t, c, "all members", list, count == 6)
			expect(t, c, "most members", list, count >= 4)
		}
	}
}

func expect(t *testing.T, c Consortium, words string, list []string, want bool) {
	t.Helper()
	rule := mustPolicy(t, words, c.Members).rule()
	if got := satisfied(t, rule, list); got != want {
		t.Errorf("%s, by %v: got %v, want %v by %s", words, list, got, want, rule)
	}
}

func TestPolicyWordsAreStrict(t *testing.T) {
	c := standard(t)
	for _, words := range []string{"", "members", "0 members", "7 members", "2 member and more", "two members", "2 members, one of them banker",
		"2 members, one of them ipcenter and notary", "2 members,one of them notary", "All members", "2 members ", "02 members", "2 members, one of them "} {
		if p, err := parsePolicy(words, c.Members); err == nil {
			t.Errorf("%q became %s", words, p.rule())
		}
	}
}

func TestChannelPolicyFollowsTheMembership(t *testing.T) {
	c := standard(t)
	for words, want := range map[string]string{"all members": "ALL Endorsement", "most members": "MAJORITY Endorsement", "6 members": "AND("} {
		got := mustPolicy(t, words, c.Members).channelPolicy()
		if !strings.HasPrefix(got["Rule"], want) {
			t.Errorf("%s: got %v, want %s", words, got, want)
		}
	}
}

func mustPolicy(t *testing.T, words string, members []Member) policy {
	t.Helper()
	p, err := parsePolicy(words, members)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func standard(t testing.TB) Consortium {
	t.Helper()
	c, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
