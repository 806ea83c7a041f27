package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const objectionHelp = `usage: datapledge objection file|notify|lodge|decide|expire RECORD [flags]

An objection 异议 against an asset or a pledge, by any enrolled party. Its clocks:
the other side is notified within 7 days, a court case lodged within 30, or
it expires. While it is open most acts are refused; default is not.

  file RECORD -ground GROUND -evidence DOC [-detail TEXT]
         GROUND: OWNERSHIP, FORGERY, DUPLICATE, CONSENT, AMOUNT, RELEASE, OTHER
  notify RECORD -notice DOC
  lodge  RECORD -court NAME -case-number NUMBER -proof DOC
  decide RECORD -ruling UPHELD|DISMISSED -number NUMBER -document DOC [-o FILE]
         by a court; or the IP centre with the objector and those against whom
         it is raised, who all sign the same ('datapledge agree -help')
  expire RECORD
         anybody, once its clocks have run out

  -objection ID   which one, ob_…; not needed when only one is open
  -draft          with -o: only write FILE, sign nothing

An objection that is upheld ends the record. DOC is a file, whose SHA-256 is
taken, or sha256:….

EXAMPLE
  datapledge objection file pl_… -ground FORGERY -evidence report.pdf -key twin.jwk
  datapledge objection notify pl_… -objection ob_… -notice letter.pdf -key twin.jwk
` + exitCommon

func (a *app) objectionCommand() *cobra.Command {
	return a.group("objection", objectionHelp, a.objectionFileCommand(), a.objectionNotifyCommand(), a.objectionLodgeCommand(),
		a.objectionDecideCommand(), a.objectionExpireCommand())
}

func (a *app) objectionFileCommand() *cobra.Command {
	b := &pledge.ObjectBody{}
	return a.deed(deed{use: "file RECORD", help: objectionHelp, needs: []string{"ground", "evidence"}, docs: []string{"evidence"}, told: a.toldObjection,
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Ground, "ground", "", "")
			f.StringVar(&b.Evidence, "evidence", "", "")
			f.StringVar(&b.Detail, "detail", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.RecordID = id
			return pledge.ObjectionFile, b, nil
		}})
}

// toldObjection tells the objector the id, without which nothing follows, and
// the clocks: the record itself may not be open to it.
func (a *app) toldObjection(out pledge.Outcome) {
	list := objectionsOf(out.Record)
	if len(list) == 0 {
		return
	}
	o := list[len(list)-1]
	fmt.Fprintf(a.stdout, "objection:   %s\nnotify by:   %s\nlodge by:    %s\n", o.ID, at(o.NotifyBy), at(o.LodgeBy))
	fmt.Fprintf(a.stdout, "next:        datapledge objection notify %s -objection %s -notice DOC\n", out.RecordID, o.ID)
}

func objectionsOf(record json.RawMessage) []pledge.Objection {
	var r struct {
		Objections []pledge.Objection `json:"objections"`
	}
	_ = json.Unmarshal(record, &r)
	return r.Objections
}

// objectionTo is the objection that a command means: the one that it names,
// or the only one that is not over.
func objectionTo(ctx context.Context, c *client.Client, record, id string) (string, error) {
	if id != "" {
		return id, nil
	}
	raw, err := recordOf(ctx, c, record)
	if errors.Is(err, pledge.WrongRole) {
		return "", hintf(err, "name it: -objection ob_…, as 'objection file' printed it")
	}
	if err != nil {
		return "", err
	}
	var open []string
	for _, o := range objectionsOf(raw) {
		if o.State == pledge.ObjectionOpenState || o.State == pledge.InCourt {
			open = append(open, o.ID)
		}
	}
	switch len(open) {
	case 1:
		return open[0], nil
	case 0:
		return "", pledge.Errorf(pledge.NotFound, "no objection to %s is open", record)
	}
	return "", usagef("%d objections to %s are open: name one with -objection: %v", len(open), record, open)
}

// against makes a command about one objection to a record.
func (a *app) against(d deed, act pledge.Act, fill func(record, objection string) any) *cobra.Command {
	var which string
	more := d.flags
	d.help = objectionHelp
	d.flags = func(f *pflag.FlagSet) {
		f.StringVar(&which, "objection", "", "")
		if more != nil {
			more(f)
		}
	}
	d.body = func(ctx context.Context, c *client.Client, id string) (pledge.Act, any, error) {
		o, err := objectionTo(ctx, c, id, which)
		return act, fill(id, o), err
	}
	return a.deed(d)
}

func (a *app) objectionNotifyCommand() *cobra.Command {
	b := &pledge.NotifyBody{}
	return a.against(deed{use: "notify RECORD", needs: []string{"notice"}, docs: []string{"notice"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&b.Notice, "notice", "", "") }}, pledge.ObjectionNotify,
		func(record, o string) any { b.RecordID, b.ObjectionID = record, o; return b })
}

func (a *app) objectionLodgeCommand() *cobra.Command {
	b := &pledge.LodgeBody{}
	return a.against(deed{use: "lodge RECORD", needs: []string{"court", "case-number", "proof"}, docs: []string{"proof"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Court, "court", "", "")
			f.StringVar(&b.CaseNumber, "case-number", "", "")
			f.StringVar(&b.Proof, "proof", "", "")
		}}, pledge.ObjectionLodge, func(record, o string) any { b.RecordID, b.ObjectionID = record, o; return b })
}

func (a *app) objectionDecideCommand() *cobra.Command {
	b := &pledge.DecideBody{}
	return a.against(deed{use: "decide RECORD", joint: true, needs: []string{"ruling", "number", "document"}, docs: []string{"document"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Ruling, "ruling", "", "")
			f.StringVar(&b.Number, "number", "", "")
			f.StringVar(&b.Document, "document", "", "")
		}}, pledge.ObjectionDecide, func(record, o string) any { b.RecordID, b.ObjectionID = record, o; return b })
}

func (a *app) objectionExpireCommand() *cobra.Command {
	return a.against(deed{use: "expire RECORD"}, pledge.ObjectionExpire,
		func(record, o string) any { return &pledge.ExpireBody{RecordID: record, ObjectionID: o} })
}
