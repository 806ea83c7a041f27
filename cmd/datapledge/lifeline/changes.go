package lifeline

import (
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// ofPledge says what a command made of the pledge; was is what it found.
func (l *line) ofPledge(was pledge.Pledge) []Text {
	var out []Text
	for _, tell := range []func(pledge.Pledge) []Text{l.state, l.terms, l.checks, l.registration, l.perfection,
		l.bargains, l.distress, l.enforced, l.realized, l.ended, l.alerts} {
		out = append(out, tell(was)...)
	}
	out = append(out, l.agreements(was.Agreements, l.p.Agreements)...)
	out = append(out, l.objections(was.Objections, l.p.Objections)...)
	out = append(out, l.orders(was.Frozen, l.p.Frozen)...)
	return append(out, corrections(was.Corrections, l.p.Corrections)...)
}

// ofAsset says what a command made of the asset, where it touches the pledge.
func (l *line) ofAsset(was pledge.Asset) []Text {
	if was.ID == "" {
		return nil
	}
	out := l.rank(was)
	for _, t := range grown(was.Transfers, l.a.Transfers) {
		out = append(out, say("transferred", l.party(t.From), l.party(t.To)))
	}
	for _, x := range grown(was.Licences, l.a.Licences) {
		out = append(out, say("licensed", l.party(x.To), x.Scope, at(x.From), until(x.Until)))
	}
	for _, v := range after(was.Versions, l.a.Versions) {
		out = append(out, say("version", v.Number, short(v.Fingerprint), v.Seq))
	}
	out = append(out, l.agreements(was.Agreements, l.a.Agreements)...)
	out = append(out, onAsset(l.objections(was.Objections, l.a.Objections))...)
	out = append(out, onAsset(l.orders(was.Frozen, l.a.Frozen))...)
	return append(out, onAsset(corrections(was.Corrections, l.a.Corrections))...)
}

// grown is what a list has that it did not have before. The rules only let
// such lists grow; what a service sends is not trusted to.
func grown[T any](was, is []T) []T {
	if len(is) < len(was) {
		return nil
	}
	return is[len(was):]
}

// after is what a list has that it did not have before; a first version
// among the new ones is the notarization, which is older than the list.
func after(was, is []pledge.AssetContent) []pledge.AssetContent {
	return slices.DeleteFunc(slices.Clone(grown(was, is)), func(v pledge.AssetContent) bool { return v.Number == 1 })
}

func onAsset(list []Text) []Text {
	for i, t := range list {
		list[i] = say("on asset", t)
	}
	return list
}

// rankIn is the place of the pledge among the liens on the asset, from 1.
func (l *line) rankIn(a pledge.Asset) int {
	return slices.IndexFunc(a.InForce, func(f pledge.InForce) bool { return f.PledgeID == l.p.ID }) + 1
}

func (l *line) rank(was pledge.Asset) []Text {
	before, now := l.rankIn(was), l.rankIn(l.a)
	switch {
	case before == now:
		return nil
	case before == 0:
		return []Text{say("rank.first", now, len(l.a.InForce))}
	case now == 0:
		return []Text{say("rank.gone", before)}
	}
	return []Text{say("rank.moved", before, now)}
}

func (l *line) state(was pledge.Pledge) []Text {
	switch {
	case was.State == l.p.State:
		return nil
	case was.State == "":
		return []Text{say("state.first", code("state", l.p.State))}
	}
	return []Text{say("state.moved", code("state", was.State), code("state", l.p.State))}
}

func (l *line) terms(was pledge.Pledge) []Text {
	if was.ID == "" {
		t := l.p.Terms
		return []Text{say("offered", l.party(l.p.Pledgee)), say("terms.money", t.Principal.Text(), t.SecuredMax.Text(), code("mode", t.Mode)),
			say("terms.ends", until(t.Matures), until(t.Expires))}
	}
	if was.TermsDigest == l.p.TermsDigest {
		return nil
	}
	return differences(was.Terms, l.p.Terms)
}

func (l *line) checks(was pledge.Pledge) (out []Text) {
	p := l.p
	if x := p.Attestation; x != nil && was.Attestation == nil {
		key := "attested.plain"
		if x.EnforcementConsent {
			key = "attested.enforceable"
		}
		out = append(out, say(key, x.Number))
	}
	if x := p.Valuation; x != nil && was.Valuation == nil {
		out = append(out, say("valued", x.Value.Text(), x.Method, percent(x.LTV)))
	}
	if x := p.Custody; x != nil && (was.Custody == nil || was.Custody.Command != x.Command) {
		out = append(out, say("custody", code("depth", x.Depth)))
	}
	if x := p.Scan; x != nil && was.Scan == nil {
		out = append(out, l.scanned(*x)...)
	}
	for _, c := range grown(was.Consents, p.Consents) {
		out = append(out, say("let in", l.who(c.By)))
	}
	return out
}

// scanned says what a duplicate scan found, and who answers for it: a key, no
// name stands on the ledger.
func (l *line) scanned(x pledge.Scan) []Text {
	out := []Text{say("scanned", code("scan", x.Result))}
	if by := x.WaivedBy + x.ReviewedBy; by != "" {
		out = append(out, say("scanned.by", x.Result, by))
	}
	for _, o := range x.Overlaps {
		out = append(out, say("scanned.like", o.AssetID, percent(int64(o.Share)), percent(int64(o.OtherShare))))
	}
	return out
}

func (l *line) registration(was pledge.Pledge) []Text {
	if was.Registered != nil || l.p.Registered == nil {
		return nil
	}
	return []Text{say("registered", l.p.Seq)}
}

// bargains are changes that parties agreed on.
func (l *line) bargains(was pledge.Pledge) (out []Text) {
	for _, x := range grown(was.Amendments, l.p.Amendments) {
		out = append(out, l.signed(x.Signed))
	}
	for _, x := range grown(was.Assignments, l.p.Assignments) {
		out = append(out, say("assigned", l.party(x.From), l.party(x.To), short(x.Notice)), l.signed(x.Signed))
	}
	for _, x := range grown(was.SubordinatedTo, l.p.SubordinatedTo) {
		out = append(out, say("yields", x.To), l.signed(x.Signed))
	}
	if n := len(l.p.Consented); n > len(was.Consented) {
		x := l.p.Consented[n-1]
		out = append(out, say("consented", actName(x.Act), short(x.Digest)))
	}
	for _, x := range grown(was.Increments, l.p.Increments) {
		out = append(out, say("covers", x.Version, x.Seq))
	}
	return out
}

// signed says who signed an act of several, and when.
func (l *line) signed(list []pledge.Stamp) Text {
	var names []Text
	for _, s := range list {
		names = append(names, say("signed.one", l.who(s.By), at(s.At)))
	}
	return say("signed", joined(names, "list"))
}

func corrections(was, is []pledge.Correction) (out []Text) {
	for _, c := range grown(was, is) {
		out = append(out, say("corrected", c.Field, c.Reason))
	}
	return out
}
