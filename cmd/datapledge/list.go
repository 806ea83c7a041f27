package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/cmd/datapledge/lifeline"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

const assetListHelp = `usage: datapledge asset list [-owner USCC] [-status STATUS] [-q TEXT] [-limit N]

Lists the assets that the key's party may see, newest first. An enterprise sees
its own.

EXAMPLE
  datapledge asset list -q bird -key acme.jwk
` + exitCommon

const pledgeListHelp = `usage: datapledge pledge list [-asset ID] [-pledgor USCC] [-pledgee USCC] [-status STATE] [-limit N]
         [-lang zh|en]

Lists the pledges that the key's party may see.

EXAMPLE
  datapledge pledge list -status ACTIVE -key bank.jwk
` + exitCommon

const historyHelp = `usage: datapledge asset history ASSET
       datapledge pledge history PLEDGE

Prints every revision of a record, oldest first: who did what, when, and in
which block.

EXAMPLE
  datapledge pledge history pl_pt7u2e6wkhsjn3zq4x5v6b7c2d -key bank.jwk
` + exitCommon

const showHelp = `usage: datapledge asset show ASSET [-lang zh|en] [-as-of HEIGHT|TIME]

Prints an asset, as it is or as it was at a ledger height or time: what it is,
what rests on it, what happened to it, and what waits for signatures.

EXAMPLE
  datapledge asset show as_pt7u2e6wkhsjn3zq4x5v6b7c2d -as-of 12 -key bank.jwk
` + exitCommon

// maxPage is the most that the service gives on one page.
const maxPage = 200

// collect reads pages until there are limit items (0: all of them).
func collect[T any](limit int, read func(service.Page) (client.Page[T], error)) ([]client.Doc[T], string, error) {
	all := []client.Doc[T]{}
	p := service.Page{Limit: maxPage}
	for {
		if limit > 0 {
			p.Limit = min(maxPage, limit-len(all))
		}
		got, err := read(p)
		if err != nil {
			return nil, "", err
		}
		all = append(all, got.Items...)
		if got.Next == "" || limit > 0 && len(all) >= limit {
			return all, got.Next, nil
		}
		p.Cursor = got.Next
	}
}

// emitList prints a list: JSON in the shape of the service, or a table.
func emitList[T any](a *app, items []client.Doc[T], next string, row func(T) []string) {
	var cursor *string
	if next != "" {
		cursor = &next
	}
	a.emit(map[string]any{"items": items, "next_cursor": cursor}, func(w io.Writer) {
		if len(items) == 0 {
			fmt.Fprintln(w, "none")
		}
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, item := range items {
			fmt.Fprintln(t, strings.Join(row(item.Value), "\t"))
		}
		_ = t.Flush()
		if next != "" {
			fmt.Fprintln(w, "… and more: raise -limit")
		}
	})
}

func (a *app) assetListCommand() *cobra.Command {
	var q service.AssetQuery
	var limit int
	c := a.command("list", assetListHelp, 0, 0, func(ctx context.Context, _ []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		items, next, err := collect(limit, func(p service.Page) (client.Page[pledge.Asset], error) {
			q.Page = p
			return c.Assets(ctx, q)
		})
		if err != nil {
			return err
		}
		emitList(a, items, next, func(x pledge.Asset) []string {
			return []string{x.ID, x.Status, x.Owner, liens(x), x.Name}
		})
		return nil
	})
	f := c.Flags()
	f.StringVar(&q.Owner, "owner", "", "")
	f.StringVar(&q.Status, "status", "", "")
	f.StringVar(&q.Text, "q", "", "")
	f.IntVar(&limit, "limit", 0, "")
	return c
}

func liens(x pledge.Asset) string {
	if len(x.InForce) == 0 {
		return "free"
	}
	return fmt.Sprintf("%d pledge(s)", len(x.InForce))
}

func (a *app) pledgeListCommand() *cobra.Command {
	var q service.PledgeQuery
	var limit int
	var lang string
	c := a.command("list", pledgeListHelp, 0, 0, func(ctx context.Context, _ []string) error {
		if err := checkLang(lang); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		items, next, err := collect(limit, func(p service.Page) (client.Page[pledge.Pledge], error) {
			q.Page = p
			return c.Pledges(ctx, q)
		})
		if err != nil {
			return err
		}
		emitList(a, items, next, func(x pledge.Pledge) []string {
			return []string{x.ID, lifeline.StateWord(x.State).In(lang), x.AssetID, x.Pledgor, x.Pledgee, x.Terms.SecuredMax.Text()}
		})
		return nil
	})
	f := c.Flags()
	f.StringVar(&lang, "lang", "en", "")
	f.StringVar(&q.Asset, "asset", "", "")
	f.StringVar(&q.Pledgor, "pledgor", "", "")
	f.StringVar(&q.Pledgee, "pledgee", "", "")
	f.StringVar(&q.Status, "status", "", "")
	f.IntVar(&limit, "limit", 0, "")
	return c
}

func (a *app) assetHistoryCommand() *cobra.Command {
	return a.historyCommand("ASSET", (*client.Client).AssetHistory)
}

func (a *app) pledgeHistoryCommand() *cobra.Command {
	return a.historyCommand("PLEDGE", (*client.Client).PledgeHistory)
}

type readHistory func(*client.Client, context.Context, string, service.Page) (client.Page[service.Revision], error)

func (a *app) historyCommand(what string, read readHistory) *cobra.Command {
	return a.command("history "+what, historyHelp, 1, 1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		items, next, err := collect(0, func(p service.Page) (client.Page[service.Revision], error) {
			return read(c, ctx, args[0], p)
		})
		if err != nil {
			return err
		}
		emitList(a, items, next, func(r service.Revision) []string {
			return []string{r.At, fmt.Sprintf("block %d", r.Position.Block), string(r.Act), "by " + r.By, state(r.Record)}
		})
		return nil
	})
}

// state is what a record says of itself, whichever kind it is.
func state(record json.RawMessage) string {
	var r struct{ State, Status string }
	_ = json.Unmarshal(record, &r)
	return first(r.State, r.Status)
}

func (a *app) assetShowCommand() *cobra.Command {
	var asOf, lang string
	c := a.command("show ASSET", showHelp, 1, 1, func(ctx context.Context, args []string) error {
		if err := checkLang(lang); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		x, err := c.Asset(ctx, args[0], asOf)
		if err != nil {
			return err
		}
		a.emit(x, func(w io.Writer) {
			lifeline.WriteLines(w, lifeline.AssetFacts(x.Value.Asset, x.Value.Head.Height, bytesText, a.people(ctx, c)), lang)
		})
		return nil
	})
	c.Flags().StringVar(&lang, "lang", "en", "")
	c.Flags().StringVar(&asOf, "as-of", "", "")
	return c
}

// bytesText writes a size for people.
func bytesText(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d bytes", n)
	}
	units := "KMGTPE"
	x, i := float64(n)/1024, 0
	for x >= 1024 && i < len(units)-1 {
		x, i = x/1024, i+1
	}
	return fmt.Sprintf("%.1f %ciB", x, units[i])
}
