package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

const webhookHelp = `usage: datapledge webhook add|list|remove|dead|replay

Notices and reminders, delivered: the service posts each one to the key's party
to an address, signed, at least once, in order for each record.

EXAMPLE
  datapledge webhook list -key bank.jwk
` + exitCommon

const webhookAddHelp = `usage: datapledge webhook add URL [-record ID…] [-act ACT…]

Has notices and reminders from now on delivered to URL, which must be https and
public. The answer names the public key that signs deliveries.

  -record ID   only of this record; several: repeat the flag
  -act ACT     only of this act, or 'reminder'; several: repeat the flag

EXAMPLE
  datapledge webhook add https://bank.example/datapledge -act pledge.release -key bank.jwk
` + exitCommon

const webhookListHelp = `usage: datapledge webhook list

Lists the webhooks of the key's party, and how their deliveries go.

EXAMPLE
  datapledge webhook list -key bank.jwk
` + exitCommon

const webhookRemoveHelp = `usage: datapledge webhook remove ID

Ends a webhook. What was not delivered is dropped; 'datapledge notices' and
'datapledge reminders' still list it.

EXAMPLE
  datapledge webhook remove wh_krsxg5baij2w64tj -key bank.jwk
` + exitCommon

const webhookDeadHelp = `usage: datapledge webhook dead ID

Lists deliveries that were given up, and why.

EXAMPLE
  datapledge webhook dead wh_krsxg5baij2w64tj -key bank.jwk
` + exitCommon

const webhookReplayHelp = `usage: datapledge webhook replay ID [DELIVERY…]

Delivers dead letters again, all when none are named, and wakes a webhook that
is suspended.

EXAMPLE
  datapledge webhook replay wh_krsxg5baij2w64tj -key bank.jwk
` + exitCommon

func (a *app) webhookCommand() *cobra.Command {
	return a.group("webhook", webhookHelp, a.webhookAddCommand(), a.webhookListCommand(), a.webhookRemoveCommand(), a.webhookDeadCommand(), a.webhookReplayCommand())
}

func (a *app) webhookAddCommand() *cobra.Command {
	var r service.WebhookRequest
	var acts []string
	c := a.command("add URL", webhookAddHelp, 1, 1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		r.URL = args[0]
		for _, act := range acts {
			r.Acts = append(r.Acts, pledge.Act(act))
		}
		hook, err := c.AddWebhook(ctx, r)
		if err != nil {
			return err
		}
		a.emit(hook, func(w io.Writer) {
			fmt.Fprintf(w, "%s: notices from block %d on go to %s, signed by key %s\n", hook.Value.ID, hook.Value.Since+1, hook.Value.URL, hook.Value.KeyID)
		})
		return nil
	})
	c.Flags().StringArrayVar(&r.Records, "record", nil, "")
	c.Flags().StringArrayVar(&acts, "act", nil, "")
	return c
}

func (a *app) webhookListCommand() *cobra.Command {
	return a.command("list", webhookListHelp, 0, 0, func(ctx context.Context, _ []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		list, err := c.Webhooks(ctx)
		if err != nil {
			return err
		}
		emitList(a, list.Items, list.Next, func(h service.Webhook) []string {
			return []string{h.ID, h.State, fmt.Sprintf("%d waiting", h.Waiting), fmt.Sprintf("%d dead", h.Dead), h.URL, strings.TrimSpace(h.Cause)}
		})
		return nil
	})
}

func (a *app) webhookRemoveCommand() *cobra.Command {
	return a.command("remove ID", webhookRemoveHelp, 1, 1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		if err := c.RemoveWebhook(ctx, args[0]); err != nil {
			return err
		}
		a.emit(map[string]string{"removed": args[0]}, func(w io.Writer) { fmt.Fprintf(w, "removed %s\n", args[0]) })
		return nil
	})
}

func (a *app) webhookDeadCommand() *cobra.Command {
	return a.command("dead ID", webhookDeadHelp, 1, 1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		items, next, err := collect(0, func(p service.Page) (client.Page[service.DeadLetter], error) { return c.DeadLetters(ctx, args[0], p) })
		if err != nil {
			return err
		}
		emitList(a, items, next, func(d service.DeadLetter) []string {
			return []string{d.DeliveryID, d.RecordID, d.At, fmt.Sprintf("%d tries", d.Tries), d.Cause}
		})
		return nil
	})
}

func (a *app) webhookReplayCommand() *cobra.Command {
	return a.command("replay ID [DELIVERY…]", webhookReplayHelp, 1, -1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		n, err := c.Replay(ctx, args[0], args[1:]...)
		if err != nil {
			return err
		}
		a.emit(map[string]int{"replayed": n}, func(w io.Writer) { fmt.Fprintf(w, "%d queued again\n", n) })
		return nil
	})
}
