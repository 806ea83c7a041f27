package pledge

import (
	"slices"
	"strings"
)

// Member 联盟成员 is a party that the ledger starts with: a member of the
// consortium, with its registrar's keys.
type Member struct {
	Party     string     `json:"party"`
	Name      string     `json:"name"`
	Roles     []Role     `json:"roles"`
	Keys      []KeyGrant `json:"keys"`
	Recipient string     `json:"recipient,omitempty"`
}

// Genesis is what a ledger starts from: its channel and its members. It
// comes from the network's configuration, never from a command.
type Genesis struct {
	V       int      `json:"v"`
	Channel string   `json:"channel"`
	Created string   `json:"created"`
	Members []Member `json:"members"`
}

// genesisCommand stands in stamps where no command did it.
const genesisCommand = "genesis"

// Writes is the state that a ledger starts from, in key order: the channel's
// record and one party for each member. It refuses what party.enroll would
// refuse, and a genesis that does not name its channel and its time.
func (g Genesis) Writes() ([]Write, error) {
	created, ok := parseTime(g.Created)
	switch {
	case g.V != Version:
		return nil, Errorf(Malformed, "genesis version %d is unknown", g.V)
	case g.Channel == "" || len(g.Channel) > maxChannel || strings.ContainsFunc(g.Channel, notChannel):
		return nil, Errorf(Malformed, "channel %q must have 1 to 249 characters a-z, 0-9, . or -", clip(g.Channel))
	case !ok:
		return nil, Errorf(Malformed, "created must be an RFC 3339 time in UTC")
	case len(g.Members) == 0:
		return nil, Errorf(Malformed, "a ledger needs at least one member")
	}
	return g.writes(created.Format(stampForm))
}

func notChannel(r rune) bool { return notAlphanumeric(r) && r != '.' && r != '-' }

func (g Genesis) writes(at string) ([]Write, error) {
	b := batch{entries: map[string]*entry{}}
	g.Members = slices.Clone(g.Members)
	for i, m := range g.Members {
		by := Stamp{Command: genesisCommand, By: m.Party, At: at}
		p, err := newParty(&EnrollBody{m.Party, m.Name, m.Roles, m.Keys, m.Recipient}, by)
		if err != nil {
			return nil, within("member "+clip(m.Party), err)
		}
		if b.entries[KeyParty(p.ID)] != nil {
			return nil, Errorf(Malformed, "member %s stands twice", p.ID)
		}
		g.Members[i].Keys = grants(p.Keys)
		if err := put(&b, KeyParty(p.ID), p); err != nil {
			return nil, err
		}
	}
	if err := put(&b, KeyChannel(), g); err != nil {
		return nil, err
	}
	return b.commit(), nil
}

// grants are the keys in their canonical form.
func grants(keys []PartyKey) []KeyGrant {
	list := make([]KeyGrant, 0, len(keys))
	for _, k := range keys {
		list = append(list, KeyGrant{JWK: k.JWK, Scope: k.Scope})
	}
	return list
}
