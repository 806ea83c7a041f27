package actors

import (
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// Found is what a custodian's preflight gives when it finds these, sorted.
func Found(findings ...string) pledge.Examined {
	score := 9990
	return pledge.Examined{Ruleset: Digest("ruleset"), Consent: Digest("consent report"), Exclusion: Digest("exclusion"), Quality: Digest("quality"),
		Scores: pledge.Scores{Completeness: &score}, Findings: findings, Sketch: Digest("sketch")}
}

// Answered is the declaration that goes with it: the same reports and scores,
// and the owner's key answers for every finding.
func (c *Cast) Answered(by *Actor, found pledge.Examined) pledge.Declaration {
	d := c.Declaration(by)
	d.Consent.Report, d.Exclusion.Report = found.Consent, found.Exclusion
	d.Quality = pledge.Quality{Report: found.Quality, Scores: found.Scores}
	for _, f := range found.Findings {
		if strings.HasPrefix(f, "exclusion/") {
			d.Exclusion.Result = "fail"
		}
		d.Overrides = append(d.Overrides, pledge.Override{Finding: f, Reason: "公开的客服热线", Capacity: "数据安全负责人", SignedBy: by.KID()})
	}
	return d
}

// ExaminedBody is the notarization of a dataset in which the custodian found something.
func (c *Cast) ExaminedBody(owner *Actor, d Dataset, found pledge.Examined) pledge.NotarizeBody {
	b := c.NotarizeBody(owner, d)
	b.Declaration = c.Answered(owner, found)
	b.CustodyReceipt = c.Sign(c.Exchange, pledge.CustodyReceiptAct, pledge.ReceiptBody{Fingerprint: d.Fingerprint, Owner: owner.USCC,
		Files: len(d.Files), Size: d.Size, ManifestRoot: pledge.ManifestRoot(d.Files), Depth: "full", Preflight: &found})
	return b
}

// ScanFound is the IP centre's scan that found like content, with any result;
// the centre's own key stands in for it.
func (c *Cast) ScanFound(pledgeID, result string, overlaps ...pledge.ContentOverlap) string {
	b := pledge.ScanBody{PledgeID: pledgeID, Result: result, Report: Digest("scan"), Overlaps: overlaps}
	switch result {
	case pledge.ScanReviewed:
		b.ReviewedBy = c.IPCentre.KID()
	case pledge.ScanWaived:
		b.WaivedBy = c.IPCentre.KID()
	}
	return c.Sign(c.IPCentre, pledge.PledgeScan, b)
}
