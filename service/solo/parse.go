package solo

import (
	"bytes"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// parsed is a block as it stands in the file, verified on its own: operator
// signature, Merkle root, form of every entry. Its link to the block before
// is not.
type parsed struct {
	header
	jws     string
	hash    string
	at      time.Time
	entries []entry
	leaves  []digest
	places  [][]location // of each write of each entry, without check
}

// parser reads blocks of one ledger.
type parser struct {
	operator Operator
	channel  string // "" accepts any
}

// readHeader reads and verifies a block's header alone.
func (r parser) readHeader(tx *bbolt.Tx, number uint64) (*parsed, error) {
	jws := tx.Bucket(bucketBlocks).Get(blockKey(number, 0))
	if jws == nil {
		return nil, damagedBlock(number, "missing")
	}
	p := &parsed{jws: string(jws)}
	payload, err := r.operator.open(p.jws)
	if err != nil {
		return nil, damagedBlock(number, "%v", err)
	}
	if p.header, p.at, err = decodeHeader(payload); err != nil {
		return nil, damagedBlock(number, "%v", err)
	}
	if p.Number != number || r.channel != "" && p.Channel != r.channel {
		return nil, damagedBlock(number, "header is of block %d of channel %q", p.Number, p.Channel)
	}
	p.hash = hashOf(payload)
	return p, nil
}

// readBlock reads and verifies a whole block.
func (r parser) readBlock(tx *bbolt.Tx, number uint64) (*parsed, error) {
	p, err := r.readHeader(tx, number)
	if err != nil {
		return nil, err
	}
	c := tx.Bucket(bucketBlocks).Cursor()
	c.Seek(blockKey(number, 0))
	part := uint32(0)
	for k, v := c.Next(); k != nil && bytes.HasPrefix(k, blockKey(number, 0)[:8]); k, v = c.Next() {
		part++
		if !bytes.Equal(k, blockKey(number, part)) {
			return nil, damagedBlock(number, "part %d is missing", part)
		}
		if err := p.addPart(part, v); err != nil {
			return nil, err
		}
	}
	if len(p.entries) != p.Count {
		return nil, damagedBlock(number, "holds %d entries, its header says %d", len(p.entries), p.Count)
	}
	if hexOf(merkleRoot(p.leaves)) != p.Root {
		return nil, damagedBlock(number, "entries do not match the Merkle root")
	}
	return p, nil
}

// eachEntry goes through the entries of a part.
func eachEntry(number uint64, v []byte, fn func(raw []byte, at int) error) error {
	for at := 0; at < len(v); {
		size, n := binary.Uvarint(v[at:])
		if n <= 0 || size > uint64(len(v)-at-n) {
			return damagedBlock(number, "an entry is cut short")
		}
		at += n
		if err := fn(v[at:at+int(size)], at); err != nil {
			return err
		}
		at += int(size)
	}
	return nil
}

func (p *parsed) addPart(part uint32, v []byte) error {
	hash := newHasher()
	return eachEntry(p.Number, v, func(raw []byte, at int) error {
		e, err := decodeEntry(raw)
		if err != nil {
			return damagedBlock(p.Number, "entry %d %v", len(p.entries), err)
		}
		p.leaves = append(p.leaves, hash.leaf(raw))
		places := make([]location, len(e.writes))
		for i, w := range e.writes {
			places[i] = location{block: p.Number, index: uint32(len(p.entries)), part: part,
				offset: uint32(at + w.offset), size: uint32(len(w.Value))}
		}
		p.places = append(p.places, places)
		p.entries = append(p.entries, e)
		return nil
	})
}

// block is what followers are given.
func (p *parsed) block() service.Block {
	b := service.Block{Number: p.Number, Hash: p.hash, Prev: p.Prev, Time: p.at}
	for i, e := range p.entries {
		writes := writesOf(e)
		if e.genesis != nil {
			b.Genesis = writes
			continue
		}
		b.Commands = append(b.Commands, service.Committed{JWS: e.jws, Writes: writes, Outcome: pledge.Outcome{
			CommandID: e.commandID, Status: pledge.Applied, RecordID: e.recordID,
			Record: recordOf(e.recordID, writes), Position: &pledge.Position{Block: p.Number, Index: i},
		}})
	}
	return b
}

func writesOf(e entry) []pledge.Write {
	out := make([]pledge.Write, len(e.writes))
	for i, w := range e.writes {
		out[i] = w.Write
	}
	return out
}

// recordOf finds the record that an outcome names among the writes.
func recordOf(id string, writes []pledge.Write) []byte {
	key := pledge.RecordKey(id)
	for _, w := range writes {
		if w.Key == key {
			return w.Value
		}
	}
	return nil
}
