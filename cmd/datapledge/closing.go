package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/acts"
	"github.com/datapledge/datapledge/service/client"
)

const closingHelp = `usage: datapledge closing open|show|sign|execute

A closing room 交割室: acts of several parties that take effect together, in
the agreed order, or not at all. One bank releases, another registers, and
neither can be left with half of it.

  open PLAN.json    show the plan to its parties; the room's name is its digest
  show CLOSING      who has signed, who has not
  sign CLOSING      sign the steps that are yours; the last signature applies all
  execute CLOSING   try again, when something stood in the way of the last one

The plan, with bodies as the acts want them (/docs explains each):

  {"title":"Refinancing","steps":[
    {"act":"pledge.release","by":"9133…",
     "body":{"pledge_id":"pl_a…","reason":"REPLACED"}},
    {"act":"pledge.register","by":"9133…",
     "body":{"pledge_id":"pl_b…","terms_digest":"sha256:…","expected_seq":2}}]}

Who has signed takes it back with 'datapledge command fence CMD'.

EXAMPLE
  datapledge closing sign sha256:… -key bank.jwk
` + exitCommon

func (a *app) closingCommand() *cobra.Command {
	return a.group("closing", closingHelp,
		a.command("open PLAN.json", closingHelp, 1, 1, func(ctx context.Context, args []string) error { return a.openClosing(ctx, args[0]) }),
		a.closingAct("show", (*client.Client).Closing), a.closingAct("execute", (*client.Client).ExecuteClosing),
		a.command("sign CLOSING", closingHelp, 1, 1, func(ctx context.Context, args []string) error { return a.signClosing(ctx, args[0]) }))
}

type closingCall func(*client.Client, context.Context, string) (client.Doc[service.Closing], error)

func (a *app) closingAct(name string, call closingCall) *cobra.Command {
	return a.command(name+" CLOSING", closingHelp, 1, 1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		r, err := call(c, ctx, args[0])
		return a.closing(r, err)
	})
}

func (a *app) openClosing(ctx context.Context, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return usagef("reading the plan: %v", err)
	}
	var plan service.ClosingPlan
	if err := pledge.StrictUnmarshal(text, &plan); err != nil {
		return usagef("%s is no plan: %v", path, err)
	}
	c, err := a.client()
	if err != nil {
		return err
	}
	r, err := c.OpenClosing(ctx, plan)
	return a.closing(r, err)
}

// signClosing shows all the steps before it signs: who signs one agrees to
// the whole.
func (a *app) signClosing(ctx context.Context, id string) error {
	c, err := a.client()
	if err != nil {
		return err
	}
	r, err := c.Closing(ctx, id)
	if err != nil {
		return err
	}
	steps, err := r.Value.Plan().Read()
	if err != nil {
		return err
	}
	if plan, err := pledge.PlanDigest(steps); err != nil || plan != id {
		return pledge.Errorf(pledge.TermsMismatch, "the service shows a plan with the digest %s, not %s", plan, id)
	}
	if !a.json {
		printClosing(a.stderr, r.Value)
	}
	mine := 0
	for i, s := range r.Value.Steps {
		if c.Key() == nil || s.By != c.Key().Party() || s.CommandID != "" && s.Void == "" {
			continue
		}
		mine++
		if r, err = c.SignStep(ctx, steps, i); err != nil {
			return err
		}
	}
	if mine == 0 {
		return pledge.Errorf(pledge.WrongRole, "no step of %s waits for your signature", id)
	}
	return a.closing(r, nil)
}

// closing prints a room. One that could not be applied is a refusal.
func (a *app) closing(r client.Doc[service.Closing], err error) error {
	if err != nil {
		return err
	}
	if o := r.Value.Outcome; o != nil && o.Status == pledge.Refused {
		return &refusedOutcome{pledge.Errorf(o.Code, "%s", o.Detail), *o}
	}
	a.emit(r, func(w io.Writer) { printClosing(w, r.Value) })
	return nil
}

func printClosing(w io.Writer, r service.Closing) {
	fmt.Fprintf(w, "%s\n  %s: %s\n", r.Closing, r.Title, r.State)
	for i, s := range r.Steps {
		_, name := acts.Name(string(s.Act))
		fmt.Fprintf(w, "  %d. %s (%s), by %s: %s\n     %s\n", i+1, name, s.Act, s.By, signedWord(s), s.Body)
	}
	if len(r.WaitsFor) > 0 {
		fmt.Fprintf(w, "  waits for: %s\n", strings.Join(r.WaitsFor, ", "))
	}
}

func signedWord(s service.SignedStep) string {
	switch {
	case s.CommandID == "":
		return "not signed"
	case s.Void != "":
		return "to be signed anew (" + s.Void + ")"
	}
	return "signed " + s.SignedAt
}
