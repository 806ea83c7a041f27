package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
)

const keyHelp = `usage: datapledge key new|show|jwt

The key that a party signs with. It is one file, mode 0600, optionally under
a passphrase; it never leaves this machine.

EXAMPLE
  datapledge key new -party 91350100M000100Y43 -out acme.jwk
` + exitCommon

const keyNewHelp = `usage: datapledge key new -party USCC -out FILE [flags]

Makes a party's key: one to sign with, and an age identity to which datasets
in custody are sealed. Prints what an IP centre needs to enrol the party.

  -party USCC    the party 统一社会信用代码 that the key signs for
  -out FILE      where to; an existing file is never overwritten
  -kind KIND     ed25519 (default) or p256
  -scope SCOPE   operate, or admin (default): may also manage the party's keys
  -post-quantum  an age identity that resists quantum computers
  -passphrase    ask for a passphrase to lock the file with (or -passphrase-file)

EXAMPLE
  datapledge key new -party 91350100M000100Y43 -out acme.jwk
` + exitCommon

const keyShowHelp = `usage: datapledge key show [FILE]

Prints the public side of a key: key id, public JWK, party and recipient.

EXAMPLE
  datapledge key show acme.jwk -json > acme.pub.json
` + exitCommon

const keyJWTHelp = `usage: datapledge key jwt [-aud CHANNEL]

Prints a bearer token for the REST API, good for five minutes. The channel is
asked of the service when it is not given.

EXAMPLE
  curl -H "Authorization: Bearer $(datapledge key jwt -key acme.jwk)" http://127.0.0.1:8080/v1/assets
` + exitCommon

// publicKey is the public side of a key, as show prints it and enroll reads it.
type publicKey struct {
	Party     string          `json:"party,omitempty"`
	KID       string          `json:"kid"`
	Scope     string          `json:"scope,omitempty"`
	JWK       json.RawMessage `json:"jwk"`
	Recipient string          `json:"recipient,omitempty"`
	File      string          `json:"file,omitempty"`
}

func publicOf(k *client.Key) publicKey {
	return publicKey{Party: k.Party(), KID: k.KID(), Scope: k.Scope(), JWK: k.Public(), Recipient: k.Recipient()}
}

func (a *app) keyCommand() *cobra.Command {
	return a.group("key", keyHelp, a.keyNewCommand(), a.keyShowCommand(), a.keyJWTCommand())
}

func (a *app) keyNewCommand() *cobra.Command {
	var party, out, kind, scope string
	var postQuantum, ask bool
	var c *cobra.Command
	c = a.command("new", keyNewHelp, 0, 0, func(context.Context, []string) error {
		if err := required(c, "party", party, "out", out); err != nil {
			return err
		}
		if err := pledge.CheckUSCC(party); err != nil {
			return usagef("-party: %v", err)
		}
		if kind != string(client.Ed25519) && kind != string(client.P256) {
			return usagef("-kind: ed25519 or p256, not %q", kind)
		}
		if scope != pledge.ScopeAdmin && scope != pledge.ScopeOperate {
			return usagef("-scope: operate or admin, not %q", scope)
		}
		return a.newKey(party, out, client.Kind(kind), scope, postQuantum, ask)
	})
	f := c.Flags()
	f.StringVar(&party, "party", "", "")
	f.StringVar(&out, "out", "", "")
	f.StringVar(&kind, "kind", string(client.Ed25519), "")
	f.StringVar(&scope, "scope", pledge.ScopeAdmin, "")
	f.BoolVar(&postQuantum, "post-quantum", false, "")
	f.BoolVar(&ask, "passphrase", false, "")
	return c
}

func (a *app) newKey(party, out string, kind client.Kind, scope string, postQuantum, ask bool) error {
	k, err := client.New(kind, party, scope)
	if err != nil {
		return err
	}
	if postQuantum {
		if err := k.UsePostQuantum(); err != nil {
			return err
		}
	}
	word := ""
	if ask || a.passphraseFile != "" {
		if word, err = a.passphrase(); err != nil {
			return err
		}
		if word == "" {
			return usagef("the passphrase is empty")
		}
	}
	if err := k.Save(out, word); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", out, fs.ErrExist)
	} else if err != nil {
		return err
	}
	p := publicOf(k)
	p.File = out
	a.emit(p, func(w io.Writer) {
		fmt.Fprintf(w, "%s: private key, for you alone; back it up\n", out)
		printPublic(w, p)
		fmt.Fprintf(w, "\nTo be enrolled, give an IP centre this:\n  datapledge key show %s -json\n", out)
	})
	return nil
}

func printPublic(w io.Writer, p publicKey) {
	fmt.Fprintf(w, "party:     %s\nkey id:    %s\npublic:    %s\n", first(p.Party, "(none)"), p.KID, p.JWK)
	if p.Recipient != "" {
		fmt.Fprintf(w, "recipient: %s\n", shorten(p.Recipient, 80))
	}
}

// shorten cuts what is too long for a line, like a post-quantum recipient.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n-1] + "…"
}

func (a *app) keyShowCommand() *cobra.Command {
	return a.command("show [FILE]", keyShowHelp, 0, 1, func(_ context.Context, args []string) error {
		a.keyFile = first(strings.Join(args, ""), a.keyFile)
		k, err := a.key()
		if err != nil {
			return err
		}
		p := publicOf(k)
		a.emit(p, func(w io.Writer) { printPublic(w, p) })
		return nil
	})
}

func (a *app) keyJWTCommand() *cobra.Command {
	var aud string
	c := a.command("jwt", keyJWTHelp, 0, 0, func(ctx context.Context, _ []string) error {
		k, err := a.key()
		if err != nil {
			return err
		}
		if aud == "" {
			cl, err := a.client()
			if err != nil {
				return err
			}
			if aud, err = cl.Channel(ctx); err != nil {
				return err
			}
		}
		token, err := k.JWT(aud, clock())
		if err != nil {
			return err
		}
		a.emit(map[string]string{"token": token, "aud": aud}, func(w io.Writer) { fmt.Fprintln(w, token) })
		return nil
	})
	c.Flags().StringVar(&aud, "aud", "", "")
	return c
}

// readPublic reads a public key: a bare public JWK, what 'key show -json'
// prints, or a key file of one's own.
func (a *app) readPublic(path string) (publicKey, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return publicKey{}, err
	}
	var shown publicKey
	if json.Unmarshal(data, &shown) == nil && len(shown.JWK) > 0 {
		return shown, nil
	}
	var jwk struct{ Kty, D string }
	if json.Unmarshal(data, &jwk) == nil && jwk.Kty != "" && jwk.D == "" {
		kid, err := pledge.Thumbprint(data)
		return publicKey{JWK: data, KID: kid}, err
	}
	k, err := client.Load(path, a.passphrase)
	if err != nil {
		return publicKey{}, err
	}
	return publicOf(k), nil
}
