package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/network"
	"github.com/datapledge/datapledge/pledge"
)

// networkDir is where a network is kept when nothing else is said.
const networkDir = "datapledge-network"

const networkUpHelp = `usage: datapledge network up [-dir DIR] [-config FILE] [-tools DIR] [-ports OFFSET]

Starts the consortium on this machine, each node a process of its own, and
returns when it works: ordering nodes, peers, one chaincode process a member,
and the storage server. Keys and certificates are made at the first start, for
trials: real members have their own. A process that dies is started again. Run
it again after 'down', a crash or a restart of the machine, and the same ledger
goes on. Everything listens on 127.0.0.1 only.

  -dir DIR        where everything is kept (./datapledge-network)
  -config FILE    a consortium.json; else the one in DIR, else the one that ships
  -ports OFFSET   add this to every port, so that several networks can run
  -tools DIR      ready-made programs (peer, orderer, configtxgen, cryptogen,
                  versitygw, datapledge-chaincode); else they are built once from
                  the sources, which must be around the working directory and
                  takes some minutes

EXAMPLE
  datapledge network up -dir ./try -ports 1000
` + networkExit

const networkExit = `
EXIT STATUS
  0 ok, 1 fault (as when a node is down), 2 usage
`

// upFlags are those of network up.
type upFlags struct {
	dir, config, tools string
	offset             int
}

func (a *app) networkUpCommand() *cobra.Command {
	var u upFlags
	c := a.command("up", networkUpHelp, 0, 0, func(ctx context.Context, _ []string) error { return a.networkUp(ctx, u) })
	f := c.Flags()
	f.StringVar(&u.dir, "dir", networkDir, "")
	f.StringVar(&u.config, "config", "", "")
	f.StringVar(&u.tools, "tools", "", "")
	f.IntVar(&u.offset, "ports", 0, "")
	return c
}

func (a *app) networkUp(ctx context.Context, u upFlags) error {
	dir, err := filepath.Abs(u.dir)
	if err != nil {
		return err
	}
	s, err := network.Examine(ctx, dir)
	if err == nil && s.Supervisor != 0 {
		if err := a.sameNetwork(dir, u); err != nil {
			return err
		}
		return a.alreadyUp(s)
	}
	if err := a.prepareNetwork(dir, u); err != nil {
		return err
	}
	if err := a.launch(ctx, dir, u.tools); err != nil {
		return networkHint(err)
	}
	if s, err = network.Examine(ctx, dir); err != nil {
		return err
	}
	c, _, err := network.Made(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(writeConsortiumTrust(dir, c), writeServiceConfig(dir, c)); err != nil {
		return err
	}
	return a.reportUp(s, "up")
}

// launch starts the supervisor: this program again.
func (a *app) launch(ctx context.Context, dir, tools string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{self, "network", "supervise", "-dir", dir}
	if tools != "" {
		if tools, err = filepath.Abs(tools); err != nil {
			return err
		}
		args = append(args, "-tools", tools)
	}
	a.say("starting the network in %s", dir)
	return network.Launch(ctx, dir, args, sayer{a})
}

// prepareNetwork writes down what the network is made from: what stands in
// the folder already, or a new one.
func (a *app) prepareNetwork(dir string, u upFlags) error {
	c, err := chosenConsortium(dir, u)
	if err != nil {
		return err
	}
	g, err := networkGenesis(dir, c)
	if err != nil {
		return err
	}
	return networkHint(network.Prepare(network.Options{Dir: dir, Consortium: c, Genesis: g}))
}

// chosenConsortium is the one that the flags name; without them a network
// that exists goes on as it is.
func chosenConsortium(dir string, u upFlags) (network.Consortium, error) {
	if u.config == "" && u.offset == 0 {
		c, _, err := network.Made(dir)
		if !errors.Is(err, fs.ErrNotExist) {
			return c, err
		}
	}
	c, err := network.Default()
	if u.config != "" {
		c, err = network.Load(u.config)
	}
	return c.Shifted(u.offset), err
}

func networkGenesis(dir string, c network.Consortium) (pledge.Genesis, error) {
	_, g, err := network.Made(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return g, err
	}
	return newNetworkGenesis(filepath.Join(dir, "keys"), c)
}

// sameNetwork refuses flags that ask for another network than the one that
// runs in the folder.
func (a *app) sameNetwork(dir string, u upFlags) error {
	want, err := chosenConsortium(dir, u)
	if err != nil {
		return err
	}
	if made, _, err := network.Made(dir); err != nil || reflect.DeepEqual(made, want) {
		return err
	}
	return hintf(fmt.Errorf("another network runs in %s: -config and -ports cannot change it", dir), "name another folder with -dir")
}

// alreadyUp makes a second 'up' harmless.
func (a *app) alreadyUp(s network.Status) error {
	if !s.Up {
		a.emit(s, func(w io.Writer) { printStatus(w, s) })
		return &finding{exitFault, "the network runs, but not all of it is well; it may still be starting"}
	}
	return a.reportUp(s, "is up already")
}

func (a *app) reportUp(s network.Status, how string) error {
	a.emit(s, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d processes, channel %s, %d blocks%s, in %s\n", how, len(s.Nodes), s.Channel, s.Height, imprintOf(s), s.Dir)
		fmt.Fprintf(w, "next:\n  %[1]s serve -config %[2]s\n  %[1]s network status -dir %[3]s\n  %[1]s network down -dir %[3]s\nFabric's own commands, as a member's admin:\n  . %[3]s/env/bank.sh; peer channel getinfo -c pledge\n", self(), shellWord(serviceConfig(s.Dir)), shellWord(s.Dir))
	})
	if !s.Up {
		return &finding{exitFault, "not all of the network is well; 'datapledge network status' says what is not"}
	}
	return nil
}

func imprintOf(s network.Status) string {
	if s.Imprint == nil {
		return ""
	}
	return fmt.Sprintf(", channel %s, %d blocks", s.Imprint.Channel, s.Imprint.Height)
}

// shellWord is a path as it can be typed.
func shellWord(path string) string {
	if !strings.ContainsAny(path, " \t\n'\"\\$`&;|<>()*?[]#~") {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// networkHint says what to do about the usual causes.
func networkHint(err error) error {
	switch {
	case errors.Is(err, network.ErrRunning):
		return hintf(err, "'datapledge network status' shows it, 'datapledge network down' ends it")
	case network.NoTools(err):
		return hintf(err, "run it inside the sources with Go installed, or name ready-made programs with -tools")
	case errors.Is(err, network.ErrPortTaken):
		return hintf(err, "move all ports with -ports, as in -ports 1000, or see who listens there with 'ss -ltnp'")
	}
	return err
}

// sayer passes on what the network tells while it starts.
type sayer struct{ a *app }

func (s sayer) Write(p []byte) (int, error) {
	s.a.say("%s", trimLine(p))
	return len(p), nil
}
