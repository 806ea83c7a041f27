package pledge

import "reflect"

// PreflightVersion is the "v" of an asset that has a member of the preflight:
// what the custodian found, a consent report or overrides in the declaration;
// with an SM3 fingerprint or without. One that has none of them keeps the
// version and the spelling of old, so that what older rules wrote replays to
// the same bytes.
const PreflightVersion = 3

// ScanVersion is the "v" of a pledge whose scan states overlaps or who looked
// at them, whatever its perfection. One whose scan does not keeps the version
// and the spelling of old.
const ScanVersion = 3

// LifeVersion is the "v" of a record that has a member of the later life of a
// pledge or an asset: whatever became of it after registration, objections,
// orders, versions, or terms with grace or covenants.
const LifeVersion = 4

// version is decided by what the record says, by nothing else.
func (a Asset) version() int {
	d := a.Declaration
	switch {
	case len(a.Frozen) > 0 || a.Objection != "" || !reflect.ValueOf(a.AssetLife).IsZero():
		return LifeVersion
	case a.Preflight != nil || d.Consent.Report != "" || len(d.Overrides) > 0:
		return PreflightVersion
	case a.SM3Fingerprint != "":
		return AssetVersion
	}
	return Version
}

func (p Pledge) version() int {
	switch {
	case len(p.Frozen) > 0 || p.Objection != "" || p.Terms.GraceDays != 0 || len(p.Terms.Covenants) > 0 ||
		!reflect.ValueOf(p.PledgeLife).IsZero():
		return LifeVersion
	case p.Scan != nil && (p.Scan.ReviewedBy != "" || len(p.Scan.Overlaps) > 0):
		return ScanVersion
	case p.Perfection.State != PerfectionNone:
		return PledgeVersion
	}
	return Version
}
