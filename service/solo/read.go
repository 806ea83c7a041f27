package solo

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// Get implements service.Ledger.
func (l *Ledger) Get(ctx context.Context, keys ...string) ([][]byte, service.Head, error) {
	if err := ctx.Err(); err != nil {
		return nil, service.Head{}, err
	}
	q, err := l.snapshot(keys)
	if err != nil {
		return nil, service.Head{}, err
	}
	defer func() { _ = q.tx.Rollback() }()
	if err := guard(q.complete); err != nil {
		return nil, service.Head{}, fmt.Errorf("reading the state: %w", err)
	}
	return q.values, q.head, nil
}

// current is Get of one key.
func (l *Ledger) current(key string) ([]byte, error) {
	values, _, err := l.Get(context.Background(), key)
	if err != nil {
		return nil, err
	}
	return values[0], nil
}

// query is a Get under way: what memory holds is taken under the lock, and
// the rest read from a transaction begun under the same lock. The file may
// by then hold one block more, but its index never runs ahead of memory.
type query struct {
	keys   []string
	values [][]byte
	places []location
	state  []byte // of each key: known, placed or absent from memory
	tx     *bbolt.Tx
	head   service.Head
}

const (
	absent = iota
	placedInMemory
	known
)

func (l *Ledger) snapshot(keys []string) (*query, error) {
	q := &query{keys: keys, values: make([][]byte, len(keys)), places: make([]location, len(keys)), state: make([]byte, len(keys))}
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return nil, errClosed
	}
	q.head = l.head
	for i, key := range keys {
		if v, ok := l.state.values.get(key); ok {
			q.values[i], q.state[i] = v, known
		} else if at, ok := l.state.find(hashKey(key)); ok {
			q.places[i], q.state[i] = at, placedInMemory
		}
	}
	tx, err := l.db.Begin(false)
	if err != nil {
		return nil, unavailable("reading the state", err)
	}
	q.tx = tx
	return q, nil
}

func (q *query) complete() error {
	for i, key := range q.keys {
		if q.state[i] == known {
			continue
		}
		at := q.places[i]
		if q.state[i] == absent {
			var ok bool
			var err error
			if at, ok, err = indexed(q.tx, hashKey(key), key); err != nil {
				return err
			} else if !ok {
				continue
			}
		}
		v, err := valueAt(q.tx, at, key)
		if err != nil {
			return err
		}
		q.values[i] = v
	}
	return nil
}

// Follow implements service.Ledger. What fn gets is shared with others and
// must not be changed. No lock and no transaction is held while fn runs.
func (l *Ledger) Follow(ctx context.Context, from uint64, fn func(service.Block) error) error {
	for next := from; ; next++ {
		b, err := l.next(ctx, next)
		if err != nil {
			return err
		}
		if err := fn(b); err != nil {
			return err
		}
	}
}

// next returns block number, and waits for it when it is yet to come.
func (l *Ledger) next(ctx context.Context, number uint64) (service.Block, error) {
	for {
		if err := ctx.Err(); err != nil {
			return service.Block{}, err
		}
		l.mu.RLock()
		head, closed, grown := l.head.Height, l.closed, l.grown
		b, ok := l.atHand(number)
		l.mu.RUnlock()
		switch {
		case closed:
			return service.Block{}, errClosed
		case ok:
			return b, nil
		case number <= head:
			p, err := l.read(number)
			if err != nil {
				return service.Block{}, err
			}
			return p.block(), nil
		}
		select {
		case <-ctx.Done():
		case <-grown:
		}
	}
}

func (l *Ledger) atHand(number uint64) (service.Block, bool) {
	for _, b := range l.recent {
		if b.Number == number {
			return b, true
		}
	}
	return service.Block{}, false
}

func (l *Ledger) parser() parser { return parser{l.options.Operator, l.info.Channel} }

