package pledge

import "time"

// RunsTo is the end of the term of a pledge on the asset a; or, where an
// objection from before it kept the pledgee from extending it, the end of the 30
// days that it has for that afterwards. Else anybody's objection would end a
// pledge by running longer than its term (T8, T13, T18).
func (p Pledge) RunsTo(a Asset) time.Time {
	ends := day(p.Terms.Expires)
	for _, list := range [][]Objection{a.Objections, p.Objections} {
		for _, o := range list {
			if over := o.ended(); stamped(o.At).Before(ends) && over.After(ends.Add(-extendAfter)) {
				ends = over.Add(extendAfter)
			}
		}
	}
	return ends
}

// ended is when an objection was decided or expired; zero as long as it runs.
func (o Objection) ended() time.Time {
	switch {
	case o.Expired != nil:
		return stamped(o.Expired.At)
	case o.Decided != nil && len(o.Decided.Signed) > 0:
		return stamped(o.Decided.Signed[len(o.Decided.Signed)-1].At)
	}
	return time.Time{}
}

// contested: an objection is open, or in court.
func contested(word string) bool { return word == ObjectionOpenState || word == InCourt }
