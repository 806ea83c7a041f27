// Package dir is a storage.Bucket in a folder of a local disk: for a single
// office, for trials and for tests.
//
// Below the folder, objects/ holds each object in a file named by its key and
// an @ (which no key contains, so that a/b and a can both be objects), tmp/
// what is being written, multipart/ the objects that are written in parts, and
// holds/ the holds on objects.
// A file becomes an object by link(2), which fails when the name is taken.
package dir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/datapledge/datapledge/storage"
)

const (
	suffix   = "@"
	leftover = 24 * time.Hour // no write takes longer than this
)

// Bucket keeps objects below one folder. Several processes may share it.
type Bucket struct {
	root  string
	now   func() time.Time
	locks sync.Map // multipart id → *sync.RWMutex: no part is put while it completes

	holding sync.Mutex // see alone
}

var _ storage.Bucket = (*Bucket)(nil)

// Open uses the folder root, which it makes when it is not there, and removes
// what writes of a day ago or earlier left behind. now is the clock.
func Open(root string, now func() time.Time) (*Bucket, error) {
	b := &Bucket{root: root, now: now}
	for _, d := range []string{"objects", "tmp", "multipart", holdsDir} {
		if err := os.MkdirAll(filepath.Join(root, d), 0o700); err != nil {
			return nil, fmt.Errorf("making a bucket in %s: %w", root, err)
		}
	}
	if err := b.clean(); err != nil {
		return nil, fmt.Errorf("cleaning the bucket in %s: %w", root, err)
	}
	if err := b.SetAside(); err != nil && !errors.Is(err, storage.ErrNoSpace) {
		return nil, err
	}
	return b, nil
}

// clean removes old temporary files, and multipart folders that a crash left
// before they were begun.
func (b *Bucket) clean() error {
	return errors.Join(b.cleanOld("tmp", func(string) bool { return true }),
		b.cleanOld("multipart", func(dir string) bool {
			_, err := os.Stat(filepath.Join(dir, headFile))
			return errors.Is(err, fs.ErrNotExist)
		}))
}

func (b *Bucket) cleanOld(sub string, stale func(path string) bool) error {
	entries, err := os.ReadDir(filepath.Join(b.root, sub))
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process was faster
		}
		if err != nil {
			return err
		}
		path := filepath.Join(b.root, sub, e.Name())
		if b.now().Sub(info.ModTime()) > leftover && stale(path) {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *Bucket) path(key string) string {
	return filepath.Join(b.root, "objects", filepath.FromSlash(key)+suffix)
}

// Create implements storage.Bucket.
func (b *Bucket) Create(ctx context.Context, key string, r io.Reader) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	if _, err := os.Lstat(b.path(key)); err == nil {
		return fmt.Errorf("%w: %s", storage.ErrExist, key)
	}
	tmp, err := b.writeTemp(ctx, r)
	if err != nil {
		return fault("storing", key, err)
	}
	defer os.Remove(tmp)
	return b.publish(tmp, key)
}

// writeTemp leaves a durable file, or nothing.
func (b *Bucket) writeTemp(ctx context.Context, r io.Reader) (name string, err error) {
	f, err := os.CreateTemp(filepath.Join(b.root, "tmp"), "create-")
	if err != nil {
		return "", err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			_ = os.Remove(f.Name()) // cleaned at the next start otherwise
		}
	}()
	if _, err := io.Copy(f, &ctxReader{ctx, r}); err != nil {
		return "", err
	}
	return f.Name(), f.Sync()
}

