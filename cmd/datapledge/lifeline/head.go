package lifeline

import (
	"fmt"
	"strings"
)

// head are the facts about the pledge as it stands; a rank of 0 is none.
func (l *line) head(rank int) []Line {
	p, t := l.p, l.p.Terms
	out := []Line{{say("head.pledge"), verbatim(p.ID)}, {say("head.state"), code("state", p.State)}, {say("head.asset"), l.assetName()},
		{say("head.pledgor"), l.party(p.Pledgor)}, {say("head.pledgee"), l.party(p.Pledgee)},
		{say("head.terms"), say("terms.money", t.Principal.Text(), t.SecuredMax.Text(), code("mode", t.Mode))},
		{say("head.term"), say("terms.ends", until(t.Matures), until(t.Expires))},
		{say("head.digest"), verbatim(p.TermsDigest)}}
	if v := p.Valuation; v != nil {
		out = append(out, Line{say("head.value"), say("valued", v.Value.Text(), v.Method, percent(v.LTV))})
	}
	if rank > 0 {
		out = append(out, Line{say("head.rank"), say("ranked", rank, p.Seq)})
	}
	out = append(out, Line{say("head.perfection"), code("perfection", p.Perfection.State)})
	if p.Perfection.EffectiveRankTime != "" {
		out = append(out, Line{say("head.ranks"), l.twoRanks()})
	}
	return append(out, l.flags()...)
}

func (l *line) assetName() Text {
	if l.a.Name == "" {
		return verbatim(l.p.AssetID)
	}
	return verbatim(l.p.AssetID + "  " + l.a.Name)
}

// flags are what speaks against the pledge.
func (l *line) flags() (out []Line) {
	if o := l.p.Objection; o != "" {
		out = append(out, Line{say("head.objection"), code("objection", o)})
	}
	if o := l.a.Objection; o != "" {
		out = append(out, Line{say("head.asset objection"), code("objection", o)})
	}
	if len(l.a.DisputedWith) > 0 {
		out = append(out, Line{say("head.disputed"), verbatim(strings.Join(l.a.DisputedWith, ", "))})
	}
	if n := len(l.p.Increments); n > 0 {
		out = append(out, Line{say("head.covers"), verbatim(fmt.Sprint(n + 1))})
	}
	return out
}
