package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

// once is for what becomes visible: it must not replace anything. Content is
// not hashed a second time for the signature; readers verify what they get.
func once() minio.PutObjectOptions {
	o := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableContentSha256: true}
	o.SetMatchETagExcept("*")
	return o
}

// whole is the largest content that Create sends in one request, and the size
// of the parts of what is larger.
const whole = 16 << 20

// Create implements storage.Bucket.
func (b *Bucket) Create(ctx context.Context, key string, r io.Reader) error {
	if err := checkKey(key); err != nil {
		return err
	}
	first, err := io.ReadAll(io.LimitReader(r, whole))
	if err != nil {
		return fmt.Errorf("reading the content of %s: %w", key, err)
	}
	if len(first) < whole {
		return b.put(ctx, key, first)
	}
	return b.createLarge(ctx, key, first, r)
}

// put stores small content. Where an answer was lost and the request went out
// again, "exists" may mean what the first one stored: then the content tells.
func (b *Bucket) put(ctx context.Context, key string, content []byte) error {
	lost := false
	err := again(ctx, func() error {
		ctx, sent := counted(ctx)
		_, err := b.core.PutObject(ctx, b.name, key, bytes.NewReader(content), int64(len(content)), "", "", once())
		lost = lost || sent.Load() > 1
		return err
	})
	if err != nil {
		err = fault("storing", key, err)
	}
	if errors.Is(err, storage.ErrExist) && lost {
		return b.wasOurs(ctx, key, content)
	}
	if err != nil {
		return err
	}
	return b.checkContent(ctx, key, content)
}

// conflicts is how often a conflicting write is tried again.
const conflicts = 6

// again repeats what another write of the same key got in the way of.
func again(ctx context.Context, do func() error) error {
	wait := 20 * time.Millisecond
	for range conflicts {
		if err := do(); !isConflict(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
			wait *= 2
		}
	}
	return do()
}

func (b *Bucket) wasOurs(ctx context.Context, key string, content []byte) error {
	have, err := b.readAll(ctx, key, 0, -1, int64(len(content))+1)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, content) {
		return fmt.Errorf("%w: %s", storage.ErrExist, key)
	}
	return nil
}

// Open implements storage.Bucket.
func (b *Bucket) Open(ctx context.Context, key string, off, n int64) (io.ReadCloser, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	return b.open(ctx, key, off, n)
}

func (b *Bucket) open(ctx context.Context, key string, off, n int64) (io.ReadCloser, error) {
	if off < 0 || n == 0 || (off > 0 && n < 0) {
		return b.openChecked(ctx, key, off, n)
	}
	var o minio.GetObjectOptions
	if n > 0 {
		if off > off+n-1 {
			return nil, &storage.RangeError{Off: off, N: n}
		}
		if err := o.SetRange(off, off+n-1); err != nil {
			return nil, &storage.RangeError{Off: off, N: n}
		}
	}
	r, info, _, err := b.core.GetObject(ctx, b.name, key, o)
	if err != nil {
		return nil, fault("opening", key, err)
	}
	if n > 0 && info.Size != n { // the store shortens a range at the end
		_ = r.Close() // only read
		return nil, &storage.RangeError{Off: off, N: n, Size: off + info.Size}
	}
	return &body{r, key, info.Size}, nil
}

// body tells a connection that broke from an object that ends: to the readers
// above, the one is a fault and the other damage.
type body struct {
	io.ReadCloser
	key  string
	left int64
}

func (r *body) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.left -= int64(n)
	if err == nil || (errors.Is(err, io.EOF) && r.left <= 0) || errors.Is(err, context.Canceled) {
		return n, err
	}
	// Not %w: an unexpected EOF would read as an object that is too short.
	return n, fmt.Errorf("reading %s: %w: %v", r.key, storage.ErrUnavailable, err)
}

// openChecked asks for the size first: S3 has no empty ranges.
func (b *Bucket) openChecked(ctx context.Context, key string, off, n int64) (io.ReadCloser, error) {
	info, err := b.stat(ctx, key, "")
	if err != nil {
		return nil, err
	}
	if off < 0 || off > info.Size {
		return nil, &storage.RangeError{Off: off, N: n, Size: info.Size}
	}
	if n == 0 || off == info.Size {
		return io.NopCloser(bytes.NewReader(nil)), nil
	}
	return b.open(ctx, key, off, info.Size-off)
}

// Stat implements storage.Bucket.
func (b *Bucket) Stat(ctx context.Context, key string) (storage.Info, error) {
	if err := checkKey(key); err != nil {
		return storage.Info{}, err
	}
	o, err := b.stat(ctx, key, "")
	if err != nil {
		return storage.Info{}, err
	}
	return storage.Info{Key: key, Size: o.Size, Modified: o.LastModified.Unix()}, nil
}

// stat asks twice for what is not there: a HEAD has no body, so that to some
// stores a bucket that is gone looks like an object that never was.
func (b *Bucket) stat(ctx context.Context, key, version string) (minio.ObjectInfo, error) {
	o, err := b.core.StatObject(ctx, b.name, key, minio.StatObjectOptions{VersionID: version})
	if err == nil {
		return o, nil
	}
	if err = fault("looking up", key, err); !errors.Is(err, storage.ErrNotExist) {
		return o, err
	}
	r, _, _, again := b.core.GetObject(ctx, b.name, key, minio.GetObjectOptions{VersionID: version})
	if again == nil {
		_ = r.Close() // only read; it was stored this very moment
		return o, err
	}
	return o, fault("looking up", key, again)
}

// List implements storage.Bucket.
func (b *Bucket) List(ctx context.Context, prefix string, fn func(storage.Info) error) error {
	if err := storage.CheckPrefix(prefix); err != nil {
		return err
	}
	return b.list(ctx, prefix, func(i storage.Info) error {
		if isRegister(i.Key) {
			return nil
		}
		return fn(i)
	})
}

func (b *Bucket) list(ctx context.Context, prefix string, fn func(storage.Info) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing when fn does
	for o := range b.core.Client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return fault("listing", prefix, o.Err)
		}
		if err := fn(storage.Info{Key: o.Key, Size: o.Size, Modified: o.LastModified.Unix()}); err != nil {
			return err
		}
	}
	return ctx.Err()
}
