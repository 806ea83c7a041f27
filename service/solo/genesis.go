package solo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/gowebpki/jcs"
	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// create makes a new ledger, if there is none: beside its place first and
// then moved there as a whole, so that an empty or half-made file is never
// taken for a ledger, nor a damaged one for a new.
func (l *Ledger) create() error {
	path := l.options.Path
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	b, err := l.firstBlock()
	if err != nil {
		return err
	}
	fresh := path + ".new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	defer func() { _ = os.Remove(fresh) }()
	if err := writeNew(fresh, b); err != nil {
		return fmt.Errorf("making a new ledger: %w", err)
	}
	// A link, unlike a rename, never takes the place of another's ledger.
	if err := os.Link(fresh, path); err != nil {
		return fmt.Errorf("making a new ledger: %w", err)
	}
	return syncFolder(path)
}

func writeNew(path string, b *builder) error {
	db, err := bbolt.Open(path, 0o600, boltOptions())
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error { return writeFirst(tx, b) })
	return errors.Join(err, db.Close())
}

func writeFirst(tx *bbolt.Tx, b *builder) error {
	for _, name := range [][]byte{bucketBlocks, bucketState, bucketMeta} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	for _, p := range b.places {
		if err := tx.Bucket(bucketState).Put(p.hash[:], p.encode()); err != nil {
			return err
		}
	}
	if err := putHeight(tx, 0); err != nil {
		return err
	}
	return b.put(tx)
}

func (l *Ledger) firstBlock() (*builder, error) {
	g := l.options.Genesis
	text, err := genesisText(g)
	if err != nil {
		return nil, err
	}
	writes, err := g.Writes()
	if err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	created, err := time.Parse(time.RFC3339, g.Created)
	if err != nil {
		return nil, fmt.Errorf("genesis: created: %w", err)
	}
	b := newBuilder(0, nil)
	b.genesis = writes
	b.append(&entry{genesis: text, writes: writtenOf(writes)})
	b.seal(l.options.Operator, g.Channel, noBlock, created.UTC().Truncate(time.Millisecond))
	return b, nil
}

// genesisText is the genesis as RFC 8785 JSON.
func genesisText(g pledge.Genesis) ([]byte, error) {
	raw, err := json.Marshal(g)
	if err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	text, err := jcs.Transform(raw)
	if err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	return text, nil
}

// checkGenesis verifies block 0 against the genesis that was given.
func (l *Ledger) checkGenesis(p *parsed) error {
	text, err := genesisText(l.options.Genesis)
	if err != nil {
		return err
	}
	if p.Count != 1 || p.entries[0].genesis == nil || p.Prev != noBlock {
		return damagedBlock(0, "is not a genesis block")
	}
	if string(p.entries[0].genesis) != string(text) {
		return damagedBlock(0, "starts from another genesis than the one configured")
	}
	l.info = service.LedgerInfo{Kind: "solo", Channel: p.Channel, Genesis: l.options.Genesis,
		GenesisHash: p.hash, Operator: l.options.Operator.JWK()}
	return nil
}
