// Package mem is a storage.Bucket in memory, for tests and trials.
package mem

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/datapledge/datapledge/storage"
)

// Bucket is empty and usable as it is.
type Bucket struct {
	// Now is the clock; time.Now when nil.
	Now func() time.Time

	mu      sync.Mutex
	objects map[string]object
	uploads map[upload]*pieces
	begun   int
}

type object struct {
	data     []byte
	modified int64
	held     bool
}

type upload struct{ key, id string }

type pieces struct {
	begun int64
	parts map[int]piece
}

type piece struct {
	storage.Part
	data []byte
}

var _ storage.Bucket = (*Bucket)(nil)

func (b *Bucket) now() int64 {
	if b.Now != nil {
		return b.Now().Unix()
	}
	return time.Now().Unix()
}

// Create implements storage.Bucket.
func (b *Bucket) Create(ctx context.Context, key string, r io.Reader) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("reading the content of %s: %w", key, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.put(key, data)
}

// put expects the lock to be held.
func (b *Bucket) put(key string, data []byte) error {
	if _, ok := b.objects[key]; ok {
		return fmt.Errorf("%w: %s", storage.ErrExist, key)
	}
	if b.objects == nil {
		b.objects = make(map[string]object)
	}
	b.objects[key] = object{data: data, modified: b.now()}
	return nil
}

func (b *Bucket) get(key string) (object, error) {
	if err := storage.CheckKey(key); err != nil {
		return object{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	o, ok := b.objects[key]
	if !ok {
		return object{}, fmt.Errorf("%w: %s", storage.ErrNotExist, key)
	}
	return o, nil
}

// Open implements storage.Bucket.
func (b *Bucket) Open(ctx context.Context, key string, off, n int64) (io.ReadCloser, error) {
	o, err := b.get(key)
	if err != nil {
		return nil, err
	}
	size := int64(len(o.data))
	if n < 0 {
		n = size - off
	}
	if off < 0 || n < 0 || off > size || n > size-off {
		return nil, &storage.RangeError{Off: off, N: n, Size: size}
	}
	return io.NopCloser(bytes.NewReader(o.data[off : off+n])), ctx.Err()
}

// Stat implements storage.Bucket.
func (b *Bucket) Stat(ctx context.Context, key string) (storage.Info, error) {
	o, err := b.get(key)
	if err != nil {
		return storage.Info{}, err
	}
	return storage.Info{Key: key, Size: int64(len(o.data)), Modified: o.modified}, ctx.Err()
}

// List implements storage.Bucket.
func (b *Bucket) List(ctx context.Context, prefix string, fn func(storage.Info) error) error {
	if err := storage.CheckPrefix(prefix); err != nil {
		return err
	}
	for _, i := range b.infos(prefix) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := fn(i); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bucket) infos(prefix string) []storage.Info {
	b.mu.Lock()
	defer b.mu.Unlock()
	var found []storage.Info
	for key, o := range b.objects {
		if strings.HasPrefix(key, prefix) {
			found = append(found, storage.Info{Key: key, Size: int64(len(o.data)), Modified: o.modified})
		}
	}
	slices.SortFunc(found, func(x, y storage.Info) int { return strings.Compare(x.Key, y.Key) })
	return found
}

// Delete implements storage.Bucket.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.objects[key].held {
		return fmt.Errorf("deleting %s: %w", key, storage.ErrHeld)
	}
	delete(b.objects, key)
	return ctx.Err()
}

// Begin implements storage.Multipart.
func (b *Bucket) Begin(ctx context.Context, key string) (string, error) {
	if err := storage.CheckKey(key); err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.uploads == nil {
		b.uploads = make(map[upload]*pieces)
	}
	b.begun++
	id := fmt.Sprintf("upload-%d", b.begun)
	b.uploads[upload{key, id}] = &pieces{b.now(), make(map[int]piece)}
	return id, ctx.Err()
}

