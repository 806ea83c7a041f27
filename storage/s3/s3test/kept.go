package s3test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
)

// Kept is a bucket that keeps small objects in memory and parts in files, for
// benchmarks that read back what they stored: it flushes nothing to the disk.
type Kept struct {
	mem.Bucket
	Dir   string
	mu    sync.Mutex
	whole map[string][]string // files of an object, by key
}

func (b *Kept) file(id string, n int) string { return filepath.Join(b.Dir, fmt.Sprint(id, "-", n)) }

// PutPartFrom implements PartReader.
func (b *Kept) PutPartFrom(_, id string, n int, r io.Reader) (storage.Part, error) {
	f, err := os.Create(b.file(id, n))
	if err != nil {
		return storage.Part{}, err
	}
	buf := copyBuffers.Get().(*[256 << 10]byte)
	defer copyBuffers.Put(buf)
	size, err := io.CopyBuffer(struct{ io.Writer }{f}, r, buf[:])
	return storage.Part{N: n, Size: size, Tag: "kept"}, errors.Join(err, f.Close())
}

// Complete joins nothing: the files stay what they are.
func (b *Kept) Complete(ctx context.Context, key, id string, parts []storage.Part) error {
	files := make([]string, len(parts))
	for i, p := range parts {
		files[i] = b.file(id, p.N)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.whole == nil {
		b.whole = map[string][]string{}
	}
	b.whole[key] = files
	return b.Abort(ctx, key, id)
}

func (b *Kept) files(key string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.whole[key]
}

// Stat knows the completed objects too.
func (b *Kept) Stat(ctx context.Context, key string) (storage.Info, error) {
	files := b.files(key)
	if files == nil {
		return b.Bucket.Stat(ctx, key)
	}
	info := storage.Info{Key: key}
	for _, name := range files {
		f, err := os.Stat(name)
		if err != nil {
			return info, err
		}
		info.Size += f.Size()
	}
	return info, nil
}

// Open reads n bytes of a completed object, whose files follow one another.
func (b *Kept) Open(ctx context.Context, key string, off, n int64) (io.ReadCloser, error) {
	files := b.files(key)
	if files == nil {
		return b.Bucket.Open(ctx, key, off, n)
	}
	var opened closers
	var readers []io.Reader
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, errors.Join(err, opened.Close())
		}
		opened = append(opened, f)
		info, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, opened.Close())
		}
		skip := min(off, info.Size())
		off -= skip
		readers = append(readers, io.NewSectionReader(f, skip, info.Size()-skip))
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(io.MultiReader(readers...), n), opened}, nil
}

type closers []io.Closer

// Close implements io.Closer.
func (c closers) Close() (err error) {
	for _, one := range c {
		err = errors.Join(err, one.Close())
	}
	return err
}
