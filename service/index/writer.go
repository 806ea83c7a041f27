package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/datapledge/datapledge/service"
)

// writer puts blocks into one transaction after another, on the store's only
// writing connection. It keeps the next free numbers, and forgets them with
// the transaction when that fails: a new writer reads them again.
type writer struct {
	conn     *sql.Conn
	stmts    map[string]*sql.Stmt
	last     service.Head
	empty    bool // no block is stored yet
	lastTime int64
	seq      int64 // of the last command
	rid, rev int64 // of the last record and revision
	known    recent
}

// recent remembers the numbers of the keys that were used last: a record
// that was just made is mostly the next to change.
type recent struct{ young, old map[string]int64 }

const recentKeys = 1 << 15

func (r *recent) get(key string) (int64, bool) {
	if rid, ok := r.young[key]; ok {
		return rid, true
	}
	rid, ok := r.old[key]
	if ok {
		r.put(key, rid)
	}
	return rid, ok
}

func (r *recent) put(key string, rid int64) {
	if r.young == nil || len(r.young) >= recentKeys {
		r.young, r.old = make(map[string]int64), r.young
	}
	r.young[key] = rid
}

const (
	putBlock    = `INSERT INTO blocks (number, hash, time, last) VALUES (?, ?, ?, ?)`
	putCommand  = `INSERT INTO commands (seq, id, block, tx, idx, act, party, subject, record_id, head, payload, sig) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	putRecord   = `INSERT OR IGNORE INTO records (rid, key) VALUES (?, ?)`
	getRecord   = `SELECT rid FROM records WHERE key = ?`
	putRevision = `INSERT INTO revisions (rev, rid, seq, json) VALUES (?, ?, ?, ?)`
	putAsset    = `INSERT INTO assets (rid, born, owned, owner, status, name) VALUES (?, ?, ?, ?, ?, ?)`
	getAsset    = `SELECT owned, owner, status, name FROM assets WHERE rid = ?`
	setAsset    = `UPDATE assets SET owned = ?, owner = ?, status = ?, name = ? WHERE rid = ?`
	putFormer   = `INSERT INTO former (rid, born, until, owner) VALUES (?, ?, ?, ?)`
	putName     = `INSERT INTO names (rowid, name) VALUES (?, ?)`
	delName     = `INSERT INTO names (names, rowid, name) VALUES ('delete', ?, ?)`
	putPledge   = `INSERT INTO pledges (rid, born, asset, pledgor, pledgee, state) VALUES (?, ?, ?, ?, ?, ?)`
	setPledge   = `UPDATE pledges SET pledgor = ?2, pledgee = ?3, state = ?4 WHERE rid = ?1 AND (pledgor, pledgee, state) <> (?2, ?3, ?4)`
	putSM3      = `INSERT OR IGNORE INTO sm3 (fingerprint, rid, born) VALUES (?, ?, ?)`
	putHolder   = `INSERT OR IGNORE INTO holders (sum, rid, size, born) VALUES (?, ?, ?, ?)`
	putAssigned = `INSERT OR IGNORE INTO assigned (party, rid) VALUES (?, ?)`
	putLost     = `INSERT OR REPLACE INTO regressions (lost, lost_hash, found, found_hash, forked) VALUES (?, ?, ?, ?, ?)`
	delLost     = `DELETE FROM regressions WHERE lost = ? AND lost_hash = ?`
)

func newWriter(ctx context.Context, conn *sql.Conn) (*writer, error) {
	w := &writer{conn: conn, stmts: map[string]*sql.Stmt{}, empty: true, lastTime: math.MinInt64}
	var height int64
	err := conn.QueryRowContext(ctx, `SELECT number, hash, time, last FROM blocks ORDER BY number DESC LIMIT 1`).
		Scan(&height, &w.last.Hash, &w.lastTime, &w.seq)
	if err == nil {
		w.empty, w.last.Height = false, uint64(height)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	err = conn.QueryRowContext(ctx, `SELECT (SELECT coalesce(max(rid), 0) FROM records), (SELECT coalesce(max(rev), 0) FROM revisions)`).
		Scan(&w.rid, &w.rev)
	return w, err
}

func (w *writer) close() error {
	var errs []error
	for _, st := range w.stmts {
		errs = append(errs, st.Close())
	}
	return errors.Join(errs...)
}

func (w *writer) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if st := w.stmts[query]; st != nil {
		return st, nil
	}
	st, err := w.conn.PrepareContext(ctx, query)
	if err == nil {
		w.stmts[query] = st
	}
	return st, err
}

func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	st, err := w.prepared(ctx, query)
	if err != nil {
		return err
	}
	_, err = st.ExecContext(ctx, args...)
	return err
}

func (w *writer) row(ctx context.Context, query string, args []any, into ...any) error {
	st, err := w.prepared(ctx, query)
	if err != nil {
		return err
	}
	return st.QueryRowContext(ctx, args...).Scan(into...)
}

// block stores one block with its number and hash, which become the head
// when the transaction commits.
func (w *writer) block(ctx context.Context, b block) error {
	if err := w.follows(b); err != nil {
		return err
	}
	if len(b.genesis) > 0 && b.number > 0 {
		w.seq++ // before it there was nothing, and an as-of question may ask about then
	}
	for _, r := range b.genesis {
		if _, err := w.record(ctx, r); err != nil {
			return err
		}
	}
	for i := range b.commands {
		w.seq++
		if err := w.command(ctx, &b.commands[i]); err != nil {
			return fmt.Errorf("command %d: %w", i, err)
		}
	}
	w.lastTime = max(w.lastTime, b.time)
	w.last, w.empty = service.Head{Height: b.number, Hash: b.hash}, false
	return w.exec(ctx, putBlock, int64(b.number), b.hash, w.lastTime, w.seq)
}

// follows refuses a ledger whose blocks do not make a chain: what is stored
// could not be compared with it later.
func (w *writer) follows(b block) error {
	switch {
	case w.empty && b.number != 0:
		return fmt.Errorf("ledger starts with block %d", b.number)
	case !w.empty && b.number != w.last.Height+1:
		return fmt.Errorf("ledger gave block %d after block %d", b.number, w.last.Height)
	case !w.empty && b.prev != w.last.Hash:
		return fmt.Errorf("block %d does not follow from block %d: its prev is %s, not %s", b.number, w.last.Height, b.prev, w.last.Hash)
	}
	return nil
}

func (w *writer) command(ctx context.Context, c *command) error {
	var subject, recordID, sig any
	if c.subject < 0 && c.recordID != "" {
		recordID = c.recordID
	}
	if c.sig != nil {
		sig = c.sig
	}
	for i, r := range c.records {
		rid, err := w.record(ctx, r)
		if err != nil {
			return err
		}
		if i != c.subject {
			continue
		}
		subject = rid
		for _, f := range c.files {
			if err := w.exec(ctx, putHolder, f.sum, rid, f.size, w.seq); err != nil {
				return err
			}
		}
	}
	if err := w.clocks(ctx, c); err != nil {
		return fmt.Errorf("clocks: %w", err)
	}
	return w.exec(ctx, putCommand, w.seq, c.id, int64(c.pos.Block), c.pos.Tx, c.pos.Index, c.act, c.by, subject, recordID, blob(c.head), c.payload, sig)
}

// blob keeps an empty part from becoming NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// number is the rid of a key, a new one when the key is new.
func (w *writer) number(ctx context.Context, key string) (rid int64, isNew bool, err error) {
	if rid, ok := w.known.get(key); ok {
		return rid, false, nil
	}
	st, err := w.prepared(ctx, putRecord)
	if err != nil {
		return 0, false, err
	}
	done, err := st.ExecContext(ctx, w.rid+1, key)
	if err != nil {
		return 0, false, err
	}
	if n, err := done.RowsAffected(); err != nil {
		return 0, false, err
	} else if n == 1 {
		w.rid++
		w.known.put(key, w.rid)
		return w.rid, true, nil
	}
	if err := w.row(ctx, getRecord, []any{key}, &rid); err != nil {
		return 0, false, err
	}
	w.known.put(key, rid)
	return rid, false, nil
}

// record stores a revision, and the columns that lists are filtered by.
func (w *writer) record(ctx context.Context, r record) (int64, error) {
	rid, isNew, err := w.number(ctx, r.key)
	if err != nil {
		return 0, err
	}
	w.rev++
	if err := w.exec(ctx, putRevision, w.rev, rid, w.seq, blob(r.json)); err != nil {
		return 0, err
	}
	if err := w.spell(ctx, rid, r.spelt); err != nil {
		return 0, err
	}
	switch {
	case r.asset != nil && isNew:
		err = w.newAsset(ctx, rid, r.asset)
	case r.asset != nil:
		err = w.changedAsset(ctx, rid, r.asset)
	case r.pledge != nil && isNew:
		err = w.exec(ctx, putPledge, rid, w.seq, r.pledge.asset, r.pledge.pledgor, r.pledge.pledgee, r.pledge.state)
	case r.pledge != nil:
		err = w.changedPledge(ctx, rid, r.pledge)
	}
	return rid, err
}

// changedPledge also lists it for those who assigned it and are no party now.
func (w *writer) changedPledge(ctx context.Context, rid int64, p *pledgeRow) error {
	for _, party := range p.former {
		if err := w.exec(ctx, putAssigned, party, rid); err != nil {
			return err
		}
	}
	return w.exec(ctx, setPledge, rid, p.pledgor, p.pledgee, p.state)
}

// findSM3 notes since when an asset has an SM3 fingerprint; that of an earlier
// version still finds it.
func (w *writer) findSM3(ctx context.Context, rid int64, a *assetRow) error {
	if a.sm3 == "" {
		return nil
	}
	return w.exec(ctx, putSM3, a.sm3, rid, w.seq)
}

func (w *writer) newAsset(ctx context.Context, rid int64, a *assetRow) error {
	if err := w.exec(ctx, putAsset, rid, w.seq, w.seq, a.owner, a.status, a.name); err != nil {
		return err
	}
	if err := w.findSM3(ctx, rid, a); err != nil {
		return err
	}
	return w.exec(ctx, putName, rid, a.name)
}

// changedAsset leaves alone what is equal, which is the rule: most commands
// change only the record. A change of owner keeps the former one's time.
func (w *writer) changedAsset(ctx context.Context, rid int64, a *assetRow) error {
	if err := w.findSM3(ctx, rid, a); err != nil {
		return err
	}
	var old assetRow
	var owned int64
	if err := w.row(ctx, getAsset, []any{rid}, &owned, &old.owner, &old.status, &old.name); err != nil {
		return err
	}
	if old.sm3 = a.sm3; old == *a {
		return nil
	}
	if old.owner != a.owner {
		if err := w.exec(ctx, putFormer, rid, owned, w.seq, old.owner); err != nil {
			return err
		}
		owned = w.seq
	}
	if old.name != a.name {
		if err := w.exec(ctx, delName, rid, old.name); err != nil {
			return err
		}
		if err := w.exec(ctx, putName, rid, a.name); err != nil {
			return err
		}
	}
	return w.exec(ctx, setAsset, owned, a.owner, a.status, a.name, rid)
}
