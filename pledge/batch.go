package pledge

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// batch is what the commands of one transaction see: the state, and over it
// what they wrote. A value that was decoded once is not decoded again.
type batch struct {
	st      State
	tx      Tx
	now     string
	entries map[string]*entry
	journal []undo
	dirty   []string
}

// entry is a key's value as the batch knows it. rec is its decoded form, or
// nil; it is shared, so nobody may write into its slices. A dirty key is on
// the list of those to hand to the state.
type entry struct {
	raw   []byte
	rec   any
	dirty bool
}

type undo struct {
	key string
	old *entry
}

func newBatch(st State, tx Tx) (*batch, error) {
	tx.Time = tx.Time.UTC().Truncate(time.Millisecond)
	if y := tx.Time.Year(); y < 1970 || y > 9999 {
		return nil, fmt.Errorf("transaction time %s is not one", tx.Time)
	}
	return &batch{st: st, tx: tx, now: tx.Time.Format(stampForm), entries: make(map[string]*entry)}, nil
}

// get returns the record under a key, decoded. ok is false where there is none.
func get[T any](b *batch, key string, decode func([]byte) (T, error)) (rec T, ok bool, err error) {
	e, known := b.entries[key]
	if !known {
		raw, err := b.st.Get(key)
		if err != nil {
			return rec, false, fmt.Errorf("reading %s: %w", key, err)
		}
		e = &entry{raw: raw}
		b.entries[key] = e
	}
	if len(e.raw) == 0 {
		return rec, false, nil
	}
	if e.rec == nil {
		v, err := decode(e.raw)
		if err != nil {
			// Not %w: a damaged record is a fault and must not pass for a refusal.
			return rec, false, fmt.Errorf("record %s is damaged: %v", key, err)
		}
		e.rec = &v
	}
	return *e.rec.(*T), true, nil
}

// put writes a record on behalf of the running command.
func put[T any](b *batch, key string, rec T) error {
	raw, err := CanonicalJSON(&rec)
	if err != nil {
		return fmt.Errorf("printing %s: %v", key, err)
	}
	old := b.entries[key]
	b.journal = append(b.journal, undo{key, old})
	b.entries[key] = &entry{raw: raw, rec: &rec, dirty: old != nil && old.dirty}
	return nil
}

// rollback forgets what the running command wrote.
func (b *batch) rollback() {
	for _, u := range slices.Backward(b.journal) {
		if u.old == nil {
			delete(b.entries, u.key)
			continue
		}
		b.entries[u.key] = u.old
	}
	b.journal = b.journal[:0]
}

// commit keeps what the running command wrote and lists it in key order.
func (b *batch) commit() []Write {
	if len(b.journal) == 0 {
		return nil
	}
	writes := make([]Write, 0, len(b.journal))
	for _, u := range b.journal {
		e := b.entries[u.key]
		if !e.dirty {
			b.dirty = append(b.dirty, u.key)
			e.dirty = true
		}
		writes = append(writes, Write{u.key, e.raw})
	}
	b.journal = b.journal[:0]
	slices.SortFunc(writes, func(x, y Write) int { return strings.Compare(x.Key, y.Key) })
	return slices.CompactFunc(writes, func(x, y Write) bool { return x.Key == y.Key })
}

// flush hands the final values to the state, in the order of first writing.
func (b *batch) flush() error {
	for _, key := range b.dirty {
		if err := b.st.Put(key, b.entries[key].raw); err != nil {
			return fmt.Errorf("writing %s: %w", key, err)
		}
	}
	return nil
}

func (b *batch) party(id string) (Party, bool, error) {
	return get(b, KeyParty(id), DecodeParty)
}

func (b *batch) asset(id string) (Asset, bool, error) {
	return get(b, KeyAsset(id), DecodeAsset)
}

func (b *batch) pledge(id string) (Pledge, bool, error) {
	return get(b, KeyPledge(id), DecodePledge)
}

func (b *batch) commandRecord(by, id string) (CommandRecord, bool, error) {
	return get(b, KeyCommand(by, id), DecodeCommand)
}

// knownAsset is an asset that another record names: absence is a fault.
func (b *batch) knownAsset(id string) (Asset, error) {
	a, ok, err := b.asset(id)
	if err == nil && !ok {
		err = errMissing(id)
	}
	return a, err
}

func errMissing(id string) error { return fmt.Errorf("%s is named by a record and missing", id) }

// putAsset stores an asset with the transaction's time, unless that would
// take the asset back in time (LAW.md, Time and rank).
func (b *batch) putAsset(a Asset) error {
	if err := b.forward(a.ID, a.UpdatedAt); err != nil {
		return err
	}
	a.V, a.UpdatedAt = a.version(), b.now
	return put(b, KeyAsset(a.ID), a)
}

// forward refuses a transaction that is older than what it would change.
func (b *batch) forward(id, updated string) error {
	if b.now < updated {
		return Errorf(Stale, "%s was changed at %s, after this transaction's time %s; send the command again", id, updated, b.now)
	}
	return nil
}
