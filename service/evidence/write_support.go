//go:build !js

package evidence

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// gatherSupport runs the rules over the gathered commands and proves, for
// each value they read, the command that wrote it: a checker can then do the
// same. The found commands are themselves not run, only their signers are
// followed, so this ends after as many rounds as that finds new ones to run.
func (c *collector) gatherSupport() error {
	done := map[pledge.Position]bool{}
	for again := true; again; {
		again = false
		for _, e := range c.inOrder() {
			if done[e.at] || !c.wantsReplay(e) {
				continue
			}
			done[e.at], again = true, true
			if err := c.rehearse(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// rehearse applies a command only to see what it reads.
func (c *collector) rehearse(e *collected) error {
	at, err := time.Parse(time.RFC3339Nano, e.time)
	if err != nil {
		return err
	}
	st := &tracer{c: c, at: e.at, wrote: map[string][]byte{}}
	_, err = pledge.Apply(st, pledge.Tx{Channel: c.Ledger.Info().Channel, Time: at}, []*pledge.Command{e.command})
	return err
}

// tracer is the state before a command, proving what is read from it.
type tracer struct {
	c     *collector
	at    pledge.Position
	wrote map[string][]byte
}

func (t *tracer) Put(key string, value []byte) error { t.wrote[key] = value; return nil }

func (t *tracer) Get(key string) ([]byte, error) {
	if v, ok := t.wrote[key]; ok {
		return v, nil
	}
	if err := t.c.support(key, t.at); err != nil {
		return nil, err
	}
	return t.c.valueBefore(key, t.at), nil
}

// support proves the command that wrote key last before p.
func (c *collector) support(key string, p pledge.Position) error {
	kind, id, _ := pledge.ParseKey(key)
	switch {
	case c.whole[key]:
		return nil
	case kind == "party":
		return c.gather(key)
	case kind == "file" || kind == "fingerprint":
		return c.supportHolders(key, kind, p)
	case kind == "asset" || kind == "pledge":
		return c.supportRecord(key, p)
	}
	_ = id
	return nil // outcomes of commands and the channel: block 0 or nothing
}

// supportRecord asks the read model for the revision before p.
func (c *collector) supportRecord(key string, p pledge.Position) error {
	r, err := c.Index.Record(c.ctx, key, p.Block)
	if err == nil && before(r.Position, p) >= 0 {
		r, err = c.Index.Record(c.ctx, key, p.Block-1)
		if gap := c.addSameBlock(key, p); gap != nil {
			return gap
		}
	}
	if errors.Is(err, service.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for what wrote %s: %w", key, err)
	}
	return c.add(r.Position)
}

// addSameBlock proves what wrote key in p's own block, before it.
func (c *collector) addSameBlock(key string, p pledge.Position) error {
	page := service.Page{Limit: pageSize}
	for {
		revisions, next, err := c.Index.History(c.ctx, key, page)
		if err != nil {
			return fmt.Errorf("reading the history of %s: %w", key, err)
		}
		for _, r := range revisions {
			if r.Position.Block == p.Block && before(r.Position, p) < 0 {
				if err := c.add(r.Position); err != nil {
					return err
				}
			}
		}
		if next == "" {
			return nil
		}
		page.Cursor = next
	}
}

// supportHolders proves who last entered an asset under a fingerprint or file
// digest before p. The record names the assets; that the ledger's may be newer
// does no harm. What brings content is a notarization or a version, each by
// itself or within a closing.
func (c *collector) supportHolders(key, kind string, p pledge.Position) error {
	values, _, err := c.Ledger.Get(c.ctx, key)
	if err != nil {
		return fmt.Errorf("reading %s: %w", key, err)
	}
	ids, err := holders(kind, values[0])
	if err != nil {
		return fmt.Errorf("reading %s: %w", key, err)
	}
	var last *pledge.Position
	for _, id := range ids {
		at, err := c.brought(id, key, p)
		if err != nil {
			return err
		}
		if at != nil && (last == nil || before(*last, *at) < 0) {
			last = at
		}
	}
	if last == nil {
		return nil
	}
	return c.add(*last)
}

func holders(kind string, value []byte) ([]string, error) {
	if value == nil {
		return nil, nil
	}
	if kind == "fingerprint" {
		r, err := pledge.DecodeFingerprint(value)
		return r.Assets, err
	}
	r, err := pledge.DecodeFile(value)
	var ids []string
	for _, h := range r.Holders {
		ids = append(ids, h.AssetID)
	}
	return ids, err
}

// brings are the acts that enter an asset under what it holds.
var brings = []pledge.Act{pledge.AssetNotarize, pledge.AssetAddVersion, pledge.ClosingExecute}

// brought is where an asset was last entered under a key before p; nil for never.
func (c *collector) brought(asset, key string, p pledge.Position) (last *pledge.Position, err error) {
	var places []pledge.Position
	page := service.Page{Limit: pageSize}
	for {
		revisions, next, err := c.Index.History(c.ctx, pledge.KeyAsset(asset), page)
		if err != nil {
			return nil, fmt.Errorf("reading the history of %s: %w", asset, err)
		}
		for _, r := range revisions {
			if slices.Contains(brings, r.Act) && before(r.Position, p) < 0 {
				places = append(places, r.Position)
			}
		}
		if page.Cursor = next; next == "" {
			break
		}
	}
	for _, at := range slices.Backward(places) {
		if wrote, err := c.writes(at, key); err != nil || wrote {
			return &at, err
		}
	}
	return nil, nil
}

// writes says whether the entry at p wrote a key.
func (c *collector) writes(p pledge.Position, key string) (bool, error) {
	e := c.entries[p]
	if e == nil {
		var err error
		if e, err = c.prove(p); err != nil {
			return false, err
		}
	}
	return slices.ContainsFunc(e.writes, func(w pledge.Write) bool { return w.Key == key }), nil
}

// headerTime is the time that a signed block header states.
func headerTime(jws string) (string, error) {
	parts := strings.Split(jws, ".")
	if len(parts) != 3 {
		return "", errors.New("the header is no compact JWS")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return "", err
	}
	var h struct {
		Time string `json:"time"`
	}
	err = json.Unmarshal(payload, &h)
	return h.Time, err
}
