package pledge_test

import (
	"errors"
	"maps"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// assetAlone is what an asset's record must say whatever stands beside it.
func (x *explorer) assetAlone(a *pledge.Asset) error {
	owner := ""
	for i, t := range a.Transfers {
		if i > 0 && t.From != owner || t.From == t.To {
			return errors.New("ownership is not one path (invariant 5)")
		}
		owner = t.To
		if err := x.signedBy(t.Act, t.Digest, t.Signed, t.To); err != nil {
			return err
		}
		if err := x.signedBy(t.Act, t.Digest, t.Signed, t.From); err != nil && x.withRole(t.Signed, pledge.RoleCourt) != nil {
			return errors.New("neither the owner nor a court gave it away (invariant 5)")
		}
	}
	switch {
	case owner != "" && a.Owner != owner:
		return errors.New("the owner is not who got it last (invariant 5)")
	case (a.Status == "NOTARIZED") != (a.Ended == nil):
		return errors.New("ended without an end, or the other way round")
	case len(a.Versions) > 0 && a.Versions[len(a.Versions)-1].Fingerprint != a.Fingerprint:
		return errors.New("the newest version is not the content")
	case a.Status != "NOTARIZED" && len(a.DisputedWith) > 0:
		return errors.New("what has ended is still disputed")
	}
	return errors.Join(objectionsFit(a.Objection, a.Objections), x.waiting(a.Agreements), x.licensed(a))
}

func (x *explorer) licensed(a *pledge.Asset) (err error) {
	for _, l := range a.Licences {
		err = errors.Join(err, x.signedBy(l.Act, l.Digest, l.Signed, l.To))
	}
	return err
}

// checkState is what must hold in every state.
func (x *explorer) checkState(p *point) {
	for i, c := range x.cells {
		v := x.value(p, i)
		if v.rec == nil {
			continue
		}
		x.namedTookEffect(p, v)
		switch c.kind {
		case "asset":
			x.checkAsset(p, v.rec.(*pledge.Asset))
		case "pledge":
			x.checkPledge(p, v.rec.(*pledge.Pledge))
		}
	}
	x.checkAnswers(p)
}

// namedTookEffect: no record speaks of a command that is not on the ledger, or
// was fenced (invariant 6; exactly one of record and tombstone).
func (x *explorer) namedTookEffect(p *point, v *value) {
	for _, i := range v.stamps {
		if r, ok := x.value(p, i).rec.(*pledge.CommandRecord); !ok || r.Status != "applied" {
			x.fail("%s is named by a record, and %s", x.cells[i].key, x.value(p, i).raw)
		}
	}
}

// checkAsset: ranks are those of the ledger, gapless, unless the pledgees
// signed another order (invariant 2); an exclusive pledge is alone (1, iii).
func (x *explorer) checkAsset(p *point, a *pledge.Asset) {
	swaps, all := false, len(a.InForce)
	for i, f := range a.InForce {
		g := x.pledge(p, f.PledgeID)
		if g == nil || !slices.Contains(lienStates, g.State) || g.AssetID != a.ID || g.Pledgee != f.Pledgee || g.Seq != f.Seq || g.Terms.Mode != f.Mode || f.Seq > a.Seq {
			x.fail("%s lists %+v, and the pledge is %+v", a.ID, f, g)
		}
		swaps = swaps || len(g.SubordinatedTo) > 0
		if slices.ContainsFunc(a.InForce[:i], func(e pledge.InForce) bool { return e.PledgeID == f.PledgeID || e.Seq == f.Seq }) {
			x.fail("a rank of %s is taken twice: %+v", a.ID, a.InForce)
		}
	}
	if !swaps && !x.everSwapped(p) && !slices.IsSortedFunc(a.InForce, func(e, f pledge.InForce) int { return int(e.Seq - f.Seq) }) {
		x.fail("the ranks of %s are not in the ledger's order: %+v", a.ID, a.InForce)
	}
	for _, id := range a.Kin {
		k := x.asset(p, id)
		if k == nil || !slices.Contains(k.Kin, a.ID) {
			x.fail("%s is kin of %s, and not the other way round", id, a.ID)
		}
		all += len(k.InForce)
	}
	if all > 1 && slices.ContainsFunc(a.InForce, func(f pledge.InForce) bool { return f.Mode == "exclusive" }) {
		x.fail("%s is not alone: %+v", a.ID, a.InForce)
	}
}

// everSwapped: a pledge that has left may have changed places before.
func (x *explorer) everSwapped(p *point) bool {
	for i, c := range x.cells {
		if g, ok := x.value(p, i).rec.(*pledge.Pledge); ok && c.kind == "pledge" && len(g.SubordinatedTo) > 0 {
			return true
		}
	}
	return false
}

// checkPledge: it is among the liens exactly while it is one (invariant 3).
func (x *explorer) checkPledge(p *point, g *pledge.Pledge) {
	a := x.asset(p, g.AssetID)
	listed := slices.ContainsFunc(a.InForce, func(f pledge.InForce) bool { return f.PledgeID == g.ID })
	if listed != slices.Contains(lienStates, g.State) {
		x.fail("%s is %s, and in force: %v", g.ID, g.State, listed)
	}
}

// reaches: a configuration in which nothing happens proves nothing.
func (x *explorer) reaches(want []string) {
	for _, w := range want {
		if full && !x.acts[w] {
			x.t.Errorf("nowhere is there %q; there are %v", w, slices.Sorted(maps.Keys(x.acts)))
		}
	}
}

func (x *explorer) note(c *pledge.Command, out pledge.Outcome) {
	what := string(c.Payload.Act)
	switch {
	case out.Duplicate:
		what += " again"
	case out.Code != "":
		what += " " + string(out.Code)
	}
	x.acts[what] = true
}
