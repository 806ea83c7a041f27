package fabric

import (
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// get returns the values of keys (nil when absent) as of one and the same
// head, by the copy alone.
func (c *chain) get(keys ...string) ([][]byte, service.Head, error) {
	if _, _, err := c.look(); err != nil {
		return nil, service.Head{}, err
	}
	var head service.Head
	values := make([][]byte, len(keys))
	err := c.view(func(tx *bbolt.Tx) error {
		last, _, err := lastOf(tx)
		if err != nil {
			return err
		}
		head = last.head
		for i, key := range keys {
			e, _, err := stateOf(tx, key)
			if err != nil {
				return err
			}
			values[i] = e.value
		}
		return nil
	})
	if err != nil {
		return nil, service.Head{}, err
	}
	return values, head, nil
}

// view reads the copy. A copy that turns out damaged is rebuilt by run.
func (c *chain) view(fn func(*bbolt.Tx) error) error {
	c.dbMu.RLock()
	defer c.dbMu.RUnlock()
	err := c.db.view(fn)
	if err != nil {
		return fmt.Errorf("reading the copy of channel %s: %w: %w", c.o.Channel, service.ErrUnavailable, c.noteDamage(err))
	}
	return nil
}

// outcome is the first outcome of a command that took effect, with the
// record as the command left it; false when it did not take effect (yet).
func (c *chain) outcome(by, commandID string) (out pledge.Outcome, ok bool, err error) {
	if _, _, err := c.look(); err != nil {
		return out, false, err
	}
	err = c.view(func(tx *bbolt.Tx) error {
		e, found, err := stateOf(tx, pledge.KeyCommand(by, commandID))
		if err != nil || !found {
			return err
		}
		r, err := pledge.DecodeCommand(e.value)
		if err != nil {
			return fmt.Errorf("command %.80s of %.80s: %v: %w", commandID, by, err, errDamaged)
		}
		if r.Status != pledge.Applied {
			return nil
		}
		record, err := leftBy(tx, e.at, pledge.RecordKey(r.RecordID))
		out, ok = outcomeOf(commandID, r.RecordID, record, e.at), err == nil
		return err
	})
	return out, ok, err
}

// leftBy is the value of a key as the command at a position left it, or nil
// when that command did not write it.
func leftBy(tx *bbolt.Tx, at pledge.Position, key string) ([]byte, error) {
	if key == "" {
		return nil, nil
	}
	e, ok, err := stateOf(tx, key)
	if err != nil || ok && e.at == at {
		return e.value, err
	}
	e, _, err = decodeStored(key, tx.Bucket(bucketFormer).Get(formerKey(at, key)))
	return e.value, err
}

// genesis is what the channel's ledger started from, and where it stands;
// false before its transaction is in a block.
func (c *chain) genesis() (g pledge.Genesis, at pledge.Position, ok bool, err error) {
	if _, _, err := c.look(); err != nil {
		return g, at, false, err
	}
	err = c.view(func(tx *bbolt.Tx) error {
		raw := tx.Bucket(bucketMeta).Get(keyGenesis)
		if raw == nil {
			return nil
		}
		if at, err = decodePosition(raw); err != nil {
			return err
		}
		e, _, err := stateOf(tx, pledge.KeyChannel())
		if err != nil {
			return err
		}
		if err := pledge.StrictUnmarshal(e.value, &g); err != nil {
			return fmt.Errorf("the genesis: %v: %w", err, errDamaged)
		}
		ok = true
		return nil
	})
	return g, at, ok, err
}

// genesisHash is the hash of block 0; empty before it was read.
func (c *chain) genesisHash() string { return c.seen.genesis() }
