package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service/client"
)

const networkHelp = `usage: datapledge network up|down|status|render|show

The consortium: ordering nodes, peers, chaincode and storage of all members,
from one consortium.json. 'up' runs it on this machine, for trials and tests;
'render' writes its files; 'show' asks a running service what it stands on.

EXAMPLE
  datapledge network up
` + exitCommon

const networkShowHelp = `usage: datapledge network show

Describes the ledger that the service stands on, and its members. No key is
needed.

EXAMPLE
  datapledge network show
` + exitCommon

func (a *app) networkCommand() *cobra.Command {
	return a.group("network", networkHelp, a.networkUpCommand(), a.networkDownCommand(), a.networkStatusCommand(),
		a.networkRenderCommand(), a.networkShowCommand(), a.networkSuperviseCommand())
}

func (a *app) networkShowCommand() *cobra.Command {
	return a.command("show", networkShowHelp, 0, 0, func(ctx context.Context, _ []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		n, err := c.Network(ctx)
		if err != nil {
			return err
		}
		a.emit(n, func(w io.Writer) { printNetwork(w, n.Value) })
		return nil
	})
}

func printNetwork(w io.Writer, n client.Network) {
	fmt.Fprintf(w, "channel:   %s (%s ledger, rules %s)\nheight:    %d\nhash:      %s\ngenesis:   %s\n",
		n.Channel, n.Ledger, n.RulesVersion, n.Height, n.Hash, n.GenesisHash)
	for _, m := range n.Members {
		fmt.Fprintf(w, "member:    %s  %s (%s)\n", m.Party, m.Name, joinRoles(m.Roles))
	}
	if n.Ledger == "solo" {
		fmt.Fprintln(w, "note:      one operator writes this ledger; what it signed cannot be changed unseen, but nobody else vouches for it")
	}
}
