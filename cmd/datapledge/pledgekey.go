package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"filippo.io/age"
	"github.com/spf13/cobra"
)

const pledgeKeyReleaseHelp = `usage: datapledge pledge key-release PLEDGE

Hands the key of what a pledge covers to its pledgee, while the pledge is
enforced, not frozen and without an open objection. With the custodian's key. An
age file that only the pledgee's identity opens is made, and the ledger names its
digest. Nothing does this by itself. What was handed over cannot be taken back.

EXAMPLE
  datapledge pledge key-release pl_pt7u2e6wkhsjn3zq4x5v6b7c2d -key exchange.jwk
` + exitCommon

const pledgeKeyHelp = `usage: datapledge pledge key PLEDGE -o FILE [-identity FILE]

Gets the key that the custodian released to the pledgee: an age file, compared
with the digest on the ledger. With the pledgee's key.

  -o FILE         the age file as it is
  -identity FILE  also open it with the pledgee's own identity: an age identity
                  file (mode 0600), which opens the sealed objects

The objects are opened by 'datapledge dataset open -identity', or by the stock
age tool in two steps:
  age -d -i bank.txt key.age > asset.txt && age -d -i asset.txt OBJECT

EXAMPLE
  datapledge pledge key pl_pt7u2e6wkhsjn3zq4x5v6b7c2d -o key.age -identity asset.txt -key bank.jwk
` + exitCommon

func (a *app) pledgeKeyReleaseCommand() *cobra.Command {
	return a.command("key-release PLEDGE", pledgeKeyReleaseHelp, 1, 1, func(ctx context.Context, args []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		out, err := c.ReleaseKey(ctx, args[0])
		return a.outcome(out, err)
	})
}

func (a *app) pledgeKeyCommand() *cobra.Command {
	var out, identity string
	var c *cobra.Command
	c = a.command("key PLEDGE", pledgeKeyHelp, 1, 1, func(ctx context.Context, args []string) error {
		if err := required(c, "o", out); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		file, err := c.ReleasedKey(ctx, args[0])
		if err != nil {
			return err
		}
		if identity != "" {
			if err := a.openKey(file, identity); err != nil {
				return err
			}
		}
		return a.saveKey(args[0], file, out, identity)
	})
	c.Flags().StringVar(&out, "o", "", "")
	c.Flags().StringVar(&identity, "identity", "", "")
	return c
}

func (a *app) saveKey(id string, file []byte, out, identity string) error {
	err := create(out, func(w io.Writer) error {
		_, err := w.Write(file)
		return err
	})
	if err != nil {
		return err
	}
	answer := map[string]any{"pledge_id": id, "out": out}
	if identity != "" {
		answer["identity"] = identity
	}
	a.emit(answer, func(w io.Writer) { fmt.Fprintf(w, "the key of %s is in %s\n", id, out) })
	return nil
}

// openKey writes what the age file holds, for its owner's eyes alone.
func (a *app) openKey(file []byte, path string) error {
	k, err := a.key()
	if err != nil {
		return err
	}
	if k.Identity() == nil {
		return fmt.Errorf("%s has no age identity", a.keyPath())
	}
	r, err := age.Decrypt(bytes.NewReader(file), k.Identity())
	if err != nil {
		return fmt.Errorf("opening the released key: %w", err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("opening the released key: %w", err)
	}
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = to.Write(text)
	return errors.Join(err, to.Close())
}
