package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/cmd/datapledge/lifeline"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/acts"
	"github.com/datapledge/datapledge/service/client"
)

const agreeHelp = `usage: datapledge agree FILE [-look] [-first] [-lang zh|en]
       datapledge agree RECORD [-lang zh|en]

An act of several sides takes effect when all have signed an equal body. The
first side wrote it to FILE (-o FILE of its command): agree shows in words what
it says, compares its digest with what waits on the record, and signs it.

With a RECORD (pl_… or as_…) it shows what waits there: which act, who signed,
for whom it waits and until when. The ledger keeps the digest only; what was
agreed is in the file, or in the flags of the same command.

  -look    only show what would be signed
  -first   sign although nobody has signed it yet: your own draft, after
           those whose consent it needs have given it
  -lang    zh or en; en when not given

EXAMPLE
  datapledge agree amend.json -key bank.jwk
  datapledge agree pl_pt7u2e6wkhsjn3zq4x5v6b7c2d -key bank.jwk
` + exitCommon

type agreeFlags struct {
	look, first bool
	lang        string
}

func (a *app) agreeCommand() *cobra.Command {
	var f agreeFlags
	c := a.command("agree FILE|RECORD", agreeHelp, 1, 1, func(ctx context.Context, args []string) error {
		return a.agree(ctx, args[0], f)
	})
	c.Flags().BoolVar(&f.look, "look", false, "")
	c.Flags().BoolVar(&f.first, "first", false, "")
	c.Flags().StringVar(&f.lang, "lang", "en", "")
	return c
}

func isRecord(text string) bool {
	return strings.HasPrefix(text, "pl_") || strings.HasPrefix(text, "as_")
}

func (a *app) agree(ctx context.Context, what string, f agreeFlags) error {
	if err := checkLang(f.lang); err != nil {
		return err
	}
	c, err := a.client()
	if err != nil {
		return err
	}
	if _, err := os.Stat(what); isRecord(what) && err != nil {
		return a.showWaiting(ctx, c, what, f.lang)
	}
	p, err := readPaper(what)
	if err != nil {
		return err
	}
	return a.agreeTo(ctx, c, p, what, f)
}

// agreeTo shows a paper and signs it, if it is what waits on the record.
func (a *app) agreeTo(ctx context.Context, c *client.Client, p paper, file string, f agreeFlags) error {
	record, err := recordOf(ctx, c, p.record())
	closed := errors.Is(err, pledge.WrongRole)
	if err != nil && !closed {
		return err
	}
	if !a.json || f.look {
		a.showPaper(ctx, c, p, record, f.lang)
	}
	if f.look {
		return nil
	}
	switch {
	case closed:
		a.say("%s is not open to you: the ledger compares what you sign with what others signed", p.record())
	case !f.first:
		if err := isWaiting(p, record); err != nil {
			return err
		}
	}
	return a.signPaper(ctx, c, p, "datapledge agree "+quoted(file))
}

// isWaiting refuses unless the paper is what somebody signed on the record.
func isWaiting(p paper, record json.RawMessage) error {
	var other []string
	for _, w := range lifeline.Agreements(record) {
		if w.Act == p.Act && w.Digest == p.Digest {
			return nil
		}
		if w.Act == p.Act {
			other = append(other, w.Digest)
		}
	}
	if len(other) > 0 {
		return pledge.Errorf(pledge.TermsMismatch, "what waits on %s is another %s: its digest is %s, that of the file %s", p.record(), p.Act, strings.Join(other, ", "), p.Digest)
	}
	return hintf(pledge.Errorf(pledge.NotFound, "no %s waits on %s: nobody signed it yet, or it took effect", p.Act, p.record()),
		"'datapledge %s show %s' tells which; -first signs it as the first", kindOf(p.record()), p.record())
}

func kindOf(id string) string {
	if strings.HasPrefix(id, "as_") {
		return "asset"
	}
	return "pledge"
}

