package lifeline

import "github.com/datapledge/datapledge/pledge"

// OfAsset says what happened to an asset since it was notarized, but for its
// pledges: each has a life of its own.
func OfAsset(a pledge.Asset, people People) (out []Line) {
	l := &line{a: a, people: people}
	for _, v := range a.Versions {
		key := "asset.version"
		if v.Unproven {
			key = "asset.version.unproven"
		}
		out = append(out, Line{say("head.version", v.Number), say(key, at(v.Recorded.At), v.Files, short(v.Fingerprint), v.Redacted)})
	}
	for _, t := range a.Transfers {
		out = append(out, Line{say("head.transfer"), say("asset.transfer", l.party(t.From), l.party(t.To), at(last(t.Signed).At))})
	}
	for _, x := range a.Licences {
		out = append(out, Line{say("head.licence"), say("asset.licence", l.party(x.To), x.Scope, until(x.Until))})
	}
	for _, x := range a.Attestations {
		out = append(out, Line{say("head.attested"), say("asset.attested", x.Number, l.who(x.By))})
	}
	out = append(out, l.standing()...)
	if e := a.Ended; e != nil {
		out = append(out, Line{say("head.ended"), say("asset.ended", at(e.At), orDash(e.Reason))})
	}
	return out
}

// standing is what speaks against the asset now, and what waits.
func (l *line) standing() (out []Line) {
	for _, f := range l.a.Frozen {
		out = append(out, Line{say("head.frozen"), say("frozen", f.Court, f.FileNo, f.Effect, l.ends(f))})
	}
	for _, o := range l.a.Objections {
		out = append(out, Line{say("head.objection"), say("asset.objection", o.ID, code("ground", o.Ground), code("objection", o.State))})
	}
	for _, x := range l.a.Agreements {
		out = append(out, Line{say("head.waits"), say("next.agreement", actName(x.Act), l.awaited(x, nil), at(x.VoidFrom()))})
	}
	return out
}

// last is the signature that made an act of several take effect.
func last(list []pledge.Stamp) pledge.Stamp {
	if len(list) == 0 {
		return pledge.Stamp{}
	}
	return list[len(list)-1]
}
