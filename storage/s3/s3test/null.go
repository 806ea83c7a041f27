package s3test

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
)

// Null is a bucket that keeps small objects and forgets the content of parts:
// the sink of the benchmarks.
type Null struct {
	mem.Bucket
	sizes sync.Map // multipart id/part → size
}

var copyBuffers = sync.Pool{New: func() any { return new([256 << 10]byte) }}

// PutPartFrom implements PartReader.
func (b *Null) PutPartFrom(_, id string, n int, r io.Reader) (storage.Part, error) {
	buf := copyBuffers.Get().(*[256 << 10]byte)
	defer copyBuffers.Put(buf)
	size, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, r, buf[:])
	b.sizes.Store(fmt.Sprint(id, "/", n), size)
	return storage.Part{N: n, Size: size, Tag: "null"}, err
}

// Complete leaves an object of the right size that cannot be read.
func (b *Null) Complete(ctx context.Context, key, id string, parts []storage.Part) error {
	var size int64
	for _, p := range parts {
		n, ok := b.sizes.LoadAndDelete(fmt.Sprint(id, "/", p.N))
		if !ok {
			return fmt.Errorf("%w: part %d of upload %s", storage.ErrCorrupt, p.N, id)
		}
		size += n.(int64)
	}
	if err := b.Abort(ctx, key, id); err != nil {
		return err
	}
	b.sizes.Store(key, size)
	return nil
}

// Stat knows the completed objects too.
func (b *Null) Stat(ctx context.Context, key string) (storage.Info, error) {
	if size, ok := b.sizes.Load(key); ok {
		return storage.Info{Key: key, Size: size.(int64)}, nil
	}
	return b.Bucket.Stat(ctx, key)
}
