package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

const rootHelp = `usage: datapledge COMMAND [arguments] [flags]

Notarize datasets, pledge them, and prove it. Flags stand before or after
the arguments, with one dash or two. New here? Try 'datapledge demo'.

  demo        the whole story on a shipped dataset, in a temporary folder
  serve       run the service

  key         new, show, jwt: the key that a party signs with
  party       enroll, add-key, revoke-key, show, list
  dataset     preflight, fingerprint, seal, open, sample: without any server
  asset       notarize, show, list, history, fetch, record-certificate, attest,
              add-version, transfer, license, withdraw, resolve
  verify      is it notarized, owned by whom it says, and untampered?
  pledge      propose, accept, attest, value, scan, custody, consent, register,
              perfect, withdraw, reject, amend, extend, assign, subordinate,
              default, cure, enforce, realize, lapse, alert, release, show, list,
              history
  agree       to what another side signed first: show it in words, and sign it
  objection   file, notify, lodge, decide, expire
  order       freeze, unfreeze, revoke: of a court or the regulator
  record      correct: a clerical error
  closing     open, show, sign, execute: acts of several parties at once, or none
  search      liens on an asset, a party, a content
  evidence    get, check (offline), trust
  certificate show, get: what anybody is told under a number
  imprint     receive, follow, status, resume: every record at court and
              regulator as it commits
  command     show, fence: the fate of a signed command
  events      what was committed, as it happens
  notices     what others did that touches the party, and statements of it
  reminders   what ends soon, or is over, of the party's pledges and assets
  webhook     add, list, remove, dead, replay: notices and reminders delivered
              to an address
  timestamp   authority: one for trials
  network     up, down, status, render, show: the consortium and its ledger
  bench       measure this machine
  version     of this program and of its rules

'datapledge COMMAND -help' explains one of them. Common to all:

  -json                  print one JSON object, errors too
  -server URL            the service; else DATAPLEDGE_SERVER, else http://127.0.0.1:8080
  -key FILE              the party's key file; else DATAPLEDGE_KEY
  -passphrase-file FILE  the key's passphrase, when it has one

EXAMPLE
  datapledge verify ./dataset -owner 91350100M000100Y43 -key bank.jwk

EXIT STATUS
  0 ok, 1 fault, 2 usage, 3 refused (the code is on standard error), 4 findings,
  10 not notarized, 11 tampered, 12 ownership disputed, 13 encumbered
`

const exitCommon = `
EXIT STATUS
  0 ok, 1 fault, 2 usage, 3 refused (the code is on standard error)
`

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use: "datapledge", SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		Args:              cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("which command? 'datapledge -help' lists them")
			}
			return usagef("no such command: %q; 'datapledge -help' lists them", args[0])
		},
	}
	f := root.PersistentFlags()
	f.BoolVar(&a.json, "json", false, "")
	f.StringVar(&a.server, "server", "", "")
	f.StringVar(&a.keyFile, "key", "", "")
	f.StringVar(&a.passphraseFile, "passphrase-file", "", "")
	helpText(a, root, rootHelp)
	root.SetHelpCommand(&cobra.Command{Use: "help [command]", RunE: func(_ *cobra.Command, args []string) error {
		c, _, err := root.Find(args)
		if err != nil {
			return usagef("no such command: %q", strings.Join(args, " "))
		}
		return c.Help()
	}})
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%v; '%s -help' explains it", err, c.CommandPath())
	})
	root.AddCommand(a.demoCommand(), a.serveCommand(), a.keyCommand(), a.partyCommand(), a.datasetCommand(),
		a.assetCommand(), a.verifyCommand(), a.closingCommand(), a.pledgeCommand(), a.agreeCommand(), a.objectionCommand(), a.orderCommand(), a.recordCommand(), a.searchCommand(), a.evidenceCommand(), a.certificateCommand(), a.imprintCommand(),
		a.commandCommand(), a.eventsCommand(), a.noticesCommand(), a.remindersCommand(), a.webhookCommand(), a.timestampCommand(), a.networkCommand(), a.benchCommand(), a.versionCommand())
	return root
}

// command makes one command: min to max arguments (max < 0: any number) and
// a help text that is laid out by hand.
func (a *app) command(use, help string, min, max int, run func(context.Context, []string) error) *cobra.Command {
	c := &cobra.Command{Use: use, SilenceErrors: true, SilenceUsage: true}
	c.Args = func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < min:
			return usagef("%s: an argument is missing; '%s -help' explains it", c.CommandPath(), c.CommandPath())
		case max >= 0 && len(args) > max:
			return usagef("%s: unexpected argument %q; '%s -help' explains it", c.CommandPath(), args[max], c.CommandPath())
		}
		return nil
	}
	c.RunE = func(c *cobra.Command, args []string) error { return run(c.Context(), args) }
	helpText(a, c, help)
	return c
}

// group makes a command that only has commands below it.
func (a *app) group(use, help string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, SilenceErrors: true, SilenceUsage: true, Args: cobra.ArbitraryArgs}
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef("%s: which command? '%s -help' lists them", c.CommandPath(), c.CommandPath())
		}
		return usagef("%s: no such command: %q; '%s -help' lists them", c.CommandPath(), args[0], c.CommandPath())
	}
	helpText(a, c, help)
	c.AddCommand(subs...)
	return c
}

func helpText(a *app, c *cobra.Command, text string) {
	c.SetHelpFunc(func(*cobra.Command, []string) { fmt.Fprint(a.stdout, text) })
	c.SetUsageFunc(func(*cobra.Command) error { return nil })
}

// required refuses a command line that lacks one of the flags.
func required(c *cobra.Command, pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			return usagef("-%s is needed; '%s -help' explains it", pairs[i], c.CommandPath())
		}
	}
	return nil
}
