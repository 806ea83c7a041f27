package main

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const pledgeDefaultHelp = `usage: datapledge pledge default PLEDGE -reason REASON -notice DOC
       datapledge pledge default PLEDGE -step declare

Default 违约, in two steps by the pledgee. First a notice to the pledgor: the
grace of the terms runs from it, 10 days when they name none. When it is over
the pledgee declares the default. Ownership does not move (民法典 428).

  -step STEP      notice (default) or declare
  -reason REASON  NONPAYMENT, COVENANT, TAMPER, LTV, INSOLVENCY or OTHER
  -notice DOC     the notice as it was sent: a file, whose SHA-256 is taken, or sha256:…

EXAMPLE
  datapledge pledge default pl_… -reason NONPAYMENT -notice notice.pdf -key bank.jwk
  datapledge pledge default pl_… -step declare -key bank.jwk
` + exitCommon

const pledgeCureHelp = `usage: datapledge pledge cure PLEDGE -proof DOC

The pledgee confirms that the default is put right 补正: the pledge is in force
as before. DOC is a file, whose SHA-256 is taken, or sha256:….

EXAMPLE
  datapledge pledge cure pl_… -proof receipt.pdf -key bank.jwk
` + exitCommon

const pledgeLapseHelp = `usage: datapledge pledge lapse PLEDGE

Records that a pledge expired 失效. Anybody may, once its end has passed and it
was not extended. The record stays searchable.

EXAMPLE
  datapledge pledge lapse pl_… -key acme.jwk
` + exitCommon

const pledgeAlertHelp = `usage: datapledge pledge alert PLEDGE -kind KIND [-evidence DOC] [-detail TEXT]

Records that something is wrong with what secures the debt 警报.

  -kind KIND      TAMPER: a custody check failed; by the custodian
                  LTV_BREACH: the value fell (民法典 433); by an exchange
                  MISSED_CHECK: no custody check for 30 days; by anybody
                  OVERDUE_UPDATE: no version in the promised time; by anybody
  -evidence DOC   of the first two: a file, whose SHA-256 is taken, or sha256:…
  -detail TEXT    in words

EXAMPLE
  datapledge pledge alert pl_… -kind LTV_BREACH -evidence valuation.pdf -key exchange.jwk
` + exitCommon

func (a *app) pledgeDefaultCommand() *cobra.Command {
	b := &pledge.DefaultBody{}
	return a.deed(deed{use: "default PLEDGE", help: pledgeDefaultHelp, docs: []string{"notice"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Step, "step", pledge.StepNotice, "")
			f.StringVar(&b.Reason, "reason", "", "")
			f.StringVar(&b.Notice, "notice", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.PledgeID = id
			if b.Step == pledge.StepNotice && (b.Reason == "" || b.Notice == "") {
				return "", nil, usagef("a notice of default needs -reason and -notice; when its grace is over, -step declare")
			}
			return pledge.PledgeDefault, b, nil
		}})
}

func (a *app) pledgeCureCommand() *cobra.Command {
	b := &pledge.CureBody{}
	return a.deed(deed{use: "cure PLEDGE", help: pledgeCureHelp, needs: []string{"proof"}, docs: []string{"proof"},
		flags: func(f *pflag.FlagSet) { f.StringVar(&b.Proof, "proof", "", "") },
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.PledgeID = id
			return pledge.PledgeCure, b, nil
		}})
}

func (a *app) pledgeLapseCommand() *cobra.Command {
	return a.deed(deed{use: "lapse PLEDGE", help: pledgeLapseHelp,
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			return pledge.PledgeLapse, &pledge.LapseBody{PledgeID: id}, nil
		}})
}

func (a *app) pledgeAlertCommand() *cobra.Command {
	b := &pledge.AlertBody{}
	return a.deed(deed{use: "alert PLEDGE", help: pledgeAlertHelp, needs: []string{"kind"}, docs: []string{"evidence"},
		flags: func(f *pflag.FlagSet) {
			f.StringVar(&b.Kind, "kind", "", "")
			f.StringVar(&b.Evidence, "evidence", "", "")
			f.StringVar(&b.Detail, "detail", "", "")
		},
		body: func(_ context.Context, _ *client.Client, id string) (pledge.Act, any, error) {
			b.PledgeID = id
			return pledge.CustodyAlert, b, nil
		}})
}
