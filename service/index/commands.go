package index

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// events is the list that an Event's cursor walks through.
func events() list { return list{kind: 'e'} }

const eventQuery = `SELECT c.seq, c.id, c.block, c.tx, c.idx, c.act, c.party, c.record_id, k.key, r.json, b.time
	FROM commands c JOIN blocks b ON b.number = c.block
	LEFT JOIN records k ON k.rid = c.subject LEFT JOIN revisions r ON r.rid = c.subject AND r.seq = c.seq `

func scanEvent(scan scanner) (e service.Event, err error) {
	var seq, at int64
	var id, record []byte
	var recordID, key sql.NullString
	err = scan(&seq, &id, &e.Position.Block, &e.Position.Tx, &e.Position.Index, &e.Act, &e.By, &recordID, &key, &record, &at)
	if err != nil {
		return service.Event{}, err
	}
	e.Cursor, e.CommandID, e.At, e.RecordID, e.Record = events().cursor(seq), formatCommandID(id), stampTime(at), recordID.String, record
	if key.Valid {
		_, e.RecordID, _ = pledge.ParseKey(key.String)
	}
	return e, nil
}

// Events lists committed commands after a cursor, oldest first. The cursor of
// the last one resumes, now or when there are more.
func (ix *Index) Events(ctx context.Context, p service.Page) ([]service.Event, error) {
	items, _, err := page(ix, events(), p, 0, func(s *store, after int64, limit int) (items []service.Event, at []int64, err error) {
		err = s.each(ctx, "events", eventQuery+`WHERE c.seq > ? ORDER BY c.seq LIMIT ?`, []any{after, limit}, func(scan scanner) error {
			e, err := scanEvent(scan)
			items, at = append(items, e), append(at, 0)
			return err
		})
		return items, at, err
	})
	return items, err
}

// Command returns the outcome of a command that was applied, and its event.
// Of any other id nothing is known here: a fence stands under the id of the
// party that set it, and is asked of the ledger.
func (ix *Index) Command(ctx context.Context, id string) (pledge.Outcome, service.Event, error) {
	raw, ok := parseCommandID(id)
	if !ok {
		return pledge.Outcome{}, service.Event{}, fmt.Errorf("command %q: %w", id, service.ErrNotFound)
	}
	e, err := query(ix, func(s *store) (e service.Event, err error) {
		err = s.one(ctx, "command "+id, eventQuery+`WHERE c.id = ?`, []any{raw}, func(scan scanner) (err error) {
			e, err = scanEvent(scan)
			return err
		})
		return e, err
	})
	if err != nil {
		return pledge.Outcome{}, service.Event{}, err
	}
	return pledge.Outcome{CommandID: id, Status: pledge.Applied, RecordID: e.RecordID, Record: e.Record, Position: &e.Position}, e, nil
}

// CommandJWS returns the signed command itself, as it was submitted.
func (ix *Index) CommandJWS(ctx context.Context, id string) (string, error) {
	raw, ok := parseCommandID(id)
	if !ok {
		return "", fmt.Errorf("command %q: %w", id, service.ErrNotFound)
	}
	return query(ix, func(s *store) (string, error) {
		var head, payload, sig []byte
		err := s.get(ctx, "command "+id, `SELECT head, payload, sig FROM commands WHERE id = ?`, []any{raw}, &head, &payload, &sig)
		return joinJWS(head, payload, sig), err
	})
}
