package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/network"
)

const networkRenderHelp = `usage: datapledge network render -out DIR [-config FILE] [-ports OFFSET]

Writes what a consortium.json amounts to, and starts nothing: what cryptogen
and configtxgen read, every node's configuration and every member's connection
profile, as for 'network up -dir DIR', and under DIR/manifests what runs the
same consortium in containers. DIR must be new or empty.

EXAMPLE
  datapledge network render -out ./rendered
` + networkExit

func (a *app) networkRenderCommand() *cobra.Command {
	var u upFlags
	var out string
	c := a.command("render", networkRenderHelp, 0, 0, nil)
	c.RunE = func(*cobra.Command, []string) error {
		if err := required(c, "out", out); err != nil {
			return err
		}
		return a.render(out, u)
	}
	c.Flags().StringVar(&out, "out", "", "")
	c.Flags().StringVar(&u.config, "config", "", "")
	c.Flags().IntVar(&u.offset, "ports", 0, "")
	return c
}

func (a *app) render(out string, u upFlags) error {
	c, err := chosenConsortium(out, u)
	if err != nil {
		return err
	}
	names, err := network.Render(c, out)
	if err != nil {
		return err
	}
	a.emit(names, func(w io.Writer) { fmt.Fprintf(w, "wrote %d files to %s\n", len(names), out) })
	return nil
}
