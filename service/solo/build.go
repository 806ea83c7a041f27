package solo

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// partSize is about how many bytes of entries stand under one key. bbolt
// writes up to four neighbouring values anew when one is appended, so a
// block is not one value.
const partSize = 64 << 10

// builder makes a block.
type builder struct {
	number  uint64
	buf     []byte // the parts, one after the other
	starts  []int  // where each part starts in buf
	leaves  []digest
	places  []placed
	entries []service.Committed
	genesis []pledge.Write
	first   map[string]int // command id to its place in entries

	head   service.Head
	at     time.Time
	prev   string
	header string
	hash   hasher
}

// placed is a write and where it stands.
type placed struct {
	pledge.Write
	hash keyHash
	location
}

func newBuilder(number uint64, room []byte) *builder {
	return &builder{number: number, buf: room[:0], first: map[string]int{}, hash: newHasher()}
}

// add appends an applied command and returns its outcome, now with its place
// and its record.
func (b *builder) add(jws string, r pledge.Result) pledge.Outcome {
	p := pledge.Position{Block: b.number, Index: len(b.leaves)}
	e := entry{jws: jws, commandID: r.Outcome.CommandID, recordID: r.Outcome.RecordID, writes: writtenOf(r.Writes)}
	b.append(&e)
	o := r.Outcome
	o.Position, o.Record = &p, recordOf(o.RecordID, r.Writes)
	b.first[o.CommandID] = len(b.entries)
	b.entries = append(b.entries, service.Committed{JWS: jws, Outcome: o, Writes: r.Writes})
	return o
}

func writtenOf(writes []pledge.Write) []written {
	out := make([]written, len(writes))
	for i, w := range writes {
		out[i].Write = w
	}
	return out
}

func (b *builder) append(e *entry) {
	if n := len(b.starts); n == 0 || len(b.buf)-b.starts[n-1] >= partSize {
		b.starts = append(b.starts, len(b.buf))
	}
	from := len(b.buf)
	at := from + uvarintSize(e.guess()) // where the entry goes if the guess is good
	b.buf = appendEntry(append(b.buf, make([]byte, at-from)...), e)
	size := uint64(len(b.buf) - at)
	if n := uvarintSize(size); from+n != at {
		b.buf = append(b.buf[:from+n], append([]byte(nil), b.buf[at:]...)...)
		at = from + n
	}
	binary.PutUvarint(b.buf[from:at], size)
	b.leaves = append(b.leaves, b.hash.leaf(b.buf[at:]))
	b.place(e, len(b.leaves)-1, len(b.starts), at-b.starts[len(b.starts)-1])
}

// guess is the size of the entry, unless something in it is escaped.
func (e *entry) guess() uint64 {
	const around, each = 100, 19
	n := around + len(e.genesis) + len(e.jws) + len(e.commandID) + len(e.recordID)
	for i := range e.writes {
		n += each + len(e.writes[i].Key) + len(e.writes[i].Value)
	}
	return uint64(n)
}

func uvarintSize(n uint64) int { return len(binary.AppendUvarint(make([]byte, 0, 10), n)) }

// place notes where the values of an entry stand, which starts at byte at of
// its part.
func (b *builder) place(e *entry, index, part, at int) {
	for _, w := range e.writes {
		p := placed{Write: w.Write, hash: hashKey(w.Key), location: location{
			block: b.number, index: uint32(index), part: uint32(part),
			offset: uint32(at + w.offset), size: uint32(len(w.Value)),
		}}
		p.check = p.checkOf(b.hash, w.Key, w.Value)
		b.places = append(b.places, p)
	}
}

// seal signs the block, which comes after prev.
func (b *builder) seal(by Operator, channel string, prev string, at time.Time) {
	h := header{V: headerVersion, Channel: channel, Number: b.number, Prev: prev,
		Time: at.UTC().Format(timeFormat), Count: len(b.leaves), Root: hexOf(merkleRoot(b.leaves))}
	payload := h.encode()
	b.prev, b.at, b.header = prev, at, by.sign(payload)
	b.head = service.Head{Height: b.number, Hash: hashOf(payload)}
}

// put writes the block. What it hands to bbolt must not change until tx ends.
func (b *builder) put(tx *bbolt.Tx) error {
	blocks := tx.Bucket(bucketBlocks)
	blocks.FillPercent = 1 // keys only ever come at the end
	if err := blocks.Put(blockKey(b.number, 0), []byte(b.header)); err != nil {
		return err
	}
	for i, from := range b.starts {
		to := len(b.buf)
		if i+1 < len(b.starts) {
			to = b.starts[i+1]
		}
		if err := blocks.Put(blockKey(b.number, uint32(i+1)), b.buf[from:to:to]); err != nil {
			return err
		}
	}
	return putHead(tx, b.head)
}

func (b *builder) block() service.Block {
	return service.Block{Number: b.number, Hash: b.head.Hash, Prev: b.prev, Time: b.at, Commands: b.entries, Genesis: b.genesis}
}

// Records of the meta bucket: a value followed by the start of its SHA-256.
var (
	metaHead   = []byte("head")
	metaHeight = []byte("state")
)

func putMeta(tx *bbolt.Tx, key, value []byte) error {
	sum := sha256.Sum256(append(append([]byte(nil), key...), value...))
	return tx.Bucket(bucketMeta).Put(key, append(value, sum[:8]...))
}

func getMeta(tx *bbolt.Tx, key []byte, size int) ([]byte, error) {
	raw := tx.Bucket(bucketMeta).Get(key)
	if len(raw) != size+8 {
		return nil, damagedFile("record %q is missing or cut short", key)
	}
	value := append([]byte(nil), raw[:size]...)
	sum := sha256.Sum256(append(append([]byte(nil), key...), value...))
	if string(sum[:8]) != string(raw[size:]) {
		return nil, damagedFile("record %q does not match its check", key)
	}
	return value, nil
}

func putHead(tx *bbolt.Tx, h service.Head) error {
	hash, err := hex.DecodeString(h.Hash)
	if err != nil {
		return err
	}
	return putMeta(tx, metaHead, append(binary.BigEndian.AppendUint64(nil, h.Height), hash...))
}

func getHead(tx *bbolt.Tx) (service.Head, error) {
	v, err := getMeta(tx, metaHead, 8+sha256.Size)
	if err != nil {
		return service.Head{}, err
	}
	return service.Head{Height: binary.BigEndian.Uint64(v), Hash: hex.EncodeToString(v[8:])}, nil
}

func putHeight(tx *bbolt.Tx, height uint64) error {
	return putMeta(tx, metaHeight, binary.BigEndian.AppendUint64(nil, height))
}

func getHeight(tx *bbolt.Tx) (uint64, error) {
	v, err := getMeta(tx, metaHeight, 8)
	if err != nil {
		return 0, err
	}
	return binary.BigEndian.Uint64(v), nil
}
