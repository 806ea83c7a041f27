package evidence

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// policy says whose endorsements a transaction needs: so many members, one of
// them with one of the roles.
type policy struct {
	count int
	roles []string
}

var policyWords = regexp.MustCompile(`^([1-9][0-9]?) members?(?:, one of them ([a-z]+(?: or [a-z]+)*))?$`)

// parsePolicy reads the words of a trust file.
func parsePolicy(words string) (policy, error) {
	found := policyWords.FindStringSubmatch(words)
	if found == nil {
		return policy{}, faultf("endorsement_policy", "%.120q is not of the form %q", words, "2 members, one of them ipcenter or notary")
	}
	n, _ := strconv.Atoi(found[1])
	p := policy{count: n}
	if found[2] != "" {
		p.roles = strings.Split(found[2], " or ")
	}
	return p, nil
}

// endorsedBy lists the members whose peers signed what the transaction did,
// each once. The error is nil when they satisfy the policy. Signatures that
// are none of theirs do not count, and are told only when it fails.
func (e *era) endorsedBy(t *transaction) ([]*member, error) {
	var who []*member
	var bad []string
	for i, one := range t.endorsements {
		m, err := e.endorser(t, one)
		if err != nil {
			if len(bad) < maxFailures {
				bad = append(bad, fmt.Sprintf("endorsement %d: %v", i, err))
			}
			continue
		}
		if !slices.Contains(who, m) {
			who = append(who, m)
		}
	}
	if len(who) < e.policy.count || !e.policy.named(who) {
		return who, faultf("endorsements", "by %s; needed are %s; %s", mspNames(who), e.policy, strings.Join(bad, "; "))
	}
	return who, nil
}

func (e *era) endorser(t *transaction, one endorsement) (*member, error) {
	m, id, err := e.members.who(one.endorser)
	if err != nil {
		return nil, err
	}
	if !m.isPeer(id.cert) {
		return nil, fmt.Errorf("%.80q is no peer of %s", id.cert.Subject.CommonName, m.MSP)
	}
	if !id.signed(slices.Concat(t.response, one.endorser), one.signature) {
		return nil, fmt.Errorf("the signature of %s does not match: answer or signature was changed", m.MSP)
	}
	return m, nil
}

func (p policy) named(who []*member) bool {
	return len(p.roles) == 0 || slices.ContainsFunc(who, func(m *member) bool {
		return slices.ContainsFunc(m.Roles, func(role string) bool { return slices.Contains(p.roles, role) })
	})
}

func (p policy) String() string {
	text := fmt.Sprintf("%d members", p.count)
	if len(p.roles) > 0 {
		text += ", one of them " + strings.Join(p.roles, " or ")
	}
	return text
}

func mspNames(who []*member) string {
	if len(who) == 0 {
		return "nobody"
	}
	var names []string
	for _, m := range who {
		names = append(names, m.MSP)
	}
	return strings.Join(names, ", ")
}