// read reads and verifies a committed block.
func (l *Ledger) read(number uint64) (p *parsed, err error) {
	tx, err := l.db.Begin(false)
	if err != nil {
		return nil, unavailable("reading a block", err)
	}
	defer func() { _ = tx.Rollback() }()
	err = guard(func() error { p, err = l.parser().readBlock(tx, number); return err })
	if err != nil {
		return nil, fmt.Errorf("reading a block: %w", err)
	}
	return p, nil
}

// proof is the document that Prove returns; see FORMAT.md.
type proof struct {
	Kind   string   `json:"kind"`
	Header string   `json:"header"`
	Index  int      `json:"index"`
	Count  int      `json:"count"`
	Path   []string `json:"path"`
	Entry  string   `json:"entry"`
}

// Prove implements service.Ledger. It verifies the document that it is about
// to hand out as its receiver will.
func (l *Ledger) Prove(ctx context.Context, at pledge.Position) (json.RawMessage, error) {
	head, err := l.Head(ctx)
	if err != nil {
		return nil, err
	}
	if at.Block > head.Height || at.Tx != 0 || at.Index < 0 {
		return nil, fmt.Errorf("no command at block %d, tx %d, index %d: %w", at.Block, at.Tx, at.Index, service.ErrNotFound)
	}
	p, err := l.read(at.Block)
	if err != nil {
		return nil, err
	}
	if at.Index >= len(p.entries) {
		return nil, fmt.Errorf("block %d has %d commands: %w", at.Block, len(p.entries), service.ErrNotFound)
	}
	return l.prove(p, at)
}

// ProveBlock is Prove of each entry of a block, in order, for whoever wants
// all of them: the block is read once.
func (l *Ledger) ProveBlock(ctx context.Context, number uint64) ([]json.RawMessage, error) {
	head, err := l.Head(ctx)
	if err != nil {
		return nil, err
	}
	if number > head.Height {
		return nil, fmt.Errorf("no block %d: %w", number, service.ErrNotFound)
	}
	p, err := l.read(number)
	if err != nil {
		return nil, err
	}
	list := make([]json.RawMessage, len(p.entries))
	for i := range list {
		if list[i], err = l.prove(p, pledge.Position{Block: number, Index: i}); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (l *Ledger) prove(p *parsed, at pledge.Position) (json.RawMessage, error) {
	doc := proof{Kind: "solo", Header: p.jws, Index: at.Index, Count: p.Count, Path: []string{},
		Entry: string(appendEntry(nil, &p.entries[at.Index]))}
	for _, d := range merklePath(p.leaves, at.Index) {
		doc.Path = append(doc.Path, hexOf(d))
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("printing a proof: %w", err)
	}
	if err := l.parser().checkProof(raw, at); err != nil {
		return nil, err
	}
	return raw, nil
}

// checkProof verifies a proof of the entry at a position.
func (r parser) checkProof(raw []byte, at pledge.Position) error {
	var doc proof
	if err := json.Unmarshal(raw, &doc); err != nil {
		return fmt.Errorf("reading a proof: %w", err)
	}
	payload, err := r.operator.open(doc.Header)
	if err != nil {
		return damagedBlock(at.Block, "proof: %v", err)
	}
	h, _, err := decodeHeader(payload)
	if err != nil || h.Number != at.Block || h.Count != doc.Count || doc.Index != at.Index || doc.Kind != "solo" {
		return damagedBlock(at.Block, "proof: header does not match")
	}
	path := make([]digest, len(doc.Path))
	for i, s := range doc.Path {
		if n, err := hex.Decode(path[i][:], []byte(s)); err != nil || n != len(path[i]) {
			return damagedBlock(at.Block, "proof: path is not of the format")
		}
	}
	root, ok := rootFromPath(newHasher().leaf([]byte(doc.Entry)), doc.Index, doc.Count, path)
	if !ok || hexOf(root) != h.Root {
		return damagedBlock(at.Block, "proof: entry %d does not lead to the root", at.Index)
	}
	return nil
}
