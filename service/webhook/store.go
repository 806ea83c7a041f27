package webhook

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite" // the driver
)

// schemaVersion is checked: an older program must not write a newer file.
const schemaVersion = 2

// remindersToo makes a file of version 1 one of version 2: the moment up to which
// reminders were asked for, in Unix milliseconds.
const remindersToo = `ALTER TABLE position ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0;`

// Filters are JSON lists. A row of queue waits, or is dead; n is its place.
const schema = `
CREATE TABLE position (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL, height INTEGER NOT NULL);
INSERT INTO position VALUES (1, '', 0);
CREATE TABLE hooks (
	id TEXT PRIMARY KEY, party TEXT NOT NULL, kid TEXT NOT NULL, url TEXT NOT NULL, records TEXT NOT NULL, acts TEXT NOT NULL,
	created TEXT NOT NULL, since INTEGER NOT NULL,
	state TEXT NOT NULL, cause TEXT NOT NULL, remedy TEXT NOT NULL, missed TEXT NOT NULL
);
CREATE UNIQUE INDEX hooks_party ON hooks (party, url);
CREATE TABLE queue (
	n INTEGER PRIMARY KEY AUTOINCREMENT, hook TEXT NOT NULL REFERENCES hooks (id) ON DELETE CASCADE,
	delivery TEXT NOT NULL, record TEXT NOT NULL, body BLOB NOT NULL,
	tries INTEGER NOT NULL, due INTEGER NOT NULL, dead INTEGER NOT NULL, cause TEXT NOT NULL, died TEXT NOT NULL
);
CREATE UNIQUE INDEX queue_delivery ON queue (hook, delivery);
CREATE INDEX queue_record ON queue (hook, dead, record, n);
`

// store is the database. It has one connection: what is written is little.
type store struct{ db *sql.DB }

func openStore(path string) (*store, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // targets may hold secrets
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(abs)}
	db, err := sql.Open("sqlite", u.String()+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)"+
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	s := &store{db}
	if err := s.prepare(context.Background()); err != nil {
		_ = db.Close()
		return nil, err
	}
	return s, nil
}

func (s *store) prepare(ctx context.Context) error {
	var version int
	if err := s.db.QueryRowContext(ctx, `PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	switch version {
	case schemaVersion:
		return nil
	case 0:
		return s.upgrade(ctx, schema+remindersToo)
	case 1:
		return s.upgrade(ctx, remindersToo)
	}
	return fmt.Errorf("the file is of version %d, this program knows %d", version, schemaVersion)
}

func (s *store) upgrade(ctx context.Context, statements string) error {
	_, err := s.db.ExecContext(ctx, fmt.Sprintf("BEGIN IMMEDIATE;%s;PRAGMA user_version=%d;COMMIT", statements, schemaVersion))
	return err
}

func (s *store) close() error { return s.db.Close() }

// change runs fn in one transaction.
func (s *store) change(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("changing webhooks: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after Commit it does nothing
	if err := fn(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("changing webhooks: %w", err)
	}
	return nil
}

// querier is the database, or a transaction in it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// each reads rows.
func each(rows *sql.Rows, err error, scan func(*sql.Rows) error) error {
	if err != nil {
		return fmt.Errorf("reading webhooks: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("reading webhooks: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading webhooks: %w", err)
	}
	return nil
}
