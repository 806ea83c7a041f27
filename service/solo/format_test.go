package solo_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gowebpki/jcs"
	"go.etcd.io/bbolt"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/ledgertest/actors"
)

// TestFormat reads a ledger as FORMAT.md says, with nothing of ours.
func TestFormat(t *testing.T) {
	path, c := filepath.Join(t.TempDir(), "ledger.db"), actors.NewCast("pledge")
	l := opener(path, c.Genesis())(t)
	submitted := []string{c.Enroll(c.Enterprise), c.Enroll(c.Bank2), c.Notarize(c.Enterprise, actors.NewDataset("large", 400))}
	for i := range 5 {
		commands, _, _, _ := c.Story(fmt.Sprint("story", i), c.Enterprise, c.Bank2)
		submitted = append(submitted, commands...)
	}
	for len(submitted) > 0 {
		n := min(7, len(submitted))
		if _, err := l.Submit(t.Context(), submitted[:n]); err != nil {
			t.Fatal(err)
		}
		submitted = submitted[n:]
	}
	head, info := must(l.Head(t.Context()))(t), l.Info()
	proof := must(l.Prove(t.Context(), pledge.Position{Block: head.Height, Index: 2}))(t)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	var jwk struct{ X string }
	if err := json.Unmarshal(info.Operator, &jwk); err != nil {
		t.Fatal(err)
	}
	r := &reader{T: t, key: must(base64.RawURLEncoding.DecodeString(jwk.X))(t), state: map[string]place{}}
	db := must(bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true}))(t)
	defer db.Close()
	if err := db.View(r.read); err != nil {
		t.Fatal(err)
	}
	if hex.EncodeToString(r.prev[:]) != head.Hash || r.next != head.Height+1 {
		t.Errorf("read %d blocks, the last is %x, the head says %+v", r.next, r.prev, head)
	}
	r.proof(proof)
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

type place struct {
	key                                string
	block, index, part, offset, length uint64
	value                              []byte
}

type reader struct {
	*testing.T
	key   ed25519.PublicKey
	prev  [32]byte
	next  uint64
	last  string
	state map[string]place
}

func (r *reader) read(tx *bbolt.Tx) error {
	blocks := tx.Bucket([]byte("blocks"))
	for ; ; r.next++ {
		jws := blocks.Get(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(nil, r.next), 0))
		if jws == nil {
			break
		}
		r.block(blocks, string(jws))
	}
	meta := tx.Bucket([]byte("meta"))
	head := append(binary.BigEndian.AppendUint64(nil, r.next-1), r.prev[:]...)
	sum := sha256.Sum256(append([]byte("head"), head...))
	if got := meta.Get([]byte("head")); !bytes.Equal(got, append(head, sum[:8]...)) {
		r.Errorf("meta/head is %x", got)
	}
	if got := binary.BigEndian.Uint64(meta.Get([]byte("state"))); got != r.next-1 {
		r.Errorf("meta/state is %d in a ledger that was closed", got)
	}
	return r.index(tx.Bucket([]byte("state")))
}

func (r *reader) header(jws string) (h struct {
	Channel, Prev, Root, Time string
	Count                     int
	Number                    uint64
	V                         int
}) {
	parts := strings.Split(jws, ".")
	protected, payload := must(base64.RawURLEncoding.DecodeString(parts[0]))(r.T), must(base64.RawURLEncoding.DecodeString(parts[1]))(r.T)
	thumb := sha256.Sum256(fmt.Appendf(nil, `{"crv":"Ed25519","kty":"OKP","x":"%s"}`, base64.RawURLEncoding.EncodeToString(r.key)))
	if want := fmt.Sprintf(`{"alg":"EdDSA","kid":"%s","typ":"datapledge-block+jws"}`, base64.RawURLEncoding.EncodeToString(thumb[:])); string(protected) != want {
		r.Errorf("protected header %s, want %s", protected, want)
	}
	if !ed25519.Verify(r.key, []byte(parts[0]+"."+parts[1]), must(base64.RawURLEncoding.DecodeString(parts[2]))(r.T)) {
		r.Errorf("block %d: wrong signature", r.next)
	}
	r.canonical(payload)
	if err := json.Unmarshal(payload, &h); err != nil {
		r.Fatal(err)
	}
	if h.Prev != hex.EncodeToString(r.prev[:]) || h.Number != r.next || h.Time < r.last || h.V != 1 || h.Channel != "pledge" {
		r.Errorf("block %d: header %s", r.next, payload)
	}
	r.prev, r.last = sha256.Sum256(payload), h.Time
	return h
}

func (r *reader) canonical(raw []byte) {
	if again := must(jcs.Transform(raw))(r.T); !bytes.Equal(again, raw) {
		r.Errorf("not canonical: %s", raw)
	}
}

