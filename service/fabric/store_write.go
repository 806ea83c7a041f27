package fabric

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
)

// put stores blocks in one transaction.
func (s *store) put(blocks []*decoded) error {
	return guard(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			p := putting{tx: tx, values: map[string]stored{}}
			for _, d := range blocks {
				if err := p.block(d); err != nil {
					return fmt.Errorf("storing block %d: %w", d.block.Number, err)
				}
			}
			return p.flush()
		})
	})
}

// putting is one transaction under way. Values are collected and written at
// the end in the order of their keys: neighbours share pages.
type putting struct {
	tx     *bbolt.Tx
	values map[string]stored
}

func (p *putting) block(d *decoded) error {
	v, err := encodePlace(d.block, d.filter)
	if err != nil {
		return err
	}
	if err := p.tx.Bucket(bucketBlocks).Put(numberKey(d.block.Number), v); err != nil {
		return err
	}
	if d.config != nil {
		if err := p.tx.Bucket(bucketConfigs).Put(numberKey(d.block.Number), d.config); err != nil {
			return err
		}
	}
	if err := p.txs(d); err != nil {
		return err
	}
	if err := p.genesis(d); err != nil {
		return err
	}
	for _, c := range d.block.Commands {
		for _, w := range c.Writes {
			if err := p.write(w, *c.Outcome.Position); err != nil {
				return err
			}
		}
	}
	return p.held(d)
}

// held stores checkpoints.
func (p *putting) held(d *decoded) error {
	for i, tx := range d.txs {
		for _, w := range tx.held {
			if err := p.write(w, pledge.Position{Block: d.block.Number, Tx: i}); err != nil {
				return err
			}
		}
	}
	return nil
}

// txs notes where each transaction is. A repetition of one that is there
// already does not take its place.
func (p *putting) txs(d *decoded) error {
	b := p.tx.Bucket(bucketTxs)
	for i, tx := range d.txs {
		id := []byte(tx.id)
		if tx.code == duplicateTx || len(id) == 0 || len(id) > maxTxID || b.Get(id) != nil {
			continue
		}
		if err := b.Put(id, encodePosition(pledge.Position{Block: d.block.Number, Tx: i})); err != nil {
			return err
		}
	}
	return nil
}

// maxTxID is well above Fabric's 64 hex digits; an invalid transaction may
// call itself anything.
const maxTxID = 256

func (p *putting) genesis(d *decoded) error {
	at, ok := d.genesisTx()
	if !ok {
		return nil
	}
	b := p.tx.Bucket(bucketMeta)
	if b.Get(keyGenesis) != nil {
		return fmt.Errorf("a second genesis: %w", errFault)
	}
	if err := b.Put(keyGenesis, encodePosition(at)); err != nil {
		return err
	}
	for _, w := range d.block.Genesis {
		if err := p.write(w, at); err != nil {
			return err
		}
	}
	return nil
}

// write keeps the value that is there, if it is a record: it may be the
// outcome of the command that left it.
func (p *putting) write(w pledge.Write, at pledge.Position) error {
	old, ok := p.values[w.Key]
	if !ok {
		var err error
		if old, ok, err = stateOf(p.tx, w.Key); err != nil {
			return err
		}
	}
	p.values[w.Key] = stored{at, w.Value}
	if !ok || !isRecord(w.Key) {
		return nil
	}
	return p.tx.Bucket(bucketFormer).Put(formerKey(old.at, w.Key), old.encode(w.Key))
}

func isRecord(key string) bool {
	switch kind, _, _ := pledge.ParseKey(key); kind {
	case "asset", "pledge", "party":
		return true
	}
	return false
}

func (p *putting) flush() error {
	keys := make([]string, 0, len(p.values))
	for k := range p.values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b := p.tx.Bucket(bucketState)
	for _, k := range keys {
		if err := b.Put([]byte(k), p.values[k].encode(k)); err != nil {
			return err
		}
	}
	return nil
}
