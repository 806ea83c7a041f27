package service

import (
	"github.com/datapledge/datapledge/pledge"
)

// lifeStamps are the acts of the later life of a pledge.
func lifeStamps(p *pledge.Pledge) (list []pledge.Stamp) {
	for _, m := range p.Amendments {
		list = append(list, m.Signed...)
	}
	for _, a := range p.Assignments {
		list = append(list, a.Signed...)
	}
	for _, s := range p.SubordinatedTo {
		list = append(list, s.Signed...)
	}
	if p.DefaultNotice != nil {
		list = append(list, p.DefaultNotice.Stamp)
	}
	for _, c := range p.Cured {
		list = append(list, c.Stamp)
	}
	for _, st := range []*pledge.Stamp{p.Defaulted} {
		if st != nil {
			list = append(list, *st)
		}
	}
	if p.Enforcement != nil {
		list = append(list, p.Enforcement.Signed...)
	}
	if p.KeyRelease != nil {
		list = append(list, p.KeyRelease.Stamp)
	}
	if p.Realization != nil {
		list = append(list, p.Realization.Signed...)
	}
	return list
}

// lifeParties are those that a certificate names beyond who signed.
func lifeParties(a *pledge.Asset, p *pledge.Pledge) (list []string) {
	for _, t := range a.Transfers {
		list = append(list, t.From, t.To)
	}
	for _, l := range a.Licences {
		list = append(list, l.To)
	}
	list = append(list, assetSigners(a)...)
	list = append(list, challengers(a.Objections, a.Frozen, a.Corrections)...)
	if p == nil {
		return list
	}
	list = append(list, challengers(p.Objections, p.Frozen, p.Corrections)...)
	for _, as := range p.Assignments {
		list = append(list, as.From, as.To)
	}
	if p.ReleaseDemand != nil {
		list = append(list, p.ReleaseDemand.By)
	}
	if p.Realization != nil {
		for _, s := range p.Realization.Distribution {
			list = append(list, s.To)
		}
	}
	return list
}

// assetSigners are those who signed what became of an asset.
func assetSigners(a *pledge.Asset) (list []string) {
	var signed []pledge.Stamp
	for _, v := range a.Versions {
		signed = append(signed, v.Recorded)
	}
	for _, t := range a.Transfers {
		signed = append(signed, t.Signed...)
	}
	for _, l := range a.Licences {
		signed = append(signed, l.Signed...)
	}
	for _, t := range a.Attestations {
		signed = append(signed, t.Stamp)
	}
	for _, r := range a.Resolutions {
		signed = append(signed, r.Signed...)
	}
	if a.Ended != nil {
		signed = append(signed, a.Ended.Stamp)
	}
	return by(signed)
}

// challengers are those who object, decide, freeze and correct.
func challengers(objections []pledge.Objection, orders []pledge.Order, corrections []pledge.Correction) []string {
	var signed []pledge.Stamp
	for _, o := range objections {
		signed = append(signed, o.Stamp)
		if o.Decided != nil {
			signed = append(signed, o.Decided.Signed...)
		}
	}
	for _, o := range orders {
		signed = append(signed, o.Stamp)
	}
	for _, c := range corrections {
		signed = append(signed, c.Stamp)
	}
	return by(signed)
}

func by(signed []pledge.Stamp) (list []string) {
	for _, s := range signed {
		list = append(list, s.By)
	}
	return list
}
