package owner

import (
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// Agree holds what the custodian found to what was found here: the owner signs
// for its own reports, not for the custodian's. The sketch is the custodian's
// alone: it is made with the channel's key. *Disagreement: it found other
// things.
func (f Found) Agree(theirs pledge.Examined) error {
	ours := f.Examined
	for _, c := range []struct{ what, theirs, ours string }{
		{"the rules for sensitive data", theirs.Ruleset, ours.Ruleset},
		{"the consent report", theirs.Consent, ours.Consent},
		{"the exclusion report", theirs.Exclusion, ours.Exclusion},
		{"the quality report", theirs.Quality, ours.Quality},
		{"the quality scores", scores(theirs.Scores), scores(ours.Scores)},
		{"the findings", strings.Join(theirs.Findings, " "), strings.Join(ours.Findings, " ")},
		{"the number of findings beyond those", fmt.Sprint(theirs.More), fmt.Sprint(ours.More)},
		{"the number of files that nobody looked inside", fmt.Sprint(theirs.Unread), fmt.Sprint(ours.Unread)},
	} {
		if c.theirs != c.ours {
			return &Disagreement{c.what + " of the custodian", c.theirs, c.ours}
		}
	}
	return nil
}
