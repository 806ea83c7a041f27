package network

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// A policy says how many members must sign, and of whom one must be among
// them.
type policy struct {
	count  int
	words  string
	oneOf  []Member // empty: any will do
	others []Member
}

var countForm = regexp.MustCompile(`^([1-9][0-9]?) members?(?:, one of them ([a-z]+(?: or [a-z]+)*))?$`)

// parsePolicy reads a policy in words: "all members", "most members" (more
// than half), "3 members", "2 members, one of them ipcenter or notary".
func parsePolicy(words string, members []Member) (policy, error) {
	p := policy{words: words, others: members}
	switch words {
	case "all members":
		p.count = len(members)
		return p, nil
	case "most members":
		p.count = len(members)/2 + 1
		return p, nil
	}
	m := countForm.FindStringSubmatch(words)
	if m == nil {
		return p, fmt.Errorf(`%q is not understood; write "all members", "most members", "3 members", or "2 members, one of them ipcenter or notary"`, words)
	}
	p.count, _ = strconv.Atoi(m[1])
	if p.count > len(members) {
		return p, fmt.Errorf("%q asks for more members than the %d there are", words, len(members))
	}
	return p, p.name(m[2])
}

// name splits the members into those of whom one must sign, and the others.
func (p *policy) name(list string) error {
	if list == "" {
		return nil
	}
	members := p.others
	p.others = nil
	named := strings.Split(list, " or ")
	for _, role := range named {
		if !slices.ContainsFunc(members, func(m Member) bool { return m.Role == pledge.Role(role) }) {
			return fmt.Errorf("%q names %s, which is no member's role", p.words, role)
		}
	}
	for _, m := range members {
		if slices.Contains(named, string(m.Role)) {
			p.oneOf = append(p.oneOf, m)
		} else {
			p.others = append(p.others, m)
		}
	}
	return nil
}

// rule is the policy in Fabric's language, over the members' peers. Fabric
// lets each signature satisfy one leaf only, first come, so "two, one of them
// A or B" must not ask for A again where "two" is counted: it becomes one
// case for each number of the named members that sign.
func (p policy) rule() string {
	if len(p.oneOf) == 0 {
		return outOf(p.count, p.others)
	}
	var cases []string
	for named := min(len(p.oneOf), p.count); named >= 1; named-- {
		rest := p.count - named
		switch {
		case rest > len(p.others):
			continue
		case rest == 0:
			cases = append(cases, outOf(named, p.oneOf))
		default:
			cases = append(cases, "AND("+outOf(named, p.oneOf)+", "+outOf(rest, p.others)+")")
		}
	}
	return gate("OR", cases)
}

func outOf(n int, members []Member) string {
	list := make([]string, len(members))
	for i, m := range members {
		list[i] = "'" + m.MSP + ".peer'"
	}
	switch n {
	case 1:
		return gate("OR", list)
	case len(list):
		return gate("AND", list)
	}
	return "OutOf(" + strconv.Itoa(n) + ", " + strings.Join(list, ", ") + ")"
}

func gate(word string, list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return word + "(" + strings.Join(list, ", ") + ")"
}

// channelPolicy is a policy of the channel's configuration. "Most" and "all"
// are kept as such there: they follow the membership when it changes.
func (p policy) channelPolicy() map[string]string {
	switch p.words {
	case "all members":
		return map[string]string{"Type": "ImplicitMeta", "Rule": "ALL Endorsement"}
	case "most members":
		return map[string]string{"Type": "ImplicitMeta", "Rule": "MAJORITY Endorsement"}
	}
	return map[string]string{"Type": "Signature", "Rule": p.rule()}
}
