package index_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/datapledge/datapledge/service"
	"github.com/datapledge/datapledge/service/index"
)

func TestMain(m *testing.M) {
	if childMain() {
		return
	}
	goleak.VerifyTestMain(m)
}

// tb is what testing.T, testing.B and rapid.T have in common.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

func open(t tb, path string) *index.Index {
	t.Helper()
	ix, err := index.Open(path, nil)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return ix
}

func tempPath(t testing.TB) string { return filepath.Join(t.TempDir(), "index.db") }

// project starts Project and returns what stops it and gives its error.
func project(ix *index.Index, l service.Ledger) (stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- ix.Project(ctx, l) }()
	return sync.OnceValue(func() error {
		cancel()
		return <-done
	})
}

// projectTo projects up to a height and stops.
func projectTo(t tb, ix *index.Index, l service.Ledger, height uint64) {
	t.Helper()
	stop := project(ix, l)
	waitFor(t, ix, height, stop)
	if err := stop(); !errors.Is(err, context.Canceled) {
		t.Fatalf("project: got %v, want context.Canceled", err)
	}
}

// waitFor fails, rather than hangs, when Project ends first.
func waitFor(t tb, ix *index.Index, height uint64, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
	defer cancel()
	if err := ix.WaitFor(ctx, height); err != nil {
		t.Fatalf("waiting for block %d: %v (projecting: %v)", height, err, stop())
	}
}

// waitHead waits for a block where another one, or a higher one, may still stand.
func waitHead(t tb, ix *index.Index, want service.Head, stop func() error) {
	t.Helper()
	for end := time.Now().Add(testTimeout); ; {
		waitFor(t, ix, want.Height, stop)
		got, _ := ix.Head(context.Background())
		if got == want {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("head is %v, want %v (projecting: %v)", got, want, stop())
		}
	}
}

// opened is an index over blocks, closed at the end of the test.
func opened(t *testing.T, m *maker) *index.Index {
	t.Helper()
	ix := open(t, tempPath(t))
	t.Cleanup(func() { closed(t, ix) })
	projectTo(t, ix, newLedger(m.blocks...), uint64(len(m.blocks)-1))
	return ix
}

func closed(t tb, ix *index.Index) {
	t.Helper()
	if err := ix.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}

// dump is everything in a closed file: tables, search index, version.
func dump(t tb, path string) string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatalf("dump: %v", err)
	}
	defer db.Close()
	if _, err := db.Exec(`INSERT INTO names (names, rank) VALUES ('integrity-check', 1)`); err != nil {
		t.Fatalf("full-text index: %v", err)
	}
	var out bytes.Buffer
	for _, pragma := range []string{"application_id", "user_version"} {
		var n int
		if err := db.QueryRow("PRAGMA " + pragma).Scan(&n); err != nil {
			t.Fatalf("dump: %v", err)
		}
		fmt.Fprintf(&out, "%s %d\n", pragma, n)
	}
	for _, table := range []string{"blocks", "commands", "records", "revisions", "assets", "former", "pledges", "assigned", "holders", "sm3", "spellings", "regressions"} {
		fmt.Fprintf(&out, "== %s\n%s", table, dumpTable(t, db, table))
	}
	return out.String()
}

func dumpTable(t tb, db *sql.DB, table string) string {
	t.Helper()
	rows, err := db.Query(`SELECT * FROM ` + table + ` ORDER BY 1, 2`)
	if err != nil {
		t.Fatalf("dump %s: %v", table, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatalf("dump %s: %v", table, err)
	}
	var out bytes.Buffer
	for rows.Next() {
		row := make([]any, len(columns))
		for i := range row {
			row[i] = new(any)
		}
		if err := rows.Scan(row...); err != nil {
			t.Fatalf("dump %s: %v", table, err)
		}
		for _, v := range row {
			fmt.Fprintf(&out, "%q|", fmt.Sprint(*v.(*any)))
		}
		out.WriteByte('\n')
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("dump %s: %v", table, err)
	}
	return out.String()
}

// logTo is a logger that a test can read.
func logTo(w *bytes.Buffer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
