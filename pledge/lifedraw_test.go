package pledge_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"pgregory.net/rapid"
)

// bodyOf makes the body of an act for the records as they are: equal for all
// who sign it, as long as nothing happened in between.
func (h *lifetime) bodyOf(s *scene, act string) (name pledge.Act, body any, ok bool) {
	if !h.about(s, act) {
		return "", nil, false
	}
	if act == "add-version" {
		return pledge.AssetAddVersion, h.version(s), true
	}
	name, body = trials[act](s)
	switch b := body.(type) {
	case *pledge.ProposeBody:
		b.Terms, b.Pledgee = h.someTerms(rapid.SampledFrom([]string{"ranked", "ranked", "exclusive"}).Draw(h.r, "mode")), h.aBank().uscc
		b.Terms.Expires, b.Terms.Matures = h.now.AddDate(0, 6, 0).Format(time.DateOnly), h.now.AddDate(0, 4, 0).Format(time.DateOnly)
	case *pledge.ExtendBody:
		b.Expires = h.later(s.p.Terms.Expires)
		if b.Matures != "" {
			b.Matures = h.later(s.p.Terms.Matures)
		}
	case *pledge.AmendBody:
		b.Terms.SecuredMax.Amount += rapid.SampledFrom([]int64{-1, 0, 0, 2}).Draw(h.r, "secured") // one less, as it is, more
		b.TermsDigest = must(b.Terms.Digest())
	case *pledge.RealizeBody:
		b.Date, b.Distribution = "2026-11-23", h.distribution(s)
	case *pledge.KeyReleaseBody:
		b.Recipient = h.party(s.p.Pledgee).Recipient
	case *pledge.AgreeBody:
		h.consent(s, b)
	case *pledge.FreezeBody:
		b.Until = rapid.SampledFrom([]string{"", h.later(h.now.Format(time.DateOnly))}).Draw(h.r, "until")
		b.FileNo = fmt.Sprint(len(*s.orders()))
	case *pledge.UnfreezeBody:
		b.FileNo = fmt.Sprint(max(0, len(*s.orders())-1))
	case *pledge.CorrectBody:
		b.To = fmt.Sprint("name ", h.nonce)
	}
	return name, body, true
}

// about chooses the objection that the act is about, and says whether the
// records have what its body needs.
func (h *lifetime) about(s *scene, act string) bool {
	list := s.p.Objections
	if s.ofAsset {
		list = s.a.Objections
	}
	s.chosen = obID("a")
	if n := len(list); n > 0 {
		o := list[rapid.IntRange(0, n-1).Draw(h.r, "objection")]
		s.chosen = o.ID
		s.cast["objector"] = h.partyOf(o.By)
	}
	_, forAsset := assetTrials[act]
	_, forBoth := recordTrials[act]
	switch {
	case !forBoth && forAsset != s.ofAsset, act == "subordinate" && s.junior.PledgeID == "", act == "correct" && !s.ofAsset && s.p.Attestation == nil:
		return false
	}
	return true
}

func (h *lifetime) later(date string) string {
	t := must(time.Parse(time.DateOnly, date))
	return t.AddDate(0, 3, 0).Format(time.DateOnly)
}

// distribution pays everybody before with nothing.
func (h *lifetime) distribution(s *scene) []pledge.Share {
	list := []pledge.Share{{Kind: "PLEDGEE", To: s.p.Pledgee, Amount: 600}, {Kind: "SURPLUS", To: s.p.Pledgor, Amount: 300}}
	for _, f := range s.a.InForce {
		if f.PledgeID == s.p.ID {
			break
		}
		list = append(list, pledge.Share{Kind: "SENIOR", To: f.Pledgee, PledgeID: f.PledgeID})
	}
	return list
}

// consent is to the transfer that would be drawn next.
func (h *lifetime) consent(s *scene, b *pledge.AgreeBody) {
	if b.Act == "" {
		return
	}
	act := rapid.SampledFrom([]string{"transfer", "license"}).Draw(h.r, "to")
	t := h.scene(pledge.Pledge{AssetID: s.a.ID})
	name, body := trials[act](t)
	b.Act, b.Digest = name, must(pledge.ActDigest(name, body))
}

// version has one more file of the pool.
func (h *lifetime) version(s *scene) *pledge.VersionBody {
	old := h.files[s.a.ID]
	n := rapid.IntRange(0, 6).Draw(h.r, "next")
	for slices.ContainsFunc(old, func(f pledge.File) bool { return f.Path == fmt.Sprint("f", n) }) {
		n++
	}
	more := file(fmt.Sprint("f", n), fmt.Sprint("F", n), int64(60+n))
	files := append(slices.Clone(old), more)
	b := h.world.version(s.a.ID, []string{more.Path}, slices.Clone(files)...)
	b.CustodyReceipt = h.dataset(h.ownerOf(s.a.ID), "v", slices.Clone(files)...).CustodyReceipt
	h.grown[b.Fingerprint] = files
	return &b
}
