package solo

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/gowebpki/jcs"
	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// begin writes block 0 into a new file.
func (l *Ledger) begin() error {
	fresh := false
	err := l.db.View(func(tx *bbolt.Tx) error {
		have := 0
		for _, name := range [][]byte{bucketBlocks, bucketState, bucketMeta} {
			if tx.Bucket(name) != nil {
				have++
			}
		}
		if fresh = have == 0; !fresh && have != 3 {
			return damagedFile("only %d of 3 buckets are there", have)
		}
		return nil
	})
	if err != nil || !fresh {
		return err
	}
	b, err := l.firstBlock()
	if err != nil {
		return err
	}
	return l.db.Update(func(tx *bbolt.Tx) error { return writeFirst(tx, b) })
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
