package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/network"
)

const networkDownHelp = `usage: datapledge network down [-dir DIR]

Ends every process of the network, and checks that none is left. Its data stay:
'up' goes on from there.

EXAMPLE
  datapledge network down -dir ./try
` + networkExit

const networkStatusHelp = `usage: datapledge network status [-dir DIR]

Asks every node how it is: process, port, blocks of each channel. Exit status 1
when one is down or unwell.

EXAMPLE
  datapledge network status -dir ./try
` + networkExit

const networkSuperviseHelp = `usage: datapledge network supervise -dir DIR [-tools DIR]

Keeps a network running until it gets SIGTERM. 'network up' starts it.

EXAMPLE
  datapledge network supervise -dir ./try
` + networkExit

func (a *app) networkDownCommand() *cobra.Command {
	var dir string
	c := a.command("down", networkDownHelp, 0, 0, func(ctx context.Context, _ []string) error {
		found, err := network.Shutdown(ctx, dir)
		if err != nil {
			return err
		}
		word := "down: nothing runs any more; the data stay in " + dir
		if !found {
			word = "was down already"
		}
		a.emit(map[string]bool{"ended": found}, func(w io.Writer) { fmt.Fprintln(w, word) })
		return nil
	})
	c.Flags().StringVar(&dir, "dir", networkDir, "")
	return c
}

func (a *app) networkStatusCommand() *cobra.Command {
	var dir string
	c := a.command("status", networkStatusHelp, 0, 0, func(ctx context.Context, _ []string) error {
		s, err := network.Examine(ctx, dir)
		if err != nil {
			return err
		}
		a.emit(s, func(w io.Writer) { printStatus(w, s) })
		if !s.Up {
			return &finding{exitFault, "not all of the network is well"}
		}
		return nil
	})
	c.Flags().StringVar(&dir, "dir", networkDir, "")
	return c
}

func printStatus(w io.Writer, s network.Status) {
	imprint := "-"
	if s.Imprint != nil {
		imprint = s.Imprint.Channel
	}
	fmt.Fprintf(w, "%-22s %8s %6s %7s %7s  %s\n", "node", "process", "port", s.Channel, imprint, "state")
	for _, n := range s.Nodes {
		state := "well"
		if !n.Well {
			state = n.Detail
		}
		fmt.Fprintf(w, "%-22s %8s %6d %7s %7s  %s\n", n.Name, dash(n.PID), n.Port, dash(int(n.Height)), dash(int(n.Imprint)), state)
	}
}

func dash(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func (a *app) networkSuperviseCommand() *cobra.Command {
	var dir, tools string
	c := a.command("supervise", networkSuperviseHelp, 0, 0, func(ctx context.Context, _ []string) error {
		return network.Supervise(ctx, dir, tools)
	})
	c.Hidden = true
	c.Flags().StringVar(&dir, "dir", networkDir, "")
	c.Flags().StringVar(&tools, "tools", "", "")
	return c
}
