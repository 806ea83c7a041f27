package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/datapledge/datapledge/service"
)

// scanner takes the columns of one row.
type scanner func(into ...any) error

// get reads one row. No row is ErrNotFound, said of what.
func (s *store) get(ctx context.Context, what, query string, args []any, into ...any) error {
	return s.one(ctx, what, query, args, func(scan scanner) error { return scan(into...) })
}

func (s *store) one(ctx context.Context, what, query string, args []any, fn func(scanner) error) error {
	st, err := s.stmt(query)
	if err == nil {
		err = fn(st.QueryRowContext(ctx, args...).Scan)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", what, service.ErrNotFound)
	case err != nil:
		return fmt.Errorf("reading %s: %w", what, err)
	}
	return nil
}

// each calls fn for every row.
func (s *store) each(ctx context.Context, what, query string, args []any, fn func(scanner) error) error {
	st, err := s.stmt(query)
	if err != nil {
		return fmt.Errorf("reading %s: %w", what, err)
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		return fmt.Errorf("reading %s: %w", what, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return fmt.Errorf("reading %s: %w", what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading %s: %w", what, err)
	}
	return nil
}

// lastSeq is the newest command at a height. A height that is not projected
// is ErrNotFound: about it nothing may be said, not even "none".
func (s *store) lastSeq(ctx context.Context, height uint64) (seq int64, err error) {
	if height > math.MaxInt64 {
		return 0, fmt.Errorf("block %d: %w", height, service.ErrNotFound)
	}
	err = s.get(ctx, fmt.Sprintf("block %d", height), `SELECT last FROM blocks WHERE number = ?`, []any{int64(height)}, &seq)
	return seq, err
}
