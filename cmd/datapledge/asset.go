package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/client"
	"github.com/datapledge/datapledge/storage"
)

const assetHelp = `usage: datapledge asset notarize|show|list|history|fetch|record-certificate

A data asset 数据资产: a dataset in custody, with its fingerprint on the ledger.

EXAMPLE
  datapledge asset list -key acme.jwk
` + exitCommon

const assetFetchHelp = `usage: datapledge asset fetch ASSET -out DIR [FILE…]

Gets the data back from custody, for the owner: all files, or those named. Each
file is compared with the ledger's digest before it gets its name; existing
files are never overwritten.

EXAMPLE
  datapledge asset fetch as_pt7u2e6wkhsjn3zq4x5v6b7c2d -out ./again -key acme.jwk
` + exitCommon

const assetCertificateHelp = `usage: datapledge asset record-certificate ASSET -registrar NAME -number NUMBER
         -issued DATE -expires DATE -document DOC

Records a data-IP registration certificate 登记证书 on an asset. Signed by the IP
centre. A debt secured by the asset must then be due 30 days before it expires.
It is issued at the beginning of a day in China, and lasts through the last one.
DOC is a file, whose SHA-256 is taken, or sha256:….

EXAMPLE
  datapledge asset record-certificate as_… -registrar "Zhejiang IP Centre" -number 浙数登字第1号 \
    -issued 2026-01-15 -expires 2029-01-15 -document certificate.pdf -key ipcenter.jwk
` + exitCommon

func (a *app) assetCommand() *cobra.Command {
	return a.group("asset", assetHelp, a.assetNotarizeCommand(), a.assetShowCommand(), a.assetListCommand(),
		a.assetHistoryCommand(), a.assetFetchCommand(), a.assetCertificateCommand(), a.assetAttestCommand(), a.assetVersionCommand(),
		a.assetTransferCommand(), a.assetLicenseCommand(), a.assetWithdrawCommand(), a.assetResolveCommand())
}

func (a *app) assetFetchCommand() *cobra.Command {
	var out string
	var c *cobra.Command
	c = a.command("fetch ASSET [FILE…]", assetFetchHelp, 1, -1, func(ctx context.Context, args []string) error {
		if err := required(c, "out", out); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		x, err := c.Asset(ctx, args[0], "")
		if err != nil {
			return err
		}
		files, err := chosen(x.Value, args[1:])
		if err != nil {
			return err
		}
		return a.fetch(ctx, c, x.Value, files, out)
	})
	c.Flags().StringVar(&out, "out", "", "")
	return c
}

// chosen picks the files to fetch; all when none are named.
func chosen(x client.Asset, names []string) ([]pledge.File, error) {
	if len(x.FileList) == 0 {
		return nil, fmt.Errorf("the service does not list the files of %s", x.ID)
	}
	if len(names) == 0 {
		return x.FileList, nil
	}
	byName := map[string]pledge.File{}
	for _, f := range x.FileList {
		byName[f.Path] = f
	}
	var out []pledge.File
	for _, name := range names {
		f, ok := byName[name]
		if !ok {
			return nil, &pledge.Error{Code: pledge.NotFound, Detail: fmt.Sprintf("%s has no file %q", x.ID, name)}
		}
		out = append(out, f)
	}
	return out, nil
}

func (a *app) fetch(ctx context.Context, c *client.Client, x client.Asset, files []pledge.File, out string) error {
	total := int64(0)
	for _, f := range files {
		total += f.Size
	}
	bar := a.progress("fetching", total)
	for _, f := range files {
		if err := fetchFile(ctx, c, x.ID, f, out, bar); err != nil {
			return err
		}
	}
	a.emit(map[string]any{"asset_id": x.ID, "fingerprint": x.Fingerprint, "out": out, "files": files}, func(w io.Writer) {
		fmt.Fprintf(w, "%d file(s), %s, as notarized, in %s\n", len(files), bytesText(total), out)
	})
	return nil
}

func fetchFile(ctx context.Context, c *client.Client, asset string, f pledge.File, out string, bar *bar) error {
	if err := storage.CheckPath(f.Path); err != nil {
		return err // a hostile list must not write outside of out
	}
	return create(filepath.Join(out, filepath.FromSlash(f.Path)), func(w io.Writer) error {
		d := storage.NewDigester()
		if err := c.Content(ctx, asset, f.Path, io.MultiWriter(w, d, watcher{bar})); err != nil {
			return fmt.Errorf("fetching %s: %w", f.Path, err)
		}
		if got := d.File(f.Path); got.SHA256 != f.SHA256 {
			return &finding{exitTampered, fmt.Sprintf("%s came back with other content than was notarized; nothing was kept", f.Path)}
		}
		return nil
	})
}

// watcher moves a bar by what is written.
type watcher struct{ bar *bar }

func (w watcher) Write(p []byte) (int, error) {
	w.bar.add(int64(len(p)))
	return len(p), nil
}

// create writes a new file: whole and under its name, or not at all.
func create(path string, write func(io.Writer) error) error {
	if _, err := os.Lstat(path); err == nil {
		return &os.PathError{Op: "create", Path: path, Err: os.ErrExist}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".datapledge-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	err = write(tmp)
	if err == nil {
		err = tmp.Chmod(0o644)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func (a *app) assetCertificateCommand() *cobra.Command {
	body := pledge.CertificateBody{}
	var c *cobra.Command
	c = a.command("record-certificate ASSET", assetCertificateHelp, 1, 1, func(ctx context.Context, args []string) (err error) {
		if err := required(c, "registrar", body.Registrar, "number", body.Number, "issued", body.Issued,
			"expires", body.Expires, "document", body.Digest); err != nil {
			return err
		}
		body.AssetID = args[0]
		if body.Issued, err = begins("issued", body.Issued); err != nil {
			return err
		}
		if body.Expires, err = ends("expires", body.Expires); err != nil {
			return err
		}
		if body.Digest, err = document(body.Digest); err != nil {
			return err
		}
		return a.act(ctx, pledge.AssetRecordCertificate, body)
	})
	f := c.Flags()
	f.StringVar(&body.Registrar, "registrar", "", "")
	f.StringVar(&body.Number, "number", "", "")
	f.StringVar(&body.Issued, "issued", "", "")
	f.StringVar(&body.Expires, "expires", "", "")
	f.StringVar(&body.Digest, "document", "", "")
	return c
}