func (r *reader) block(blocks *bbolt.Bucket, jws string) {
	h := r.header(jws)
	var leaves [][32]byte
	for part := uint32(1); ; part++ {
		run := blocks.Get(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(nil, r.next), part))
		if run == nil {
			break
		}
		for at := 0; at < len(run); {
			size, n := binary.Uvarint(run[at:])
			raw := run[at+n : at+n+int(size)]
			r.entry(raw, place{block: r.next, index: uint64(len(leaves)), part: uint64(part), offset: uint64(at + n)})
			leaves = append(leaves, sha256.Sum256(append([]byte{0}, raw...)))
			at += n + int(size)
		}
	}
	if root := tree(leaves); hex.EncodeToString(root[:]) != h.Root || len(leaves) != h.Count {
		r.Errorf("block %d: %d entries with root %x, the header says %+v", r.next, len(leaves), root, h)
	}
}

// tree is RFC 9162 from the bottom up.
func tree(level [][32]byte) [32]byte {
	for len(level) > 1 {
		var up [][32]byte
		for i := 0; i+1 < len(level); i += 2 {
			up = append(up, sha256.Sum256(append(append([]byte{1}, level[i][:]...), level[i+1][:]...)))
		}
		if len(level)%2 == 1 {
			up = append(up, level[len(level)-1])
		}
		level = up
	}
	return level[0]
}

func (r *reader) entry(raw []byte, p place) {
	r.canonical(raw)
	var e struct {
		Command string
		Outcome struct {
			ID     string `json:"command_id"`
			Record string `json:"record_id"`
			Status string
		}
		Genesis *pledge.Genesis
		Writes  []pledge.Write
	}
	if err := json.Unmarshal(raw, &e); err != nil {
		r.Fatal(err)
	}
	if (e.Genesis != nil) != (r.next == 0) {
		r.Errorf("block %d: %s", r.next, raw)
	}
	if e.Genesis == nil && (e.Outcome.ID != actors.CommandID(e.Command) || e.Outcome.Status != "applied" || e.Outcome.Record == "") {
		r.Errorf("block %d: %s", r.next, raw)
	}
	for i, w := range e.Writes {
		if i > 0 && e.Writes[i-1].Key >= w.Key {
			r.Errorf("block %d: keys are not in order", r.next)
		}
		p.key, p.value, p.length = w.Key, w.Value, uint64(len(w.Value))
		before, _, _ := bytes.Cut(raw, fmt.Appendf(nil, `{"key":"%s","value":%s}`, w.Key, w.Value))
		p := p
		p.offset += uint64(len(before) + len(w.Key) + len(`{"key":"","value":`))
		r.state[w.Key] = p
	}
}

func (r *reader) index(b *bbolt.Bucket) error {
	for key, p := range r.state {
		sum := sha256.Sum256([]byte(key))
		var want []byte
		for _, n := range []uint64{p.block, p.index, p.part, p.offset, p.length} {
			want = binary.AppendUvarint(want, n)
		}
		check := binary.BigEndian.AppendUint32(nil, uint32(len(key)))
		check = binary.BigEndian.AppendUint64(append(check, key...), p.block)
		check = append(binary.BigEndian.AppendUint32(check, uint32(p.index)), p.value...)
		c := sha256.Sum256(check)
		if got := b.Get(sum[:24]); !bytes.Equal(got, append(want, c[:16]...)) {
			r.Errorf("state of %s is %x, want %x and %x", key, got, want, c[:16])
		}
	}
	n := 0
	err := b.ForEach(func(_, _ []byte) error { n++; return nil })
	if n != len(r.state) {
		r.Errorf("state has %d entries, want %d", n, len(r.state))
	}
	return err
}

// proof follows the path with the index of the leaf alone.
func (r *reader) proof(raw []byte) {
	var p struct {
		Kind, Header, Entry string
		Index, Count        int
		Path                []string
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		r.Fatal(err)
	}
	sum := sha256.Sum256(append([]byte{0}, p.Entry...))
	i, n := p.Index, p.Count
	for _, s := range p.Path {
		sibling := must(hex.DecodeString(s))(r.T)
		for i%2 == 0 && i == n-1 { // alone at the right edge: goes up as it is
			i, n = i/2, (n+1)/2
		}
		if i%2 == 1 {
			sum = sha256.Sum256(append(append([]byte{1}, sibling...), sum[:]...))
		} else {
			sum = sha256.Sum256(append(append([]byte{1}, sum[:]...), sibling...))
		}
		i, n = i/2, (n+1)/2
	}
	payload := must(base64.RawURLEncoding.DecodeString(strings.Split(p.Header, ".")[1]))(r.T)
	if p.Kind != "solo" || sha256.Sum256(payload) != r.prev || !bytes.Contains(payload, []byte(`"root":"`+hex.EncodeToString(sum[:])+`"`)) {
		r.Errorf("the proof does not lead to the last block: %s", raw)
	}
}
