package lifeline

import (
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// AssetFacts are what there is to know of an asset as it stood at a height of
// the ledger. Size and shares are shown by size, which writes bytes for people.
func AssetFacts(a pledge.Asset, height uint64, size func(int64) string, people People) []Line {
	l := &line{a: a, people: people}
	out := []Line{{say("head.id"), verbatim(a.ID)}, {say("head.name"), verbatim(a.Name)}, {say("head.status"), say("asset.status", code("status", a.Status), at(a.Notarized.At))},
		{say("head.owner"), l.party(a.Owner)}, {say("head.fingerprint"), verbatim(a.Fingerprint)}, {say("head.content"), say("asset.content", a.Files, size(a.Size))}}
	if a.SM3Fingerprint != "" {
		out = append(out, Line{verbatim("SM3"), verbatim(a.SM3Fingerprint)})
	}
	out = append(out, Line{say("head.source"), say("asset.source", code("source", a.Source), orDash(a.UpdatePeriod))})
	if a.Scenario != "" {
		out = append(out, Line{say("head.scenario"), verbatim(a.Scenario)})
	}
	out = append(out, l.examined()...)
	if c := a.Certificate; c != nil {
		out = append(out, Line{say("head.certificate"), say("asset.certificate", c.Number, c.Registrar, until(c.Expires))})
	}
	out = append(out, l.liens()...)
	out = append(out, OfAsset(a, people)...)
	for _, o := range a.Overlaps {
		out = append(out, Line{say("head.overlap"), say("asset.overlap", size(o.Shared), o.AssetID)})
	}
	return append(out, Line{say("head.sequence"), say("asset.sequence", a.Seq, height)})
}

// examined tells whose word the declaration is, and what a person answers for.
func (l *line) examined() []Line {
	if l.a.Preflight == nil {
		return []Line{{say("head.preflight"), say("asset.not examined")}}
	}
	out := []Line{{say("head.preflight"), say("asset.examined", len(l.a.Preflight.Findings))}}
	for _, o := range l.a.Declaration.Overrides {
		out = append(out, Line{say("head.override"), say("asset.override", o.Finding, o.Capacity, o.Reason)})
	}
	return out
}

func (l *line) liens() (out []Line) {
	for i, f := range l.a.InForce {
		out = append(out, Line{say("head.pledged"), say("asset.pledged", f.PledgeID, l.party(f.Pledgee), i+1, code("mode", f.Mode), f.Seq)})
	}
	if len(l.a.DisputedWith) > 0 {
		out = append(out, Line{say("head.disputed"), verbatim(strings.Join(l.a.DisputedWith, ", "))})
	}
	return out
}

// StateWord is a state of a pledge with what it means.
func StateWord(state string) Text { return code("state", state) }
