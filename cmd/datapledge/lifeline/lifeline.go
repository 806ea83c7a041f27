package lifeline

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/acts"
)

// Event is one committed command in the life of a pledge.
type Event struct {
	At        string     `json:"at"`
	CommandID string     `json:"command_id"`
	Block     uint64     `json:"block"`
	Act       pledge.Act `json:"act"`
	By        string     `json:"by"`
	Title     Text       `json:"title"`
	Who       Text       `json:"who"`
	Changes   []Text     `json:"changes"`
}

// Next is what may or must come now. Due is when its clock rings; empty: it
// has none.
type Next struct {
	Due  string `json:"due,omitempty"`
	Text Text   `json:"text"`
}

// Life is the life of a pledge as of now.
type Life struct {
	Head   []Line  `json:"head"`
	Events []Event `json:"timeline"`
	Next   []Next  `json:"next"`
}

// Line is one fact about a record.
type Line struct {
	Label Text `json:"label"`
	Value Text `json:"value"`
}

// line is the state of the telling: the pledge and its asset as they stood.
type line struct {
	p      pledge.Pledge
	a      pledge.Asset
	people People
}

// Of tells the life of a pledge from the revisions of its record and of its
// asset's, oldest first; those of the asset may be missing, then nothing is
// said of ranks in between.
func Of(history, asset []service.Revision, rank int, people People, now time.Time) (Life, error) {
	l := &line{people: people}
	var life Life
	for _, step := range merged(history, asset) {
		changes, err := l.step(step)
		if err != nil {
			return life, err
		}
		if len(changes) > 0 || step.pledge != nil {
			life.Events = append(life.Events, l.event(step.any(), changes))
		}
	}
	life.Head, life.Next = l.head(rank), l.next(now)
	return life, nil
}

// revisions are what one command made of the pledge and of the asset.
type revisions struct{ pledge, asset *service.Revision }

func (r revisions) any() service.Revision {
	if r.pledge != nil {
		return *r.pledge
	}
	return *r.asset
}

// merged puts both histories in the order of the ledger, one entry a command.
// What happened to the asset before the pledge was proposed is not of its life.
func merged(history, asset []service.Revision) []revisions {
	var list []revisions
	known := map[string]int{}
	for i := range history {
		known[history[i].CommandID] = len(list)
		list = append(list, revisions{pledge: &history[i]})
	}
	for i := range asset {
		if n, ok := known[asset[i].CommandID]; ok {
			list[n].asset = &asset[i]
			continue
		}
		list = append(list, revisions{asset: &asset[i]})
	}
	slices.SortStableFunc(list, func(x, y revisions) int { return inOrder(x.any().Position, y.any().Position) })
	return list
}

func inOrder(x, y pledge.Position) int {
	return cmp.Or(cmp.Compare(x.Block, y.Block), cmp.Compare(x.Tx, y.Tx), cmp.Compare(x.Index, y.Index))
}

// step moves on by a command and says what it changed.
func (l *line) step(r revisions) (changes []Text, err error) {
	was, wasAsset := l.p, l.a
	if r.pledge != nil {
		if l.p, err = pledge.DecodePledge(r.pledge.Record); err != nil {
			return nil, err
		}
	}
	if r.asset != nil {
		if l.a, err = pledge.DecodeAsset(r.asset.Record); err != nil {
			return nil, err
		}
	}
	if l.p.ID == "" {
		return nil, nil
	}
	if r.pledge != nil {
		changes = l.ofPledge(was)
	}
	if r.asset != nil {
		changes = append(changes, l.ofAsset(wasAsset)...)
	}
	return changes, nil
}

func (l *line) event(r service.Revision, changes []Text) Event {
	zh, en := acts.Name(string(r.Act))
	title := Text{ZH: zh, EN: en}
	if special := l.title(r.Act); special != (Text{}) {
		title = special
	}
	if l.waits(r.CommandID) {
		title = say("title.first", title)
	}
	return Event{At: r.At, CommandID: r.CommandID, Block: r.Position.Block, Act: r.Act, By: r.By, Title: title, Who: l.who(r.By), Changes: changes}
}

// waits says whether the command is a signature that others are awaited for.
func (l *line) waits(command string) bool {
	for _, a := range slices.Concat(l.p.Agreements, l.a.Agreements) {
		if slices.ContainsFunc(a.Signed, func(s pledge.Stamp) bool { return s.Command == command }) {
			return true
		}
	}
	return false
}

// title tells apart what is one act to the ledger and different steps to
// people.
func (l *line) title(a pledge.Act) Text {
	switch {
	case a == pledge.PledgeDefault && l.p.State == pledge.Active:
		return say("title.notice")
	case a == pledge.PledgeRelease && l.p.Ended == nil:
		return say("title.demand")
	case a == pledge.PledgeRelease && l.p.Ended.Reason == pledge.Forced:
		return say("title.forced")
	case a == pledge.PledgeConsent && len(l.p.Consented) > 0:
		return say("title.consent")
	case a == pledge.PledgePerfect && l.p.Perfection.State != pledge.PerfectionNone:
		return say("title.perfect." + l.p.Perfection.State)
	}
	return Text{}
}

// Agreements are the acts of a record that wait for signatures.
func Agreements(record json.RawMessage) []pledge.Agreement {
	var r struct {
		Agreements []pledge.Agreement `json:"agreements"`
	}
	_ = json.Unmarshal(record, &r) // a record without them has none
	return r.Agreements
}

func short(digest string) string {
	hex, ok := strings.CutPrefix(digest, "sha256:")
	if !ok || len(hex) < 12 {
		return digest
	}
	return "sha256:" + hex[:12] + "…"
}
