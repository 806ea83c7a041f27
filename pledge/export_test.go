package pledge

// VersionOf is the version that a record must have, for records that tests
// write by hand.
func VersionOf(p Pledge) int { return p.version() }

// AssetVersionOf is the same of an asset.
func AssetVersionOf(a Asset) int { return a.version() }
