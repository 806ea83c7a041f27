package service

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// scene is what stands around an event: its record and the asset behind it,
// each as the command left it and as it was before.
type scene struct {
	ctx   context.Context
	index Index
	e     Event

	pledge, pledgeWas *pledge.Pledge
	asset, assetWas   *pledge.Asset
	body              said
	asked             json.RawMessage // the body as it was signed
	members           []pledge.Member
}

// said is whom and what the body of a command names, whichever act it is.
type said struct {
	To        string `json:"to"`
	Objection string `json:"objection_id"`
	Path      string `json:"path"`
}

// keyOf is the key of a record by its public id.
func keyOf(id string) (string, bool) {
	switch {
	case strings.HasPrefix(id, "as_"):
		return pledge.KeyAsset(id), true
	case strings.HasPrefix(id, "pl_"):
		return pledge.KeyPledge(id), true
	case pledge.CheckUSCC(id) == nil:
		return pledge.KeyParty(id), true
	}
	return "", false
}

func (s *Service) sceneOf(ctx context.Context, e Event) (*scene, error) {
	sc := &scene{ctx: ctx, index: s.o.Index, e: e, members: s.info.Genesis.Members}
	if len(e.Record) == 0 {
		return sc, nil
	}
	if err := sc.read(); err != nil {
		return nil, err
	}
	return sc, sc.listen()
}

func (sc *scene) read() (err error) {
	switch {
	case strings.HasPrefix(sc.e.RecordID, "pl_"):
		if sc.pledge, err = decoded(sc.e.Record, sc.e.RecordID, pledge.DecodePledge); err != nil {
			return err
		}
		_, before, err := sc.around(pledge.KeyPledge(sc.e.RecordID))
		if err != nil {
			return err
		}
		if sc.pledgeWas, err = decoded(before, sc.e.RecordID, pledge.DecodePledge); err != nil {
			return err
		}
		sc.asset, sc.assetWas, err = sc.assetAround(sc.pledge.AssetID)
		return err
	case strings.HasPrefix(sc.e.RecordID, "as_"):
		sc.asset, sc.assetWas, err = sc.assetAround(sc.e.RecordID)
	}
	return err
}

// listen reads what the command said.
func (sc *scene) listen() error {
	jws, err := sc.index.CommandJWS(sc.ctx, sc.e.CommandID)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", sc.e.CommandID, err)
	}
	var payload struct {
		Body json.RawMessage `json:"body"`
	}
	parts := strings.Split(jws, ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[len(parts)/2])
	if err := errors.Join(err, json.Unmarshal(raw, &payload)); err != nil {
		return fmt.Errorf("reading %s: %w", sc.e.CommandID, err)
	}
	sc.asked = payload.Body
	_ = json.Unmarshal(payload.Body, &sc.body) // most name none of these
	return nil
}

func (sc *scene) assetAround(id string) (after, before *pledge.Asset, err error) {
	now, was, err := sc.around(pledge.KeyAsset(id))
	if err != nil {
		return nil, nil, err
	}
	if after, err = decoded(now, id, pledge.DecodeAsset); err != nil {
		return nil, nil, err
	}
	before, err = decoded(was, id, pledge.DecodeAsset)
	return after, before, err
}

// around is a record as the event left it and as it was before; nil when
// absent. Others in the same block may have changed it too: then its history
// tells.
func (sc *scene) around(key string) (after, before json.RawMessage, err error) {
	r, err := sc.index.Record(sc.ctx, key, sc.e.Position.Block)
	if errors.Is(err, ErrNotFound) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", key, err)
	}
	if r.Position.Block < sc.e.Position.Block {
		return r.Record, r.Record, nil
	}
	return sc.inHistory(key)
}

func (sc *scene) inHistory(key string) (after, before json.RawMessage, err error) {
	page := Page{Limit: maxLimit}
	for {
		list, next, err := sc.index.History(sc.ctx, key, page)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the history of %s: %w", key, err)
		}
		for _, r := range list {
			switch order := comparePositions(r.Position, sc.e.Position); {
			case order < 0:
				after, before = r.Record, r.Record
			case order == 0:
				after = r.Record
			}
		}
		if page.Cursor = next; next == "" {
			return after, before, nil
		}
	}
}

func comparePositions(p, q pledge.Position) int {
	return cmp.Or(cmp.Compare(p.Block, q.Block), cmp.Compare(p.Tx, q.Tx), cmp.Compare(p.Index, q.Index))
}

// assetNow is another asset at the event's block; nil when absent.
func (sc *scene) assetNow(id string) (*pledge.Asset, error) {
	a, _, err := sc.assetAround(id)
	return a, err
}

func (sc *scene) agreements() []pledge.Agreement {
	switch {
	case sc.pledge != nil:
		return sc.pledge.Agreements
	case sc.asset != nil:
		return sc.asset.Agreements
	}
	return nil
}

func (sc *scene) objections() []pledge.Objection {
	switch {
	case sc.pledge != nil:
		return sc.pledge.Objections
	case sc.asset != nil:
		return sc.asset.Objections
	}
	return nil
}
