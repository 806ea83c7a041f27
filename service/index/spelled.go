package index

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Kinds of spelling.
const (
	aName   = 'n'
	aNumber = '#'
)

// spelling is a name or a number in a record, and what it is compared as.
type spelling struct {
	kind         byte
	member, text string
	folded       string
}

// decodeSpellings reads the names and numbers of a record. Most have none but
// a name: what cannot hold a number is not walked through.
func decodeSpellings(kind string, json []byte) (list []spelling, err error) {
	named := kind == "party" || kind == "asset"
	if !bytes.HasPrefix(json, []byte("{")) || !named && !mayHold(json) {
		return nil, nil
	}
	err = spellings(json, "", func(member, text string) {
		switch name := member[strings.LastIndexByte(member, '.')+1:]; {
		case named && member == "name", name == "debtor_name":
			list = append(list, spelling{aName, member, text, service.Folded(text)})
		case isNumber(name):
			list = append(list, spelling{aNumber, member, text, service.Folded(text)})
		}
	}, mayHold(json))
	return list, err
}

func isNumber(name string) bool {
	return name == "number" || strings.HasSuffix(name, "_number") || strings.HasSuffix(name, "_no")
}

func mayHold(json []byte) bool {
	for _, part := range []string{`number"`, `_no"`, `"debtor_name"`} {
		if bytes.Contains(json, []byte(part)) {
			return true
		}
	}
	return false
}

// spellings calls fn for every text member of an object, and of those within
// it when deep is set, with its path. Places in lists are no part of a path.
func spellings(json []byte, path string, fn func(member, text string), deep bool) error {
	return members(json, func(name string, value []byte) error {
		return spelt(value, path+name, fn, deep)
	})
}

func spelt(value []byte, path string, fn func(member, text string), deep bool) error {
	switch {
	case value[0] == '"':
		s, err := text(value)
		if err == nil && s != "" {
			fn(path, s)
		}
		return err
	case value[0] == '{' && deep:
		return spellings(value, path+".", fn, deep)
	case value[0] == '[' && deep:
		return elements(value, func(item []byte) error { return spelt(item, path, fn, deep) })
	}
	return nil
}

const putSpelling = `INSERT OR IGNORE INTO spellings (kind, folded, born, rid, member, text) VALUES (?, ?, ?, ?, ?, ?)`

// spell notes when a name or a number first stood in a record.
func (w *writer) spell(ctx context.Context, rid int64, list []spelling) error {
	for _, s := range list {
		if err := w.exec(ctx, putSpelling, string(s.kind), s.folded, w.seq, rid, s.member, s.text); err != nil {
			return err
		}
	}
	return nil
}

// Named lists where a name stands. See service.Index.
func (ix *Index) Named(ctx context.Context, text string, height uint64, limit int) ([]service.Spelled, error) {
	return ix.spelled(ctx, aName, text, height, limit)
}

// Numbered lists where a number stands. See service.Index.
func (ix *Index) Numbered(ctx context.Context, text string, height uint64, limit int) ([]service.Spelled, error) {
	return ix.spelled(ctx, aNumber, text, height, limit)
}

const spelledQuery = `SELECT k.key, s.member, s.text, r.json FROM spellings s CROSS JOIN records k ON k.rid = s.rid
	CROSS JOIN revisions r ON r.rev = (SELECT rev FROM revisions WHERE rid = s.rid AND seq <= ?3 ORDER BY seq DESC LIMIT 1)
	WHERE s.kind = ?1 AND s.folded = ?2 AND s.born <= ?3 ORDER BY s.born, s.rid, s.member, s.text LIMIT ?4`

func (ix *Index) spelled(ctx context.Context, kind byte, text string, height uint64, limit int) ([]service.Spelled, error) {
	return query(ix, func(s *store) (out []service.Spelled, err error) {
		seq, err := s.lastSeq(ctx, height)
		if err != nil {
			return nil, err
		}
		args := []any{string(kind), service.Folded(text), seq, limit}
		err = s.each(ctx, "spellings", spelledQuery, args, func(scan scanner) error {
			found, err := scanSpelled(scan)
			out = append(out, found)
			return err
		})
		return out, err
	})
}

// scanSpelled looks into the record whether it still says so.
func scanSpelled(scan scanner) (found service.Spelled, err error) {
	var record sql.RawBytes
	if err := scan(&found.Key, &found.Member, &found.Text, &record); err != nil {
		return found, err
	}
	kind, _, _ := pledge.ParseKey(found.Key)
	now, err := decodeSpellings(kind, record)
	if err != nil {
		return found, fmt.Errorf("%s: %w", found.Key, err)
	}
	found.Former = !slices.ContainsFunc(now, func(s spelling) bool { return s.member == found.Member && s.text == found.Text })
	return found, nil
}
