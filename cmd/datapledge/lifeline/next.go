package lifeline

import (
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// next says what can or must come now, by when.
func (l *line) next(now time.Time) []Next {
	var out []Next
	steps := map[string]func(time.Time) []Next{pledge.Proposed: l.afterOffer, pledge.Pending: l.afterAcceptance,
		pledge.Active: l.whileActive, pledge.Defaulted: l.afterDefault, pledge.Enforcing: l.afterTitle}
	tell := steps[l.p.State]
	if tell == nil {
		return []Next{{Text: say("next.nothing")}}
	}
	out = append(out, l.blocked(now)...)
	out = append(out, tell(now)...)
	for _, a := range slices.Concat(l.p.Agreements, l.a.Agreements) {
		out = append(out, Next{a.VoidFrom(), say("next.agreement", actName(a.Act), l.awaited(a, nil), at(a.VoidFrom()))})
	}
	return append(out, l.pending()...)
}

// blocked says what stands in the way: orders and objections.
func (l *line) blocked(now time.Time) (out []Next) {
	for _, list := range [][]pledge.Order{l.p.Frozen, l.a.Frozen} {
		if o := pledge.Standing(list, now); o != nil {
			out = append(out, Next{o.Until, say("next.frozen", o.Court, o.FileNo, l.ends(*o))})
		}
	}
	for _, o := range slices.Concat(l.p.Objections, l.a.Objections) {
		switch {
		case o.State == pledge.InCourt && o.Lodged != nil:
			out = append(out, Next{"", say("next.in court", o.ID, o.Lodged.Court, o.Lodged.CaseNumber)})
		case o.State == pledge.ObjectionOpenState && o.Notified == nil:
			out = append(out, Next{o.NotifyBy, say("next.objection.notify", o.ID, l.who(o.By), at(o.NotifyBy))})
		case o.State == pledge.ObjectionOpenState:
			out = append(out, Next{o.LodgeBy, say("next.objection.lodge", o.ID, l.who(o.By), at(o.LodgeBy))})
		}
	}
	return out
}

func (l *line) afterOffer(time.Time) []Next {
	return []Next{{l.p.OfferExpires, say("next.accept", l.who(l.p.Pledgee), at(l.p.OfferExpires))}}
}

func (l *line) afterAcceptance(time.Time) (out []Next) {
	done := map[string]bool{"attest": l.p.Attestation != nil, "value": l.p.Valuation != nil, "scan": l.p.Scan != nil}
	for _, c := range l.p.Terms.Checks {
		if !done[c] {
			out = append(out, Next{"", say("next.check." + c)})
		}
	}
	if l.p.Custody == nil {
		out = append(out, Next{"", say("next.check.custody")})
	}
	return append(out, Next{"", say("next.register", l.who(l.p.Pledgee))})
}

func (l *line) whileActive(now time.Time) (out []Next) {
	if n := l.p.DefaultNotice; n != nil {
		key := "next.declare"
		if moment(n.GraceEnds).After(now) {
			key = "next.grace"
		}
		out = append(out, Next{n.GraceEnds, say(key, at(n.GraceEnds))})
	}
	out = append(out, l.inForce(now)...)
	return append(out, l.expiry(now)...)
}

// expiry counts down to the lapse: 180, 30 and 7 days before it the parties
// are reminded.
func (l *line) expiry(now time.Time) []Next {
	ends := moment(l.p.Terms.Expires)
	left := int(ends.Sub(now).Hours() / 24)
	expires := until(l.p.Terms.Expires)
	switch {
	case !ends.After(now):
		return []Next{{l.p.Terms.Expires, say("next.lapse", expires)}}
	case left < 7:
		return []Next{{l.p.Terms.Expires, say("next.expiry.7", expires, left)}}
	case left < 30:
		return []Next{{l.p.Terms.Expires, say("next.expiry.30", expires, left)}}
	case left < 180:
		return []Next{{l.p.Terms.Expires, say("next.expiry.180", expires, left)}}
	}
	return []Next{{l.p.Terms.Expires, say("next.expiry", expires, left, at(l.p.ExtendableFrom()))}}
}

// inForce is what a pledge needs as long as it stands.
func (l *line) inForce(now time.Time) (out []Next) {
	if l.p.Registered == nil {
		return nil // no ledger has such a record
	}
	switch p := l.p.Perfection; {
	case p.State == pledge.PerfectionNone:
		key := "next.file"
		if moment(l.p.FilingDue()).Before(now) {
			key = "next.file.late"
		}
		out = append(out, Next{l.p.FilingDue(), say(key, at(l.p.FilingDue()))})
	case p.Filing != nil:
		out = append(out, Next{"", say("next.verify", p.Filing.Number)})
	case p.State == pledge.PerfectionLapsed:
		out = append(out, Next{"", say("next.refile")})
	case p.Verified != nil:
		out = append(out, Next{p.Verified.TermEnd, say("next.term", until(p.Verified.TermEnd))})
	}
	if p := l.p.Perfection; p.EffectiveRankTime == "" && now.Sub(moment(l.p.Registered.At)) >= 24*time.Hour {
		for _, t := range l.unprotected(now) {
			out = append(out, Next{"", t})
		}
	}
	return append(out, Next{l.p.CustodyDue(), say("next.custody", at(l.p.CustodyDue()))})
}

func (l *line) afterDefault(now time.Time) []Next {
	return append([]Next{{"", say("next.cure")}, {"", say("next.enforce")}}, l.inForce(now)...)
}

func (l *line) afterTitle(time.Time) (out []Next) {
	if l.p.KeyRelease == nil {
		out = append(out, Next{"", say("next.key")})
	}
	return append(out, Next{"", say("next.realize")})
}

// pending is what runs beside: a demand to release, alerts not cleared.
func (l *line) pending() (out []Next) {
	if from := l.p.ForcedReleaseFrom(); from != "" {
		out = append(out, Next{from, say("next.forced", at(from))})
	}
	for _, a := range l.p.Alerts {
		if a.Cleared == nil {
			out = append(out, Next{"", say("next.alert", code("alert", a.Kind), at(a.At))})
		}
	}
	return out
}
