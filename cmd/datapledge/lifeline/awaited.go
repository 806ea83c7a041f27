package lifeline

import (
	"encoding/json"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// seats are places in a quorum: a party, or an office.
type seats []seat

type seat struct {
	party  string
	office pledge.Role
	// any says who it is where the record does not name the party.
	any string
}

// Awaited says whose signatures an act of several still waits for. The body
// may be nil: then it is said of whom the record does not tell. The rules
// decide; this only tells people.
func Awaited(a pledge.Agreement, record json.RawMessage, body any, people People) Text {
	l := &line{people: people}
	if p, err := pledge.DecodePledge(record); err == nil && p.ID != "" {
		l.p = p
	} else if x, err := pledge.DecodeAsset(record); err == nil {
		l.a = x
	}
	return l.awaited(a, body)
}

func (l *line) awaited(a pledge.Agreement, body any) Text {
	var ways []Text
	for _, way := range l.quorums(a.Act, body) {
		var missing []Text
		for _, s := range way {
			if !l.taken(s, a.Signed) {
				missing = append(missing, l.seat(s))
			}
		}
		if len(missing) > 0 {
			ways = append(ways, joined(missing, "and"))
		}
	}
	return joined(slices.Compact(ways), "or")
}

func (l *line) taken(s seat, signed []pledge.Stamp) bool {
	return slices.ContainsFunc(signed, func(x pledge.Stamp) bool {
		if s.party != "" {
			return x.By == s.party
		}
		return s.office != "" && slices.Contains(l.people(x.By).Roles, s.office)
	})
}

func (l *line) seat(s seat) Text {
	switch {
	case s.party != "":
		return l.who(s.party)
	case s.office != "":
		return say("a", say("role."+string(s.office)))
	}
	return say(s.any)
}

// quorums are whose signatures complete an act, as LAW's table has it.
func (l *line) quorums(a pledge.Act, body any) []seats {
	pledgor, pledgee := seat{party: l.p.Pledgor}, seat{party: l.p.Pledgee}
	court, centre, notary := seat{office: pledge.RoleCourt}, seat{office: pledge.RoleIPCentre}, seat{office: pledge.RoleNotary}
	switch a {
	case pledge.PledgeAmend, pledge.PledgeExtend:
		return []seats{{pledgor, pledgee}}
	case pledge.PledgeAssign:
		return []seats{{pledgee, next(body, "seat.next pledgee")}}
	case pledge.PledgeSubordinate:
		return []seats{{pledgee, {any: "seat.all between"}}}
	case pledge.PledgeEnforce:
		return l.titles(body)
	case pledge.PledgeRealize:
		return []seats{{pledgee, {office: pledge.RoleExchange}}, {pledgee, court}}
	case pledge.ObjectionDecide:
		return []seats{{court}, {centre, {any: "seat.all who quarrel"}}}
	case pledge.OrderRevoke:
		return []seats{{court}, {centre, notary}}
	case pledge.AssetTransfer, pledge.AssetLicense:
		return []seats{{{party: l.a.Owner}, next(body, "seat.next")}}
	case pledge.AssetResolveDispute:
		return []seats{{{party: l.a.Owner}, {any: "seat.other owner"}}, {centre, notary}, {court}}
	}
	return []seats{{{any: "seat.others"}}}
}

// titles: who signs beside the pledgee is who gives the title.
func (l *line) titles(body any) []seats {
	pledgor, pledgee := seat{party: l.p.Pledgor}, seat{party: l.p.Pledgee}
	court, notary := seat{office: pledge.RoleCourt}, seat{office: pledge.RoleNotary}
	b, ok := body.(*pledge.EnforceBody)
	switch {
	case !ok:
		return []seats{{pledgee, pledgor}, {pledgee, notary}, {pledgee, court}}
	case b.Path == pledge.AgreedSale:
		return []seats{{pledgee, pledgor}}
	case b.Path == pledge.NotarialExecution:
		return []seats{{pledgee, notary}}
	}
	return []seats{{pledgee, court}}
}

// next is the party to whom something goes, where the body is known.
func next(body any, otherwise string) seat {
	var b struct{ To string }
	if raw, err := json.Marshal(body); err == nil {
		_ = json.Unmarshal(raw, &b) // "To" finds "to"
	}
	if b.To != "" {
		return seat{party: b.To}
	}
	return seat{any: otherwise}
}
