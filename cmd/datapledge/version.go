package main

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
)

const versionHelp = `usage: datapledge version

Prints the version of this program as Go stamped it, that of the rules it
follows, and that of Go. Members whose rules differ refuse each other.

EXAMPLE
  datapledge version
` + exitCommon

type version struct {
	Version string `json:"version"`
	Rules   string `json:"rules_version"`
	Go      string `json:"go"`
}

func (a *app) versionCommand() *cobra.Command {
	return a.command("version", versionHelp, 0, 0, func(context.Context, []string) error {
		v := version{Version: "unknown", Rules: pledge.RulesVersion, Go: runtime.Version()}
		if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
			v.Version = info.Main.Version
		}
		a.emit(v, func(w io.Writer) { fmt.Fprintf(w, "datapledge %s, rules %s, %s\n", v.Version, v.Rules, v.Go) })
		return nil
	})
}
