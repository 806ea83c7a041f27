package pledge

// Contents lists what the asset was and is, the newest last, each as it was
// recorded. A custodian keeps each under Recorded.By, who sealed it: a later
// transfer moves the ownership, not the data.
func (a Asset) Contents() []AssetContent {
	if len(a.Versions) > 0 {
		return a.Versions
	}
	return []AssetContent{a.first()}
}

// Covers lists the contents of the asset that the pledge extends to: those
// before its registration, and its increments (LAW.md T9). A pledge that was
// never registered covers none.
func (p Pledge) Covers(a Asset) []AssetContent {
	var list []AssetContent
	for _, c := range a.Contents() {
		if p.Registered != nil && (c.Seq < p.Seq || p.added(c)) {
			list = append(list, c)
		}
	}
	return list
}

func (p Pledge) added(c AssetContent) bool {
	for _, i := range p.Increments {
		if i.Version == c.Number && i.Fingerprint == c.Fingerprint {
			return true
		}
	}
	return false
}
