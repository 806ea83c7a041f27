package index

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// revisionColumns are the columns of a Revision. A record of the genesis has
// no command: its time is that of the first block that has its number.
const revisionColumns = `r.seq, r.json, c.id, c.block, c.tx, c.idx, c.act, c.party,
	(SELECT time FROM blocks WHERE number = coalesce(c.block, (SELECT number FROM blocks WHERE last >= r.seq ORDER BY number LIMIT 1)))`

func scanRevision(scan scanner) (rev service.Revision, seq int64, err error) {
	var id []byte
	var block, tx, idx sql.NullInt64
	var act, by sql.NullString
	var at int64
	if err := scan(&seq, (*[]byte)(&rev.Record), &id, &block, &tx, &idx, &act, &by, &at); err != nil {
		return service.Revision{}, 0, err
	}
	if id != nil {
		rev.CommandID = formatCommandID(id)
	}
	rev.Position = pledge.Position{Block: uint64(block.Int64), Tx: int(tx.Int64), Index: int(idx.Int64)}
	rev.Act, rev.By, rev.At = pledge.Act(act.String), by.String, stampTime(at)
	return rev, seq, nil
}

// Record returns a record as of a height, with the command that left it so.
func (ix *Index) Record(ctx context.Context, key string, height uint64) (service.Revision, error) {
	return query(ix, func(s *store) (rev service.Revision, err error) {
		seq, err := s.lastSeq(ctx, height)
		if err != nil {
			return rev, err
		}
		err = s.one(ctx, key, `SELECT `+revisionColumns+`
			FROM revisions r LEFT JOIN commands c ON c.seq = r.seq
			WHERE r.rid = (SELECT rid FROM records WHERE key = ?) AND r.seq <= ?
			ORDER BY r.seq DESC LIMIT 1`, []any{key, seq}, func(scan scanner) (err error) {
			rev, _, err = scanRevision(scan)
			return err
		})
		return rev, err
	})
}

// History lists the revisions of a record, oldest first. ErrNotFound when
// there never was such a record.
func (ix *Index) History(ctx context.Context, key string, p service.Page) ([]service.Revision, string, error) {
	l := list{'h', []string{key}}
	return page(ix, l, p, -1, func(s *store, after int64, limit int) (items []service.Revision, at []int64, err error) {
		err = s.each(ctx, key, `SELECT `+revisionColumns+`
			FROM revisions r LEFT JOIN commands c ON c.seq = r.seq
			WHERE r.rid = (SELECT rid FROM records WHERE key = ?) AND r.seq > ?
			ORDER BY r.seq LIMIT ?`, []any{key, after, limit}, func(scan scanner) error {
			rev, seq, err := scanRevision(scan)
			items, at = append(items, rev), append(at, seq)
			return err
		})
		if err == nil && len(items) == 0 && p.Cursor == "" {
			err = fmt.Errorf("%s: %w", key, service.ErrNotFound)
		}
		return items, at, err
	})
}

// PledgesOf lists every pledge on the given assets as of a height, whatever
// its state then, in the order in which they were proposed.
func (ix *Index) PledgesOf(ctx context.Context, assets []string, height uint64) ([]pledge.Pledge, error) {
	wanted, err := json.Marshal(assets)
	if err != nil {
		return nil, err
	}
	return query(ix, func(s *store) (out []pledge.Pledge, err error) {
		seq, err := s.lastSeq(ctx, height)
		if err != nil {
			return nil, err
		}
		err = s.each(ctx, "pledges", `SELECT r.json FROM pledges p JOIN revisions r
			ON r.rev = (SELECT rev FROM revisions WHERE rid = p.rid AND seq <= ?1 ORDER BY seq DESC LIMIT 1)
			WHERE p.asset IN (SELECT value FROM json_each(?2)) AND p.born <= ?1 ORDER BY p.rid`,
			[]any{seq, string(wanted)}, func(scan scanner) error {
				var raw sql.RawBytes
				if err := scan(&raw); err != nil {
					return err
				}
				p, err := pledge.DecodePledge(raw)
				out = append(out, p)
				return err
			})
		return out, err
	})
}

// AssetsOf lists the ids of the assets that a party owned as of a height, in
// the order in which they were notarized.
func (ix *Index) AssetsOf(ctx context.Context, owner string, height uint64) ([]string, error) {
	return query(ix, func(s *store) (out []string, err error) {
		seq, err := s.lastSeq(ctx, height)
		if err != nil {
			return nil, err
		}
		err = s.each(ctx, "assets of "+owner, `SELECT k.key FROM (
				SELECT rid FROM assets WHERE owner = ?1 AND owned <= ?2
				UNION ALL SELECT rid FROM former WHERE owner = ?1 AND born <= ?2 AND until > ?2
			) o JOIN records k ON k.rid = o.rid ORDER BY k.rid`,
			[]any{owner, seq}, func(scan scanner) error {
				var key string
				err := scan(&key)
				out = append(out, strings.TrimPrefix(key, pledge.KeyAsset("")))
				return err
			})
		return out, err
	})
}

