package solo

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/service"
)

// write runs fn and writes up to flush places of the frozen layer, in one
// transaction. It returns how far the frozen layer is written.
func (l *Ledger) write(fn func(*bbolt.Tx) error, flush int) (next int, err error) {
	id := uint64(0) // until the commit begins
	err = guard(func() error {
		tx, err := l.db.Begin(true)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		if err := fn(tx); err != nil {
			return err
		}
		if next, err = l.state.put(tx, flush); err != nil {
			return err
		}
		id = uint64(tx.ID())
		return l.commit(tx)
	})
	if err != nil {
		return 0, l.judge(id, err)
	}
	return next, nil
}

// put writes the next places of the frozen layer and returns how far it got.
func (s *layers) put(tx *bbolt.Tx, n int) (int, error) {
	f := s.frozen
	if f == nil {
		return 0, nil
	}
	index, next := tx.Bucket(bucketState), f.next
	for ; next < len(f.lines) && n > 0; next, n = next+1, n-1 {
		if err := index.Put(f.lines[next].hash[:], f.lines[next].encode()); err != nil {
			return 0, err
		}
	}
	if next == len(f.lines) {
		return next, putHeight(tx, f.height)
	}
	return next, nil
}

// judge says what a failed commit of transaction id means. bbolt writes and
// syncs the data first and the meta page that makes them count last, so as
// long as the meta page is not there the block never was. If it is there,
// the sync of it failed and nobody can tell what the disk holds.
func (l *Ledger) judge(id uint64, err error) error {
	fate := unavailable("writing to the ledger", err)
	if id > 0 && l.mayBeThere(id) {
		fate = fmt.Errorf("writing to the ledger: %w: %w", service.ErrUnknownOutcome, err)
		l.breakDown(unavailable("the ledger must be opened again after a failed write", err))
	} else if !isFull(err) {
		l.breakDown(fate)
	}
	l.options.Logger.Error("ledger write failed", slog.Uint64("transaction", id), slog.Any("error", fate))
	return fate
}

func (l *Ledger) mayBeThere(id uint64) bool {
	p := pages{file: l.file}
	for _, offset := range []int64{0, int64(l.db.Info().PageSize)} {
		if m, _, err := p.metaAt(offset); err != nil || m.txid >= id {
			return true
		}
	}
	return false
}

// isFull: a full disk heals by itself once there is room; every other
// failure of a disk does not. When it fails to grow the file, bbolt keeps
// only the text of the error.
func isFull(err error) bool {
	for _, full := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) || strings.HasSuffix(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}

// breakDown ends the taking of commands until the ledger is opened again.
func (l *Ledger) breakDown(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = why
}
