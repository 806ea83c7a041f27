package pledge

import (
	"fmt"
	"slices"
	"strings"
)

// complete refuses a declaration that lacks something, or that says another
// thing than the custodian found. kid is the key that signs the command. The
// three principles are the data norm of the model case: informed consent
// 知情同意, sensitive-data exclusion 敏感数据排除, data quality 数据质量保证.
func (d Declaration) complete(found *Examined, kid string) error {
	if why := d.missing(found, kid); len(why) > 0 {
		return Errorf(DeclarationIncomplete, "the declaration is not complete: %s", strings.Join(why[:min(len(why), 3)], "; "))
	}
	return nil
}

// examined is what the custody receipt within a notarization tells of the
// data; nil when it tells nothing. Whether the receipt counts is another matter.
func (c *Command) examined() *Examined {
	if c.receipt == nil {
		return nil
	}
	return c.receipt.body.(*ReceiptBody).Preflight
}

// reasons why a declaration is not complete, each saying what to do, in the
// order of the declaration's members.
type reasons []string

func (r *reasons) need(ok bool, format string, args ...any) {
	if !ok {
		*r = append(*r, fmt.Sprintf(format, args...))
	}
}

func (d Declaration) missing(found *Examined, kid string) []string {
	var why reasons
	why.need(strings.TrimSpace(d.Consent.Basis) != "", "consent.basis says on what basis the data may be used")
	why.need(len(d.Consent.Documents) > 0, "consent.documents needs the digest of a document")
	if found == nil {
		why.unexamined(d)
	} else {
		why.examined(d, found, kid)
	}
	return why
}

// unexamined: the custodian did not look, so the owner's word stands alone.
func (r *reasons) unexamined(d Declaration) {
	r.need(d.Exclusion.Report != "", "exclusion.report needs the digest of the scan's report")
	r.need(d.Exclusion.Result == "pass", "exclusion.result must be pass")
	r.signatory(d)
	r.need(d.Quality.Report != "", "quality.report needs the digest of the quality report")
	r.need(len(d.Overrides) == 0, "overrides answer for the findings of a preflight, and the custody receipt has none: leave them out, or seal with preflight")
}

// signatory: principle 2 puts the burden on the holder, and a court will ask
// who signed.
func (r *reasons) signatory(d Declaration) {
	r.need(d.Exclusion.SignedBy != "", "exclusion.signed_by needs the key id of who answers for it")
}

// examined holds the owner's word to what the custodian found in the same bytes.
func (r *reasons) examined(d Declaration, found *Examined, kid string) {
	r.report("consent.report", d.Consent.Report, found.Consent)
	r.report("exclusion.report", d.Exclusion.Report, found.Exclusion)
	r.result(d.Exclusion.Result, found.Findings)
	r.signatory(d)
	r.report("quality.report", d.Quality.Report, found.Quality)
	r.scores(d.Quality.Scores, found.Scores)
	r.need(found.More == 0, "the custodian found %d findings beyond those that its receipt lists, and nobody can answer for them: mend the data and seal it again", found.More)
	r.unanswered(d.Overrides, found.Findings)
	r.overrides(d.Overrides, found.Findings, kid)
}

func (r *reasons) report(name, declared, found string) {
	const remedy = "declare what dataset preflight or the seal's answer gives"
	switch {
	case found == "":
		r.need(declared == "", "%s is %s, the custodian was given nothing to report on: leave it out, or seal again and give it", name, declared)
	case declared == "":
		r.need(false, "%s is missing, the custodian found %s: %s", name, found, remedy)
	default:
		r.need(declared == found, "%s is %s, the custodian found %s: %s", name, declared, found, remedy)
	}
}

// result: that a person answers for a finding does not make it go away.
func (r *reasons) result(declared string, findings []string) {
	i := slices.IndexFunc(findings, func(f string) bool { return strings.HasPrefix(f, "exclusion/") })
	if i < 0 {
		r.need(declared == "pass", "exclusion.result must be pass")
		return
	}
	r.need(declared == "fail", "exclusion.result must be fail, for the custodian found %s: an override answers for it and does not undo it", findings[i])
}

func (r *reasons) scores(declared, found Scores) {
	here, there := declared.list(), found.list()
	for i, name := range scoreNames {
		if a, b := spelled(here[i]), spelled(there[i]); a != b {
			r.need(false, "quality.scores.%s is %s, the custodian measured %s: declare what it measured", name, a, b)
			return
		}
	}
}

func spelled(score *int) string {
	if score == nil {
		return "null"
	}
	return fmt.Sprint(*score)
}

func (r *reasons) unanswered(overrides []Override, findings []string) {
	for _, f := range findings {
		answered := slices.ContainsFunc(overrides, func(o Override) bool { return o.Finding == f })
		r.need(answered, "the custodian found %s: mend the data and seal it again, or have a person answer for it in overrides", f)
	}
}

// overrides: the name on an override is worth as much as the signature under it.
func (r *reasons) overrides(list []Override, findings []string, kid string) {
	for _, o := range list {
		r.need(slices.Contains(findings, o.Finding), "overrides answers for %s, which the custodian did not find: leave it out", o.Finding)
		r.need(o.SignedBy == kid, "the override of %s is by the key %s, the command is signed by %s: who answers for a finding signs the command", o.Finding, o.SignedBy, kid)
	}
}
