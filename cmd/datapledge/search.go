package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

const searchHelp = `usage: datapledge search -asset ID|-party USCC|-name NAME|-number NUMBER|-fingerprint sha256:…|-file FILE|DIR
                         [-as-of HEIGHT|TIME] [-lang zh|en]

Finds every live pledge: on an asset (and on assets that share files with it,
or whose content is like it), on all that a party owns, or on whatever holds
this content. Where the service can compare content, all that is like it is
named, with the share of rows that are the same and the bounds of it. The
answer is numbered and signed, and names the sequence number that
'pledge register -expected-seq' wants. Finding a pledge is no error.

Names, numbers and ids are also found when they are written differently: in
full width, in another case, with other spaces or punctuation. Each match says
whether it is EXACT (letter for letter) or SIMILAR. What is no UTF-8 is read as
GB18030, on the command line, in a file and on standard input.

  -asset ID            an asset, as_…, or the number of its notarization, N-…
  -party USCC          all assets of a party
  -name NAME           of a party, of an asset, or of the debtor in a statutory
                       registration; - reads it from standard input, @FILE from a file
  -number NUMBER       of a registration certificate, a notarial certificate, a
                       statutory registration, a court's file or order, or of a
                       certificate of this service; - and @FILE as above
  -fingerprint DIGEST  a dataset's fingerprint, or the SHA-256 of a file
  -file FILE|DIR       fingerprinted here; a FILE also as a file of any dataset
  -as-of HEIGHT|TIME   as it was then
  -lang zh|en          the language; en when not given

EXAMPLE
  datapledge search -asset as_pt7u2e6wkhsjn3zq4x5v6b7c2d -key bank.jwk
  datapledge search -name '杭州数据科技（浙江）有限公司' -lang zh -key bank.jwk
` + exitCommon

func (a *app) searchCommand() *cobra.Command {
	var q client.SearchQuery
	var file, lang string
	c := a.command("search", searchHelp, 0, 0, func(ctx context.Context, _ []string) error {
		if err := a.readQuery(&q, file, lang); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		s, err := a.search(ctx, c, q, file)
		if err != nil {
			return err
		}
		a.emit(s, func(w io.Writer) { printSearch(w, s, lang) })
		return nil
	})
	f := c.Flags()
	f.StringVar(&q.AssetID, "asset", "", "")
	f.StringVar(&q.Party, "party", "", "")
	f.StringVar(&q.Name, "name", "", "")
	f.StringVar(&q.Number, "number", "", "")
	f.StringVar(&q.Fingerprint, "fingerprint", "", "")
	f.StringVar(&q.AsOf, "as-of", "", "")
	f.StringVar(&file, "file", "", "")
	f.StringVar(&lang, "lang", "en", "")
	return c
}

// readQuery checks the flags and reads what they only point to.
func (a *app) readQuery(q *client.SearchQuery, file, lang string) error {
	given := 0
	for _, text := range []string{q.AssetID, q.Party, q.Name, q.Number, q.Fingerprint, file} {
		if text != "" {
			given++
		}
	}
	if given != 1 {
		return usagef("name exactly one of -asset, -party, -name, -number, -fingerprint and -file")
	}
	for _, text := range []*string{&q.AssetID, &q.Party, &q.Name, &q.Number, &q.Fingerprint} {
		if err := a.readChinese(text); err != nil {
			return err
		}
	}
	return checkLang(lang)
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

// printSearch tells the answer in the words of the service, and one that it
// cannot read, of a service of another version, as it came.
func printSearch(w io.Writer, s client.Doc[client.Search], lang string) {
	var r service.Search
	if err := json.Unmarshal(s.Raw, &r); err != nil {
		fmt.Fprintf(w, "%s\n", s.Raw)
		return
	}
	for _, line := range r.Words() {
		fmt.Fprintln(w, line.In(lang))
	}
}
