package service

import (
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// registers says whether a command is new and bears the signature of the
// pledgee, for a pledge that rests on a scan.
func (v *view) registers(c *pledge.Command, id string) (bool, error) {
	p, err := v.pledge(id)
	if err != nil || p == nil || p.Pledgee != c.Payload.By || p.State != pledge.Pending || p.Scan == nil || !slices.Contains(p.Terms.Checks, pledge.CheckScan) {
		return false, err
	}
	return v.takes(c, pledge.RoleBank)
}

// since is what its scan could not see: without this, two copies, the second
// made after the scan of the first, would both be pledged. What the scan did
// state the ledger judges again.
func (l look) since() *pledge.Error {
	scan := l.pledge.Scan
	for _, m := range l.matches {
		stated := slices.ContainsFunc(scan.Overlaps, func(o pledge.ContentOverlap) bool { return o.AssetID == m.AssetID })
		if stated || !l.counts(m) || pledge.ScanWeight(scan.Result) >= pledge.ScanWeight(l.weightOf(m)) {
			continue
		}
		return pledge.Errorf(pledge.OverlapFound, "the scan of %s, %s, does not know what is like %s now: %s; have the IP centre scan %s again",
			scan.At, scan.Result, l.asset.ID, m.Words().EN, l.pledge.ID)
	}
	return nil
}
