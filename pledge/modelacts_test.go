package pledge_test

import (
	"regexp"
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
)

// throughFreeze are the acts that no freeze stops (LAW.md T20).
var throughFreeze = []pledge.Act{pledge.ObjectionFile, pledge.ObjectionNotify, pledge.ObjectionLodge, pledge.ObjectionDecide, pledge.ObjectionExpire,
	pledge.PledgeDefault, pledge.OrderFreeze, pledge.OrderUnfreeze, pledge.CustodyReceiptAct, pledge.CustodyAlert, pledge.AssetAttest, pledge.CommandFence}

// objectable are the acts that an open objection blocks: T1, T5, T7 to T12,
// T16, and the release of a key.
var objectable = []pledge.Act{pledge.PledgePropose, pledge.PledgeRegister, pledge.PledgeAmend, pledge.PledgeExtend, pledge.AssetAddVersion, pledge.PledgeAssign,
	pledge.PledgeSubordinate, pledge.AssetTransfer, pledge.AssetLicense, pledge.PledgeRealize, pledge.CustodyRelease}

// checkAct is what the state before must have allowed.
func (s *step) checkAct() {
	p, a := s.subject()
	if a == nil {
		return
	}
	act := s.c.Payload.Act
	for _, list := range [][]pledge.Order{a.Frozen, p.Frozen} {
		for _, o := range list {
			if (o.Until == "" || dayOf(o.Until).After(s.now)) && !slices.Contains(throughFreeze, act) {
				s.fail("it is frozen by %+v (T20)", o)
			}
		}
	}
	for _, word := range []string{a.Objection, p.Objection} {
		if (word == "OPEN" || word == "IN_COURT") && slices.Contains(objectable, act) {
			s.fail("an objection is %s (T13)", word)
		}
	}
	if check := actChecks[act]; check != nil {
		check(s, p, a)
	}
}

func dayOf(s string) time.Time {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t
	}
	return must(time.Parse(time.RFC3339, s))
}

var recordIDs = regexp.MustCompile(`(as|pl)_[a-z2-7]{26}`)

// subject is the pledge and the asset of a command as they were, the pledge
// empty where the command is about an asset.
func (s *step) subject() (*pledge.Pledge, *pledge.Asset) {
	id, ok := s.x.about[s.c]
	if !ok {
		id = recordIDs.FindString(string(s.c.Payload.Body))
		s.x.about[s.c] = id
	}
	if p := s.x.pledge(s.from, id); p != nil {
		return p, s.x.asset(s.from, p.AssetID)
	}
	return &pledge.Pledge{}, s.x.asset(s.from, id)
}

var actChecks = map[pledge.Act]func(*step, *pledge.Pledge, *pledge.Asset){
	pledge.PledgeRegister:    (*step).checkRegister,
	pledge.AssetTransfer:     (*step).checkConsents,
	pledge.AssetLicense:      (*step).checkConsents,
	pledge.AssetAddVersion:   (*step).checkConsents,
	pledge.PledgeDefault:     (*step).checkDefault,
	pledge.PledgeLapse:       (*step).checkLapse,
	pledge.PledgeRelease:     (*step).checkRelease,
	pledge.PledgeAmend:       (*step).checkAmend,
	pledge.PledgeExtend:      (*step).checkExtend,
	pledge.PledgeAssign:      (*step).checkAssign,
	pledge.PledgeSubordinate: (*step).checkSwap,
	pledge.AssetWithdraw:     (*step).checkFree,
}

// checkRegister: T5. Whoever registers has seen everything before.
func (s *step) checkRegister(p *pledge.Pledge, a *pledge.Asset) {
	switch b := s.c.Body().(*pledge.RegisterBody); {
	case b.ExpectedSeq != a.Seq:
		s.fail("%s is at %d", a.ID, a.Seq)
	case p.Custody == nil || s.since(p.Custody.At) > 24*time.Hour:
		s.fail("custody is not fresh")
	case len(a.DisputedWith) > 0 || a.Status != "NOTARIZED" || a.Owner != p.Pledgor:
		s.fail("%s cannot be pledged by %s", a.ID, p.Pledgor)
	case !dayOf(p.Terms.Expires).After(s.now):
		s.fail("its terms have expired")
	}
	for _, k := range s.group(a) {
		for _, o := range k.Frozen {
			if o.Until == "" || dayOf(o.Until).After(s.now) {
				s.fail("its kin %s is frozen", k.ID)
			}
		}
		for _, f := range k.InForce {
			agreed := slices.ContainsFunc(p.Consents, func(c pledge.Stamp) bool { return c.By == f.Pledgee })
			if f.Pledgee != p.Pledgee && !agreed {
				s.fail("%s of %s did not consent", f.PledgeID, f.Pledgee)
			}
		}
	}
}

// group is the asset with its kin: for liens they count as one.
func (s *step) group(a *pledge.Asset) []*pledge.Asset {
	list := []*pledge.Asset{a}
	for _, id := range a.Kin {
		list = append(list, s.x.asset(s.from, id))
	}
	return list
}

func (s *step) since(at string) time.Duration { return s.now.Sub(must(time.Parse(stampForm, at))) }

