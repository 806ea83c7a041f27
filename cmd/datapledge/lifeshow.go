package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/datapledge/datapledge/cmd/datapledge/lifeline"
	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/client"
)

const pledgeShowHelp = `usage: datapledge pledge show PLEDGE [-lang zh|en] [-as-of HEIGHT|TIME]

Tells the life of a pledge: how it stands, each thing that happened to it and to
its asset, by whom and what it changed, and what can or must come next, with the
clocks that run. Times are legal time, Beijing time.

  -lang zh|en         the language; en when not given
  -as-of HEIGHT|TIME  as it was then; nothing is said of what came next

EXAMPLE
  datapledge pledge show pl_pt7u2e6wkhsjn3zq4x5v6b7c2d -lang zh -key bank.jwk
` + exitCommon

func (a *app) pledgeShowCommand() *cobra.Command {
	var asOf, lang string
	c := a.command("show PLEDGE", pledgeShowHelp, 1, 1, func(ctx context.Context, args []string) error {
		if err := checkLang(lang); err != nil {
			return err
		}
		c, err := a.client()
		if err != nil {
			return err
		}
		x, err := c.Pledge(ctx, args[0], asOf)
		if err != nil {
			return err
		}
		life, err := a.lifeOf(ctx, c, x.Value, asOf)
		if err != nil {
			return err
		}
		a.emit(told{x, life}, func(w io.Writer) { life.Write(w, lang) })
		return nil
	})
	c.Flags().StringVar(&asOf, "as-of", "", "")
	c.Flags().StringVar(&lang, "lang", "en", "")
	return c
}

// lifeOf reads the histories of a pledge and of its asset, up to the height
// that the pledge was read at. To whom the asset is not open, nothing is told
// of it.
func (a *app) lifeOf(ctx context.Context, c *client.Client, x client.Pledge, asOf string) (lifeline.Life, error) {
	own, err := history(func(p service.Page) (client.Page[service.Revision], error) { return c.PledgeHistory(ctx, x.ID, p) })
	if err != nil {
		return lifeline.Life{}, err
	}
	asset, err := history(func(p service.Page) (client.Page[service.Revision], error) { return c.AssetHistory(ctx, x.AssetID, p) })
	if err != nil && !errors.Is(err, pledge.WrongRole) {
		return lifeline.Life{}, err
	}
	later := func(r service.Revision) bool { return r.Position.Block > x.Head.Height }
	own, asset = slices.DeleteFunc(own, later), slices.DeleteFunc(asset, later)
	life, err := lifeline.Of(own, asset, x.Rank, a.people(ctx, c), clock())
	if err != nil {
		return life, fmt.Errorf("reading the history of %s: %w", x.ID, err)
	}
	if asOf != "" {
		life.Next = nil
	}
	return life, nil
}

// told is a pledge as the service gives it, with its life beside.
type told struct {
	record client.Doc[client.Pledge]
	life   lifeline.Life
}

// MarshalJSON puts the life among the members of the record.
func (t told) MarshalJSON() ([]byte, error) {
	all := map[string]json.RawMessage{}
	if err := json.Unmarshal(t.record.Raw, &all); err != nil {
		return nil, err
	}
	for name, part := range map[string]any{"timeline": t.life.Events, "next": t.life.Next} {
		text, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		all[name] = text
	}
	return json.Marshal(all)
}
