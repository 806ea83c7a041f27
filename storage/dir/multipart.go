package dir

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/datapledge/datapledge/storage"
)

// multipart/<id>/ holds three files: head names the key, data is the object
// as far as it has come, journal has one JSON line for each durable part.
const (
	headFile    = "head"
	dataFile    = "data"
	journalFile = "journal"
)

type head struct {
	Key   string `json:"key"`
	Begun int64  `json:"begun"`
}

// entry is a line of the journal; Gone takes an earlier line back.
type entry struct {
	storage.Part
	Gone bool `json:"Gone,omitempty"`
}

func (b *Bucket) dir(id string) string { return filepath.Join(b.root, "multipart", id) }

func (b *Bucket) lock(id string) *sync.RWMutex {
	l, _ := b.locks.LoadOrStore(id, new(sync.RWMutex))
	return l.(*sync.RWMutex)
}

// Begin implements storage.Multipart.
func (b *Bucket) Begin(_ context.Context, key string) (string, error) {
	if err := storage.CheckKey(key); err != nil {
		return "", err
	}
	id := strings.ToLower(rand.Text())
	if err := b.begin(key, id); err != nil {
		return "", fault("beginning", key, errors.Join(err, os.RemoveAll(b.dir(id))))
	}
	return id, nil
}

// begin writes the head last: without it there is no upload.
func (b *Bucket) begin(key, id string) error {
	text, err := json.Marshal(head{key, b.now().Unix()})
	if err != nil {
		return err
	}
	if err := os.Mkdir(b.dir(id), 0o700); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		text []byte
	}{{dataFile, nil}, {journalFile, nil}, {headFile, text}} {
		if err := writeSynced(filepath.Join(b.dir(id), f.name), os.O_CREATE|os.O_EXCL, f.text); err != nil {
			return err
		}
	}
	return errors.Join(syncDir(b.dir(id)), syncDir(filepath.Join(b.root, "multipart")))
}

