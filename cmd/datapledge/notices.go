package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

const noticesHelp = `usage: datapledge notices [-after CURSOR] [-follow]
       datapledge notices -statement ID

Prints what others did that touches the key's party: on its pledges and its
assets, on assets that it has a pledge on, and what waits for its signature.
With -follow it goes on as it happens; with -json each notice is one line, and
its cursor resumes after it. With -statement it prints the verification
statement of one of them (by its notice_id), which the service signed.

EXAMPLE
  datapledge notices -follow -key bank.jwk
` + exitCommon

func (a *app) noticesCommand() *cobra.Command {
	var after, statement string
	var follow bool
	c := a.command("notices", noticesHelp, 0, 0, func(ctx context.Context, _ []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		if statement != "" {
			return a.statement(ctx, c, statement)
		}
		err = c.Notices(ctx, after, follow, a.printNotice)
		if follow && errors.Is(err, context.Canceled) {
			return nil // the way to end it
		}
		return err
	})
	c.Flags().StringVar(&after, "after", "", "")
	c.Flags().BoolVar(&follow, "follow", false, "")
	c.Flags().StringVar(&statement, "statement", "", "")
	return c
}

// printNotice writes one line; a stream is not one JSON object, but one a line.
func (a *app) printNotice(n client.Doc[service.Notice]) error {
	if a.json {
		return json.NewEncoder(a.stdout).Encode(n.Raw)
	}
	_, err := fmt.Fprintf(a.stdout, "%s  block %d  %-18s %s by %s\n  %s\n  %s\n", n.Value.At, n.Value.Position.Block, n.Value.Act,
		n.Value.RecordID, n.Value.By, n.Value.Why.EN, n.Value.ID)
	return err
}

func (a *app) statement(ctx context.Context, c *client.Client, id string) error {
	s, err := c.Statement(ctx, id)
	if err != nil {
		return err
	}
	a.emit(s, func(w io.Writer) { printStatement(w, s.Value) })
	return nil
}

func printStatement(w io.Writer, s service.Statement) {
	n := s.Notice
	fmt.Fprintf(w, "%s\nact:     %s by %s, %s\nrecord:  %s %s\n", n.Why.EN, n.Act, n.By, n.At, n.RecordID, state(s.Record))
	if n.Subject != n.RecordID {
		fmt.Fprintf(w, "yours:   %s %s\n", n.Subject, state(s.Touched))
	}
	var told []string
	for _, t := range s.Told {
		told = append(told, t.Party+" ("+string(t.Reason)+")")
	}
	if len(told) > 0 {
		fmt.Fprintf(w, "told:    %s\n", strings.Join(told, ", "))
	}
	fmt.Fprintf(w, "block:   %d %s\nledger:  %s at height %d, said at %s\n", s.Block.Height, s.Block.Hash, s.Head.Kind, s.Head.Height, s.At)
}