// ctxReader ends a copy when ctx does.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// publish gives a durable file its key, once.
func (b *Bucket) publish(file, key string) error {
	path := b.path(key)
	err := b.link(file, path)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s", storage.ErrExist, key)
	}
	if err != nil {
		return fault("storing", key, err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil {
		_ = os.Remove(path) // not durable, so not there
		return fault("storing", key, err)
	}
	return nil
}

// link tries again when a Delete has just removed the empty folder.
func (b *Bucket) link(file, path string) error {
	var err error
	for range 10 {
		if err = makeDirs(filepath.Dir(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err = os.Link(file, path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

// makeDirs makes dir and whatever is missing above it, durably.
func makeDirs(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeDirs(filepath.Dir(dir)); err != nil {
			return err
		}
		if err = os.Mkdir(dir, 0o700); errors.Is(err, fs.ErrExist) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return syncDir(filepath.Dir(dir))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fault names what was being done, and a full disk as such.
func fault(doing, key string, err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%s %s: %w: %w", doing, key, storage.ErrNoSpace, err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s %s: %w", doing, key, storage.ErrNotExist)
	}
	return fmt.Errorf("%s %s: %w", doing, key, err)
}

// Open implements storage.Bucket.
func (b *Bucket) Open(_ context.Context, key string, off, n int64) (io.ReadCloser, error) {
	if err := storage.CheckKey(key); err != nil {
		return nil, err
	}
	f, err := os.Open(b.path(key))
	if err != nil {
		return nil, fault("opening", key, err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, fault("opening", key, errors.Join(err, f.Close()))
	}
	if n < 0 {
		n = info.Size() - off
	}
	if off < 0 || n < 0 || off > info.Size() || n > info.Size()-off {
		_ = f.Close() // only read
		return nil, &storage.RangeError{Off: off, N: n, Size: info.Size()}
	}
	return struct {
		io.Reader
		io.Closer
	}{io.NewSectionReader(f, off, n), f}, nil
}

// Stat implements storage.Bucket.
func (b *Bucket) Stat(_ context.Context, key string) (storage.Info, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Info{}, err
	}
	info, err := os.Stat(b.path(key))
	if err != nil {
		return storage.Info{}, fault("looking up", key, err)
	}
	return storage.Info{Key: key, Size: info.Size(), Modified: info.ModTime().Unix()}, nil
}

// List implements storage.Bucket.
func (b *Bucket) List(ctx context.Context, prefix string, fn func(storage.Info) error) error {
	if err := storage.CheckPrefix(prefix); err != nil {
		return err
	}
	return b.list(ctx, "", prefix, fn)
}

// list walks one folder; at is its key and a slash, or empty at the top.
func (b *Bucket) list(ctx context.Context, at, prefix string, fn func(storage.Info) error) error {
	entries, err := os.ReadDir(filepath.Join(b.root, "objects", filepath.FromSlash(at)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return fault("listing", at, err)
	}
	keys := keysOf(at, entries)
	for _, key := range keys {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := b.listOne(ctx, key, prefix, fn); err != nil {
			return err
		}
	}
	return nil
}

// keysOf skips what desktops and editors leave behind (.DS_Store, a.json~):
// it is nobody's object, and must not keep those that are from being found.
func keysOf(at string, entries []fs.DirEntry) []string {
	var keys []string
	for _, e := range entries {
		name, object := strings.CutSuffix(e.Name(), suffix)
		if object == e.IsDir() || storage.CheckKey(at+name) != nil {
			continue
		}
		if e.IsDir() {
			name += "/"
		}
		keys = append(keys, at+name)
	}
	slices.Sort(keys) // folders sort as their slash does, as keys do
	return keys
}

func (b *Bucket) listOne(ctx context.Context, key, prefix string, fn func(storage.Info) error) error {
	if strings.HasSuffix(key, "/") {
		if strings.HasPrefix(key, prefix) || strings.HasPrefix(prefix, key) {
			return b.list(ctx, key, prefix, fn)
		}
		return nil
	}
	if !strings.HasPrefix(key, prefix) {
		return nil
	}
	info, err := b.Stat(ctx, key)
	if errors.Is(err, storage.ErrNotExist) {
		return nil // deleted meanwhile
	}
	if err != nil {
		return err
	}
	return fn(info)
}

// Delete implements storage.Bucket.
func (b *Bucket) Delete(_ context.Context, key string) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	return b.alone(func() error {
		held, err := b.held(key)
		if err != nil {
			return err
		}
		if held {
			return fmt.Errorf("deleting %s: %w", key, storage.ErrHeld)
		}
		return b.delete(key)
	})
}

func (b *Bucket) delete(key string) error {
	path := b.path(key)
	err := os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault("deleting", key, err)
	}
	if err := syncDir(filepath.Dir(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault("deleting", key, err)
	}
	prune(filepath.Dir(path), filepath.Join(b.root, "objects"))
	return nil
}

// prune removes folders below top that became empty. One that did not is left
// alone.
func prune(dir, top string) {
	for ; dir != top; dir = filepath.Dir(dir) {
		if os.Remove(dir) != nil {
			return
		}
	}
}
