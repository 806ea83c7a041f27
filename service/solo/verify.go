package solo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"
)

// verify checks the whole ledger, block by block on several cores, and
// rebuilds in memory what of the state index was not written yet.
//
// The index is held to the blocks in both directions: every write of a block
// finds its key in the index, there placed at this write or at a later one;
// and as many entries are found at their very write as the index has. So it
// is exactly what the blocks lead to.
type verification struct {
	ledger  *Ledger
	parser  parser
	height  uint64 // the index is whole up to here
	end     uint64
	next    atomic.Uint64
	matched atomic.Int64
	mu      sync.Mutex // guards ledger.state.active and failed
	failed  error
}

func (l *Ledger) verify(workers int) error {
	v := &verification{ledger: l, parser: parser{operator: l.options.Operator, channel: l.options.Genesis.Channel}}
	if err := l.db.View(v.start); err != nil {
		return err
	}
	var others sync.WaitGroup
	for range workers {
		others.Go(v.work)
	}
	others.Wait()
	if v.failed != nil {
		return v.failed
	}
	return l.db.View(v.finish)
}

// start verifies block 0 and what the file says about itself.
func (v *verification) start(tx *bbolt.Tx) error {
	l := v.ledger
	if err := haveBuckets(tx); err != nil {
		return err
	}
	head, err := getHead(tx)
	if err != nil {
		return err
	}
	if v.height, err = getHeight(tx); err != nil {
		return err
	}
	first, err := v.parser.readBlock(tx, 0)
	if err != nil {
		return err
	}
	if err := l.checkGenesis(first); err != nil {
		return err
	}
	last, err := v.parser.readHeader(tx, head.Height)
	if err != nil {
		return err
	}
	if last.hash != head.Hash {
		return damagedBlock(head.Height, "is not the head that the file names")
	}
	key, _ := tx.Bucket(bucketBlocks).Cursor().Last()
	if len(key) != 12 || binary.BigEndian.Uint64(key) != head.Height {
		return damagedFile("there is something after block %d, the last", head.Height)
	}
	l.head, l.time, v.end = head, last.at, head.Height
	return nil
}

func (v *verification) work() {
	err := guard(func() error {
		for n := v.next.Add(1) - 1; n <= v.end && !v.stopped(); n = v.next.Add(1) - 1 {
			if err := v.ledger.db.View(func(tx *bbolt.Tx) error { return v.block(tx, n) }); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		v.stop(err)
	}
}

func (v *verification) stopped() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.failed != nil
}

// stop keeps the damage with the lowest block: what comes later may only
// follow from it.
func (v *verification) stop(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if a, b := (*DamageError)(nil), (*DamageError)(nil); v.failed == nil ||
		errors.As(err, &a) && errors.As(v.failed, &b) && a.Block < b.Block {
		v.failed = err
	}
}

func (v *verification) block(tx *bbolt.Tx, number uint64) error {
	p, err := v.parser.readBlock(tx, number)
	if err != nil {
		return err
	}
	if number > 0 {
		before, err := v.parser.readHeader(tx, number-1)
		switch {
		case err != nil:
			return err
		case p.Prev != before.hash:
			return damagedBlock(number, "does not follow block %d", number-1)
		case p.at.Before(before.at):
			return damagedBlock(number, "is older than block %d", number-1)
		}
	}
	hash := newHasher()
	for i := range p.entries {
		e := &p.entries[i]
		if number > 0 && (e.genesis != nil || e.commandID != commandID(e.jws)) {
			return damagedBlock(number, "entry %d is not the command that it says", i)
		}
		for j, w := range e.writes {
			at := p.places[i][j]
			at.check = at.checkOf(hash, w.Key, w.Value)
			if err := v.write(tx, w.Key, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// write holds the index to one write.
func (v *verification) write(tx *bbolt.Tx, key string, at location) error {
	h := hashKey(key)
	have, ok, err := indexed(tx, h, key)
	switch {
	case err != nil:
		return err
	case ok && have == at:
		v.matched.Add(1)
	case ok && have.after(at):
	case at.block <= v.height:
		return damagedState("%s is not as block %d wrote it", key, at.block)
	default:
		v.replay(h, at)
	}
	return nil
}

func (v *verification) replay(h keyHash, at location) {
	v.mu.Lock()
	defer v.mu.Unlock()
	active := &v.ledger.state.active
	if have, ok := active.get(h); !ok || at.after(have) {
		active.put(h, at)
	}
}

// finish counts the index.
func (v *verification) finish(tx *bbolt.Tx) error {
	entries := int64(0)
	c := tx.Bucket(bucketState).Cursor()
	for k, raw := c.First(); k != nil; k, raw = c.Next() {
		if _, err := decodeLocation(raw); err != nil || len(k) != len(keyHash{}) {
			return damagedState("the entry at %x is not of the format", k)
		}
		entries++
	}
	if entries != v.matched.Load() {
		return damagedState("%d entries, but the blocks account for %d", entries, v.matched.Load())
	}
	return v.extra(tx)
}

// extra looks for records that the format does not know.
func (v *verification) extra(tx *bbolt.Tx) error {
	return tx.Bucket(bucketMeta).ForEach(func(k, _ []byte) error {
		if !bytes.Equal(k, metaHead) && !bytes.Equal(k, metaHeight) {
			return damagedFile("unknown record %q", k)
		}
		return nil
	})
}
