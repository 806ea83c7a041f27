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
	capacity  string
}

func (f *answerFlags) add(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.overrides, "override", nil, "")
	c.Flags().StringVar(&f.capacity, "capacity", "", "")
}

// read gives the overrides, sorted by finding, with the key that they are signed with.
func (f answerFlags) read(kid string) ([]pledge.Override, error) {
	if (len(f.overrides) > 0) != (f.capacity != "") {
		return nil, usagef("-override and -capacity belong together: -capacity is the office in which you answer for the findings")
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
		out = append(out, pledge.Override{Finding: id, Reason: strings.TrimSpace(reason), Capacity: f.capacity, SignedBy: kid})
	}
	slices.SortFunc(out, func(a, b pledge.Override) int { return strings.Compare(a.Finding, b.Finding) })
	return out, nil
}

// declare makes the declaration, or refuses: *finding when something has to be
// fixed first. A custodian that does not look takes the owner's own word.
func (n *notarize) declare() error {
	kid, overrides := n.client.Key().KID(), n.words
	if !n.examines {
		return n.asStated()
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
func (n *notarize) asStated() error {
	const why = "this custodian does not examine what it seals"
	switch {
	case n.declared == nil:
		return hintf(usagef("%s: -declaration is needed", why), "'datapledge dataset preflight -reports DIR' makes one; keep the reports")
	case len(n.words)+len(n.declared.Overrides) > 0:
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
	unknown := (*owner.Unknown)(nil)
	switch {
	case errors.As(err, &unknown):
		return hintf(usagef("-override: %v", unknown), "its findings: %s", orNone(n.found.Examined.Findings))
	case err != nil:
		return err
	case !n.consented():
		return n.refuse("nothing says on what the right to the data rests", "-consent FILE lists the documents; 'datapledge dataset preflight -help' shows such a file")
	case more > 0:
		return n.refuse(fmt.Sprintf("there are %d findings more than anybody can answer for", more), "fix the data and run the same again")
	case len(open) > 0:
		return n.refuse(fmt.Sprintf("%d finding(s) stand in the way", len(open)),
			"fix the data and run the same again; or a person answers for each: -override '"+open[0]+"=REASON' -capacity OFFICE")
	}
	return nil
}

// consented: there is something on consent for the ledger to refer to.
func (n *notarize) consented() bool {
	if n.found.Examined.Consent != "" || n.declared == nil {
		return n.found.Examined.Consent != ""
	}
	return n.declared.Consent.Basis != "" && len(n.declared.Consent.Documents) > 0
}

// refuse shows what is to be fixed.
func (n *notarize) refuse(why, hint string) error {
	p := n.found.Preflight
	n.app.emit(p, func(w io.Writer) { p.Summary(w, n.lang) })
	return hintf(&finding{exitFindings, why + "; nothing was uploaded"}, "%s", hint)
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
		return n.asStated()
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
	return fmt.Sprintf("; %s answers for %d finding(s)", list[0].Capacity, len(list))
}