func writeSynced(name string, flag int, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|flag, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// find returns the head of an upload, ErrNotExist when it is not key's.
func (b *Bucket) find(key, id string) (head, error) {
	if err := storage.CheckKey(key); err != nil {
		return head{}, err
	}
	none := fmt.Errorf("%w: upload %s of %s", storage.ErrNotExist, id, key)
	if id == "" || strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return head{}, none
	}
	text, err := os.ReadFile(filepath.Join(b.dir(id), headFile))
	if errors.Is(err, fs.ErrNotExist) {
		return head{}, none
	}
	if err != nil {
		return head{}, fault("reading the upload of", key, err)
	}
	var h head
	if json.Unmarshal(text, &h) != nil || h.Key != key {
		return head{}, none
	}
	return h, nil
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// PutPart implements storage.Multipart.
func (b *Bucket) PutPart(ctx context.Context, key, id string, n int, off int64, data []byte) (storage.Part, error) {
	l := b.lock(id)
	l.RLock()
	defer l.RUnlock()
	if _, err := b.find(key, id); err != nil {
		return storage.Part{}, err
	}
	if n < 1 || off < 0 {
		return storage.Part{}, fmt.Errorf("part %d at %d of %s cannot be", n, off, key)
	}
	if err := ctx.Err(); err != nil {
		return storage.Part{}, err
	}
	tag := fmt.Sprintf("%08x", crc32.Checksum(data, castagnoli))
	p := storage.Part{N: n, Off: off, Size: int64(len(data)), Tag: tag}
	if err := b.putPart(id, p, data); err != nil {
		return storage.Part{}, fault("storing a part of", key, err)
	}
	return p, nil
}

// putPart makes the bytes durable before the line that speaks for them. A
// line about other bytes in the same place is taken back before they change.
func (b *Bucket) putPart(id string, p storage.Part, data []byte) error {
	durable, err := b.journal(id)
	if err != nil {
		return err
	}
	for _, d := range durable {
		if d.N == p.N || (d.Off < p.Off+p.Size && p.Off < d.Off+d.Size) {
			if err := b.note(id, entry{d, true}); err != nil {
				return err
			}
		}
	}
	f, err := os.OpenFile(filepath.Join(b.dir(id), dataFile), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err = b.writePart(f, id, p, data); err != nil {
		err = errors.Join(err, b.takeBack(f, id, p))
	}
	return errors.Join(err, f.Close())
}

// writePart holds the data file until the line is written: nobody may take
// bytes back that a line is about to speak for.
func (b *Bucket) writePart(f *os.File, id string, p storage.Part, data []byte) error {
	if err := share(f); err != nil {
		return err
	}
	if _, err := f.WriteAt(data, p.Off); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return b.note(id, entry{p, false})
}

// takeBack frees what a failed part has written, so that a full disk is no
// fuller for it. What other parts have made durable stays.
func (b *Bucket) takeBack(f *os.File, id string, p storage.Part) error {
	if err := own(f); err != nil {
		return err
	}
	durable, err := b.journal(id)
	if err != nil {
		return err
	}
	var end int64
	for _, d := range durable {
		if d.Off < p.Off+p.Size && p.Off < d.Off+d.Size {
			return nil // another request has put it meanwhile
		}
		end = max(end, d.Off+d.Size)
	}
	if end <= p.Off {
		return f.Truncate(end)
	}
	return punch(f, p.Off, p.Size)
}

// note appends a line, and a newline before it that ends a torn one.
func (b *Bucket) note(id string, e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return writeSynced(filepath.Join(b.dir(id), journalFile), os.O_APPEND, slices.Concat([]byte("\n"), line, []byte("\n")))
}

// journal returns the durable parts by number.
func (b *Bucket) journal(id string) ([]storage.Part, error) {
	text, err := os.ReadFile(filepath.Join(b.dir(id), journalFile))
	if err != nil {
		return nil, err
	}
	parts := make(map[int]storage.Part)
	for line := range bytes.Lines(text) {
		var e entry
		if !bytes.HasSuffix(line, []byte("\n")) || json.Unmarshal(line, &e) != nil {
			continue // torn by a crash
		}
		if e.Gone {
			delete(parts, e.N)
		} else {
			parts[e.N] = e.Part
		}
	}
	sorted := make([]storage.Part, 0, len(parts))
	for _, n := range slices.Sorted(maps.Keys(parts)) {
		sorted = append(sorted, parts[n])
	}
	return sorted, nil
}

// Parts implements storage.Multipart.
func (b *Bucket) Parts(_ context.Context, key, id string) ([]storage.Part, error) {
	if _, err := b.find(key, id); err != nil {
		return nil, err
	}
	parts, err := b.journal(id)
	if err != nil {
		return nil, fault("reading the parts of", key, err)
	}
	return parts, nil
}

// Complete implements storage.Multipart.
func (b *Bucket) Complete(ctx context.Context, key, id string, parts []storage.Part) error {
	l := b.lock(id)
	l.Lock()
	defer l.Unlock()
	have, err := b.Parts(ctx, key, id)
	if err != nil {
		return err
	}
	size, err := joined(key, have, parts)
	if err != nil {
		return err
	}
	data := filepath.Join(b.dir(id), dataFile)
	if err := truncate(data, size); err != nil {
		return fault("completing", key, err)
	}
	if err := b.publish(data, key); err != nil {
		return err
	}
	return b.forget(key, id)
}

// joined checks that parts are what was put and leave no gap; it returns their size.
func joined(key string, have, parts []storage.Part) (int64, error) {
	byNumber := make(map[int]storage.Part, len(have))
	for _, p := range have {
		byNumber[p.N] = p
	}
	var size int64
	for i, p := range parts {
		h, ok := byNumber[p.N]
		if !ok || p.N != i+1 || h.Tag != p.Tag || h.Off != size {
			return 0, fmt.Errorf("%w: part %d of %s is not what was put", storage.ErrCorrupt, p.N, key)
		}
		size += h.Size
	}
	if len(parts) == 0 {
		return 0, fmt.Errorf("%w: no parts for %s", storage.ErrCorrupt, key)
	}
	return size, nil
}

// truncate drops what an abandoned, longer attempt at a part left at the end.
func truncate(name string, size int64) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	err = f.Truncate(size)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// forget removes the head first, so that no half of an upload stays listed.
func (b *Bucket) forget(key, id string) error {
	b.locks.Delete(id)
	err := os.Remove(filepath.Join(b.dir(id), headFile))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err := errors.Join(err, os.RemoveAll(b.dir(id))); err != nil {
		return fault("cleaning up after", key, err)
	}
	return nil
}

// Abort implements storage.Multipart.
func (b *Bucket) Abort(_ context.Context, key, id string) error {
	l := b.lock(id)
	l.Lock()
	defer l.Unlock()
	_, err := b.find(key, id)
	if errors.Is(err, storage.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return b.forget(key, id)
}

// Unfinished implements storage.Multipart.
func (b *Bucket) Unfinished(ctx context.Context, prefix string, fn func(key, id string, begun int64) error) error {
	if err := storage.CheckPrefix(prefix); err != nil {
		return err
	}
	entries, err := os.ReadDir(filepath.Join(b.root, "multipart"))
	if err != nil {
		return fault("listing uploads of", prefix, err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue // not ours
		}
		text, err := os.ReadFile(filepath.Join(b.dir(e.Name()), headFile))
		if errors.Is(err, fs.ErrNotExist) {
			continue // being begun, or gone meanwhile
		}
		if err != nil {
			return fault("reading upload", e.Name(), err)
		}
		var h head
		if json.Unmarshal(text, &h) != nil || !strings.HasPrefix(h.Key, prefix) {
			continue
		}
		if err := fn(h.Key, e.Name(), h.Begun); err != nil {
			return err
		}
	}
	return ctx.Err()
}
