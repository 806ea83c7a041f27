package pledge_test

import (
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
	"pgregory.net/rapid"
)

// history is a random run: what was applied when, and what came of it.
type history struct {
	*world
	r       *rapid.T
	steps   []applied
	assets  []string
	pledges []string
}

type applied struct {
	tx       pledge.Tx
	commands []*pledge.Command
	results  []pledge.Result
}

// draw makes a command that has a fair chance to be applied: the right party
// for the act, an existing record, the sequence of now.
func (h *history) draw() *pledge.Command {
	kinds := []string{"notarize", "repeat", "fence", "key"}
	if len(h.assets) > 0 {
		kinds = append(kinds, slices.Repeat([]string{"propose"}, 5)...)
		kinds = append(kinds, "notarize", "certificate")
	}
	if len(h.pledges) > 0 {
		kinds = append(kinds, slices.Repeat([]string{"forward"}, 60)...)
		kinds = append(kinds, slices.Repeat([]string{"accept", "custody", "register", "register", "register", "release", "demand", "force", "withdraw", "reject", "consent", "attest", "value", "scan", "file", "verify", "lapse"}, 2)...)
	}
	kind := rapid.SampledFrom(kinds).Draw(h.r, "kind")
	switch kind {
	case "notarize":
		return h.drawDataset()
	case "repeat":
		if c := h.earlier(); c != nil {
			return h.parse(c.JWS)
		}
		return h.drawDataset()
	case "fence":
		id := "cmd_" + sha("never seen")
		if c := h.earlier(); c != nil {
			id = c.ID
		}
		return h.command(h.anyone(), pledge.CommandFence, pledge.FenceBody{CommandID: id})
	case "key":
		return h.command(h.owner, pledge.PartyAddKey, pledge.AddKeyBody{Party: h.owner.uscc, Key: newActor(fmt.Sprint(rapid.IntRange(0, 5).Draw(h.r, "key")), "").grant()})
	case "propose":
		tm := terms(rapid.SampledFrom([]string{"exclusive", "ranked"}).Draw(h.r, "mode"), rapid.SampledFrom([][]string{{}, {"value"}, {"scan", "attest"}}).Draw(h.r, "checks")...)
		id := rapid.SampledFrom(h.assets).Draw(h.r, "asset")
		return h.command(h.ownerOf(id), pledge.PledgePropose, pledge.ProposeBody{AssetID: id, Pledgee: h.aBank().uscc, Terms: tm})
	case "certificate":
		return h.command(h.centre, pledge.AssetRecordCertificate, certificate(rapid.SampledFrom(h.assets).Draw(h.r, "asset"), rapid.SampledFrom([]string{"2027-12-01", "2029-01-01"}).Draw(h.r, "until")))
	}
	return h.drawStep(kind)
}

func (h *history) drawStep(kind string) *pledge.Command {
	p := h.pledge(rapid.SampledFrom(h.pledges[max(0, len(h.pledges)-6):]).Draw(h.r, "pledge"))
	if kind == "forward" {
		kind = h.nextFor(p)
	}
	act, body := attempts[kind](h.world, p)
	by := map[string]*actor{"accept": h.partyOf(p.Pledgee), "register": h.partyOf(p.Pledgee), "release": h.partyOf(p.Pledgee),
		"demand": h.partyOf(p.Pledgor), "withdraw": h.partyOf(p.Pledgor), "custody": h.exchange, "value": h.exchange, "attest": h.notary,
		"scan": h.centre, "reject": h.centre, "force": h.notary, "consent": h.aBank(),
		"file": h.partyOf(p.Pledgee), "verify": h.centre, "lapse": h.court}[kind]
	if f, ok := body.(pledge.PerfectBody); ok && kind == "file" {
		body = h.drawTerm(f)
	}
	if b, ok := body.(pledge.ScanBody); ok {
		body = h.drawScan(b, p.AssetID)
	}
	if rapid.IntRange(0, 9).Draw(h.r, "stray") == 0 {
		by = h.anyone()
	}
	return h.command(by, act, body)
}

// drawTerm makes registrations that are short, long, over, or dated back.
func (h *history) drawTerm(b pledge.PerfectBody) pledge.PerfectBody {
	days := rapid.SampledFrom([]int{-1, 1, 1, 9, 30, 400}).Draw(h.r, "term")
	b.RegisteredAt = h.now.AddDate(0, 0, -rapid.IntRange(2, 9).Draw(h.r, "registered")).Format("2006-01-02")
	b.TermEnd = h.now.AddDate(0, 0, days).Format("2006-01-02")
	return b
}

