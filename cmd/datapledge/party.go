package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

const partyHelp = `usage: datapledge party enroll|add-key|revoke-key|show|list

Who is on the ledger, and which keys sign for whom.

EXAMPLE
  datapledge party enroll acme.pub.json -name "Acme Data Co." -roles enterprise -key ipcenter.jwk
` + exitCommon

const partyEnrollHelp = `usage: datapledge party enroll PUBKEY -name NAME -roles ROLE[,ROLE…] [flags]

Enrols a party 主体. Signed by an IP centre's admin key, which vouches that the
party is who it says. PUBKEY is what 'datapledge key show -json' printed.

  -name NAME         the party's registered name
  -roles ROLES       enterprise, bank, notary, exchange, ipcenter, court, regulator
  -party USCC        when PUBKEY does not say
  -recipient age1…   when PUBKEY does not say
  -scope SCOPE       when PUBKEY does not say: operate, or admin (default)

EXAMPLE
  datapledge party enroll acme.pub.json -name "Acme Data Co." -roles enterprise -key ipcenter.jwk
` + exitCommon

const partyAddKeyHelp = `usage: datapledge party add-key PUBKEY [-party USCC] [-scope operate|admin]

Adds a key to a party. Signed by an admin key of that party, or of an IP centre.

EXAMPLE
  datapledge party add-key new.pub.json -scope operate -key acme.jwk
` + exitCommon

const partyRevokeKeyHelp = `usage: datapledge party revoke-key KID [-party USCC] [-reason TEXT]

Revokes a key. What it signed before stands; from now on it signs nothing.

EXAMPLE
  datapledge party revoke-key NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs -reason "laptop stolen" \
    -key acme.jwk
` + exitCommon

const partyShowHelp = `usage: datapledge party show [USCC]

Prints a party with its keys; without USCC the one of -key.

EXAMPLE
  datapledge party show 91350100M000100Y43 -key bank.jwk
` + exitCommon

const partyListHelp = `usage: datapledge party list

Lists the members of the network and, with a key, the parties that were
enrolled since, as far as the key's party may see them.

EXAMPLE
  datapledge party list -key bank.jwk
` + exitCommon

func (a *app) partyCommand() *cobra.Command {
	return a.group("party", partyHelp, a.partyEnrollCommand(), a.partyAddKeyCommand(), a.partyRevokeKeyCommand(),
		a.partyShowCommand(), a.partyListCommand())
}

func (a *app) partyEnrollCommand() *cobra.Command {
	var name, roles, party, recipient, scope string
	var c *cobra.Command
	c = a.command("enroll PUBKEY", partyEnrollHelp, 1, 1, func(ctx context.Context, args []string) error {
		if err := required(c, "name", name, "roles", roles); err != nil {
			return err
		}
		p, err := a.readPublic(args[0])
		if err != nil {
			return err
		}
		body := pledge.EnrollBody{
			Party: first(party, p.Party), Name: name, Recipient: first(recipient, p.Recipient),
			Keys: []pledge.KeyGrant{{JWK: p.JWK, Scope: first(scope, p.Scope, pledge.ScopeAdmin)}},
		}
		if body.Party == "" {
			return usagef("%s does not say whose key it is: -party USCC", args[0])
		}
		for r := range strings.SplitSeq(roles, ",") {
			body.Roles = append(body.Roles, pledge.Role(strings.TrimSpace(r)))
		}
		return a.act(ctx, pledge.PartyEnroll, body)
	})
	f := c.Flags()
	f.StringVar(&name, "name", "", "")
	f.StringVar(&roles, "roles", "", "")
	f.StringVar(&party, "party", "", "")
	f.StringVar(&recipient, "recipient", "", "")
	f.StringVar(&scope, "scope", "", "")
	return c
}

