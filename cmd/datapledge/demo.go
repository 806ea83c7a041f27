package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/cmd/datapledge/demo"
	"github.com/datapledge/datapledge/service/node"
)

const demoHelp = `usage: datapledge demo [-keep] [-ledger solo|fabric [-tools DIR]]

The whole story in a few seconds: a made-up company notarizes a real dataset
(10,000 reports of bird strikes) and pledges it to a made-up bank. A service is
started on this machine for it, and the demonstration is nothing but its client.
Evidence, keys and dataset stay in a temporary folder.

  -keep           leave the service up until Ctrl-C, and keep its data
  -ledger LEDGER  solo: the ledger of one node; fabric: a whole consortium with
                  its storage, some twenty processes on this machine, whose
                  programs are built the first time, which takes minutes
  -tools DIR      ready-made programs for it, as in 'network up'

EXAMPLE
  datapledge demo
` + exitCommon

func (a *app) demoCommand() *cobra.Command {
	var ledger, tools string
	var keep bool
	c := a.command("demo", demoHelp, 0, 0, func(ctx context.Context, _ []string) error {
		switch ledger {
		case "solo":
			return a.demo(ctx, keep, startLocal)
		case "fabric":
			return a.demo(ctx, keep, func(ctx context.Context, dir string) (demo.Server, error) { return a.startConsortium(ctx, dir, tools) })
		}
		return usagef("-ledger: solo or fabric, not %q", ledger)
	})
	c.Flags().StringVar(&ledger, "ledger", "solo", "")
	c.Flags().StringVar(&tools, "tools", "", "")
	c.Flags().BoolVar(&keep, "keep", false, "")
	return c
}

func (a *app) demo(ctx context.Context, keep bool, start func(context.Context, string) (demo.Server, error)) error {
	dir, err := os.MkdirTemp("", "datapledge-demo-")
	if err != nil {
		return err
	}
	began := time.Now()
	if !a.json {
		fmt.Fprintf(a.stdout, "A made-up company pledges a real dataset, 10,000 reports of bird strikes, to a made-up bank.\n\n")
	}
	result, server, err := demo.Run(ctx, demo.Options{Dir: dir, Start: start, Step: a.tellStep, Now: time.Now})
	if err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	if !keep {
		if err := errors.Join(server.Stop(), os.RemoveAll(filepath.Join(dir, "service"))); err != nil {
			return err
		}
	}
	a.emit(result, func(w io.Writer) { tellEnd(w, result, time.Since(began), keep) })
	if !keep {
		return nil
	}
	<-ctx.Done()
	return server.Stop()
}

// tellStep prints a step as it ends, in one line.
func (a *app) tellStep(s demo.Step) {
	if a.json {
		return
	}
	mark := "ok"
	if !s.OK {
		mark = "FAILED"
	}
	line := s.Proves
	if s.Detail != "" {
		line += " (" + s.Detail + ")"
	}
	fmt.Fprintf(a.stdout, "%s %5d ms  %-17s %s\n", mark, s.MS, s.Name, line)
	for _, l := range s.Lines {
		fmt.Fprintf(a.stdout, "%31s%s\n", "", l)
	}
}

func tellEnd(w io.Writer, r demo.Result, took time.Duration, keep bool) {
	fmt.Fprintf(w, "\nDone in %.1f s. Evidence, keys, dataset and documents are in %s\n", took.Seconds(), r.Dir)
	fmt.Fprintf(w, "  asset        %s\n  pledge       %s\n  fingerprint  %s\n", r.AssetID, r.PledgeID, r.Fingerprint)
	if r.Certificate != "" {
		fmt.Fprintf(w, "  certificate  %s\n", r.Certificate)
	}
	fmt.Fprintln(w, "\nNext, type:")
	fmt.Fprintf(w, "  %s evidence check %s -trust %s\n", self(), r.Evidence, r.Trust)
	fmt.Fprintf(w, "  %s dataset preflight %s -consent %s -expect %s\n", self(), filepath.Join(r.Dir, "dataset"),
		filepath.Join(r.Dir, "documents", "consent.json"), filepath.Join(r.Dir, "documents", "expect.json"))
	if keep {
		fmt.Fprintf(w, "  %s pledge history %s -server %s -key %s\n", self(), r.PledgeID, r.Server, filepath.Join(r.Dir, "keys", "bank.jwk"))
		fmt.Fprintf(w, "\nThe service stays up at %s until Ctrl-C.\n", r.Server)
		return
	}
	fmt.Fprintf(w, "  %s serve\n", self())
}

// self is how this program is called: what "go run" built is gone when it ends.
func self() string {
	path, err := os.Executable()
	if err != nil {
		return "datapledge"
	}
	if strings.Contains(path, string(filepath.Separator)+"go-build") {
		return "go run ./cmd/datapledge"
	}
	if found, err := exec.LookPath("datapledge"); err == nil && found == path {
		return "datapledge"
	}
	return path
}

// startLocal starts a service with everything it needs in one folder.
func startLocal(ctx context.Context, dir string) (demo.Server, error) {
	config := node.Default()
	config.Data = dir
	return startService(ctx, config, filepath.Join(dir, "keys"))
}
