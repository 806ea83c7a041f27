package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/cmd/datapledge/owner"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

const assetNotarizeHelp = `usage: datapledge asset notarize DIR|FILE… -name NAME -consent FILE [flags]
       datapledge asset notarize DIR|FILE… -name NAME -declaration FILE [flags]

Puts a desensitized dataset into encrypted custody and its fingerprint on the
ledger 存证. Fingerprint and preflight 三原则 are computed here first, in one pass;
the custodian computes them again of what it sealed, and nothing is signed
unless it found the same. A dataset with something to fix is not uploaded.

  -name NAME            what the asset is called
  -consent FILE         the documents that allow the use of the data, as of
                        'dataset preflight'; the documents themselves stay here
  -expect FILE          what the data should be, as of 'dataset preflight'
  -declaration FILE     the statement of the three principles. Not needed with -consent.
                        'dataset preflight -reports DIR' makes one, DIR/declaration.json;
                        what it says must be what is found here. In one made by hand a
                        document may stand instead of a digest, relative to FILE
  -override FINDING=REASON
                        a person answers for a finding, by its id in the fix list; may
                        be given more than once. It stands on the ledger, in every
                        verification and on the certificate
  -capacity OFFICE      the office in which that person answers; the key must be the
                        person's own. No name: what is on the ledger stays there
  -source SOURCE        self-collected (default), licensed or public
  -scenario TEXT        what the data are for
  -update-period P1M    how often they are updated (ISO 8601); default P1Y
  -sm3                  also record the SM3 fingerprint 国密 (GB/T 32905), computed here
                        and by the custodian; it cannot be added later
  -upload ID            go on with an upload that was cut off
  -lang zh|en           language of the fix list; en when not given

EXAMPLE
  datapledge asset notarize ./dataset -name "Bird strikes 1990-2002" \
    -consent consent.json -scenario "aviation risk" -key acme.jwk
  datapledge asset notarize ./dataset -name "Bird strikes 1990-2002" -consent consent.json \
    -override "exclusion/mobile-phone/0123456789ab=numbers of offices, not of persons" \
    -capacity "data protection officer" -key dpo.jwk
` + exitCommon + `  4 something has to be fixed first; nothing was uploaded
`

// notarize is one run of asset notarize.
type notarize struct {
	app    *app
	client *client.Client
	stated statedFlags
	answer answerFlags

	declaration string
	upload      string
	sm3         bool
	lang        string

	declared *pledge.Declaration // by hand; nil: it is made of what is found
	given    service.Given
	found    owner.Found
	words    []pledge.Override // on the command line
	examines bool              // the custodian looks at what it seals
	resumed  bool              // the upload was begun by an earlier run
	body     pledge.NotarizeBody
}

func (a *app) assetNotarizeCommand() *cobra.Command {
	n := &notarize{app: a}
	var c *cobra.Command
	c = a.command("notarize DIR|FILE…", assetNotarizeHelp, 1, -1, func(ctx context.Context, args []string) error {
		if err := required(c, "name", n.body.Name); err != nil {
			return err
		}
		return n.run(ctx, args)
	})
	n.stated.add(c)
	n.answer.add(c)
	f := c.Flags()
	f.StringVar(&n.body.Name, "name", "", "")
	f.StringVar(&n.declaration, "declaration", "", "")
	f.StringVar(&n.body.Source, "source", "self-collected", "")
	f.StringVar(&n.body.Scenario, "scenario", "", "")
	f.StringVar(&n.body.UpdatePeriod, "update-period", "P1Y", "")
	f.BoolVar(&n.sm3, "sm3", false, "")
	f.StringVar(&n.upload, "upload", "", "")
	f.StringVar(&n.lang, "lang", "en", "")
	return c
}

func (n *notarize) run(ctx context.Context, paths []string) error {
	d, err := n.prepare(ctx, paths)
	if err != nil {
		return err
	}
	if err := n.store(ctx, d); err != nil {
		return err
	}
	out, err := n.client.Act(ctx, pledge.AssetNotarize, n.body)
	if err != nil {
		return n.app.outcome(out, err)
	}
	n.app.emit(certified(out), func(w io.Writer) { n.print(w, out) })
	return nil
}

// prepare is all that goes before anything is sent.
func (n *notarize) prepare(ctx context.Context, paths []string) (d dataset, err error) {
	if err := checkLang(n.lang); err != nil {
		return d, err
	}
	o, given, err := n.stated.read()
	if err != nil {
		return d, err
	}
	if n.given = given; n.declaration != "" {
		if n.declared, err = readDeclaration(n.declaration); err != nil {
			return d, err
		}
	}
	if n.client, err = n.app.client(); err != nil {
		return d, err
	}
	if n.client.Key() == nil {
		return d, client.ErrNoKey
	}
	if n.words, err = n.answer.read(n.client.Key().KID()); err != nil {
		return d, err
	}
	d, n.found, err = n.app.examine(ctx, paths, o, extras(n.sm3)...)
	return d, err
}

func (n *notarize) print(w io.Writer, out pledge.Outcome) {
	printOutcome(w, out)
	fmt.Fprintf(w, "fingerprint: %s\n", n.body.Fingerprint)
	if n.sm3 {
		fmt.Fprintf(w, "SM3:         %s\n", n.body.SM3Fingerprint)
	}
	if n.examines {
		fmt.Fprintf(w, "preflight:   the custodian came to the same reports%s\n", answeredFor(n.body.Declaration.Overrides))
	}
}

// hold keeps an upload for another try, and says how.
func (n *notarize) hold(err error) error {
	if err == nil || errors.Is(err, pledge.NotFound) {
		return err
	}
	return hintf(err, "what was stored stays for a while: run the same again with -upload %s to go on", n.upload)
}
