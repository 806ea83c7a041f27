package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

const commandHelp = `usage: datapledge command show|fence

The fate of a signed command, by its id (cmd_…). A command whose answer was
lost may have taken effect: show tells. Only fence makes sure that it never
will.

EXAMPLE
  datapledge command show cmd_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 -key acme.jwk
` + exitCommon

const commandShowHelp = `usage: datapledge command show ID

Prints what became of a command. not_found means that it was not seen to take
effect, which is no proof that it never will.

EXAMPLE
  datapledge command show cmd_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 -key acme.jwk
` + exitCommon

const commandFenceHelp = `usage: datapledge command fence ID

Makes sure that a command of the key's own party never takes effect. Had it
already, its outcome is printed instead.

EXAMPLE
  datapledge command fence cmd_9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 -key acme.jwk
` + exitCommon

func (a *app) commandCommand() *cobra.Command {
	show := a.command("show ID", commandShowHelp, 1, 1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		out, err := c.Command(ctx, args[0])
		if err != nil {
			return err
		}
		a.emit(out, func(w io.Writer) { printOutcome(w, out.Value) })
		return nil
	})
	fence := a.command("fence ID", commandFenceHelp, 1, 1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		out, err := c.Fence(ctx, args[0])
		return a.outcome(out, err)
	})
	return a.group("command", commandHelp, show, fence)
}

const eventsHelp = `usage: datapledge events [-after CURSOR] [-follow]

Prints what was committed, in ledger order, as far as the key's party may see
it; with -follow it goes on as it happens. With -json each event is one line,
and its cursor resumes after it.

EXAMPLE
  datapledge events -follow -key bank.jwk
` + exitCommon

func (a *app) eventsCommand() *cobra.Command {
	var after string
	var follow bool
	c := a.command("events", eventsHelp, 0, 0, func(ctx context.Context, _ []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		err = c.Events(ctx, after, follow, a.printEvent)
		if follow && errors.Is(err, context.Canceled) {
			return nil // the way to end it
		}
		return err
	})
	c.Flags().StringVar(&after, "after", "", "")
	c.Flags().BoolVar(&follow, "follow", false, "")
	return c
}

// printEvent writes one line; a stream is not one JSON object, but one a line.
func (a *app) printEvent(e client.Doc[service.Event]) error {
	if a.json {
		return json.NewEncoder(a.stdout).Encode(e.Raw)
	}
	_, err := fmt.Fprintf(a.stdout, "%s  block %d  %-18s %s by %s %s\n", e.Value.At, e.Value.Position.Block,
		e.Value.Act, e.Value.RecordID, e.Value.By, state(e.Value.Record))
	return err
}
