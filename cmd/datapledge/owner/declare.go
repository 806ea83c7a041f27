package owner

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/datapledge/datapledge/pledge"
)

// Unknown is an override of what nobody found.
type Unknown struct{ Finding string }

func (u *Unknown) Error() string { return u.Finding + " is no finding of this dataset" }

// Open are the findings that nobody answers for, and how many more there are
// than a custodian lists, which nobody can answer for. *Unknown: an override is
// of something else.
func (f Found) Open(overrides []pledge.Override) (open []string, more int, err error) {
	answered := map[string]bool{}
	for _, o := range overrides {
		if !slices.Contains(f.Examined.Findings, o.Finding) {
			return nil, 0, &Unknown{o.Finding}
		}
		answered[o.Finding] = true
	}
	for _, id := range f.Examined.Findings {
		if !answered[id] {
			open = append(open, id)
		}
	}
	return open, f.Examined.More, nil
}

// Declare makes the statement of the three principles from what was found. The
// key is that of the person who answers for it.
func (f Found) Declare(kid string, overrides []pledge.Override) (pledge.Declaration, error) {
	d, err := f.Preflight.Declaration()
	d.Exclusion.SignedBy, d.Overrides = kid, overrides
	return d, err
}

// Disagreement: a statement says something else than was found here.
type Disagreement struct{ What, Said, Here string }

func (d *Disagreement) Error() string {
	return fmt.Sprintf("%s: stated is %s, found here is %s", d.What, shown(d.Said), shown(d.Here))
}

func shown(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// Complete fills in what a declaration leaves out. What it says must be what
// was found: *Disagreement. Without a consent file the basis and the documents
// are its own.
func (f Found) Complete(d pledge.Declaration, kid string) (pledge.Declaration, error) {
	made, err := f.Declare(kid, d.Overrides)
	if err != nil {
		return d, err
	}
	if f.Examined.Consent == "" {
		made.Consent.Basis, made.Consent.Documents = d.Consent.Basis, d.Consent.Documents
	}
	if d.Exclusion.SignedBy != "" {
		made.Exclusion.SignedBy = d.Exclusion.SignedBy
	}
	for _, c := range []struct{ what, said, here string }{
		{"consent.basis", d.Consent.Basis, made.Consent.Basis},
		{"consent.documents", list(d.Consent.Documents), list(made.Consent.Documents)},
		{"consent.report", d.Consent.Report, made.Consent.Report},
		{"exclusion.report", d.Exclusion.Report, made.Exclusion.Report},
		{"exclusion.result", d.Exclusion.Result, made.Exclusion.Result},
		{"quality.report", d.Quality.Report, made.Quality.Report},
		{"quality.scores", scores(d.Quality.Scores), scores(made.Quality.Scores)},
	} {
		if c.said != "" && c.said != c.here {
			return d, &Disagreement{c.what, c.said, c.here}
		}
	}
	return made, nil
}

func list(digests []string) string {
	if len(digests) == 0 {
		return ""
	}
	return fmt.Sprint(digests)
}

// scores are empty where none was stated.
func scores(s pledge.Scores) string {
	if s == (pledge.Scores{}) {
		return ""
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err.Error() // numbers always encode
	}
	return string(text)
}