// drawScan makes a scan that finds some of the other assets, and has now and
// then the result that this asks for.
func (h *history) drawScan(b pledge.ScanBody, asset string) pledge.ScanBody {
	for _, id := range h.assets {
		if id != asset && rapid.Bool().Draw(h.r, "found") {
			share := rapid.SampledFrom([]int{0, 2999, 3000, 8000, 8001, 10000}).Draw(h.r, "share")
			b.Overlaps = append(b.Overlaps, pledge.ContentOverlap{AssetID: id, Share: share, OtherShare: share / 3})
		}
	}
	return as(b, rapid.SampledFrom([]string{"clean", "clean", "reviewed", "waived"}).Draw(h.r, "result"), h.centre)
}

// nextFor is what usually happens to a pledge next.
func (h *history) nextFor(p pledge.Pledge) string {
	switch {
	case p.State == "PROPOSED":
		return "accept"
	case p.State == "ACTIVE" && p.ReleaseDemand == nil:
		return rapid.SampledFrom([]string{"release", "demand", "custody", "file", "file", "verify", "verify", "lapse"}).Draw(h.r, "next")
	case p.State == "ACTIVE":
		return "force"
	case p.Custody == nil || p.Custody.At < h.now.AddDate(0, 0, -1).Format("2006-01-02T15:04:05.000Z"):
		return "custody"
	}
	switch {
	case p.Attestation == nil && slices.Contains(p.Terms.Checks, "attest"):
		return "attest"
	case p.Valuation == nil && slices.Contains(p.Terms.Checks, "value"):
		return "value"
	case (p.Scan == nil || p.Scan.At < p.Custody.At) && slices.Contains(p.Terms.Checks, "scan"):
		return "scan"
	case p.Terms.Mode == "ranked" && len(p.Consents) == 0:
		return rapid.SampledFrom([]string{"consent", "register"}).Draw(h.r, "next")
	}
	return "register"
}

// drawDataset takes a few files from a small pool, so that datasets overlap.
func (h *history) drawDataset() *pledge.Command {
	pool := []pledge.File{file("a", "A", 100), file("b", "B", 90), file("c", "C", 60), file("d", "D", 10), file("e", "", 0), file("f", "F", 1000)}
	pick := rapid.SliceOfNDistinct(rapid.IntRange(0, len(pool)-1), 1, 4, rapid.ID).Draw(h.r, "files")
	var files []pledge.File
	for _, i := range pick {
		files = append(files, pool[i])
	}
	by := h.owner
	if len(h.assets) > 1 && rapid.IntRange(0, 25).Draw(h.r, "other") == 25 {
		by = h.other
	}
	b := h.dataset(by, "x", files...)
	if rapid.Bool().Draw(h.r, "sm3") {
		h.addSM3(by, &b, sm3(b.Fingerprint), sm3(b.Fingerprint))
	}
	if rapid.Bool().Draw(h.r, "preflight") {
		b = h.drawPreflight(by, b)
	}
	return h.command(by, pledge.AssetNotarize, b)
}

// drawPreflight has the custodian find something, and now and then leaves a
// finding without an answer.
func (h *history) drawPreflight(by *actor, b pledge.NotarizeBody) pledge.NotarizeBody {
	e := found(rapid.SampledFrom([][]string{nil, {gaps}, {lapsed, mobile, gaps}}).Draw(h.r, "findings")...)
	r := h.parse(b.CustodyReceipt).Body().(*pledge.ReceiptBody)
	r.Preflight = &e
	b.CustodyReceipt, b.Declaration = h.sign(h.exchange, pledge.CustodyReceiptAct, r), answers(e, by)
	if n := len(b.Declaration.Overrides); n > 0 && rapid.IntRange(0, 9).Draw(h.r, "unanswered") == 0 {
		b.Declaration.Overrides = b.Declaration.Overrides[:n-1]
	}
	return b
}

func (h *history) earlier() *pledge.Command {
	if len(h.steps) == 0 {
		return nil
	}
	return rapid.SampledFrom(rapid.SampledFrom(h.steps).Draw(h.r, "step").commands).Draw(h.r, "command")
}

func (h *history) anyone() *actor { return rapid.SampledFrom(h.actors()).Draw(h.r, "anyone") }
func (h *history) aBank() *actor {
	return rapid.SampledFrom([]*actor{h.bank, h.bank2}).Draw(h.r, "bank")
}
func (h *history) ownerOf(asset string) *actor { return h.partyOf(h.asset(asset).Owner) }
func (h *history) partyOf(id string) *actor {
	for _, a := range h.actors() {
		if a.uscc == id {
			return a
		}
	}
	h.t.Fatalf("nobody is %s", id)
	return nil
}
