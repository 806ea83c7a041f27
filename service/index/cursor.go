package index

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

const (
	defaultLimit = 50
	maxLimit     = 200
)

// limitOf is the number of items on a page.
func limitOf(p service.Page) (int, error) {
	switch {
	case p.Limit < 0:
		return 0, pledge.Errorf(pledge.Malformed, "limit must be 1 to %d", maxLimit)
	case p.Limit == 0:
		return defaultLimit, nil
	}
	return min(p.Limit, maxLimit), nil
}

// list names what a cursor walks through: the kind of list and its filters. A
// cursor is refused by any other list, where it would silently skip items.
type list struct {
	kind    byte
	filters []string
}

const cursorVersion = 1

func (l list) sum() uint32 {
	return crc32.ChecksumIEEE([]byte(string(l.kind) + strings.Join(l.filters, "\x00")))
}

// cursor tells the next page to go on behind position at.
func (l list) cursor(at int64) string {
	raw := binary.BigEndian.AppendUint32([]byte{cursorVersion}, l.sum())
	return base64.RawURLEncoding.EncodeToString(binary.AppendUvarint(raw, uint64(at)))
}

// position reads a cursor; an empty one stands at start. Only the exact text
// that cursor writes is accepted.
func (l list) position(cursor string, start int64) (int64, error) {
	if cursor == "" {
		return start, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) < 6 {
		return 0, badCursor()
	}
	at, n := binary.Uvarint(raw[5:])
	if n <= 0 || int64(at) < 0 || l.cursor(int64(at)) != cursor {
		return 0, badCursor()
	}
	return int64(at), nil
}

func badCursor() error {
	return pledge.Errorf(pledge.Malformed, "cursor is not one of this list: start again without it")
}

// page runs fetch for one item more than the page takes: when it comes,
// there is a next page. fetch returns the items and their positions.
func page[T any](ix *Index, l list, p service.Page, start int64,
	fetch func(s *store, from int64, limit int) ([]T, []int64, error)) ([]T, string, error) {
	limit, err := limitOf(p)
	if err != nil {
		return nil, "", err
	}
	from, err := l.position(p.Cursor, start)
	if err != nil {
		return nil, "", err
	}
	next := ""
	items, err := query(ix, func(s *store) ([]T, error) {
		items, at, err := fetch(s, from, limit+1)
		if err != nil || len(items) <= limit {
			return items, err
		}
		next = l.cursor(at[limit-1])
		return items[:limit], nil
	})
	return items, next, err
}
