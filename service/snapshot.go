package service

import (
	"context"
	"errors"
	"fmt"

	"github.com/datapledge/datapledge/pledge"
)

// source is where a snapshot reads: the ledger now, or the index in the past.
type source interface {
	Get(ctx context.Context, keys ...string) ([][]byte, Head, error)
}

// maxRounds bounds how deep one record may lead to the next in a snapshot.
const maxRounds = 8

// snapshot runs fn over records of one and the same head. fn asks for keys by
// view.get, which answers nil for what was not fetched yet; fn is then run
// again with it, so fn must tolerate nil and start afresh each time.
func snapshot(ctx context.Context, from source, fn func(v *view) error) (Head, error) {
	v := &view{values: map[string][]byte{}}
	for range maxRounds {
		if err := v.fetch(ctx, from); err != nil {
			return Head{}, fmt.Errorf("reading the ledger: %w", err)
		}
		if err := fn(v); len(v.missing) == 0 {
			return v.head, err
		}
	}
	return Head{}, errors.New("records lead too deep into each other")
}

type view struct {
	values  map[string][]byte
	keys    []string // those of values, in the order in which they were fetched
	missing []string
	head    Head
}

// fetch reads what is missing; and everything, when there was a new block
// since the rest was read.
func (v *view) fetch(ctx context.Context, from source) error {
	keys := v.missing
	values, head, err := from.Get(ctx, keys...)
	if err == nil && head != v.head && len(v.keys) > 0 {
		keys = append(v.keys[:len(v.keys):len(v.keys)], keys...)
		values, head, err = from.Get(ctx, keys...)
	}
	if err != nil {
		return err
	}
	for i, k := range keys {
		v.values[k] = values[i]
	}
	v.keys, v.missing, v.head = append(v.keys, v.missing...), nil, head
	return nil
}

func (v *view) get(key string) []byte {
	value, ok := v.values[key]
	if !ok {
		v.values[key] = nil
		v.missing = append(v.missing, key)
	}
	return value
}

// asset returns the record, or nil when absent (or not fetched yet).
func (v *view) asset(id string) (*pledge.Asset, error) {
	return decoded(v.get(pledge.KeyAsset(id)), id, pledge.DecodeAsset)
}

func (v *view) pledge(id string) (*pledge.Pledge, error) {
	return decoded(v.get(pledge.KeyPledge(id)), id, pledge.DecodePledge)
}

func (v *view) party(id string) (*pledge.Party, error) {
	return decoded(v.get(pledge.KeyParty(id)), id, pledge.DecodeParty)
}

// fingerprint returns the ids of the assets under a fingerprint, in hex.
func (v *view) fingerprint(hex string) ([]string, error) {
	r, err := decoded(v.get(pledge.KeyFingerprint(hex)), hex, pledge.DecodeFingerprint)
	if err != nil || r == nil {
		return nil, err
	}
	return r.Assets, nil
}

// file returns who holds a file of this digest, in hex; nil when nobody does.
func (v *view) file(hex string) (*pledge.FileRecord, error) {
	return decoded(v.get(pledge.KeyFile(hex)), hex, pledge.DecodeFile)
}

func decoded[T any](raw []byte, id string, decode func([]byte) (T, error)) (*T, error) {
	if raw == nil {
		return nil, nil
	}
	record, err := decode(raw)
	if err != nil {
		// Not %w: a record that does not decode is a fault, not the caller's mistake.
		return nil, fmt.Errorf("decoding the record of %s: %v", id, err)
	}
	return &record, nil
}

// past reads records as they were at a head, from the index, each once: the
// past does not change. It serves one request.
type past struct {
	index Index
	head  Head
	known map[string][]byte
}

func newPast(index Index, head Head) past { return past{index, head, map[string][]byte{}} }

func (p past) Get(ctx context.Context, keys ...string) ([][]byte, Head, error) {
	values := make([][]byte, len(keys))
	for i, key := range keys {
		value, ok := p.known[key]
		if !ok {
			var err error
			if value, err = p.get(ctx, key); err != nil {
				return nil, Head{}, err
			}
			p.known[key] = value
		}
		values[i] = value
	}
	return values, p.head, nil
}

func (p past) get(ctx context.Context, key string) ([]byte, error) {
	if kind, id, _ := pledge.ParseKey(key); kind == "file" {
		return p.holders(ctx, id)
	}
	r, err := p.index.Record(ctx, key, p.head.Height)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return r.Record, err
}

// holders makes the record of a file digest out of the index's list, which
// is whole where the ledger's own record names only some.
func (p past) holders(ctx context.Context, hex string) ([]byte, error) {
	r := pledge.FileRecord{V: pledge.Version}
	page := Page{Limit: maxLimit}
	for {
		found, next, err := p.index.Holders(ctx, hex, p.head.Height, page)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
		r.Holders = append(r.Holders, found...)
		r.Count = len(r.Holders)
		if next == "" || r.Count > maxSearched {
			break
		}
		page.Cursor = next
	}
	if r.Count == 0 {
		return nil, nil
	}
	return pledge.CanonicalJSON(r)
}
