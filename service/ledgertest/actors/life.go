package actors

import (
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// Part is a command of a closing: who signs which act. Body is one of the
// Body types, by pointer.
type Part struct {
	By   *Actor
	Act  pledge.Act
	Body any
}

// Closing puts the parts together and has the exchange send them.
func (c *Cast) Closing(parts ...Part) string {
	return c.Sign(c.Exchange, pledge.ClosingExecute, pledge.ClosingBody{Commands: c.Parts(parts...)})
}

// Parts signs the commands of one plan.
func (c *Cast) Parts(parts ...Part) []string {
	steps := make([]pledge.Step, len(parts))
	for i, p := range parts {
		steps[i] = pledge.Step{Act: p.Act, By: p.By.USCC, Body: p.Body}
	}
	plan, err := pledge.PlanDigest(steps)
	if err != nil {
		panic(err) // bodies are structs of this module
	}
	list := make([]string, len(parts))
	for i, p := range parts {
		payload := c.Payload(p.By, p.Act, p.Body)
		payload.Closing = plan
		list[i] = p.By.Sign(payload)
	}
	return list
}

// Amendment changes the terms t of a pledge; both sides sign it.
func (c *Cast) Amendment(pledgeID string, t pledge.Terms, change func(*pledge.Terms)) (pledge.AmendBody, pledge.Terms) {
	next := t
	change(&next)
	return pledge.AmendBody{PledgeID: pledgeID, Replaces: termsDigest(t), Terms: next, TermsDigest: termsDigest(next)}, next
}

// AddedVersion is what an owner signs when next, which has all files of was,
// becomes the content of an asset.
func (c *Cast) AddedVersion(owner *Actor, assetID string, was, next Dataset) pledge.VersionBody {
	b := pledge.VersionBody{AssetID: assetID, Base: was.Fingerprint, Fingerprint: next.Fingerprint, Files: next.Files,
		Declaration: c.Declaration(owner), CustodyReceipt: c.Receipt(owner, next)}
	for _, f := range next.Files {
		if !slices.Contains(was.Files, f) {
			b.Added = append(b.Added, f.Path)
		}
	}
	return b
}

// ConsentTo is a pledgee's word to an act about its asset.
func (c *Cast) ConsentTo(pledgee *Actor, pledgeID string, t pledge.Terms, act pledge.Act, body any) string {
	digest, err := pledge.ActDigest(act, body)
	if err != nil {
		panic(err) // bodies are structs of this module
	}
	return c.Sign(pledgee, pledge.PledgeConsent, pledge.AgreeBody{PledgeID: pledgeID, TermsDigest: termsDigest(t), Act: act, Digest: digest})
}
