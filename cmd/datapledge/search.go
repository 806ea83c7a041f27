package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service/client"
)

const searchHelp = `usage: datapledge search -asset ID|-party USCC|-fingerprint sha256:…|-file FILE|DIR [-as-of HEIGHT|TIME]

Finds every live pledge: on an asset (and on assets that share files with it,
or whose content is like it), on all that a party owns, or on whatever holds
this content. Where the service can compare content, all that is like it is
named, with the share of rows that are the same and the bounds of it. The
answer is numbered and signed, and names the sequence number that
'pledge register -expected-seq' wants. Finding a pledge is no error.

  -asset ID            an asset, as_…
  -party USCC          all assets of a party
  -fingerprint DIGEST  a dataset's fingerprint, or the SHA-256 of a file
  -file FILE|DIR       fingerprinted here; a FILE also as a file of any dataset
  -as-of HEIGHT|TIME   as it was then

EXAMPLE
  datapledge search -asset as_pt7u2e6wkhsjn3zq4x5v6b7c2d -key bank.jwk
` + exitCommon

func (a *app) searchCommand() *cobra.Command {
	var q client.SearchQuery
	var file string
	c := a.command("search", searchHelp, 0, 0, func(ctx context.Context, _ []string) error {
		given := 0
		for _, text := range []string{q.AssetID, q.Party, q.Fingerprint, file} {
			if text != "" {
				given++
			}
		}
		if given != 1 {
			return usagef("name exactly one of -asset, -party, -fingerprint and -file")
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		s, err := a.search(ctx, c, q, file)
		if err != nil {
			return err
		}
		a.emit(s, func(w io.Writer) { printSearch(w, s.Value) })
		return nil
	})
	f := c.Flags()
	f.StringVar(&q.AssetID, "asset", "", "")
	f.StringVar(&q.Party, "party", "", "")
	f.StringVar(&q.Fingerprint, "fingerprint", "", "")
	f.StringVar(&q.AsOf, "as-of", "", "")
	f.StringVar(&file, "file", "", "")
	return c
}

// search asks; a single file is looked for as a dataset, then as a file
// within others.
func (a *app) search(ctx context.Context, c *client.Client, q client.SearchQuery, file string) (client.Doc[client.Search], error) {
	if file == "" {
		return c.Search(ctx, q)
	}
	d, err := a.localDataset(ctx, []string{file})
	if err != nil {
		return client.Doc[client.Search]{}, err
	}
	q.Fingerprint = d.manifest.Fingerprint()
	s, err := c.Search(ctx, q)
	if err != nil || len(s.Value.Assets) > 0 || d.root != "" {
		return s, err
	}
	q.Fingerprint = "sha256:" + d.manifest.Files()[0].SHA256
	return c.Search(ctx, q)
}

func printSearch(w io.Writer, s client.Search) {
	fmt.Fprintf(w, "search %s at height %d (%s)\n", s.Number, s.AsOf.Height, s.AsOf.At)
	for _, x := range s.Assets {
		fmt.Fprintf(w, "asset:  %s of %s, sequence %d", x.AssetID, x.Owner, x.ExpectedSeq)
		if x.Disputed {
			fmt.Fprint(w, ", DISPUTED")
		}
		if x.Frozen {
			fmt.Fprint(w, ", FROZEN")
		}
		fmt.Fprintln(w)
	}
	for _, l := range s.Liens {
		fmt.Fprintf(w, "pledge: %s on %s to %s, %s", l.PledgeID, l.AssetID, l.Pledgee, l.State)
		if l.Rank > 0 {
			fmt.Fprintf(w, ", rank %d", l.Rank)
		}
		fmt.Fprintf(w, ", up to %s until %s (found by %s)\n", l.SecuredMax.Text(), until(l.Expires), l.Via)
		printPerfection(w, l.Perfection)
	}
	printContent(w, s.Content)
	switch {
	case len(s.Assets) == 0:
		fmt.Fprintln(w, "nothing on the ledger matches")
	case s.None:
		fmt.Fprintln(w, "no live pledge at this height")
	}
	if !s.Complete {
		fmt.Fprintf(w, "INCOMPLETE: there may be more; %s\n", s.Incomplete)
	}
}
