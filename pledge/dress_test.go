package pledge_test

import (
	"time"

	"github.com/datapledge/datapledge/pledge"
)

const dayLong = 24 * time.Hour

// dress gives the records what an act needs beside state and signer: clocks
// stand at the last moment that holds, one step off it when the scene says so.
func (s *scene) dress(act string) {
	s.perfectionFor(act)
	s.clocksFor(act)
	s.objectionFor(act)
	switch act {
	case "consent":
		s.p.Consents = nil
	case "unfreeze", "unfreeze-regulator":
		by := map[string]string{"unfreeze": "court", "unfreeze-regulator": "regulator"}[act]
		s.order(s.orders(), by, "to lift", "")
	case "keep", "give-way", "both":
		s.dispute()
	}
	s.p.TermsDigest = must(s.p.Terms.Digest())
}

// orders are those of the record that the scene is about.
func (s *scene) orders() *[]pledge.Order {
	if s.about() == s.a.ID {
		return &s.a.Frozen
	}
	return &s.p.Frozen
}

// about is the record that acts of objection and order name: the asset, where
// the pledge was left out of play.
func (s *scene) about() string {
	if s.ofAsset {
		return s.a.ID
	}
	return s.p.ID
}

func (s *scene) clocksFor(act string) {
	switch act {
	case "accept":
		s.p.OfferExpires = s.edge(0, late, -time.Millisecond).Format(form)
	case "register":
		s.p.Custody.At = s.edge(-dayLong, late, -time.Millisecond).Format(form)
	case "extend", "extend-debt":
		s.p.Terms.Matures = "2026-11-01"
		s.p.Terms.Expires = s.edge(180*dayLong, early, time.Second).Format(time.RFC3339)
		if s.clock == late {
			s.p.Terms.Expires = s.at(0)
		}
	case "declare":
		s.p.DefaultNotice = &pledge.DefaultNotice{Stamp: s.stamp("pledgee", -1), Reason: "NONPAYMENT", Notice: doc("n"),
			GraceEnds: s.edge(0, early, time.Millisecond).Format(form)}
	case "lapse":
		s.p.Terms.Matures = "2026-11-01"
		s.p.Terms.Expires = s.edge(0, early, time.Second).Format(time.RFC3339)
	case "force": // Monday to Monday
		s.p.ReleaseDemand = &pledge.Ending{Stamp: s.stamp("pledgor", 0), Reason: "DEMAND", Proof: doc("paid")}
		s.p.ReleaseDemand.At = s.edge(-7*dayLong, early, time.Millisecond).Format(form)
	case "alert-missed":
		s.p.Custody.At = s.edge(-30*dayLong-time.Millisecond, early, time.Millisecond).Format(form)
	case "alert-overdue":
		s.a.Notarized.At = s.edge(s.now.AddDate(0, -1, 0).Sub(s.now), early, time.Millisecond).Format(form)
	}
}

func (s *scene) perfectionFor(act string) {
	if s.perfect != "" || act != "verify" && act != "term-over" {
		return
	}
	s.perfected("FILED")
	f := s.p.Perfection.Filing
	if act == "term-over" {
		f.TermEnd = s.edge(0, early, time.Second).Format(time.RFC3339)
	} else if s.clock == late {
		f.TermEnd = s.at(0)
	}
}

func (s *scene) objectionFor(act string) {
	o := s.objection("a", "OPEN", s.cast["objector"])
	switch act {
	case "notify":
		o.NotifyBy = s.edge(0, late, -time.Millisecond).Format(form)
	case "lodge":
		o.Notified = &pledge.Proven{Stamp: s.stamp("objector", -1), Proof: doc("n")}
		o.LodgeBy = s.edge(0, late, -time.Millisecond).Format(form)
	case "over":
		o.NotifyBy = s.edge(-time.Millisecond, early, time.Millisecond).Format(form)
	case "uphold", "dismiss":
	default:
		return
	}
	if s.ofAsset {
		s.a.Objections = append([]pledge.Objection{o}, s.a.Objections...)
	} else {
		s.p.Objections = append([]pledge.Objection{o}, s.p.Objections...)
	}
	s.words()
}

// consent is the pledgee's, to the act that is tried.
func (s *scene) consent(act pledge.Act, body any) {
	if !s.consented {
		return
	}
	at := s.edge(-30*dayLong, late, -time.Millisecond)
	s.p.Consented = []pledge.Consented{{Stamp: pledge.Stamp{Command: "cmd_" + sha("c"), By: s.p.Pledgee, At: at.Format(form)}, Act: act, Digest: must(pledge.ActDigest(act, body))}}
}