// find expects the lock to be held.
func (b *Bucket) find(key, id string) (*pieces, error) {
	u, ok := b.uploads[upload{key, id}]
	if !ok {
		return nil, fmt.Errorf("%w: upload %s of %s", storage.ErrNotExist, id, key)
	}
	return u, nil
}

// PutPart implements storage.Multipart.
func (b *Bucket) PutPart(ctx context.Context, key, id string, n int, off int64, data []byte) (storage.Part, error) {
	if err := ctx.Err(); err != nil {
		return storage.Part{}, err
	}
	sum := sha256.Sum256(data)
	p := storage.Part{N: n, Off: off, Size: int64(len(data)), Tag: hex.EncodeToString(sum[:])}
	b.mu.Lock()
	defer b.mu.Unlock()
	u, err := b.find(key, id)
	if err != nil {
		return storage.Part{}, err
	}
	if n < 1 || off < 0 {
		return storage.Part{}, fmt.Errorf("part %d at %d of %s cannot be", n, off, key)
	}
	u.parts[n] = piece{p, bytes.Clone(data)}
	return p, nil
}

// Parts implements storage.Multipart.
func (b *Bucket) Parts(ctx context.Context, key, id string) ([]storage.Part, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u, err := b.find(key, id)
	if err != nil {
		return nil, err
	}
	var parts []storage.Part
	for _, n := range slices.Sorted(maps.Keys(u.parts)) {
		parts = append(parts, u.parts[n].Part)
	}
	return parts, ctx.Err()
}

// Complete implements storage.Multipart.
func (b *Bucket) Complete(ctx context.Context, key, id string, parts []storage.Part) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	u, err := b.find(key, id)
	if err != nil {
		return err
	}
	data, err := u.join(key, parts)
	if err != nil {
		return err
	}
	if err := b.put(key, data); err != nil {
		return err
	}
	delete(b.uploads, upload{key, id})
	return nil
}

// join refuses parts that are not what was put, or leave gaps.
func (u *pieces) join(key string, parts []storage.Part) ([]byte, error) {
	var data []byte
	for i, p := range parts {
		have, ok := u.parts[p.N]
		if !ok || p.N != i+1 || have.Tag != p.Tag || have.Off != int64(len(data)) {
			return nil, fmt.Errorf("%w: part %d of %s is not what was put", storage.ErrCorrupt, p.N, key)
		}
		data = append(data, have.data...)
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("%w: no parts for %s", storage.ErrCorrupt, key)
	}
	return data, nil
}

// Abort implements storage.Multipart.
func (b *Bucket) Abort(ctx context.Context, key, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.uploads, upload{key, id})
	return ctx.Err()
}

// Unfinished implements storage.Multipart.
func (b *Bucket) Unfinished(ctx context.Context, prefix string, fn func(key, id string, begun int64) error) error {
	if err := storage.CheckPrefix(prefix); err != nil {
		return err
	}
	type row struct {
		upload
		begun int64
	}
	b.mu.Lock()
	var rows []row
	for u, p := range b.uploads {
		if strings.HasPrefix(u.key, prefix) {
			rows = append(rows, row{u, p.begun})
		}
	}
	b.mu.Unlock()
	slices.SortFunc(rows, func(x, y row) int { return strings.Compare(x.key+" "+x.id, y.key+" "+y.id) })
	for _, r := range rows {
		if err := fn(r.key, r.id, r.begun); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// Move gives a part another place in its object.
func (b *Bucket) Move(key, id string, n int, off int64) (storage.Part, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u, err := b.find(key, id)
	if err != nil {
		return storage.Part{}, err
	}
	p, ok := u.parts[n]
	if !ok {
		return storage.Part{}, fmt.Errorf("%w: part %d of %s", storage.ErrNotExist, n, key)
	}
	p.Off = off
	u.parts[n] = p
	return p.Part, nil
}

// Damage changes a stored object behind everybody's back: for tests of what
// readers make of a hostile bucket. fn gets a copy and returns the new bytes.
func (b *Bucket) Damage(key string, fn func([]byte) []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.objects[key]
	o.data = fn(bytes.Clone(o.data))
	b.objects[key] = o
}
