package solo

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service"
)

// TestForged changes a ledger with all the care of an insider (the pages
// stay whole, headers are signed again), and opens it.
func TestForged(t *testing.T) {
	for name, c := range map[string]struct {
		forge func(tx *bbolt.Tx, w *world) error
		want  string
	}{
		"nothing":              {func(*bbolt.Tx, *world) error { return nil }, ""},
		"another signer":       {func(tx *bbolt.Tx, w *world) error { return resign(tx, stranger(), 2, func(*header) {}) }, "block 2: header is not by the operator"},
		"signature of another": {splice, "block 2: operator signature is wrong"},
		"prev":                 {change(3, func(h *header) { h.Prev = noBlock }), "block 3: does not follow block 2"},
		"time":                 {change(3, func(h *header) { h.Time = "2026-01-01T00:00:00.000Z" }), "block 3: is older than block 2"},
		"time, and the next":   {change(2, func(h *header) { h.Time = "2099-01-01T00:00:00.000Z" }), "block 3: does not follow block 2"},
		"count":                {change(3, func(h *header) { h.Count++ }), "block 3: holds"},
		"root":                 {change(3, func(h *header) { h.Root = noBlock }), "block 3: entries do not match"},
		"number":               {change(3, func(h *header) { h.Number = 2 }), "block 3: header is of block 2"},
		"channel":              {change(3, func(h *header) { h.Channel = "other" }), `block 3: header is of block 3 of channel "other"`},
		"version":              {change(3, func(h *header) { h.V = 2 }), "block 3: header is not of the format"},
		"last header":          {change(4, func(h *header) { h.Time = "2099-01-01T00:00:00.000Z" }), "block 4: is not the head"},
		"header missing":       {remove(bucketBlocks, blockKey(3, 0)), "block 3: missing"},
		"part missing":         {remove(bucketBlocks, blockKey(3, 1)), "block 3: holds 0 entries"},
		"all of the last gone": {cut, "is not the head"},
		"head moved back":      {moveHead, "after block 3, the last"},
		"cut and moved":        {func(tx *bbolt.Tx, w *world) error { return errors.Join(cut(tx, w), moveHead(tx, w)) }, "state: "},
		"something after":      {put(bucketBlocks, blockKey(9, 0), "x"), "after block 4, the last"},
		"not an entry":         {rewrite(3, `{"command":"a.b"}`), "block 3: entry 0 is not of the format"},
		"not that command":     {rewrite(3, `{"command":"a.b.c","outcome":{"command_id":"cmd_","record_id":"","status":"applied"},"writes":[]}`), "block 3: entry 0 is not the command"},
		"second genesis":       {rewrite(3, `{"genesis":{},"writes":[]}`), "block 3: entry 0 is not the command"},
		"state: entry gone":    {remove(bucketState, stateKey(pledge.KeyChannel())), "state: v1/channel is not as block 0"},
		"state: one more":      {put(bucketState, stateKey("x"), string(location{}.encode())), "state: "},
		"state: no location":   {put(bucketState, stateKey("x"), "short"), "state: "},
		"state: height":        {func(tx *bbolt.Tx, _ *world) error { return tx.Bucket(bucketMeta).Put(metaHeight, make([]byte, 16)) }, `record "state"`},
		"meta: one more":       {put(bucketMeta, []byte("more"), "x"), `unknown record "more"`},
		"meta: no head":        {remove(bucketMeta, metaHead), `record "head"`},
		"a bucket more":        {func(tx *bbolt.Tx, _ *world) error { _, err := tx.CreateBucket([]byte("more")); return err }, "unknown bucket"},
		"a bucket less":        {func(tx *bbolt.Tx, _ *world) error { return tx.DeleteBucket(bucketMeta) }, `bucket "meta" is missing`},
		"an older value":       {older, "is not as block"},
	} {
		t.Run(name, func(t *testing.T) { forged(t, c.forge, c.want) })
	}
}

