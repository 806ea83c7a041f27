package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/cmd/datapledge/owner"
	"github.com/datapledge/datapledge/pledge"
)

// answerFlags are a person's word for findings.
type answerFlags struct {
	overrides []string
	signatory string
}

func (f *answerFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.overrides, "override", nil, "")
	c.Flags().StringVar(&f.signatory, "signatory", "", "")
}

// read gives the overrides, sorted by finding, with the key that they are signed with.
func (f answerFlags) read(kid string) ([]pledge.Override, error) {
	if (len(f.overrides) > 0) != (f.signatory != "") {
		return nil, usagef("-override and -signatory belong together: -signatory is the person who answers for the findings")
	}
	var out []pledge.Override
	for _, text := range f.overrides {
		id, reason, _ := strings.Cut(text, "=")
		if id = strings.TrimSpace(id); id == "" || strings.TrimSpace(reason) == "" {
			return nil, usagef("-override is FINDING=REASON, like %q, not %q", "exclusion/mobile-phone/0123456789ab=numbers of offices", text)
		}
		if slices.ContainsFunc(out, func(o pledge.Override) bool { return o.Finding == id }) {
			return nil, usagef("-override names %s twice", id)
		}
		out = append(out, pledge.Override{Finding: id, Reason: strings.TrimSpace(reason), Name: f.signatory, SignedBy: kid})
	}
	slices.SortFunc(out, func(a, b pledge.Override) int { return strings.Compare(a.Finding, b.Finding) })
	return out, nil
}

// declare makes the declaration, or refuses: *finding when something has to be
// fixed first. A custodian that does not look takes the owner's own word.
func (n *notarize) declare() error {
	kid := n.client.Key().KID()
	overrides, err := n.answer.read(kid)
	if err != nil {
		return err
	}
	if !n.examines {
		return n.asStated(overrides)
	}
	if n.declared != nil {
		overrides = append(overrides, signed(n.declared.Overrides, kid)...)
	}
	if err := n.mayGo(overrides); err != nil {
		return err
	}
	return n.complete(overrides, kid)
}

// signed fills in who signs what a declaration made by hand leaves open.
func signed(list []pledge.Override, kid string) []pledge.Override {
	list = slices.Clone(list)
	for i := range list {
		if list[i].SignedBy == "" {
			list[i].SignedBy = kid
		}
	}
	return list
}

// asStated: nobody but the owner looks, so its declaration stands as it is.
func (n *notarize) asStated(overrides []pledge.Override) error {
	const why = "this custodian does not examine what it seals"
	switch {
	case n.declared == nil:
		return hintf(usagef("%s: -declaration is needed", why), "'datapledge dataset preflight -reports DIR' makes one; keep the reports")
	case len(overrides) > 0:
		return usagef("%s: there is no finding to override", why)
	}
	n.body.Declaration = *n.declared
	if n.body.Declaration.Exclusion.SignedBy == "" {
		n.body.Declaration.Exclusion.SignedBy = n.client.Key().KID()
	}
	return nil
}

// mayGo refuses a dataset with findings that nobody answers for.
func (n *notarize) mayGo(overrides []pledge.Override) error {
	open, more, err := n.found.Open(overrides)
	if unknown := (*owner.Unknown)(nil); errors.As(err, &unknown) {
		return hintf(usagef("-override: %v", unknown), "its findings: %s", orNone(n.found.Examined.Findings))
	}
	unsaid := n.found.Examined.Consent == "" && (n.declared == nil || n.declared.Consent.Basis == "" || len(n.declared.Consent.Documents) == 0)
	if err != nil || len(open)+more == 0 && !unsaid {
		return err
	}
	p := n.found.Preflight
	n.app.emit(p, func(w io.Writer) { p.Summary(w, n.lang) })
	if unsaid {
		return hintf(&finding{exitFindings, "nothing says on what the right to the data rests; nothing was uploaded"},
			"-consent FILE lists the documents; 'datapledge dataset preflight -help' shows such a file")
	}
	if more > 0 {
		return &finding{exitFindings, fmt.Sprintf("there are %d findings more than anybody can answer for; nothing was uploaded", more)}
	}
	return hintf(&finding{exitFindings, fmt.Sprintf("%d finding(s) stand in the way; nothing was uploaded", len(open))},
		"fix the data and run the same again; or a person answers for each: -override '%s=REASON' -signatory NAME", open[0])
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func (n *notarize) complete(overrides []pledge.Override, kid string) (err error) {
	if n.declared == nil {
		n.body.Declaration, err = n.found.Declare(kid, overrides)
		return err
	}
	d := *n.declared
	d.Overrides = overrides
	n.body.Declaration, err = n.found.Complete(d, kid)
	if differs := (*owner.Disagreement)(nil); errors.As(err, &differs) {
		return hintf(usagef("%s: %v", n.declaration, differs), "'datapledge dataset preflight DIR -reports REPORTS', with the same -consent and -expect as here, "+
			"makes a declaration of the data as they are now; with -consent none is needed")
	}
	return err
}

// agreed holds what the custodian found to what was found here.
func (n *notarize) agreed(theirs *pledge.Examined) error {
	switch {
	case theirs == nil && !n.examines:
		return nil
	case theirs == nil && n.declared != nil && n.resumed:
		n.examines = false // only now it is known
		return n.asStated(n.body.Declaration.Overrides)
	case theirs == nil:
		return errors.New("the custodian did not examine what it sealed: nothing was signed")
	}
	if err := n.found.Agree(*theirs); err != nil {
		return hintf(fmt.Errorf("%w: nothing was signed", err), "is this program of the same version as the custodian's? 'datapledge version' tells")
	}
	return nil
}

// answeredFor tells who answers for how much.
func answeredFor(list []pledge.Override) string {
	if len(list) == 0 {
		return ""
	}
	return fmt.Sprintf("; %s answers for %d finding(s)", list[0].Name, len(list))
}
