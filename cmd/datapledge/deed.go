package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

// deed is a command that signs one act about a record.
type deed struct {
	use, help string
	flags     func(*pflag.FlagSet)
	// needs names flags that must be given; docs those that take a document,
	// days those that take the day on which something begins, lasts those whose
	// day lasts to its end.
	needs, docs, days, lasts []string
	// body makes what is signed about the record.
	body func(ctx context.Context, c *client.Client, id string) (pledge.Act, any, error)
	// told says what more there is to say of what took effect.
	told func(pledge.Outcome)
	// joint: others sign the same, and it may travel as a file.
	joint bool
}

func (a *app) deed(d deed) *cobra.Command {
	var j jointFlags
	var c *cobra.Command
	c = a.command(d.use, d.help, 1, 1, func(ctx context.Context, args []string) error {
		if err := d.read(c); err != nil {
			return err
		}
		cl, err := a.client()
		if err != nil {
			return err
		}
		act, body, err := d.body(ctx, cl, args[0])
		if err != nil {
			return err
		}
		if d.joint {
			return a.propose(ctx, cl, c, args[0], act, body, j)
		}
		out, err := cl.Act(ctx, act, body)
		if err := a.outcome(out, err); err != nil || d.told == nil || a.json {
			return err
		}
		d.told(out)
		return nil
	})
	if d.flags != nil {
		d.flags(c.Flags())
	}
	if d.joint {
		j.add(c.Flags())
	}
	return c
}

// read looks at what was given, and replaces documents by their digests and
// days by moments, where they stand: the flags can then be given to others.
func (d deed) read(c *cobra.Command) error {
	for _, name := range d.needs {
		if err := required(c, name, c.Flag(name).Value.String()); err != nil {
			return err
		}
	}
	readings := []struct {
		names []string
		read  func(flag, text string) (string, error)
	}{{d.docs, func(_, text string) (string, error) { return document(text) }}, {d.days, begins}, {d.lasts, ends}}
	for _, r := range readings {
		for _, name := range r.names {
			if err := reread(c.Flag(name), r.read); err != nil {
				return err
			}
		}
	}
	return nil
}

func reread(f *pflag.Flag, read func(flag, text string) (string, error)) error {
	if f.Value.String() == "" {
		return nil
	}
	text, err := read(f.Name, f.Value.String())
	if err != nil {
		return err
	}
	return f.Value.Set(text)
}

// again is the command line that makes the same body for another key:
// documents stand in it by their digests, and whatever is a party's own is
// left out.
func again(c *cobra.Command, id string) string {
	own := []string{"key", "passphrase-file", "json", "o", "out", "draft"}
	line := []string{c.CommandPath(), id}
	c.Flags().Visit(func(f *pflag.Flag) {
		switch v, isList := f.Value.(pflag.SliceValue); {
		case slices.Contains(own, f.Name):
		case f.NoOptDefVal != "":
			line = append(line, "-"+f.Name+"="+f.Value.String())
		case isList:
			for _, one := range v.GetSlice() {
				line = append(line, "-"+f.Name, quoted(one))
			}
		default:
			line = append(line, "-"+f.Name, quoted(f.Value.String()))
		}
	})
	return strings.Join(line, " ")
}

// quoted is a word as a shell takes it.
func quoted(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,+@", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// minor is a flag with money in whole minor units.
type minor struct{ to *int64 }

func (m minor) String() string {
	if m.to == nil || *m.to == 0 {
		return ""
	}
	return fmtInt(*m.to)
}
func (m minor) Type() string { return "money" }
func (m minor) Set(text string) (err error) {
	*m.to, err = minorUnits("amount", text)
	return err
}
