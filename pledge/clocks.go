package pledge

import "time"

// Kinds of clocks.
const (
	ClockExpiry      = "EXPIRY"        // of a pledge: T18
	ClockTerm        = "TERM"          // of a statutory registration: T6
	ClockFiling      = "FILING"        // five working days to file that: T6
	ClockCertificate = "CERTIFICATE"   // of the pledged right: T5
	ClockRelease     = "RELEASE"       // ten working days to release what is paid: T17
	ClockCustody     = "CUSTODY_CHECK" // T21
	ClockUpdate      = "UPDATE"        // of the data, as promised: T21
	ClockObjection   = "OBJECTION"     // T13
)

// releaseDays are the working days in which a pledge is released after the
// debt is due or its payment was shown (LAW.md T17).
const releaseDays = 10

// Clock is a term that runs for a record and ends At. From Ripe on anybody may
// say so on the ledger, whose guards decide; zero where that is nobody's to say,
// or is barred. Objection is set for ClockObjection.
type Clock struct {
	Kind      string
	Objection string
	At        time.Time
	Ripe      time.Time
}

// Clocks are those that run for a pledge on the asset a, in no order.
func (p Pledge) Clocks(a Asset) []Clock {
	list := objectionClocks(p.Objections, ended(p.State))
	if p.Registered == nil || ended(p.State) {
		return list
	}
	list = append(list, p.termClocks(a)...)
	if p.Custody != nil && !p.alerted(AlertMissed) {
		at := p.custodyDue()
		list = append(list, Clock{Kind: ClockCustody, At: at, Ripe: momentAfter(at)})
	}
	if at, ok := addPeriod(stamped(a.current().At), a.UpdatePeriod); ok && !p.alerted(AlertOverdue) {
		list = append(list, Clock{Kind: ClockUpdate, At: at, Ripe: at})
	}
	return list
}

// termClocks are those by which rights end.
func (p Pledge) termClocks(a Asset) (list []Clock) {
	if p.State == Active {
		c := Clock{Kind: ClockExpiry, At: p.RunsTo(a)}
		if !contested(a.Objection) && !contested(p.Objection) {
			c.Ripe = thawed(c.At, a.Frozen, p.Frozen)
		}
		list = append(list, c)
	}
	switch f := p.Perfection; f.State {
	case PerfectionNone:
		list = append(list, Clock{Kind: ClockFiling, At: p.filingDue()})
	case PerfectionFiled, PerfectionVerified:
		at := day(f.Standing().TermEnd)
		list = append(list, Clock{Kind: ClockTerm, At: at, Ripe: thawed(at, a.Frozen, p.Frozen)})
	}
	if a.Certificate != nil {
		list = append(list, Clock{Kind: ClockCertificate, At: day(a.Certificate.Expires)})
	}
	switch {
	case p.ReleaseDemand != nil:
		list = append(list, Clock{Kind: ClockRelease, At: addWorkingDays(stamped(p.ReleaseDemand.At), releaseDays)})
	case p.State == Active:
		list = append(list, Clock{Kind: ClockRelease, At: addWorkingDays(day(p.Terms.Matures), releaseDays)})
	}
	return list
}

// Clocks are those of the asset itself; its pledges have their own.
func (a Asset) Clocks() []Clock { return objectionClocks(a.Objections, a.Status != Notarized) }

func objectionClocks(all []Objection, over bool) (list []Clock) {
	for _, o := range all {
		if over || o.State != ObjectionOpenState {
			continue
		}
		due := o.LodgeBy
		if o.Notified == nil {
			due = min(o.NotifyBy, o.LodgeBy)
		}
		list = append(list, Clock{Kind: ClockObjection, Objection: o.ID, At: stamped(due), Ripe: momentAfter(stamped(due))})
	}
	return list
}

func ended(state string) bool {
	switch state {
	case Proposed, Pending, Active, Defaulted, Enforcing:
		return false
	}
	return true
}

func (p Pledge) alerted(kind string) bool {
	for _, a := range p.Alerts {
		if a.Kind == kind && a.Cleared == nil {
			return true
		}
	}
	return false
}

// momentAfter is the next moment that the ledger can write.
func momentAfter(t time.Time) time.Time { return t.Add(time.Millisecond) }

// thawed is the first moment from at on when no order of the lists has effect;
// zero while one has no end.
func thawed(at time.Time, lists ...[]Order) time.Time {
	for _, list := range lists {
		for _, o := range list {
			if o.Until == "" {
				return time.Time{}
			}
			if end := day(o.Until); end.After(at) {
				at = end
			}
		}
	}
	return at
}