// AssetsBySM3 lists the assets with an SM3 fingerprint, as of a height, in the
// order in which they were notarized.
func (ix *Index) AssetsBySM3(ctx context.Context, fingerprint string, height uint64) ([]string, error) {
	return query(ix, func(s *store) (out []string, err error) {
		seq, err := s.lastSeq(ctx, height)
		if err != nil {
			return nil, err
		}
		err = s.each(ctx, "assets of "+fingerprint, `SELECT k.key FROM sm3 f JOIN records k ON k.rid = f.rid
			WHERE f.fingerprint = ? AND f.born <= ? ORDER BY f.rid`,
			[]any{fingerprint, seq}, func(scan scanner) error {
				var key string
				err := scan(&key)
				out = append(out, strings.TrimPrefix(key, pledge.KeyAsset("")))
				return err
			})
		return out, err
	})
}

// Holders lists the assets that hold a file, first holder first, with their
// owners at that height.
func (ix *Index) Holders(ctx context.Context, sha256 string, height uint64, p service.Page) ([]pledge.Holder, string, error) {
	sum, err := parseSum(sha256)
	if err != nil {
		return nil, "", pledge.Errorf(pledge.Malformed, "%v", err)
	}
	l := list{'f', []string{sha256, fmt.Sprint(height)}}
	return page(ix, l, p, 0, func(s *store, after int64, limit int) (items []pledge.Holder, at []int64, err error) {
		seq, err := s.lastSeq(ctx, height)
		if err != nil {
			return nil, nil, err
		}
		err = s.each(ctx, "holders of "+sha256, `SELECT h.rid, k.key, h.size,
			coalesce((SELECT json_extract(CAST(json AS TEXT), '$.distinct_size') FROM revisions WHERE rid = h.rid AND seq = h.born), 0),
			coalesce((SELECT owner FROM former WHERE rid = h.rid AND born <= ?1 AND until > ?1), a.owner)
			FROM holders h JOIN assets a ON a.rid = h.rid JOIN records k ON k.rid = h.rid
			WHERE h.sum = ?2 AND h.rid > ?3 AND h.born <= ?1 ORDER BY h.rid LIMIT ?4`,
			[]any{seq, sum, after, limit}, func(scan scanner) error {
				var rid int64
				var h pledge.Holder
				err := scan(&rid, &h.AssetID, &h.Size, &h.Total, &h.Owner)
				h.AssetID = strings.TrimPrefix(h.AssetID, pledge.KeyAsset(""))
				items, at = append(items, h), append(at, rid)
				return err
			})
		return items, at, err
	})
}

// Files lists the files of an asset as the command that brought its newest
// version named them: none when it had more than pledge.MaxFiles and named
// their root instead.
func (ix *Index) Files(ctx context.Context, asset string) ([]pledge.File, error) {
	all, err := ix.Versions(ctx, asset)
	if err != nil {
		return nil, err
	}
	return all[len(all)-1], nil
}

// Versions lists the files of each version of an asset, the first one first.
func (ix *Index) Versions(ctx context.Context, asset string) ([][]pledge.File, error) {
	return query(ix, func(s *store) (all [][]pledge.File, err error) {
		what := "files of asset " + asset
		err = s.each(ctx, what, `SELECT c.head, c.payload, c.sig FROM records k JOIN revisions r ON r.rid = k.rid
			JOIN commands c ON c.seq = r.seq AND c.subject = k.rid AND c.act IN ('asset.notarize', 'asset.add_version')
			WHERE k.key = ? ORDER BY r.seq`, []any{pledge.KeyAsset(asset)}, func(scan scanner) error {
			files, err := scanFiles(scan)
			all = append(all, files)
			return err
		})
		if err == nil && len(all) == 0 {
			err = fmt.Errorf("%s: %w", what, service.ErrNotFound)
		}
		return all, err
	})
}

func scanFiles(scan scanner) ([]pledge.File, error) {
	var head, payload, sig []byte
	if err := scan(&head, &payload, &sig); err != nil {
		return nil, err
	}
	var p struct {
		Body struct {
			Files []pledge.File `json:"files"`
		} `json:"body"`
	}
	payload, err := payloadOf(payload, sig)
	if err == nil {
		err = json.Unmarshal(payload, &p)
	}
	return p.Body.Files, err
}