func forged(t *testing.T, forge func(*bbolt.Tx, *world) error, want string) {
	w := newWorld(t)
	l := w.open(t)
	for _, c := range []string{w.Enroll(w.Enterprise), w.Enroll(w.Bank2), w.AddKey(w.Enterprise, w.Enterprise2, "operate"), w.notarize(1)[0]} {
		w.apply(t, l, c)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(w.options.Path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(func(tx *bbolt.Tx) error { return forge(tx, w) }); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	l, err = Open(w.options)
	if err == nil {
		_ = l.Close()
	}
	if d := (*DamageError)(nil); want == "" && err != nil || want != "" && (!errors.As(err, &d) || !strings.Contains(err.Error(), want)) {
		t.Errorf("got %v, want %q", err, want)
	}
}

func stranger() Operator { return NewOperator(ed25519.NewKeyFromSeed(make([]byte, 32))) }

// resign changes the header of a block and signs it.
func resign(tx *bbolt.Tx, by Operator, number uint64, fn func(*header)) error {
	own := strings.Split(string(tx.Bucket(bucketBlocks).Get(blockKey(number, 0))), ".")
	payload, err := b64.DecodeString(own[1])
	if err != nil {
		return err
	}
	h, _, err := decodeHeader(payload)
	if err != nil {
		return err
	}
	fn(&h)
	return tx.Bucket(bucketBlocks).Put(blockKey(number, 0), []byte(by.sign(h.encode())))
}

func change(number uint64, fn func(*header)) func(*bbolt.Tx, *world) error {
	return func(tx *bbolt.Tx, w *world) error { return resign(tx, w.options.Operator, number, fn) }
}

// splice puts the signature of block 1 on block 2.
func splice(tx *bbolt.Tx, _ *world) error {
	one := strings.Split(string(tx.Bucket(bucketBlocks).Get(blockKey(1, 0))), ".")
	two := strings.Split(string(tx.Bucket(bucketBlocks).Get(blockKey(2, 0))), ".")
	return tx.Bucket(bucketBlocks).Put(blockKey(2, 0), []byte(two[0]+"."+two[1]+"."+one[2]))
}

func remove(bucket, key []byte) func(*bbolt.Tx, *world) error {
	return func(tx *bbolt.Tx, _ *world) error { return tx.Bucket(bucket).Delete(key) }
}

func put(bucket, key []byte, value string) func(*bbolt.Tx, *world) error {
	return func(tx *bbolt.Tx, _ *world) error { return tx.Bucket(bucket).Put(key, []byte(value)) }
}

func stateKey(key string) []byte {
	h := hashKey(key)
	return h[:]
}

// cut takes the last block away, but for a header in its place.
func cut(tx *bbolt.Tx, w *world) error {
	b := tx.Bucket(bucketBlocks)
	if err := b.Delete(blockKey(4, 1)); err != nil {
		return err
	}
	if err := b.Delete(blockKey(4, 0)); err != nil {
		return err
	}
	last, err := parser{operator: w.options.Operator}.readHeader(tx, 3)
	if err != nil {
		return err
	}
	return putHead(tx, service.Head{Height: 3, Hash: strings.Repeat("0", len(last.hash))})
}

// moveHead says that block 3 is the last.
func moveHead(tx *bbolt.Tx, w *world) error {
	last, err := parser{operator: w.options.Operator}.readHeader(tx, 3)
	if err != nil {
		return err
	}
	return putHead(tx, service.Head{Height: 3, Hash: last.hash})
}

// rewrite puts one entry in the place of those of a block.
func rewrite(number uint64, text string) func(*bbolt.Tx, *world) error {
	return func(tx *bbolt.Tx, w *world) error {
		root := newHasher().leaf([]byte(text))
		if err := resign(tx, w.options.Operator, number, func(h *header) { h.Count, h.Root = 1, hexOf(root) }); err != nil {
			return err
		}
		part := append(binary.AppendUvarint(nil, uint64(len(text))), text...)
		return tx.Bucket(bucketBlocks).Put(blockKey(number, 1), part)
	}
}

// older lets the state of the enterprise be the one before its last.
func older(tx *bbolt.Tx, w *world) error {
	p, err := parser{operator: w.options.Operator}.readBlock(tx, 1)
	if err != nil {
		return err
	}
	for i, write := range p.entries[0].writes {
		if write.Key == pledge.KeyParty(w.Enterprise.USCC) {
			at := p.places[0][i]
			at.check = at.checkOf(newHasher(), write.Key, write.Value)
			return tx.Bucket(bucketState).Put(stateKey(write.Key), at.encode())
		}
	}
	return errors.New("not found")
}
