package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errDamaged is why a file is thrown away and projected anew.
var errDamaged = errors.New("read model file is damaged")

// readers is how many queries run at the same time; further ones queue.
const readers = 4

// store is one open database file: a single writing connection, and readers
// that never wait for it (write-ahead log).
type store struct {
	path   string
	wdb    *sql.DB
	write  *sql.Conn
	rdb    *sql.DB
	mu     sync.Mutex
	cached map[string]*sql.Stmt
}

// openStore opens or creates the file. A file that is damaged, or of another
// schema, or not ours, gives errDamaged and stays as it is.
func openStore(ctx context.Context, path string) (*store, error) {
	if err := touch(path); err != nil {
		return nil, asFull(err, path)
	}
	s := &store{path: path, cached: map[string]*sql.Stmt{}}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(asFull(err, path), s.close())
	}
	return s, nil
}

// asFull says what to do about a full disk, of which SQLite says only that
// the "database or disk is full" or that a log could not be extended.
func asFull(err error, path string) error {
	var e *sqlite.Error
	full := errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
	if errors.As(err, &e) {
		switch e.Code() {
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_FSYNC:
			full = true
		}
	}
	if !full {
		return err
	}
	return fmt.Errorf("no room on the disk of %s: make room and start again; nothing is lost, the file is made anew from the ledger: %w", path, err)
}

// touch makes the file with the rights of the owner only; the log and the
// shared memory beside it inherit them from SQLite.
func touch(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("opening read model: %w", err)
	}
	return f.Close()
}

func (s *store) open(ctx context.Context) (err error) {
	if s.wdb, err = sql.Open("sqlite", dsn(s.path, "rw", "_journal_mode=WAL&_synchronous=NORMAL"+
		"&_pragma=page_size(8192)&_pragma=cache_size(-32768)&_pragma=journal_size_limit(67108864)&_pragma=wal_autocheckpoint(2000)")); err != nil {
		return fmt.Errorf("opening read model: %w", err)
	}
	s.wdb.SetMaxOpenConns(1)
	if s.write, err = s.wdb.Conn(ctx); err != nil {
		return fmt.Errorf("opening read model: %w", asDamage(err))
	}
	if err := s.prepareFile(ctx); err != nil {
		return fmt.Errorf("checking read model: %w", asDamage(err))
	}
	if s.rdb, err = sql.Open("sqlite", dsn(s.path, "ro", "_query_only=1&_pragma=cache_size(-8192)")); err != nil {
		return fmt.Errorf("opening read model: %w", err)
	}
	s.rdb.SetMaxOpenConns(readers)
	s.rdb.SetMaxIdleConns(readers)
	return nil
}

func dsn(path, mode, more string) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}
	return u.String() + "?mode=" + mode + "&_busy_timeout=10000&_dqs=0&" + more
}

// prepareFile writes the schema into a new file and checks an old one.
func (s *store) prepareFile(ctx context.Context) error {
	var tables int
	if err := s.write.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return err
	}
	if tables == 0 {
		return s.create(ctx)
	}
	if err := s.checkVersion(ctx); err != nil {
		return err
	}
	return s.checkSize(ctx)
}

// create is one transaction: a crash in it leaves an empty file.
func (s *store) create(ctx context.Context) error {
	_, err := s.write.ExecContext(ctx, fmt.Sprintf("BEGIN IMMEDIATE;%s;PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT",
		schema, appID, schemaVersion))
	return err
}

func (s *store) checkVersion(ctx context.Context) error {
	for pragma, want := range map[string]int{"application_id": appID, "user_version": schemaVersion} {
		got, err := s.pragma(ctx, pragma)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%w: %s is %d, not %d", errDamaged, pragma, got, want)
		}
	}
	return nil
}

// checkSize finds a file that was cut short anywhere: SQLite itself only
// notices when whole pages are missing. The log is emptied first, for while
// it holds pages the file may rightly be shorter.
func (s *store) checkSize(ctx context.Context) error {
	if _, err := s.write.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		return err
	}
	pages, err := s.pragma(ctx, "page_count")
	if err != nil {
		return err
	}
	size, err := s.pragma(ctx, "page_size")
	if err != nil {
		return err
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return err
	}
	if want := int64(pages) * int64(size); info.Size() < want {
		return fmt.Errorf("%w: %d of %d bytes", errDamaged, info.Size(), want)
	}
	return nil
}

func (s *store) pragma(ctx context.Context, name string) (n int, err error) {
	err = s.write.QueryRowContext(ctx, "PRAGMA "+name).Scan(&n)
	return n, err
}

// inspect reads the whole file and checks its structure. Nothing waits for
// it: a torn page is found by it or by the query that meets it.
func (s *store) inspect(ctx context.Context) error {
	var found string
	if err := s.rdb.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		return asDamage(err)
	}
	if found != "ok" {
		return fmt.Errorf("%w: %s", errDamaged, found)
	}
	return nil
}

// stmt prepares a query for the readers once. The set of texts is small and
// fixed: values never stand in them.
func (s *store) stmt(query string) (*sql.Stmt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.cached[query]; st != nil {
		return st, nil
	}
	st, err := s.rdb.Prepare(query)
	if err != nil {
		return nil, err
	}
	s.cached[query] = st
	return st, nil
}

// close lets the readers go first, so that the writer, as the last one,
// folds the log into the file.
func (s *store) close() error {
	var errs []error
	for _, st := range s.cached {
		errs = append(errs, st.Close())
	}
	if s.rdb != nil {
		errs = append(errs, s.rdb.Close())
	}
	if s.write != nil {
		errs = append(errs, s.write.Close())
	}
	if s.wdb != nil {
		errs = append(errs, s.wdb.Close())
	}
	return errors.Join(errs...)
}

// removeStore deletes a closed database with what SQLite keeps beside it.
func removeStore(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("removing read model: %w", err)
		}
	}
	return nil
}

// asDamage marks the errors with which SQLite says that the file's content
// is broken; a full disk or a missing right is not among them.
func asDamage(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) || errors.Is(err, errDamaged) {
		return err
	}
	switch {
	case e.Code()&0xff == sqlite3.SQLITE_CORRUPT, e.Code()&0xff == sqlite3.SQLITE_NOTADB, e.Code() == sqlite3.SQLITE_IOERR_SHORT_READ:
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	return err
}
