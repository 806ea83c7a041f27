package main

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service/timestamp"
)

const timestampHelp = `usage: datapledge timestamp authority

Time stamps 可信时间戳 (RFC 3161): who else says when a block was there.

EXAMPLE
  datapledge timestamp authority -dir authority
` + exitCommon

const timestampAuthorityHelp = `usage: datapledge timestamp authority -dir DIR [-listen ADDR]

Runs a time-stamping authority FOR TRIALS: its time is this machine's clock and
its root certificate its own, so its stamps prove nothing to anybody else. In
earnest name an authority that courts know in the service's configuration, as
"time_stamps": {"url": "http://127.0.0.1:3161", "roots_file": "DIR/root.pem"}.

  -dir DIR        where its key is, made at the first start; root.pem there is the
                  certificate to trust
  -listen ADDR    where to listen, 127.0.0.1:3161 when it is not said

EXAMPLE
  datapledge timestamp authority -dir authority
` + exitCommon

func (a *app) timestampCommand() *cobra.Command {
	return a.group("timestamp", timestampHelp, a.timestampAuthorityCommand())
}

func (a *app) timestampAuthorityCommand() *cobra.Command {
	var dir, listen string
	var c *cobra.Command
	c = a.command("authority", timestampAuthorityHelp, 0, 0, func(ctx context.Context, _ []string) error {
		if err := required(c, "dir", dir); err != nil {
			return err
		}
		d, err := startAuthority(dir, listen)
		if err != nil {
			return err
		}
		a.emit(map[string]string{"url": d.url, "root": d.roots}, func(w io.Writer) {
			fmt.Fprintf(w, "stamping for trials on %s until Ctrl-C; trust %s\n", d.url, d.roots)
		})
		<-ctx.Done()
		return d.stop(ctx)
	})
	c.Flags().StringVar(&dir, "dir", "", "")
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:3161", "")
	return c
}

// stampRootsOf reads root certificates for a trust file; none without a file.
func stampRootsOf(path string) ([]string, error) {
	if path == "" {
		return nil, nil
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	roots, err := timestamp.ParseRoots(data)
	if err != nil {
		return nil, usagef("%s: %v", path, err)
	}
	var list []string
	for _, root := range roots {
		list = append(list, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw})))
	}
	return list, nil
}
