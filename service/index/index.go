// Package index is the read model: lists, searches and history in SQLite,
// projected from the committed blocks of a ledger. The ledger is the only
// truth. The file may be deleted at any time: it is projected anew, and
// gives the same answers and the same cursors.
package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"

	"github.com/datapledge/datapledge/service"
)

// Index implements service.Index. It is safe for concurrent use.
type Index struct {
	path string
	log  *slog.Logger

	projecting sync.Mutex // held by Project

	// mu is held for reading by every query, and for writing while the file
	// is replaced.
	mu     sync.RWMutex
	db     *store
	closed bool

	state state
}

var _ service.Index = (*Index)(nil)

// Open opens the read model at path, a file of its own, and creates it when
// there is none. A file that is damaged, or was written by another version,
// is deleted: Project fills the new one. A nil logger is silent.
func Open(path string, logger *slog.Logger) (*Index, error) {
	abs, err := filepath.Abs(path)
	if err != nil || path == "" {
		return nil, fmt.Errorf("opening read model %q: not a file name", path)
	}
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	ix := &Index{path: abs, log: logger}
	ix.state.init()
	ctx := context.Background()
	err = ix.load(ctx)
	if errors.Is(err, errDamaged) {
		ix.log.Warn("read model is rebuilt", slog.String("path", abs), slog.Any("error", err))
		if err = removeStore(abs); err == nil {
			err = ix.load(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	return ix, nil
}

// load opens the file and takes over what it knows: its head, and that a
// ledger went backwards.
func (ix *Index) load(ctx context.Context) error {
	db, err := openStore(ctx, ix.path)
	if err != nil {
		return err
	}
	w, err := newWriter(ctx, db.write)
	if err != nil {
		return errors.Join(fmt.Errorf("reading read model: %w", asDamage(err)), db.close())
	}
	lost, err := readRegressions(ctx, db.write)
	if err != nil {
		return errors.Join(fmt.Errorf("reading read model: %w", asDamage(err)), db.close())
	}
	ix.db = db
	ix.state.lose(lost...)
	if !w.empty {
		ix.state.publish(w.last)
	}
	return nil
}

func readRegressions(ctx context.Context, conn *sql.Conn) (all []service.Regression, err error) {
	rows, err := conn.QueryContext(ctx, `SELECT lost, lost_hash, found, found_hash, forked FROM regressions`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var r service.Regression
		if err := rows.Scan(&r.Lost.Height, &r.Lost.Hash, &r.Found.Height, &r.Found.Hash, &r.Forked); err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

// Close ends all queries and closes the file. Project must have returned.
func (ix *Index) Close() error {
	ix.projecting.Lock()
	defer ix.projecting.Unlock()
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if ix.closed {
		return nil
	}
	ix.closed = true
	ix.state.close()
	if err := ix.db.close(); err != nil {
		return fmt.Errorf("closing read model: %w", err)
	}
	return nil
}

// replace deletes the file and starts an empty one. What is known about a
// ledger that went backwards is kept.
func (ix *Index) replace(ctx context.Context) error {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.state.forget()
	err := ix.db.close()
	if err != nil {
		ix.log.Warn("read model does not close", slog.Any("error", err))
	}
	if err := removeStore(ix.path); err != nil {
		return err
	}
	if ix.db, err = openStore(ctx, ix.path); err != nil {
		// Queries meet a closed store, not a nil one.
		ix.db, ix.closed = &store{}, true
		ix.state.close()
		return err
	}
	for _, r := range ix.state.regressions() {
		_, err := ix.db.write.ExecContext(ctx, putLost,
			int64(r.Lost.Height), r.Lost.Hash, int64(r.Found.Height), r.Found.Hash, r.Forked)
		if err != nil {
			return fmt.Errorf("noting the regression: %w", err)
		}
	}
	return nil
}

// query runs fn on the open file. A query that meets damage has the file
// rebuilt, and its asker told to come back.
func query[T any](ix *Index, fn func(*store) (T, error)) (T, error) {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	var zero T
	if ix.closed {
		return zero, errClosed
	}
	out, err := fn(ix.db)
	if err = asDamage(err); errors.Is(err, errDamaged) {
		ix.state.damage()
		return zero, fmt.Errorf("reading the read model: %w: %w", service.ErrUnavailable, err)
	}
	return out, err
}

var errClosed = fmt.Errorf("read model is closed: %w", service.ErrUnavailable)
