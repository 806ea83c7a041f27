package pledge

import (
	"fmt"
	"slices"
)

// Results of a duplicate scan, each with more weight than the one before.
const (
	ScanClean    = "clean"
	ScanReviewed = "reviewed"
	ScanWaived   = "waived"
)

// How much of one content may be in another's, in basis points of rows, before
// somebody must look (from ReviewShare on) or answer for it (over WaiveShare).
const (
	ReviewShare = 3000
	WaiveShare  = 8000
)

// MaxContentOverlaps is how many overlaps a scan may state. Where there are
// more, those that count come first (another owner's, and the pledged ones),
// then the largest shares: else copies of one's own would hide what is pledged.
const MaxContentOverlaps = 64

func (b *ScanBody) check() error {
	switch {
	case ScanWeight(b.Result) < 0:
		return Errorf(Malformed, "result must be %s, %s or %s", ScanClean, ScanReviewed, ScanWaived)
	case b.Result != ScanWaived && b.WaivedBy != "":
		return Errorf(Malformed, "waived_by belongs to a waived result only")
	// LAW.md T4d: a hit may be waived by a named person only.
	case b.Result == ScanWaived && !isKID(b.WaivedBy):
		return Errorf(Malformed, "waived_by must be the key id of the person who answers for the waiver")
	case b.Result != ScanReviewed && b.ReviewedBy != "":
		return Errorf(Malformed, "reviewed_by belongs to a reviewed result only")
	case b.Result == ScanReviewed && !isKID(b.ReviewedBy):
		return Errorf(Malformed, "reviewed_by must be the key id of the person who looked at the overlaps")
	}
	return firstOf(recordID("pledge_id", "pl_", b.PledgeID), digest("report", b.Report), checkContentOverlaps(b.Overlaps))
}

// ScanWeight orders the results of a scan by how much somebody answers for: 0 is
// clean; -1 what is no result.
func ScanWeight(result string) int {
	return slices.Index([]string{ScanClean, ScanReviewed, ScanWaived}, result)
}

func checkContentOverlaps(list []ContentOverlap) error {
	if len(list) > MaxContentOverlaps {
		return Errorf(Malformed, "overlaps has %d assets; state %d, first those of others and those that are pledged, then those with the largest shares", len(list), MaxContentOverlaps)
	}
	seen := map[string]bool{}
	for i, o := range list {
		if err := o.check(); err != nil {
			return within(fmt.Sprintf("overlaps: %d", i), err)
		}
		if seen[o.AssetID] {
			return Errorf(Malformed, "overlaps names %s twice", o.AssetID)
		}
		seen[o.AssetID] = true
	}
	return nil
}

func (o ContentOverlap) check() error {
	for _, s := range []int{o.Share, o.OtherShare} {
		if s < 0 || s > 10000 {
			return Errorf(Malformed, "share and other_share must be 0 to 10000 basis points")
		}
	}
	return recordID("asset_id", "as_", o.AssetID)
}

// larger of the two shares: a dataset hides as well in a larger one as a
// larger one behind a part of it.
func (o ContentOverlap) larger() int { return max(o.Share, o.OtherShare) }

// weight is what a result must have at least.
func (o ContentOverlap) weight() int {
	switch share := o.larger(); {
	case share > WaiveShare:
		return ScanWeight(ScanWaived)
	case share >= ReviewShare:
		return ScanWeight(ScanReviewed)
	}
	return ScanWeight(ScanClean)
}

// T4d: like content of another owner, or content that is pledged already, is
// no obstacle only when a person stands in for it.
func overlapsAnsweredHolds(m *motion) error {
	b := m.c.body.(*ScanBody)
	return m.judge(b.Result, b.Overlaps)
}

// scanHolds: T5. What was nobody's lien when the scan was made may be one now;
// otherwise two copies scanned side by side would both be pledged.
func (m *motion) scanHolds() error {
	if s := m.p.Scan; s != nil && slices.Contains(m.p.Terms.Checks, CheckScan) {
		return within("since the scan of "+s.At, m.judge(s.Result, s.Overlaps))
	}
	return nil
}

// judge refuses a result that is too light for the worst of the overlaps.
func (m *motion) judge(result string, list []ContentOverlap) error {
	worst, of := ContentOverlap{}, Asset{}
	for _, o := range list {
		other, err := m.alike(o)
		if err != nil {
			return err
		}
		counts := other.Owner != m.asset.Owner || len(other.InForce) > 0
		if counts && o.larger() > worst.larger() {
			worst, of = o, other
		}
	}
	if ScanWeight(result) >= worst.weight() {
		return nil
	}
	return m.overlapFound(worst, of)
}

// alike loads an asset that a scan names.
func (m *motion) alike(o ContentOverlap) (Asset, error) {
	if o.AssetID == m.asset.ID {
		return Asset{}, Errorf(Malformed, "overlaps names %s, the pledged asset itself; leave it out", o.AssetID)
	}
	other, ok, err := m.batch.asset(o.AssetID)
	if err == nil && !ok {
		return Asset{}, Errorf(NotFound, "overlaps names %s, and there is no such asset", o.AssetID)
	}
	return other, err
}

func (m *motion) overlapFound(o ContentOverlap, other Asset) error {
	why := "belongs to " + other.Owner
	if len(other.InForce) > 0 {
		f := other.InForce[0]
		why += fmt.Sprintf(" and is pledged to %s by %s", f.Pledgee, f.PledgeID)
	}
	how := fmt.Sprintf("from %d on a person must look at both: result reviewed with reviewed_by", ReviewShare)
	if o.larger() > WaiveShare {
		how = fmt.Sprintf("over %d a named person must answer for it: result waived with waived_by, or reject the pledge", WaiveShare)
	}
	return Errorf(OverlapFound, "%s %s and is like %s: it has %d of 10000 of its rows, and %d of 10000 of its own are in it; %s",
		other.ID, why, m.asset.ID, o.Share, o.OtherShare, how)
}
