package evidence

import (
	"cmp"
	"slices"
)

// maxEntries bounds the reads, and the writes, of one transaction.
const maxEntries = 1 << 17

// version is where a value was written last: the transaction of a block. A
// key that was absent has none.
type version struct {
	block, tx uint64
	present   bool
}

// read is a key that endorsers looked up, and the version they found.
type read struct {
	key string
	version
}

// effects are what the chaincode read and wrote, by ascending key.
type effects struct {
	reads  []read
	writes []write
}

// readEffects reads a rwset.TxReadWriteSet. The chaincode's namespace holds
// plain reads and writes only; others (the chaincode's definition is looked
// up in one) may not be written.
func readEffects(raw []byte, chaincode string) (effects, error) {
	var e effects
	seen := false
	err := scan(raw, each(2, func(namespace []byte) error {
		var name string
		var set []byte
		private := 0
		if err := scan(namespace, textOf(1, &name), bytesOf(2, &set), each(3, counter(&private))); err != nil {
			return err
		}
		if private > 0 || name == chaincode && seen {
			return faultf("rwset", "the namespace %.40q stands twice or has private data", name)
		}
		if name != chaincode {
			return unwritten(name, set)
		}
		seen = true
		return e.read(set)
	}))
	return e, asFault("rwset", err)
}

func counter(n *int) func([]byte) error { return func([]byte) error { *n++; return nil } }

func unwritten(name string, set []byte) error {
	writes := 0
	if err := scan(set, each(3, counter(&writes)), each(4, counter(&writes))); err != nil {
		return err
	}
	if writes > 0 {
		return faultf("rwset", "the namespace %.40q is written", name)
	}
	return nil
}

// read takes a kvrwset.KVRWSet.
func (e *effects) read(set []byte) error {
	other := 0
	err := scan(set, each(1, e.addRead), each(2, counter(&other)), each(3, e.addWrite), each(4, counter(&other)))
	if err == nil && other > 0 {
		err = faultf("rwset", "has queries or metadata, which the chaincode never makes")
	}
	return err
}

func (e *effects) addRead(raw []byte) error {
	var r read
	if err := scan(raw, textOf(1, &r.key), each(2, func(v []byte) error {
		r.present = true
		return scan(v, number(1, &r.block), number(2, &r.tx))
	})); err != nil {
		return err
	}
	if n := len(e.reads); n == maxEntries || n > 0 && e.reads[n-1].key >= r.key {
		return faultf("rwset.reads", "are too many, or not in key order")
	}
	e.reads = append(e.reads, r)
	return nil
}

func (e *effects) addWrite(raw []byte) error {
	var w write
	var deleted uint64
	if err := scan(raw, textOf(1, &w.key), number(2, &deleted), bytesOf(3, &w.value)); err != nil {
		return err
	}
	if n := len(e.writes); n == maxEntries || n > 0 && e.writes[n-1].key >= w.key {
		return faultf("rwset.writes", "are too many, or not in key order")
	}
	if deleted != 0 {
		return faultf("rwset.writes", "%.200q is deleted, which the chaincode never does", w.key)
	}
	e.writes = append(e.writes, w)
	return nil
}

// versionOf is the version that was found under key, false when it was not
// looked up.
func (e effects) versionOf(key string) (version, bool) {
	i, ok := slices.BinarySearchFunc(e.reads, key, func(r read, key string) int { return cmp.Compare(r.key, key) })
	if !ok {
		return version{}, false
	}
	return e.reads[i].version, true
}
