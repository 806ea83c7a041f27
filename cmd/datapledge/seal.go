package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/cmd/datapledge/owner"
	"github.com/datapledge/datapledge/storage"
)

const datasetSealHelp = `usage: datapledge dataset seal DIR|FILE… -to RECIPIENT… -out DIR [-sm3]

Seals a dataset for someone: one age file for each file, and manifest.txt. Who
holds a recipient's identity opens them with 'datapledge dataset open', or with
the stock age tool. -to may be given more than once. With -sm3 there is
manifest.sm3.txt as well, with SM3 国密 for SHA-256.

EXAMPLE
  datapledge dataset seal ./dataset -out ./sealed \
    -to age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
` + exitCommon

const datasetOpenHelp = `usage: datapledge dataset open DIR -out DIR -key FILE
       datapledge dataset open DIR -out DIR -identity FILE

Opens what 'dataset seal' made, with a party's key or an age identity file, and
compares every file with the manifest before it gets its name.

EXAMPLE
  datapledge dataset open ./sealed -out ./again -key acme.jwk

EXIT STATUS
  0 ok, 1 fault, 2 usage, 3 refused, 11 tampered: a file is not what the manifest says
`

// The manifests within a sealed folder.
const (
	manifestName    = "manifest.txt"
	sm3ManifestName = "manifest.sm3.txt"
)

func (a *app) datasetSealCommand() *cobra.Command {
	var to []string
	var out string
	var sm3 bool
	var c *cobra.Command
	c = a.command("seal DIR|FILE…", datasetSealHelp, 1, -1, func(ctx context.Context, args []string) error {
		if err := required(c, "out", out); err != nil {
			return err
		}
		if len(to) == 0 {
			return usagef("-to is needed: an age recipient (age1…), as 'datapledge key show' prints it")
		}
		recipients, err := parseRecipients(to)
		if err != nil {
			return err
		}
		d, err := a.localDataset(ctx, args, extras(sm3)...)
		if err != nil {
			return err
		}
		return a.seal(ctx, d, recipients, out)
	})
	c.Flags().StringArrayVar(&to, "to", nil, "")
	c.Flags().StringVar(&out, "out", "", "")
	c.Flags().BoolVar(&sm3, "sm3", false, "")
	return c
}

func parseRecipients(texts []string) ([]age.Recipient, error) {
	var out []age.Recipient
	for _, t := range texts {
		r, err := storage.ParseRecipient(t)
		if err != nil {
			return nil, usagef("-to: %v", err)
		}
		out = append(out, r)
	}
	return out, nil
}

func (a *app) seal(ctx context.Context, d dataset, recipients []age.Recipient, out string) error {
	bar := a.progress("sealing", d.manifest.Size())
	for _, f := range d.manifest.Files() {
		if err := sealFile(ctx, d, f, recipients, out, bar); err != nil {
			return err
		}
	}
	view := viewOf(d.manifest)
	if err := createText(filepath.Join(out, manifestName), view.Manifest); err != nil {
		return err
	}
	answer := map[string]any{"fingerprint": view.Fingerprint, "files": view.Files, "out": out}
	if view.SM3 != "" {
		answer["sm3_fingerprint"] = view.SM3
		if err := createText(filepath.Join(out, sm3ManifestName), view.SM3Manifest); err != nil {
			return err
		}
	}
	a.emit(answer, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n%d file(s), %s, sealed in %s\n", view.Fingerprint, len(view.Files), bytesText(view.Size), out)
	})
	return nil
}

func createText(path, text string) error {
	return create(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

func sealFile(ctx context.Context, d dataset, f storage.File, to []age.Recipient, out string, bar *bar) error {
	in, err := os.Open(d.path(f.Path))
	if err != nil {
		return err
	}
	defer in.Close()
	return create(filepath.Join(out, filepath.FromSlash(f.Path)+".age"), func(w io.Writer) error {
		sealed, err := age.Encrypt(w, to...)
		if err != nil {
			return usagef("-to: %v", err)
		}
		digest := storage.NewDigester()
		if _, err := io.Copy(io.MultiWriter(sealed, digest, watcher{bar}), owner.Until(ctx, in)); err != nil {
			return fmt.Errorf("sealing %s: %w", f.Path, err)
		}
		if digest.File(f.Path) != f {
			return fmt.Errorf("%s changed while it was sealed; nothing was kept of it", f.Path)
		}
		return sealed.Close()
	})
}

func (a *app) datasetOpenCommand() *cobra.Command {
	var out, identity string
	var c *cobra.Command
	c = a.command("open DIR", datasetOpenHelp, 1, 1, func(ctx context.Context, args []string) error {
		if err := required(c, "out", out); err != nil {
			return err
		}
		ids, err := a.identities(identity)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(filepath.Join(args[0], manifestName))
		if err != nil {
			return err
		}
		m, err := storage.ParseManifest(string(text))
		if err != nil {
			return badDataset(err)
		}
		return a.open(ctx, args[0], m, ids, out)
	})
	c.Flags().StringVar(&out, "out", "", "")
	c.Flags().StringVar(&identity, "identity", "", "")
	return c
}

// identities are those of an age identity file, or that of the party's key.
func (a *app) identities(path string) ([]age.Identity, error) {
	if path != "" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		ids, err := age.ParseIdentities(f)
		if err != nil {
			return nil, fmt.Errorf("%s is no age identity file", path) // the library may quote the secret
		}
		return ids, nil
	}
	k, err := a.key()
	if err != nil {
		return nil, err
	}
	if k.Identity() == nil {
		return nil, fmt.Errorf("%s has no age identity", a.keyPath())
	}
	return []age.Identity{k.Identity()}, nil
}

func (a *app) open(ctx context.Context, dir string, m storage.Manifest, ids []age.Identity, out string) error {
	for _, f := range m.Files() {
		if err := openFile(ctx, dir, f, ids, out); err != nil {
			return err
		}
	}
	a.emit(map[string]any{"fingerprint": m.Fingerprint(), "files": len(m.Files()), "out": out}, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n%d file(s), as the manifest says, in %s\n", m.Fingerprint(), len(m.Files()), out)
	})
	return nil
}

func openFile(ctx context.Context, dir string, f storage.File, ids []age.Identity, out string) error {
	in, err := os.Open(filepath.Join(dir, filepath.FromSlash(f.Path)+".age"))
	if err != nil {
		return err
	}
	defer in.Close()
	plain, err := age.Decrypt(in, ids...)
	if none := (*age.NoIdentityMatchError)(nil); errors.As(err, &none) {
		return fmt.Errorf("%s is not sealed to this identity, or its header is damaged", in.Name())
	}
	if err != nil {
		return &finding{exitTampered, fmt.Sprintf("%s is damaged: %v", in.Name(), err)}
	}
	return create(filepath.Join(out, filepath.FromSlash(f.Path)), func(w io.Writer) error {
		digest := storage.NewDigester()
		if _, err := io.Copy(io.MultiWriter(w, digest), owner.Until(ctx, plain)); err != nil {
			if ctx.Err() != nil {
				return err
			}
			return &finding{exitTampered, fmt.Sprintf("%s is damaged: %v", in.Name(), err)}
		}
		if digest.File(f.Path).SHA256 != f.SHA256 {
			return &finding{exitTampered, fmt.Sprintf("%s is not what the manifest says; nothing was kept of it", f.Path)}
		}
		return nil
	})
}
