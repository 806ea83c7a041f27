package service

import (
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

func ownRecord(sc *scene) ([]touch, error) {
	if !isUSCC(sc.e.RecordID) {
		return nil, nil
	}
	return []touch{{sc.e.RecordID, ReasonOwnRecord, sc.e.RecordID}}, nil
}

func pledgor(sc *scene) ([]touch, error) {
	if sc.pledge == nil {
		return nil, nil
	}
	return []touch{{sc.pledge.Pledgor, ReasonPledgor, sc.pledge.ID}}, nil
}

func pledgee(sc *scene) ([]touch, error) {
	if sc.pledge == nil {
		return nil, nil
	}
	return []touch{{sc.pledge.Pledgee, ReasonPledgee, sc.pledge.ID}}, nil
}

func formerPledgee(sc *scene) ([]touch, error) {
	if sc.pledge == nil || sc.pledgeWas == nil || sc.pledgeWas.Pledgee == sc.pledge.Pledgee {
		return nil, nil
	}
	return []touch{{sc.pledgeWas.Pledgee, ReasonFormerPledgee, sc.pledge.ID}}, nil
}

// owner is for acts on the asset itself: that of a pledge's is its pledgor, or
// nobody to whom the pledge is shown.
func owner(sc *scene) ([]touch, error) {
	if sc.asset == nil || sc.pledge != nil {
		return nil, nil
	}
	return []touch{{sc.asset.Owner, ReasonOwner, sc.asset.ID}}, nil
}

func formerOwner(sc *scene) ([]touch, error) {
	if sc.asset == nil || sc.assetWas == nil || sc.pledge != nil || sc.assetWas.Owner == sc.asset.Owner {
		return nil, nil
	}
	return []touch{{sc.assetWas.Owner, ReasonFormerOwner, sc.asset.ID}}, nil
}

// named is the party that the act itself names: buyer, licensee, assignee.
func named(sc *scene) ([]touch, error) {
	if !isUSCC(sc.body.To) {
		return nil, nil
	}
	return []touch{{sc.body.To, ReasonNamed, sc.e.RecordID}}, nil
}

func custodian(sc *scene) ([]touch, error) {
	if sc.asset == nil {
		return nil, nil
	}
	return []touch{{sc.asset.Custodian, ReasonCustodian, sc.e.RecordID}}, nil
}

// objectors: of the objection that the act names; else all whose objection is
// not decided.
func objectors(sc *scene) (list []touch, err error) {
	for _, o := range sc.objections() {
		open := o.State == pledge.ObjectionOpenState || o.State == pledge.InCourt
		if o.ID == sc.body.Objection || sc.body.Objection == "" && open {
			list = append(list, touch{o.By, ReasonObjector, sc.e.RecordID})
		}
	}
	return list, nil
}

// otherLiens are the pledgees of pledges in force on the asset or its kin,
// before the event or after. They are touched in their own pledges.
func otherLiens(sc *scene) ([]touch, error) {
	if sc.asset == nil {
		return nil, nil
	}
	liens := slices.Clone(sc.asset.InForce)
	if sc.assetWas != nil {
		liens = append(liens, sc.assetWas.InForce...)
	}
	for _, id := range sc.asset.Kin {
		kin, err := sc.assetNow(id)
		if err != nil {
			return nil, err
		}
		if kin != nil {
			liens = append(liens, kin.InForce...)
		}
	}
	var list []touch
	for _, l := range liens {
		if l.PledgeID != sc.e.RecordID {
			list = append(list, touch{l.Pledgee, ReasonOtherLien, l.PledgeID})
		}
	}
	return list, nil
}

// encumbrancers have a pledge in force on the asset that the act is about.
func encumbrancers(sc *scene) ([]touch, error) {
	if sc.pledge != nil {
		return nil, nil
	}
	return otherLiens(sc)
}

// seniors are asked to consent to a pledge that would stand behind theirs.
func seniors(sc *scene) ([]touch, error) {
	if sc.pledge == nil || sc.pledge.Terms.Mode != pledge.Ranked {
		return nil, nil
	}
	list, err := otherLiens(sc)
	for i := range list {
		list[i].reason = ReasonConsent
	}
	return list, err
}

// rivals own assets that the asset is disputed with, or was until now.
func rivals(sc *scene) ([]touch, error) {
	if sc.asset == nil || sc.pledge != nil {
		return nil, nil
	}
	ids := slices.Clone(sc.asset.DisputedWith)
	if sc.assetWas != nil {
		ids = append(ids, sc.assetWas.DisputedWith...)
	}
	var list []touch
	for _, id := range ids {
		other, err := sc.assetNow(id)
		if err != nil {
			return nil, err
		}
		if other != nil {
			list = append(list, touch{other.Owner, ReasonDisputed, id})
		}
	}
	return list, nil
}

// overlapping own assets that share a smaller part of the content, as the
// event found.
func overlapping(sc *scene) (list []touch, err error) {
	if sc.asset == nil || sc.pledge != nil {
		return nil, nil
	}
	for _, o := range sc.asset.Overlaps {
		if sc.assetWas == nil || !slices.ContainsFunc(sc.assetWas.Overlaps, func(x pledge.Overlap) bool { return x.AssetID == o.AssetID }) {
			list = append(list, touch{o.Owner, ReasonOverlap, o.AssetID})
		}
	}
	return list, nil
}

// titleGiver signs beside the pledgee for the title of an enforcement.
func titleGiver(sc *scene) ([]touch, error) {
	switch sc.body.Path {
	case pledge.AgreedSale:
		return pledgor(sc)
	case pledge.NotarialExecution:
		return office(pledge.RoleNotary)(sc)
	}
	return office(pledge.RoleCourt)(sc)
}

// office are the members of the consortium with a role: which of them acts is
// open.
func office(r pledge.Role) relation {
	return func(sc *scene) (list []touch, err error) {
		for _, m := range sc.members {
			if slices.Contains(m.Roles, r) {
				list = append(list, touch{m.Party, ReasonSignature, sc.e.RecordID})
			}
		}
		return list, nil
	}
}