// recordOf reads a pledge or an asset as it stands.
func recordOf(ctx context.Context, c *client.Client, id string) (json.RawMessage, error) {
	if strings.HasPrefix(id, "as_") {
		x, err := c.Asset(ctx, id, "")
		if err != nil {
			return nil, err
		}
		return pledge.CanonicalJSON(x.Value.Asset)
	}
	x, err := c.Pledge(ctx, id, "")
	if err != nil {
		return nil, err
	}
	return pledge.CanonicalJSON(x.Value.Pledge)
}

// showPaper says in words what a paper holds. An amendment is shown as what
// changes, where the terms that it replaces are known.
func (a *app) showPaper(ctx context.Context, c *client.Client, p paper, record json.RawMessage, lang string) {
	var was *pledge.Terms
	if x, err := pledge.DecodePledge(record); err == nil && x.ID != "" {
		was = &x.Terms
	}
	zh, en := acts.Name(string(p.Act))
	lines := lifeline.Described(p.body, was, a.people(ctx, c))
	a.tellPaper(lifeline.Text{ZH: zh, EN: en}.In(lang), p, lines, lang)
}

func (a *app) tellPaper(title string, p paper, lines []lifeline.Line, lang string) {
	w := a.stderr
	fmt.Fprintf(w, "%s (%s)  %s\n", title, p.Act, p.record())
	lifeline.WriteLines(w, lines, lang)
	fmt.Fprintf(w, "digest: %s\n\n", p.Digest)
}

// waitingAct is an act that waits for signatures, as it is printed.
type waitingAct struct {
	pledge.Agreement
	WaitsFor  lifeline.Text `json:"waits_for"`
	VoidFrom  string        `json:"void_from"`
	SignedBy  []string      `json:"signed_by"`
	ActCalled lifeline.Text `json:"act_called"`
}

func (a *app) showWaiting(ctx context.Context, c *client.Client, id, lang string) error {
	record, err := recordOf(ctx, c, id)
	if err != nil {
		return err
	}
	people := a.people(ctx, c)
	list := []waitingAct{}
	for _, x := range lifeline.Agreements(record) {
		zh, en := acts.Name(string(x.Act))
		w := waitingAct{x, lifeline.Awaited(x, record, nil, people), x.VoidFrom(), nil, lifeline.Text{ZH: zh, EN: en}}
		for _, s := range x.Signed {
			w.SignedBy = append(w.SignedBy, s.By)
		}
		list = append(list, w)
	}
	a.emit(map[string]any{"record_id": id, "waiting": list}, func(w io.Writer) { printWaiting(w, list, people, lang) })
	return nil
}

func printWaiting(w io.Writer, list []waitingAct, people lifeline.People, lang string) {
	if len(list) == 0 {
		fmt.Fprintln(w, lifeline.NothingWaits().In(lang))
	}
	for _, x := range list {
		fmt.Fprintf(w, "%s (%s)  %s\n", x.ActCalled.In(lang), x.Act, x.Digest)
		lifeline.WriteLines(w, lifeline.Waiting(x.Agreement, x.WaitsFor, people), lang)
	}
}

// people asks the service for parties' names, each once. A name that cannot
// be had is left out: the code says who it is.
func (a *app) people(ctx context.Context, c *client.Client) lifeline.People {
	var mu sync.Mutex
	known := map[string]lifeline.Person{}
	return func(uscc string) lifeline.Person {
		mu.Lock()
		defer mu.Unlock()
		p, ok := known[uscc]
		if !ok && pledge.CheckUSCC(uscc) == nil {
			if x, err := c.Party(ctx, uscc); err == nil {
				p = lifeline.Person{Name: x.Value.Name, Roles: slices.Clone(x.Value.Roles)}
			}
		}
		known[uscc] = p
		return p
	}
}

// history reads all revisions of a record.
func history(read func(service.Page) (client.Page[service.Revision], error)) ([]service.Revision, error) {
	items, _, err := collect(0, read)
	list := make([]service.Revision, len(items))
	for i, x := range items {
		list[i] = x.Value
	}
	return list, err
}
