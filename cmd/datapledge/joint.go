package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datapledge/datapledge/cmd/datapledge/lifeline"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

// jointHelp is what every act of several sides says of how the others sign.
const jointHelp = `
Others sign the same: each signs an equal body, and the last signature takes
effect. What was signed first waits 30 days on the record.

  -o FILE   write act and body to FILE, which the other side gives to
            'datapledge agree FILE'; without it, it runs this same command
  -draft    with -o: only write FILE, sign nothing; so that somebody can
            consent to it first ('datapledge pledge consent -to-act FILE')
`

// jointFlags are for acts that several sign, and for those that somebody
// consents to first.
type jointFlags struct {
	out   string
	draft bool
}

func (j *jointFlags) add(f *pflag.FlagSet) {
	f.StringVar(&j.out, "o", "", "")
	f.StringVar(&j.out, "out", "", "")
	f.BoolVar(&j.draft, "draft", false, "")
}

// propose writes the body where it is asked for, signs it, and says for whom
// it waits and what they run.
func (a *app) propose(ctx context.Context, cl *client.Client, c *cobra.Command, id string, act pledge.Act, body any, j jointFlags) error {
	if j.draft && j.out == "" {
		return usagef("-draft writes a file: -o FILE names it")
	}
	p, err := newPaper(act, body)
	if err != nil {
		return err
	}
	if j.out != "" {
		if err := createText(j.out, p.text()); err != nil {
			return err
		}
	}
	if j.draft {
		a.emit(p, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %s of %s, digest %s; nothing is signed\n", j.out, act, id, p.Digest)
		})
		return nil
	}
	line := again(c, id)
	if j.out != "" {
		line = "datapledge agree " + quoted(j.out)
	}
	return a.signPaper(ctx, cl, p, line)
}

// signPaper signs, and tells what happens next.
func (a *app) signPaper(ctx context.Context, c *client.Client, p paper, line string) error {
	out, err := c.Act(ctx, p.Act, p.body)
	if err != nil {
		return consentHint(a.outcome(out, err), err, p)
	}
	if err := a.outcome(out, nil); err != nil || a.json {
		return err
	}
	people := a.people(ctx, c)
	if waits := waiting(out, p); waits != nil {
		fmt.Fprintf(a.stdout, "waits for:   %s\n", lifeline.Awaited(*waits, out.Record, p.body, people).EN)
		fmt.Fprintf(a.stdout, "they run:    %s -key THEIR.jwk\n", line)
		return nil
	}
	fmt.Fprintf(a.stdout, "agreed:      %s has taken effect\n", p.Act)
	return nil
}

// waiting is the agreement of the record that the signature went into, unless
// the act took effect.
func waiting(out pledge.Outcome, p paper) *pledge.Agreement {
	list := lifeline.Agreements(out.Record)
	i := slices.IndexFunc(list, func(a pledge.Agreement) bool { return a.Act == p.Act && a.Digest == p.Digest })
	if i < 0 {
		return nil
	}
	return &list[i]
}

// consentHint tells how a pledgee consents to what was refused for want of it.
func consentHint(shown, err error, p paper) error {
	e := (*pledge.Error)(nil)
	if !asRefusal(err, &e) || e.Code != pledge.ConsentMissing {
		return shown
	}
	name := strings.ReplaceAll(string(p.Act), ".", "-") + ".json"
	return hintf(shown, "write it with -o %s -draft and give it to the pledgee, who runs 'datapledge pledge consent PLEDGE -to-act %s'; then 'datapledge agree %s -first' signs it", name, name, name)
}
