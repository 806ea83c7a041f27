package lifeline

import "github.com/datapledge/datapledge/pledge"

// NothingWaits says that no act of a record waits for signatures.
func NothingWaits() Text { return say("nothing waits") }

// Waiting says of an act that waits who signed, for whom, and until when.
func Waiting(a pledge.Agreement, awaited Text, people People) []Line {
	l := &line{people: people}
	var names []Text
	for _, s := range a.Signed {
		names = append(names, say("signed.one", l.party(s.By), at(s.At)))
	}
	return []Line{{say("waiting.signed"), joined(names, "list")}, {say("waiting.for"), awaited}, {say("waiting.until"), at(a.VoidFrom())}}
}
