package service

import (
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// pledgeStamps are the acts that a registered pledge rests on, in their order.
func pledgeStamps(p *pledge.Pledge) []pledge.Stamp {
	list := []pledge.Stamp{p.Proposed}
	if p.Accepted != nil {
		list = append(list, *p.Accepted)
	}
	list = append(list, checkStamps(p)...)
	list = append(list, lifeStamps(p)...)
	for _, st := range []*pledge.Stamp{p.Registered, p.Perfection.Lapsed} {
		if st != nil {
			list = append(list, *st)
		}
	}
	if f := p.Perfection.Standing(); f != nil {
		list = append(list, f.Filed)
	}
	if v := p.Perfection.Verified; v != nil {
		list = append(list, v.Verified)
	}
	if p.Ended != nil {
		list = append(list, p.Ended.Stamp)
	}
	slices.SortStableFunc(list, func(a, b pledge.Stamp) int { return strings.Compare(a.At, b.At) })
	return slices.Compact(list)
}

// checkStamps are the checks that the terms asked for.
func checkStamps(p *pledge.Pledge) (list []pledge.Stamp) {
	if p.Attestation != nil {
		list = append(list, p.Attestation.Stamp)
	}
	if p.Valuation != nil {
		list = append(list, p.Valuation.Stamp)
	}
	if p.Scan != nil {
		list = append(list, p.Scan.Stamp)
	}
	if p.Custody != nil {
		list = append(list, p.Custody.Stamp)
	}
	return list
}
