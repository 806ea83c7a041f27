package service

import (
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// How a principle of the declaration stands.
const (
	PrinciplePassed     = "pass"       // the custodian found nothing that has to be fixed
	PrincipleOverridden = "overridden" // it did, and a person answers for each of it
	PrincipleDeclared   = "declared"   // nobody but the owner looked
)

// Declared is what an asset's declaration 数据规范声明 says, and whose word it is.
type Declared struct {
	pledge.Declaration
	// Examined: the custodian ran the same preflight on what it holds and came
	// to the same reports, by the rules with the digest Ruleset. Otherwise the
	// declaration is the owner's word only.
	Examined bool   `json:"examined"`
	Ruleset  string `json:"ruleset,omitempty"`
	// Unread is how many files are no tables: the preflight passes them, and
	// nobody looked inside.
	Unread     int         `json:"unread,omitempty"`
	Principles []Principle `json:"principles"` // consent, exclusion, quality
	// Overrides say who answers for which finding, and why.
	Overrides []Answered `json:"overrides"`
}

// Principle is one of the three 三原则 in an asset's declaration.
type Principle struct {
	Principle string `json:"principle"`
	Result    string `json:"result"`
	Findings  int    `json:"findings"`         // that a person answers for
	Report    string `json:"report,omitempty"` // digest; whoever has the data can make the report again
}

// Answered is an override with what its finding is called.
type Answered struct {
	pledge.Override
	Principle string `json:"principle"`
	Called    Text   `json:"called"`
}

// declared tells of an asset's declaration; names says what findings are called.
func declared(a *pledge.Asset, names func(string) Text) Declared {
	d := Declared{Declaration: a.Declaration, Overrides: answered(a, names)}
	if a.Preflight != nil {
		d.Examined, d.Ruleset, d.Unread = true, a.Preflight.Ruleset, a.Preflight.Unread
	}
	reports := []string{a.Declaration.Consent.Report, a.Declaration.Exclusion.Report, a.Declaration.Quality.Report}
	for i, name := range []string{"consent", "exclusion", "quality"} {
		d.Principles = append(d.Principles, principle(a, name, reports[i]))
	}
	return d
}

func principle(a *pledge.Asset, name, report string) Principle {
	p := Principle{Principle: name, Result: PrincipleDeclared, Report: report}
	if a.Preflight == nil {
		return p
	}
	for _, f := range a.Preflight.Findings {
		if strings.HasPrefix(f, name+"/") {
			p.Findings++
		}
	}
	switch {
	case p.Findings > 0:
		p.Result = PrincipleOverridden
	case report != "": // else the custodian was given nothing to look at
		p.Result = PrinciplePassed
	}
	return p
}

func answered(a *pledge.Asset, names func(string) Text) []Answered {
	list := []Answered{}
	for _, o := range a.Declaration.Overrides {
		principle, code := findingParts(o.Finding)
		called := verbatim(code)
		if names != nil {
			called = names(o.Finding)
		}
		list = append(list, Answered{o, principle, called})
	}
	return list
}

// findingParts are the principle and the code of a finding; its place is a
// hash and tells nothing.
func findingParts(finding string) (principle, code string) {
	principle, rest, _ := strings.Cut(finding, "/")
	code, _, _ = strings.Cut(rest, "/")
	return principle, code
}
