package solo

import (
	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
)

// view is the pledge.State that one block is applied on: what the block has
// written so far, over the committed state. Only the committer uses it.
type view struct {
	ledger *Ledger
	tx     *bbolt.Tx
	seen   map[string][]byte // read or written during this block
}

func (l *Ledger) newView() (*view, error) {
	tx, err := l.db.Begin(false)
	if err != nil {
		return nil, err
	}
	return &view{l, tx, map[string][]byte{}}, nil
}

// close MUST come before the commit: the file cannot grow under a reader.
func (v *view) close() { _ = v.tx.Rollback() }

func (v *view) Get(key string) ([]byte, error) {
	if value, ok := v.seen[key]; ok {
		return value, nil
	}
	value, ok := v.ledger.state.values.get(key)
	if !ok {
		var err error
		if value, err = v.load(key); err != nil {
			return nil, err
		}
	}
	v.seen[key] = value
	return value, nil
}

func (v *view) Put(key string, value []byte) error {
	v.seen[key] = value
	return nil
}

func (v *view) load(key string) (value []byte, err error) {
	at, ok, err := v.locate(key)
	if err != nil || !ok {
		return nil, err
	}
	err = guard(func() error { value, err = valueAt(v.tx, at, key); return err })
	return value, err
}

func (v *view) locate(key string) (at location, ok bool, err error) {
	h := hashKey(key)
	if at, ok := v.ledger.state.find(h); ok {
		return at, true, nil
	}
	err = guard(func() error { at, ok, err = indexed(v.tx, h, key); return err })
	return at, ok, err
}

// firstOutcome finds what the command whose key this is led to.
func (v *view) firstOutcome(key string) (pledge.Outcome, error) {
	at, ok, err := v.locate(key)
	if err != nil {
		return pledge.Outcome{}, err
	}
	if !ok {
		return pledge.Outcome{}, damagedState("%s was applied and is not there", key)
	}
	var o pledge.Outcome
	err = guard(func() error { o, err = outcomeAt(v.tx, at); return err })
	return o, err
}

// outcomeAt reads the outcome of the entry that a value stands in.
func outcomeAt(tx *bbolt.Tx, l location) (o pledge.Outcome, err error) {
	part := tx.Bucket(bucketBlocks).Get(blockKey(l.block, l.part))
	found := false
	err = eachEntry(l.block, part, func(raw []byte, at int) error {
		if int(l.offset) < at || int(l.offset) >= at+len(raw) {
			return nil
		}
		e, err := decodeEntry(raw)
		if err != nil {
			return damagedBlock(l.block, "entry %d %v", l.index, err)
		}
		found = true
		o = pledge.Outcome{CommandID: e.commandID, Status: pledge.Applied, RecordID: e.recordID,
			Record: recordOf(e.recordID, writesOf(e)), Position: &pledge.Position{Block: l.block, Index: int(l.index)}}
		return nil
	})
	if err == nil && !found {
		err = damagedBlock(l.block, "entry %d is missing", l.index)
	}
	return o, err
}
