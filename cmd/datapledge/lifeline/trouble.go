package lifeline

import (
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// distress is notice, default and cure.
func (l *line) distress(was pledge.Pledge) (out []Text) {
	if n := l.p.DefaultNotice; n != nil && (was.DefaultNotice == nil || was.DefaultNotice.Command != n.Command) {
		out = append(out, say("noticed", code("reason", n.Reason), short(n.Notice)), say("grace", at(n.GraceEnds)))
	}
	for _, c := range grown(was.Cured, l.p.Cured) {
		out = append(out, say("cured", short(c.Proof)))
	}
	if d := l.p.ReleaseDemand; d != nil && was.ReleaseDemand == nil {
		out = append(out, say("demanded", short(d.Proof)), say("demand.ripe", at(l.p.ForcedReleaseFrom())))
	}
	return out
}

func (l *line) enforced(was pledge.Pledge) (out []Text) {
	if x := l.p.Enforcement; x != nil && was.Enforcement == nil {
		out = append(out, say("path", code("path", x.Path)), say("paper", short(x.Title), orDash(x.Number)), l.signed(x.Signed), say("no forfeiture"))
	}
	if k := l.p.KeyRelease; k != nil && was.KeyRelease == nil {
		out = append(out, say("key", l.party(k.To)))
	}
	return out
}

func (l *line) realized(was pledge.Pledge) (out []Text) {
	x := l.p.Realization
	if x == nil || was.Realization != nil {
		return nil
	}
	money := func(n int64) string { return pledge.Amount{Amount: n, Currency: x.Price.Currency}.Text() }
	out = append(out, say("sold", x.Price.Text(), code("method", x.Method), code("buyer", x.BuyerType), at(x.Date)))
	for _, s := range x.Distribution {
		out = append(out, say("share", code("share", s.Kind), l.party(s.To), money(s.Amount)))
	}
	out = append(out, say("shortfall", money(x.Claim), money(x.Shortfall)), l.signed(x.Signed))
	return out
}

func (l *line) ended(was pledge.Pledge) []Text {
	e := l.p.Ended
	if e == nil || was.Ended != nil || l.p.State == pledge.Realized || l.p.State == pledge.Lapsed {
		return nil
	}
	out := []Text{}
	if e.Reason != "" || e.Code != "" {
		out = append(out, say("ended", code("end", orDash(e.Reason)), orDash(string(e.Code))))
	}
	if e.Proof != "" {
		out = append(out, say("proof", short(e.Proof)))
	}
	return out
}

func (l *line) alerts(was pledge.Pledge) (out []Text) {
	for i, x := range l.p.Alerts {
		switch {
		case i >= len(was.Alerts):
			out = append(out, say("alert", code("alert", x.Kind), orDash(x.Detail)))
		case x.Cleared != nil && was.Alerts[i].Cleared == nil:
			out = append(out, say("alert.cleared", code("alert", x.Kind)))
		}
	}
	return out
}

// agreements are acts that began to wait, got a signature, or were given up.
func (l *line) agreements(was, is []pledge.Agreement) (out []Text) {
	for _, x := range is {
		old := slices.IndexFunc(was, func(o pledge.Agreement) bool { return o.Act == x.Act && o.Digest == x.Digest })
		if old >= 0 && len(was[old].Signed) == len(x.Signed) {
			continue
		}
		out = append(out, say("waits", actName(x.Act), l.awaited(x, nil), at(x.VoidFrom())))
	}
	return out
}

func (l *line) objections(was, is []pledge.Objection) (out []Text) {
	for i, o := range is {
		var old pledge.Objection
		if i < len(was) {
			old = was[i]
		}
		switch {
		case old.ID == "":
			out = append(out, say("objected", code("ground", o.Ground), o.ID, short(o.Evidence)), say("objection.clocks", at(o.NotifyBy), at(o.LodgeBy)))
		case o.Expired != nil && old.Expired == nil:
			out = append(out, say("objection.expired", o.ID))
		case o.Decided != nil && old.Decided == nil:
			out = append(out, say("objection.decided", o.ID, code("objection", o.State), o.Decided.Number), l.signed(o.Decided.Signed))
		case o.Lodged != nil && old.Lodged == nil:
			out = append(out, say("objection.lodged", o.ID, o.Lodged.Court, o.Lodged.CaseNumber))
		case o.Notified != nil && old.Notified == nil:
			out = append(out, say("objection.notified", o.ID, short(o.Notified.Proof)))
		}
	}
	return out
}

func (l *line) orders(was, is []pledge.Order) (out []Text) {
	has := func(list []pledge.Order, o pledge.Order) bool {
		return slices.ContainsFunc(list, func(x pledge.Order) bool { return x.Command == o.Command })
	}
	for _, o := range is {
		if !has(was, o) {
			out = append(out, say("frozen", o.Court, o.FileNo, o.Effect, l.ends(o)))
		}
	}
	for _, o := range was {
		if !has(is, o) {
			out = append(out, say("unfrozen", o.Court, o.FileNo))
		}
	}
	return out
}

func (l *line) ends(o pledge.Order) Text {
	if o.Until == "" {
		return say("no end")
	}
	return until(o.Until)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
