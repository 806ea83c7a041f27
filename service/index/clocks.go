package index

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

const (
	putClock  = `INSERT INTO clocks (rid, kind, objection, at, ripe, asset, pledgor, pledgee) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	delClocks = `DELETE FROM clocks WHERE rid = ?`
	getNewest = `SELECT json FROM revisions WHERE rid = (SELECT rid FROM records WHERE key = ?) ORDER BY seq DESC LIMIT 1`
)

// clocked says whether clocks of a record may have begun or ended with this
// revision. Most assets have no lien and no objection, and a pledge that is only
// offered has none of its own: they cost nothing here.
func (r record) clocked() bool {
	offered := r.pledge != nil && (r.pledge.state == pledge.Proposed || r.pledge.state == pledge.Pending)
	switch {
	case bytes.Contains(r.json, []byte(`"objections":`)):
		return r.asset != nil || r.pledge != nil
	case r.asset != nil:
		return bytes.Contains(r.json, []byte(`"in_force":`))
	}
	return r.pledge != nil && !offered
}

// clocks renews those of the records that a command wrote. They hang on a
// pledge and on its asset, so they are worked out when both are stored.
func (w *writer) clocks(ctx context.Context, c *command) error {
	done := map[string]bool{}
	for _, r := range c.records {
		if !r.clocked() {
			continue
		}
		_, id, _ := pledge.ParseKey(r.key)
		if r.pledge != nil {
			done[id] = true
			continue
		}
		liens, err := w.assetClocks(ctx, id)
		if err != nil {
			return err
		}
		for _, l := range liens {
			done[l.PledgeID] = true
		}
	}
	for id := range done {
		if err := w.pledgeClocks(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// stored decodes the newest revision; ok is false of one that these rules
// cannot read, which then has no clocks.
func stored[T any](ctx context.Context, w *writer, key string, decode func([]byte) (T, error)) (v T, ok bool, err error) {
	var raw []byte
	err = w.row(ctx, getNewest, []any{key}, &raw)
	if errors.Is(err, sql.ErrNoRows) {
		return v, false, nil
	}
	if err != nil {
		return v, false, err
	}
	v, bad := decode(raw)
	return v, bad == nil, nil
}

func (w *writer) assetClocks(ctx context.Context, id string) ([]pledge.InForce, error) {
	a, ok, err := stored(ctx, w, pledge.KeyAsset(id), pledge.DecodeAsset)
	if err != nil || !ok {
		return nil, err
	}
	return a.InForce, w.putClocks(ctx, pledge.KeyAsset(id), a.Clocks(), a.ID, a.Owner, "")
}

func (w *writer) pledgeClocks(ctx context.Context, id string) error {
	p, ok, err := stored(ctx, w, pledge.KeyPledge(id), pledge.DecodePledge)
	if err != nil || !ok {
		return err
	}
	a, ok, err := stored(ctx, w, pledge.KeyAsset(p.AssetID), pledge.DecodeAsset)
	if err != nil || !ok {
		return err
	}
	return w.putClocks(ctx, pledge.KeyPledge(id), p.Clocks(a), a.ID, p.Pledgor, p.Pledgee)
}

func (w *writer) putClocks(ctx context.Context, key string, list []pledge.Clock, asset, pledgor, pledgee string) error {
	rid, _, err := w.number(ctx, key)
	if err != nil {
		return err
	}
	if err := w.exec(ctx, delClocks, rid); err != nil {
		return err
	}
	for _, c := range list {
		var ripe any
		if !c.Ripe.IsZero() {
			ripe = c.Ripe.UnixMilli()
		}
		if err := w.exec(ctx, putClock, rid, c.Kind, c.Objection, c.At.UnixMilli(), ripe, asset, pledgor, pledgee); err != nil {
			return err
		}
	}
	return nil
}

// Clocks lists clocks by when they end, or by when they are ripe. A page begins
// behind the place where the one before ended, whatever became of that.
func (ix *Index) Clocks(ctx context.Context, q service.ClockQuery) ([]service.Clock, string, error) {
	limit, err := limitOf(q.Page)
	if err != nil {
		return nil, "", err
	}
	from, err := clockPlace(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	places := []place{}
	items, err := query(ix, func(s *store) (items []service.Clock, err error) {
		b := clockQuery(q, from, limit+1)
		err = s.each(ctx, "clocks", b.sql, b.args, func(scan scanner) error {
			c, at, err := scanClock(scan)
			items, places = append(items, c), append(places, at)
			return err
		})
		return items, err
	})
	if err != nil || len(items) <= limit {
		return items, "", err
	}
	return items[:limit], places[limit-1].String(), nil
}

// place is where a row stands in the order.
type place struct {
	at, rid         int64
	kind, objection string
}

func (p place) String() string { return fmt.Sprintf("%d.%d.%s.%s", p.at, p.rid, p.kind, p.objection) }

// clockPlace reads a cursor; the empty one stands before everything.
func clockPlace(cursor string) (place, error) {
	if cursor == "" {
		return place{at: math.MinInt64}, nil
	}
	parts := strings.Split(cursor, ".")
	if len(parts) != 4 {
		return place{}, badCursor()
	}
	at, err1 := strconv.ParseInt(parts[0], 10, 64)
	rid, err2 := strconv.ParseInt(parts[1], 10, 64)
	p := place{at, rid, parts[2], parts[3]}
	if err1 != nil || err2 != nil || p.String() != cursor {
		return place{}, badCursor()
	}
	return p, nil
}

func scanClock(scan scanner) (c service.Clock, p place, err error) {
	var key string
	var at int64
	var ripe sql.NullInt64
	if err := scan(&p.at, &p.rid, &p.kind, &p.objection, &key, &at, &ripe, &c.AssetID, &c.Pledgor, &c.Pledgee); err != nil {
		return c, p, err
	}
	_, c.RecordID, _ = pledge.ParseKey(key)
	c.Kind, c.Objection, c.At = p.kind, p.objection, time.UnixMilli(at).UTC()
	if ripe.Valid {
		c.Ripe = time.UnixMilli(ripe.Int64).UTC()
	}
	return c, p, nil
}

const clockColumns = `, c.rid, c.kind, c.objection, r.key, c.at, c.ripe, c.asset, c.pledgor, c.pledgee
	FROM clocks c JOIN records r ON r.rid = c.rid`

// clockQuery is driven by one index, or by one for each side, in its order:
// the columns of the primary key follow in each.
func clockQuery(q service.ClockQuery, from place, limit int) builder {
	var b builder
	switch {
	case !q.Ripe.IsZero():
		b.clocks("ripe", "", q, from, limit)
	case q.Party == "":
		b.clocks("at", "", q, from, limit)
	default:
		b.add(`SELECT * FROM (SELECT * FROM (`)
		b.clocks("at", "pledgor", q, from, limit)
		b.add(`) UNION SELECT * FROM (`)
		b.clocks("at", "pledgee", q, from, limit)
		b.add(`)) ORDER BY 1, 2, 3, 4 LIMIT ?`, limit)
	}
	return b
}

func (b *builder) clocks(by, side string, q service.ClockQuery, from place, limit int) {
	b.add(`SELECT c.`+by+clockColumns+` WHERE (c.`+by+`, c.rid, c.kind, c.objection) > (?, ?, ?, ?)`, from.at, from.rid, from.kind, from.objection)
	if side != "" {
		b.add(` AND c.`+side+` = ?`, q.Party)
	}
	b.until(q)
	b.add(` ORDER BY c.`+by+`, c.rid, c.kind, c.objection LIMIT ?`, limit)
}

func (b *builder) until(q service.ClockQuery) {
	if !q.Ripe.IsZero() {
		b.add(` AND c.ripe <= ?`, q.Ripe.UnixMilli())
		return
	}
	if !q.After.IsZero() {
		b.add(` AND c.at > ?`, q.After.UnixMilli())
	}
	b.add(` AND c.at <= ?`, q.Until.UnixMilli())
}
