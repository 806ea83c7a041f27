package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/imprint"
	"github.com/datapledge/datapledge/service/imprint/receiver"
)

const imprintHelp = `usage: datapledge imprint receive|follow|status|resume

The imprint 印刻: courts and regulators receive every record with its proof from
the moment it commits, and sign for it. The service's config names them
("imprint": {"sinks": […]}), and who else hands out checkpoints for its evidence
("sources": […]).

EXAMPLE
  datapledge imprint status -key court.jwk
` + exitCommon

const imprintReceiveHelp = `usage: datapledge imprint receive -dir DIR -key FILE -trust FILE -sender FILE [-listen ADDR]

The institution's end: takes every block, checks its proof (on a consortium the
orderers' signatures, too) against the trust file, holds the blocks to one
chain, keeps them as files in DIR that a person can read, and answers with
receipts signed by the institution's key. A block that contradicts one that is
held is kept below forks/, refused, and logged.

  -dir DIR        where everything is kept; one process at a time
  -key FILE       the institution's key, a party of the ledger
  -trust FILE     which ledger is believed; 'datapledge evidence trust' makes it
  -sender FILE    public key (JWK, or 'key show -json') of the exchange that
                  sends; several: repeat the flag
  -listen ADDR    where to listen; 127.0.0.1:8090 when not said
  -cert FILE, -tls-key FILE   serve https with these (PEM)
  -url URL        https://host as senders write it, behind a proxy that ends TLS

EXAMPLE
  datapledge imprint receive -dir imprint -key court.jwk -trust trust.json -sender exchange.pub.json

EXIT STATUS
  0 ended in order, 1 fault, 2 usage
`

const imprintStatusHelp = `usage: datapledge imprint status

Tells of each institution: the newest block that it signed for, how far that is
behind, and what is wrong. Any enrolled party may ask.

EXAMPLE
  datapledge imprint status -key bank.jwk
` + exitCommon

func (a *app) imprintCommand() *cobra.Command {
	return a.group("imprint", imprintHelp, a.imprintReceiveCommand(), a.imprintFollowCommand(), a.imprintStatusCommand(), a.imprintResumeCommand())
}

func (a *app) imprintStatusCommand() *cobra.Command {
	return a.command("status", imprintStatusHelp, 0, 0, func(ctx context.Context, _ []string) error {
		c, err := a.client()
		if err != nil {
			return err
		}
		s, err := c.Imprint(ctx)
		if err != nil {
			return err
		}
		a.emit(s, func(w io.Writer) { printImprint(w, s.Value.Sinks) })
		return nil
	})
}

func printImprint(w io.Writer, list []service.ImprintStatus) {
	if len(list) == 0 {
		fmt.Fprintln(w, "no institution receives the records: the service's config names none")
	}
	for _, s := range list {
		newest := "no block yet"
		if s.Delivered != nil {
			newest = fmt.Sprintf("block %d", s.Delivered.Height)
		}
		fmt.Fprintf(w, "%s: %s, %s, %d behind (%d s), %d receipts\n", s.Sink, s.State, newest, s.LagBlocks, s.LagSeconds, s.Receipts)
		if s.Cause != "" {
			fmt.Fprintf(w, "  %s\n  remedy: %s\n", s.Cause, s.Remedy)
		}
	}
}

// receiving is what the flags of 'imprint receive' say.
type receiving struct {
	dir, trust, listen, cert, tlsKey, url string
	senders                               []string
}

func (a *app) imprintReceiveCommand() *cobra.Command {
	var r receiving
	var c *cobra.Command
	c = a.command("receive", imprintReceiveHelp, 0, 0, func(ctx context.Context, _ []string) error {
		if err := required(c, "dir", r.dir, "key", a.keyPath(), "trust", r.trust, "sender", first(r.senders...)); err != nil {
			return err
		}
		if (r.cert == "") != (r.tlsKey == "") {
			return usagef("-cert and -tls-key go together")
		}
		return a.receive(ctx, r)
	})
	f := c.Flags()
	f.StringVar(&r.dir, "dir", "", "")
	f.StringVar(&r.trust, "trust", "", "")
	f.StringVar(&r.listen, "listen", "127.0.0.1:8090", "")
	f.StringVar(&r.cert, "cert", "", "")
	f.StringVar(&r.tlsKey, "tls-key", "", "")
	f.StringVar(&r.url, "url", "", "")
	f.StringArrayVar(&r.senders, "sender", nil, "")
	return c
}

// freshness is how far a request's signature may be from the clock.
const freshness = 5 * time.Minute

func (a *app) receive(ctx context.Context, r receiving) error {
	h, err := a.receiver(r)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", r.listen)
	if err != nil {
		return err
	}
	on := listening{r.listen, r.cert, r.tlsKey}
	url := on.scheme() + "://" + l.Addr().String()
	a.emit(map[string]string{"url": url, "dir": r.dir}, func(w io.Writer) { fmt.Fprintf(w, "receiving on %s, everything is in %s\n", url, r.dir) })
	return on.serve(ctx, l, h)
}

func notClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

func (a *app) receiver(r receiving) (http.Handler, error) {
	key, err := a.key()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(r.trust)
	if err != nil {
		return nil, err
	}
	trust, err := evidence.ParseTrust(text)
	if err != nil {
		return nil, usagef("%s: %v", r.trust, err)
	}
	var senders []json.RawMessage
	for _, path := range r.senders {
		k, err := a.readPublic(path)
		if err != nil {
			return nil, err
		}
		senders = append(senders, k.JWK)
	}
	v, err := imprint.NewVerifier(senders, r.url, freshness, time.Now)
	if err != nil {
		return nil, usagef("%v", err)
	}
	return receiver.New(receiver.Options{Dir: r.dir, Key: key, Trust: trust, Verifier: v, Logger: a.logger("info")})
}
