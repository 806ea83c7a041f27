package timestamp

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/datapledge/datapledge/pledge"
	"github.com/datapledge/datapledge/service/anchor"
)

// MaxBlocks bounds a batch. A file of it takes at most 300 KB and a token.
const MaxBlocks = 4096

// record is a file: a batch that was stamped, in canonical JSON.
type record struct {
	Channel string   `json:"channel"`
	First   uint64   `json:"first"`
	Hashes  []string `json:"hashes"` // of the blocks from first to last
	Last    uint64   `json:"last"`
	Token   string   `json:"token"` // base64url
	V       int      `json:"v"`
}

// batch is a record that was read and verified.
type batch struct {
	*anchor.Batch
	token Token
}

// span is a file by its name.
type span struct {
	first, last uint64
	name        string
}

// store keeps one file a batch, which is written once and never again. Two
// may cover the same block, as after one was damaged.
type store struct {
	dir, channel string
	trust        Trust

	mu    sync.Mutex
	spans []span // by first
}

// openStore lists the files. What is in them is looked at when it is used.
func openStore(dir, channel string, trust Trust) (*store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of time stamps: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("listing the time stamps: %w", err)
	}
	s := &store{dir: dir, channel: channel, trust: trust}
	for _, e := range entries {
		if p, ok := parseName(e.Name()); ok {
			s.spans = append(s.spans, p)
		}
	}
	slices.SortStableFunc(s.spans, byFirst)
	return s, nil
}

func byFirst(a, b span) int {
	return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last))
}

// nameOfFile tells tokens over the same blocks apart.
func nameOfFile(first, last uint64, token []byte) string {
	sum := sha256.Sum256(token)
	return fmt.Sprintf("%020d-%020d-%s.json", first, last, hex.EncodeToString(sum[:8]))
}

func parseName(name string) (p span, ok bool) {
	var token string
	n, err := fmt.Sscanf(name, "%020d-%020d-%16s.json", &p.first, &p.last, &token)
	p.name = name
	ok = err == nil && n == 3 && name == fmt.Sprintf("%020d-%020d-%.16s.json", p.first, p.last, token)
	return p, ok && p.first <= p.last && p.last-p.first < MaxBlocks
}

// all are the files, by their first block.
func (s *store) all() []span {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.spans)
}

// over are the files whose batch has the block.
func (s *store) over(block uint64) (found []span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	end, _ := slices.BinarySearchFunc(s.spans, block, func(p span, n uint64) int {
		if p.first <= n {
			return -1
		}
		return 1
	})
	for i := end - 1; i >= 0 && s.spans[i].first+MaxBlocks > block; i-- {
		if s.spans[i].last >= block {
			found = append(found, s.spans[i])
		}
	}
	return found
}

// drop forgets a file that cannot be used, and leaves it where it is.
func (s *store) drop(p span) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spans = slices.DeleteFunc(s.spans, func(q span) bool { return q == p })
}

// errDamaged: a file does not hold what was put in it, or its token is not
// one that is trusted now.
var errDamaged = errors.New("the file of time stamps cannot be used")

// load reads and verifies a file.
func (s *store) load(p span) (batch, error) {
	data, err := os.ReadFile(filepath.Join(s.dir, p.name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return batch{}, fmt.Errorf("reading a time stamp: %w", err)
	}
	b, err := s.parse(p, data)
	if err != nil {
		return batch{}, fmt.Errorf("%w: %s: %w", errDamaged, p.name, err)
	}
	return b, nil
}

func (s *store) parse(p span, data []byte) (batch, error) {
	var r record
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return batch{}, err
	}
	if again, err := pledge.CanonicalJSON(r); err != nil || !bytes.Equal(again, data) {
		return batch{}, errors.New("it is not canonical JSON")
	}
	der, err := base64.RawURLEncoding.Strict().DecodeString(r.Token)
	if err != nil || r.V != 1 || r.Channel != s.channel || r.First != p.first || r.Last != p.last || nameOfFile(r.First, r.Last, der) != p.name {
		return batch{}, errors.New("its name or channel does not go with what is in it")
	}
	b := batch{Batch: anchor.New(r.Channel)}
	for i, hash := range r.Hashes {
		if err := b.Add(r.First+uint64(i), hash); err != nil {
			return batch{}, err
		}
	}
	if b.Len() == 0 || b.Last != r.Last {
		return batch{}, errors.New("it has not a hash for each block")
	}
	b.token, err = s.trust.Verify(der, imprintOf(b.Root()))
	return b, err
}

// save adds a file: complete and on the disk, or not there.
func (s *store) save(b *anchor.Batch, token Token) error {
	r := record{Channel: s.channel, First: b.First, Last: b.Last, Token: base64.RawURLEncoding.EncodeToString(token.DER), V: 1}
	for n := b.First; ; n++ {
		if r.Hashes = append(r.Hashes, b.Hash(n)); n == b.Last {
			break
		}
	}
	data, err := pledge.CanonicalJSON(r)
	if err != nil {
		return fmt.Errorf("printing a time stamp: %w", err)
	}
	p := span{b.First, b.Last, nameOfFile(b.First, b.Last, token.DER)}
	if err := writeFile(s.dir, p.name, data); err != nil {
		return fmt.Errorf("keeping a time stamp: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	at, _ := slices.BinarySearchFunc(s.spans, p, byFirst)
	s.spans = slices.Insert(s.spans, at, p)
	return nil
}

func writeFile(dir, name string, data []byte) error {
	f, err := os.CreateTemp(dir, "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// imprintOf is what an authority stamps for a root.
func imprintOf(root [32]byte) [32]byte { return sha256.Sum256(root[:]) }