// checkConsents: 民法典 444 para. 2. The act takes effect when the asset, or its
// list of licences, changes; before that it only waits for signatures.
func (s *step) checkConsents(_ *pledge.Pledge, a *pledge.Asset) {
	is := s.x.asset(s.to, a.ID)
	if a.Owner == is.Owner && a.Fingerprint == is.Fingerprint && len(a.Licences) == len(is.Licences) {
		return
	}
	digest := must(pledge.ActDigest(s.c.Payload.Act, s.c.Body()))
	v, _ := s.c.Body().(*pledge.VersionBody)
	for _, k := range s.group(a) {
		for _, f := range k.InForce {
			p := s.x.pledge(s.from, f.PledgeID)
			if v != nil && len(v.Removed) == 0 && slices.Contains(p.Terms.Covenants, "add_version") {
				continue
			}
			if !slices.ContainsFunc(p.Consented, func(c pledge.Consented) bool { return c.By == p.Pledgee && c.Digest == digest }) {
				s.fail("%s of %s did not consent", p.ID, p.Pledgee)
			}
		}
	}
}

// checkDefault: T14, with the grace of the terms.
func (s *step) checkDefault(p *pledge.Pledge, _ *pledge.Asset) {
	if s.c.Body().(*pledge.DefaultBody).Step != "declare" {
		return
	}
	days := p.Terms.GraceDays
	if days == 0 {
		days = 10
	}
	if p.DefaultNotice == nil || s.since(p.DefaultNotice.At) < time.Duration(days)*24*time.Hour {
		s.fail("the grace of %d days is not over", days)
	}
	if s.c.Payload.By != p.Pledgee {
		s.fail("only the pledgee declares")
	}
}

func (s *step) checkLapse(p *pledge.Pledge, _ *pledge.Asset) {
	if dayOf(p.Terms.Expires).After(s.now) {
		s.fail("it runs until %s", p.Terms.Expires)
	}
}

// checkRelease: T17. The pledgee, or five working days after a demand a notary
// or the IP centre; five working days are at least seven days.
func (s *step) checkRelease(p *pledge.Pledge, _ *pledge.Asset) {
	switch b := s.c.Body().(*pledge.ReleaseBody); b.Reason {
	case "DEMAND":
		if s.c.Payload.By != p.Pledgor {
			s.fail("only the pledgor demands")
		}
	case "FORCED":
		if p.ReleaseDemand == nil || s.since(p.ReleaseDemand.At) < 7*24*time.Hour {
			s.fail("there was no time to answer")
		}
	default:
		if s.c.Payload.By != p.Pledgee {
			s.fail("only the pledgee releases")
		}
	}
}

// checkAssign: whoever takes over a claim takes it as it is now.
func (s *step) checkAssign(p *pledge.Pledge, _ *pledge.Asset) {
	if b := s.c.Body().(*pledge.AssignBody); b.TermsDigest != p.TermsDigest {
		s.fail("the terms are those of %s", p.TermsDigest)
	}
}

func (s *step) checkAmend(p *pledge.Pledge, a *pledge.Asset) {
	if q := s.x.pledge(s.to, p.ID); q.Terms.SecuredMax.Amount > p.Terms.SecuredMax.Amount || dayOf(q.Terms.Expires).After(dayOf(p.Terms.Expires)) {
		s.fail("more is secured at the old rank (T7)")
	}
	s.bothSigned(p)
}

func (s *step) bothSigned(p *pledge.Pledge) {
	q := s.x.pledge(s.to, p.ID)
	if q.TermsDigest == p.TermsDigest {
		return
	}
	if err := s.x.signedBy(s.c.Payload.Act, must(pledge.ActDigest(s.c.Payload.Act, s.c.Body())), q.Amendments[len(q.Amendments)-1].Signed, p.Pledgor, p.Pledgee); err != nil {
		s.fail("%v", err)
	}
}

func (s *step) checkExtend(p *pledge.Pledge, _ *pledge.Asset) {
	if !dayOf(p.Terms.Expires).After(s.now) {
		s.fail("it had expired (T8)")
	}
	if b := s.c.Body().(*pledge.ExtendBody); b.Matures != "" || b.Agreement != "" {
		s.bothSigned(p)
	}
}

// checkSwap: T11. All between the two signed, and nobody else moved.
func (s *step) checkSwap(p *pledge.Pledge, a *pledge.Asset) {
	b, is := s.c.Body().(*pledge.SubordinateBody), s.x.asset(s.to, a.ID)
	if slices.Equal(a.InForce, is.InForce) {
		return
	}
	q := s.x.pledge(s.to, p.ID)
	signed := q.SubordinatedTo[len(q.SubordinatedTo)-1].Signed
	between := false
	for i, f := range a.InForce {
		if end := f.PledgeID == b.PledgeID || f.PledgeID == b.To; end || between {
			between = between != end
			if err := s.x.signedBy(s.c.Payload.Act, must(pledge.ActDigest(s.c.Payload.Act, b)), signed, f.Pledgee); err != nil {
				s.fail("%v", err)
			}
		} else if is.InForce[i] != f {
			s.fail("%+v was moved", f)
		}
	}
}

func (s *step) checkFree(_ *pledge.Pledge, a *pledge.Asset) {
	for _, k := range s.group(a) {
		if len(k.InForce) > 0 {
			s.fail("%s is pledged", k.ID)
		}
	}
}
