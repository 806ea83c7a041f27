package pledge_test

import (
	"errors"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

var lienStates = []string{"ACTIVE", "DEFAULTED", "ENFORCING"}

// pledgeAlone is what a pledge's record must say whatever stands beside it.
func (x *explorer) pledgeAlone(p *pledge.Pledge) error {
	ended := slices.Contains(terminal, p.State)
	switch d := must(p.Terms.Digest()); {
	case d != p.TermsDigest:
		return errors.New("the digest is not that of the terms")
	case ended != (p.Ended != nil):
		return errors.New("ended without an end, or the other way round")
	case ended && len(p.Agreements) > 0:
		return errors.New("an act still waits for signatures after the end")
	case (p.Registered != nil) != (p.Seq > 0), slices.Contains(lienStates, p.State) && p.Registered == nil:
		return errors.New("a rank without a registration, or the other way round")
	case (p.State == "DEFAULTED" || p.State == "ENFORCING") != (p.Defaulted != nil) && !ended:
		return errors.New("a default that was not declared, or is not over")
	case len(p.Cured) > 0 && p.DefaultNotice != nil && p.DefaultNotice.At < p.Cured[len(p.Cured)-1].At:
		return errors.New("a notice outlives the cure (T14)")
	case p.KeyRelease != nil && p.Enforcement == nil:
		return errors.New("a key was released without enforcement (invariant 3)")
	case p.State == "REALIZED" && p.Realization == nil:
		return errors.New("realized without a distribution")
	}
	return errors.Join(x.twoSigned(p), x.settled(p), sumsUp(p), objectionsFit(p.Objection, p.Objections), x.waiting(p.Agreements))
}

// twoSigned: what is in force was signed by both sides, over one digest
// (LAW.md, invariant iv). The sides are those of then: see Assignments.
func (x *explorer) twoSigned(p *pledge.Pledge) error {
	if p.Registered == nil {
		return nil
	}
	pledgee, digest := p.Pledgee, p.TermsDigest
	if len(p.Assignments) > 0 {
		pledgee = p.Assignments[0].From
	}
	if len(p.Amendments) > 0 {
		digest = p.Amendments[0].Replaced
	}
	switch {
	case p.Accepted == nil || p.Proposed.By != p.Pledgor || p.Accepted.By != pledgee || p.Registered.By != pledgee || p.Pledgor == pledgee:
		return errors.New("not signed by both sides (invariant iv)")
	case !x.signedOver(p.Accepted.Command, digest), !x.signedOver(p.Registered.Command, digest):
		return errors.New("the sides signed other terms (invariant iv)")
	case p.Custody == nil:
		return errors.New("in force without custody")
	}
	return nil
}

// signedOver: the command states this terms_digest. What was signed before the
// configuration begins is believed.
func (x *explorer) signedOver(id, digest string) bool {
	c := x.m.signed[id]
	if c == nil {
		return x.m.before[id]
	}
	switch b := c.Body().(type) {
	case *pledge.AgreeBody:
		return b.TermsDigest == digest
	case *pledge.RegisterBody:
		return b.TermsDigest == digest
	}
	return false
}

// settled: each act of several bears exactly the signatures that it needs,
// all of them over its digest.
func (x *explorer) settled(p *pledge.Pledge) (err error) {
	for _, a := range p.Amendments {
		err = errors.Join(err, x.signedBy(a.Settled.Act, a.Digest, a.Signed))
	}
	for _, a := range p.Assignments {
		err = errors.Join(err, x.signedBy(a.Settled.Act, a.Digest, a.Signed, a.From, a.To))
	}
	for _, s := range p.SubordinatedTo {
		err = errors.Join(err, x.signedBy(s.Settled.Act, s.Digest, s.Signed))
	}
	if e := p.Enforcement; e != nil {
		err = errors.Join(err, x.signedBy(e.Settled.Act, e.Digest, e.Signed, p.Pledgee), x.titled(p))
	}
	if r := p.Realization; r != nil {
		err = errors.Join(err, x.signedBy(r.Settled.Act, r.Digest, r.Signed, p.Pledgee), x.withRole(r.Signed, pledge.RoleExchange, pledge.RoleCourt))
	}
	return err
}

// titled: beside the pledgee signed who gave the title.
func (x *explorer) titled(p *pledge.Pledge) error {
	signed := p.Enforcement.Signed
	switch p.Enforcement.Path {
	case pledge.SelfSaleClause:
		if !slices.Contains(p.Terms.Covenants, "self_sale") {
			return errors.New("a sale without a clause")
		}
		return nil
	case pledge.AgreedSale:
		return x.signedBy(pledge.PledgeEnforce, p.Enforcement.Digest, signed, p.Pledgor)
	case pledge.NotarialExecution:
		return x.withRole(signed, pledge.RoleNotary)
	}
	return x.withRole(signed, pledge.RoleCourt)
}

func (x *explorer) withRole(signed []pledge.Stamp, roles ...pledge.Role) error {
	for _, s := range signed {
		if slices.Contains(roles, x.m.partyOf(s.By).role) {
			return nil
		}
	}
	return fmt.Errorf("nobody of %v signed %v", roles, signed)
}

// signedBy: every stamp is of a command with the act and the digest, no party
// signed twice, and those named are among them.
func (x *explorer) signedBy(act pledge.Act, digest string, signed []pledge.Stamp, needed ...string) error {
	seen := map[string]bool{}
	for _, s := range signed {
		c := x.m.signed[s.Command]
		if x.m.before[s.Command] {
			seen[s.By] = true
			continue
		}
		if c == nil || c.Payload.By != s.By || seen[s.By] || c.Payload.Act != act || must(pledge.ActDigest(act, c.Body())) != digest {
			return fmt.Errorf("%s of %s is not signed as %+v says", act, digest, s)
		}
		seen[s.By] = true
	}
	for _, who := range needed {
		if !seen[who] {
			return fmt.Errorf("%s took effect without %s", act, who)
		}
	}
	return nil
}

func (x *explorer) waiting(list []pledge.Agreement) (err error) {
	for _, a := range list {
		err = errors.Join(err, x.signedBy(a.Act, a.Digest, a.Signed))
	}
	return err
}

// sumsUp is 民法典 438 once more, by hand.
func sumsUp(p *pledge.Pledge) error {
	r := p.Realization
	if r == nil {
		return nil
	}
	var all, paid, surplus int64
	for _, s := range r.Distribution {
		all += s.Amount
		switch s.Kind {
		case "PLEDGEE":
			paid += s.Amount
		case "SURPLUS":
			surplus += s.Amount
			if s.To != p.Pledgor {
				return errors.New("the surplus is not the pledgor's")
			}
		}
	}
	if all != r.Price.Amount || paid > r.Claim || paid > p.Terms.SecuredMax.Amount || paid+r.Shortfall != r.Claim || surplus > 0 && paid < min(r.Claim, p.Terms.SecuredMax.Amount) {
		return fmt.Errorf("the distribution %+v does not add up", r)
	}
	return nil
}

// objectionsFit: the word says whether one of the list still blocks.
func objectionsFit(word string, list []pledge.Objection) error {
	blocks := slices.ContainsFunc(list, func(o pledge.Objection) bool { return o.State == "OPEN" || o.State == "IN_COURT" })
	if blocks != (word == "OPEN" || word == "IN_COURT") {
		return fmt.Errorf("the objections are %+v, and the word for them %q", list, word)
	}
	return nil
}
