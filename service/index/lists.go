package index

import (
	"context"
	"encoding/json"
	"math"
	"unicode/utf8"

	"github.com/datapledge/datapledge/service"
)

// Lists run from the newest record to the oldest. The order is by rid, which
// never changes: what comes in while somebody turns pages stands before the
// first page, so that nothing moves, comes twice or is missed.
//
// Each query is driven by one index that yields rows in that order, and reads
// no further than the page. A plus sign before a column keeps SQLite from
// driving it by another: without statistics it would take a status, which
// millions share, for as selective as an owner.

// Assets lists assets, newest first. Text is found inside names in any case.
func (ix *Index) Assets(ctx context.Context, q service.AssetQuery) ([]json.RawMessage, string, error) {
	text, err := foldText(q.Text)
	if err != nil {
		return nil, "", err
	}
	l := list{'a', []string{q.Owner, q.Status, q.Text}}
	return page(ix, l, q.Page, math.MaxInt64, func(s *store, before int64, limit int) ([]json.RawMessage, []int64, error) {
		b := assetQuery(q, text, before)
		return s.records(ctx, "assets", b.sql+" LIMIT ?", append(b.args, limit))
	})
}

const assetRecord = `JOIN revisions r ON r.rev = (SELECT rev FROM revisions WHERE rid = a.rid ORDER BY seq DESC LIMIT 1) `

func assetQuery(q service.AssetQuery, text string, before int64) builder {
	var b builder
	if q.Owner == "" && utf8.RuneCountInString(text) >= trigram {
		b.add(`SELECT a.rid, r.json FROM names n CROSS JOIN assets a ON a.rid = n.rowid `+assetRecord+
			`WHERE names MATCH ? AND n.rowid < ?`, phrase(text), before)
		b.filter(`a.status = ?`, q.Status)
		b.add(` ORDER BY n.rowid DESC`)
		return b
	}
	b.add(`SELECT a.rid, r.json FROM assets a `+assetRecord+`WHERE a.rid < ?`, before)
	b.filter(`a.owner = ?`, q.Owner)
	b.filter(b.unless(q.Owner, `a.status = ?`), q.Status)
	b.filter(`instr(a.name, ?) > 0`, text)
	b.add(` ORDER BY a.rid DESC`)
	return b
}

// Pledges lists pledges, newest first.
func (ix *Index) Pledges(ctx context.Context, q service.PledgeQuery) ([]json.RawMessage, string, error) {
	l := list{'p', []string{q.Asset, q.Pledgor, q.Pledgee, q.Status, q.Involved}}
	return page(ix, l, q.Page, math.MaxInt64, func(s *store, before int64, limit int) ([]json.RawMessage, []int64, error) {
		b := pledgeQuery(q, before, limit)
		return s.records(ctx, "pledges", b.sql, b.args)
	})
}

func pledgeQuery(q service.PledgeQuery, before int64, limit int) builder {
	var b builder
	b.add(`SELECT p.rid, r.json FROM (`)
	if q.Involved != "" && q.Asset+q.Pledgor+q.Pledgee == "" {
		b.add(`SELECT rid FROM (`)
		b.pledges(service.PledgeQuery{Pledgor: q.Involved, Status: q.Status}, before, limit)
		b.add(`) UNION SELECT rid FROM (`)
		b.pledges(service.PledgeQuery{Pledgee: q.Involved, Status: q.Status}, before, limit)
		b.add(`) UNION SELECT rid FROM (SELECT p.rid FROM assigned f CROSS JOIN pledges p ON p.rid = f.rid WHERE f.party = ? AND f.rid < ?`, q.Involved, before)
		b.filter(`p.state = ?`, q.Status)
		b.add(` ORDER BY f.rid DESC LIMIT ?)`, limit)
	} else {
		b.pledges(q, before, limit)
	}
	b.add(`) p JOIN revisions r
		ON r.rev = (SELECT rev FROM revisions WHERE rid = p.rid ORDER BY seq DESC LIMIT 1) ORDER BY p.rid DESC LIMIT ?`, limit)
	return b
}

// pledges selects the numbers of one page, driven by the narrowest filter.
func (b *builder) pledges(q service.PledgeQuery, before int64, limit int) {
	b.add(`SELECT rid FROM pledges WHERE rid < ?`, before)
	b.filter(`asset = ?`, q.Asset)
	b.filter(b.unless(q.Asset, `pledgor = ?`), q.Pledgor)
	b.filter(b.unless(q.Asset+q.Pledgor, `pledgee = ?`), q.Pledgee)
	b.filter(b.unless(q.Asset+q.Pledgor+q.Pledgee, `state = ?`), q.Status)
	if q.Involved != "" {
		b.add(` AND (+pledgor = ? OR +pledgee = ? OR EXISTS (SELECT 1 FROM assigned f WHERE f.party = ? AND f.rid = pledges.rid))`, q.Involved, q.Involved, q.Involved)
	}
	b.add(` ORDER BY rid DESC LIMIT ?`, limit)
}

// builder puts a query together. Values only ever stand in args.
type builder struct {
	sql  string
	args []any
}

func (b *builder) add(sql string, args ...any) {
	b.sql += sql
	b.args = append(b.args, args...)
}

// filter adds a condition when there is a value to compare with.
func (b *builder) filter(condition, value string) {
	if value != "" {
		b.add(" AND "+condition, value)
	}
}

// unless keeps a condition from driving the query when a narrower one does.
func (b *builder) unless(narrower, condition string) string {
	if narrower != "" {
		return "+" + condition
	}
	return condition
}

func (s *store) records(ctx context.Context, what, query string, args []any) (items []json.RawMessage, at []int64, err error) {
	err = s.each(ctx, what, query, args, func(scan scanner) error {
		var rid int64
		var raw []byte
		err := scan(&rid, &raw)
		items, at = append(items, raw), append(at, rid)
		return err
	})
	return items, at, err
}
