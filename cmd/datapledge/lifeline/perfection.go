package lifeline

import (
	"fmt"
	"math"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// perfection is the statutory registration, with both ranks side by side.
func (l *line) perfection(was pledge.Pledge) (out []Text) {
	p, old := l.p.Perfection, was.Perfection
	if f := p.Filing; f != nil && (old.Filing == nil || old.Filing.Filed.Command != f.Filed.Command) {
		out = append(out, say("filed", l.register(*f), f.Number, at(f.RegisteredAt), until(f.TermEnd)))
		for _, w := range f.Warnings {
			out = append(out, say("warning", code("warning", w)))
		}
	}
	if v := p.Verified; v != nil && (old.Verified == nil || old.Verified.Verified.Command != v.Verified.Command) {
		out = append(out, say("verified", l.register(v.Filing), v.Number), l.twoRanks())
		out = append(out, l.unprotected(time.Time{})...)
	}
	if p.Lapsed != nil && old.Lapsed == nil {
		out = append(out, say("perfection.lapsed"))
	}
	return out
}

func (l *line) register(f pledge.Filing) Text {
	if f.RegistryName != "" {
		return Text{ZH: f.RegistryName, EN: f.RegistryName}
	}
	return code("registry", f.Registry)
}

// twoRanks puts the rank here beside the one that counts against others
// (担保制度解释 art. 63).
func (l *line) twoRanks() Text {
	here := l.p.Proposed.At
	if l.p.Registered != nil {
		here = l.p.Registered.At
	}
	there := say("no rank there")
	if l.p.Perfection.EffectiveRankTime != "" {
		there = at(l.p.Perfection.EffectiveRankTime)
	}
	return say("two ranks", at(here), l.p.Seq, there)
}

// unprotected are the days from the registration here until the one that
// counts, or until now where there is none yet.
func (l *line) unprotected(now time.Time) []Text {
	if l.p.Registered == nil {
		return nil
	}
	from, to := moment(l.p.Registered.At), now
	if there := l.p.Perfection.EffectiveRankTime; there != "" {
		to = moment(there)
	}
	if !to.After(from) {
		return nil
	}
	return []Text{say("unprotected", int(math.Ceil(to.Sub(from).Hours()/24)))}
}

func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		t, _ = time.Parse(time.DateOnly, s)
	}
	return t
}

func percent(basisPoints int64) string {
	return fmt.Sprintf("%d.%02d %%", basisPoints/100, basisPoints%100)
}