func (a *app) partyAddKeyCommand() *cobra.Command {
	var party, scope string
	c := a.command("add-key PUBKEY", partyAddKeyHelp, 1, 1, func(ctx context.Context, args []string) error {
		p, err := a.readPublic(args[0])
		if err != nil {
			return err
		}
		grant := pledge.KeyGrant{JWK: p.JWK, Scope: first(scope, p.Scope, pledge.ScopeOperate)}
		whose, err := a.partyOr(first(party, p.Party))
		if err != nil {
			return err
		}
		return a.act(ctx, pledge.PartyAddKey, pledge.AddKeyBody{Party: whose, Key: grant})
	})
	c.Flags().StringVar(&party, "party", "", "")
	c.Flags().StringVar(&scope, "scope", "", "")
	return c
}

func (a *app) partyRevokeKeyCommand() *cobra.Command {
	var party, reason string
	c := a.command("revoke-key KID", partyRevokeKeyHelp, 1, 1, func(ctx context.Context, args []string) error {
		whose, err := a.partyOr(party)
		if err != nil {
			return err
		}
		return a.act(ctx, pledge.PartyRevokeKey, pledge.RevokeKeyBody{Party: whose, KID: args[0], Reason: reason})
	})
	c.Flags().StringVar(&party, "party", "", "")
	c.Flags().StringVar(&reason, "reason", "", "")
	return c
}

// partyOr is the party named, else that of the key.
func (a *app) partyOr(named string) (string, error) {
	if named != "" {
		return named, nil
	}
	k, err := a.key()
	if err != nil {
		return "", err
	}
	return k.Party(), nil
}

func (a *app) partyShowCommand() *cobra.Command {
	return a.command("show [USCC]", partyShowHelp, 0, 1, func(ctx context.Context, args []string) error {
		whose, err := a.partyOr(strings.Join(args, ""))
		if err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		p, err := c.Party(ctx, whose)
		if err != nil {
			return err
		}
		a.emit(p, func(w io.Writer) { printParty(w, p.Value.Party) })
		return nil
	})
}

func printParty(w io.Writer, p pledge.Party) {
	fmt.Fprintf(w, "%s  %s\nroles:     %s\n", p.ID, p.Name, joinRoles(p.Roles))
	if p.Recipient != "" {
		fmt.Fprintf(w, "recipient: %s\n", shorten(p.Recipient, 80))
	}
	for _, k := range p.Keys {
		state := "since " + first(k.Added.At, "the beginning")
		if k.Revoked != nil {
			state += ", revoked " + k.Revoked.At
		}
		fmt.Fprintf(w, "key:       %s  %s  %s\n", k.KID, k.Scope, state)
	}
}

func joinRoles(roles []pledge.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, string(r))
	}
	return strings.Join(out, ", ")
}

// listed is a line of party list.
type listed struct {
	Party  string        `json:"party"`
	Name   string        `json:"name"`
	Roles  []pledge.Role `json:"roles"`
	Member bool          `json:"member"`
}

func (a *app) partyListCommand() *cobra.Command {
	return a.command("list", partyListHelp, 0, 0, func(ctx context.Context, _ []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		all, err := parties(ctx, c)
		if err != nil {
			return err
		}
		a.emit(map[string]any{"items": all}, func(w io.Writer) {
			t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
			for _, p := range all {
				fmt.Fprintf(t, "%s\t%s\t%s\n", p.Party, joinRoles(p.Roles), p.Name)
			}
			_ = t.Flush()
		})
		return nil
	})
}

func parties(ctx context.Context, c *client.Client) ([]listed, error) {
	n, err := c.Network(ctx)
	if err != nil {
		return nil, err
	}
	all := []listed{}
	for _, m := range n.Value.Members {
		all = append(all, listed{m.Party, m.Name, m.Roles, true})
	}
	if c.Key() == nil {
		return all, nil
	}
	var enrolled []string
	err = c.Events(ctx, "", false, func(e client.Doc[service.Event]) error {
		if e.Value.Act == pledge.PartyEnroll && !slices.Contains(enrolled, e.Value.RecordID) {
			enrolled = append(enrolled, e.Value.RecordID)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, id := range enrolled {
		p, err := c.Party(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, listed{p.Value.ID, p.Value.Name, p.Value.Roles, false})
	}
	return all, nil
}
