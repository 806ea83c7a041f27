package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// normalise lets long flags stand with one dash, as in -json or -out FILE,
// beside the two that the flag library wants. What follows a flag as its
// value, and everything after "--", stays as it is.
func normalise(root *cobra.Command, args []string) []string {
	values := valueFlags(root)
	out := make([]string, 0, len(args))
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			return append(out, args[i:]...)
		}
		if len(arg) < 2 || arg[0] != '-' {
			out = append(out, arg)
			continue
		}
		name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if name == "h" {
			arg, name = "--help", "help"
		}
		out = append(out, "--"+strings.TrimLeft(arg, "-"))
		if !hasValue && values[name] && i+1 < len(args) {
			i++
			out = append(out, args[i])
		}
	}
	return out
}

// valueFlags names the flags, of any command, that are followed by a value.
func valueFlags(root *cobra.Command) map[string]bool {
	values := map[string]bool{}
	note := func(f *pflag.Flag) { values[f.Name] = f.NoOptDefVal == "" }
	root.PersistentFlags().VisitAll(note)
	for _, c := range root.Commands() {
		c.Flags().VisitAll(note)
		for _, sub := range c.Commands() {
			sub.Flags().VisitAll(note)
		}
	}
	return values
}
