package pledge

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

// version is decided by what the record says, by nothing else.
func (a Asset) version() int {
	d := a.Declaration
	switch {
	case a.Preflight != nil || d.Consent.Report != "" || len(d.Overrides) > 0:
		return PreflightVersion
	case a.SM3Fingerprint != "":
		return AssetVersion
	}
	return Version
}

func (p Pledge) version() int {
	switch {
	case p.Scan != nil && (p.Scan.ReviewedBy != "" || len(p.Scan.Overlaps) > 0):
		return ScanVersion
	case p.Perfection.State != PerfectionNone:
		return PledgeVersion
	}
	return Version
}
