package pledge

import "time"

// The clocks of a pledge, for whoever shows what comes next: times as the
// ledger writes them, empty where the clock does not run. The guards decide.

// FilingDue is until when the statutory registration is filed in time (T6).
func (p Pledge) FilingDue() string {
	if p.Registered == nil || p.Perfection.State != PerfectionNone {
		return ""
	}
	return p.filingDue().Format(stampForm)
}

// filingDue is that day of a pledge that is registered.
func (p Pledge) filingDue() time.Time { return addWorkingDays(stamped(p.Registered.At), filingDays) }

// ForcedReleaseFrom is from when a notary or the IP centre may release what
// the pledgor demanded of a silent pledgee (T17).
func (p Pledge) ForcedReleaseFrom() string {
	if p.ReleaseDemand == nil {
		return ""
	}
	return ripe(p.ReleaseDemand)
}

// ExtendableFrom is when the window for an extension opens (T8).
func (p Pledge) ExtendableFrom() string {
	return day(p.Terms.Expires).Add(-extendWindow).Format(stampForm)
}

// CustodyDue is until when the custodian checks again (T21).
func (p Pledge) CustodyDue() string {
	if p.Custody == nil {
		return ""
	}
	return p.custodyDue().Format(stampForm)
}

// custodyDue is that moment of a pledge whose custody was checked.
func (p Pledge) custodyDue() time.Time { return stamped(p.Custody.At).Add(custodyEvery) }

// VoidFrom is when the first signature under an act of several is void.
func (a Agreement) VoidFrom() string {
	if len(a.Signed) == 0 {
		return ""
	}
	return stamped(a.Signed[0].At).Add(offerValid).Format(stampForm)
}
