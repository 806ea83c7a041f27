package pledge

import (
	"encoding/json"
	"slices"
	"strings"
)

var allRoles = []Role{RoleEnterprise, RoleBank, RoleNotary, RoleExchange, RoleIPCentre, RoleCourt, RoleRegulator}

// newParty checks an enrolment and makes the record. Keys are kept in their
// canonical form, so that one key has one spelling on the ledger.
func newParty(b *EnrollBody, by Stamp) (Party, error) {
	p := Party{V: Version, ID: b.Party, Name: b.Name, Roles: b.Roles, Recipient: b.Recipient, Enrolled: by}
	err := firstOf(within("party", CheckUSCC(b.Party)), words("name", b.Name, maxName), checkRoles(b.Roles), checkRecipient(b.Recipient))
	if err != nil {
		return Party{}, err
	}
	if len(b.Keys) == 0 || len(b.Keys) > maxPartyKeys {
		return Party{}, Errorf(Malformed, "keys must have 1 to %d keys", maxPartyKeys)
	}
	for _, g := range b.Keys {
		k, err := g.key(by)
		if err != nil {
			return Party{}, err
		}
		if _, twice := p.key(k.KID); twice {
			return Party{}, Errorf(Malformed, "the key %s stands twice", k.KID)
		}
		p.Keys = append(p.Keys, k)
	}
	return p, nil
}

func checkRoles(roles []Role) error {
	if len(roles) == 0 {
		return Errorf(Malformed, "roles must name at least one of %v", allRoles)
	}
	for i, r := range roles {
		if !slices.Contains(allRoles, r) {
			return Errorf(Malformed, "role %q is unknown; there are %v", clip(string(r)), allRoles)
		}
		if slices.Contains(roles[:i], r) {
			return Errorf(Malformed, "role %s stands twice", r)
		}
	}
	return nil
}

// checkRecipient takes an age recipient (age1…, age1pq1…): lowercase Bech32.
// Whether it opens anything is for whoever seals to it.
func checkRecipient(s string) error {
	if s == "" {
		return nil
	}
	if !strings.HasPrefix(s, "age1") || len(s) > 4096 || strings.ContainsFunc(s, notAlphanumeric) {
		return Errorf(Malformed, "recipient must be an age recipient (age1…)")
	}
	return nil
}

func notAlphanumeric(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }

func (g KeyGrant) check() error {
	_, err := g.key(Stamp{})
	return err
}

func (g KeyGrant) key(by Stamp) (PartyKey, error) {
	if g.Scope != ScopeOperate && g.Scope != ScopeAdmin {
		return PartyKey{}, Errorf(Malformed, "scope must be %s or %s", ScopeOperate, ScopeAdmin)
	}
	kid, canonical, err := normalKey(g.JWK)
	if err != nil {
		return PartyKey{}, err
	}
	return PartyKey{KID: kid, JWK: json.RawMessage(canonical), Scope: g.Scope, Added: by}, nil
}

// key finds a key by its id.
func (p Party) key(kid string) (PartyKey, bool) {
	for i := range p.Keys {
		if p.Keys[i].KID == kid {
			return p.Keys[i], true
		}
	}
	return PartyKey{}, false
}

// Has says whether the party has one of the roles.
func (p Party) Has(roles ...Role) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return slices.Contains(roles, r) })
}

// administered says whether an admin key of the party is left.
func (p Party) administered() bool {
	return slices.ContainsFunc(p.Keys, func(k PartyKey) bool { return k.Scope == ScopeAdmin && k.Revoked == nil })
}

// updated is the time of the last change to the party's record.
func (p Party) updated() string {
	last := p.Enrolled.At
	for _, k := range p.Keys {
		last = max(last, k.Added.At)
		if k.Revoked != nil {
			last = max(last, k.Revoked.At)
		}
	}
	return last
}
