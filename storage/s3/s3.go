// Package s3 is a storage.Bucket in an S3 store, over minio-go. Write-once is
// the store's own If-None-Match: *.
package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/datapledge/datapledge/storage"
)

// Config says where a bucket is. The secret comes from a file.
type Config struct {
	Endpoint  string // host:port
	Bucket    string
	Region    string
	AccessKey string
	SecretKey storage.Secret
	Insecure  bool              // plain http
	Transport http.RoundTripper // minio-go's own when nil
}

// Bucket is one bucket of an S3 store.
type Bucket struct {
	core *minio.Core
	name string
}

var _ storage.Bucket = (*Bucket)(nil)

// Open connects to nothing yet: the first call does.
func Open(c Config) (*Bucket, error) {
	core, err := minio.NewCore(c.Endpoint, &minio.Options{
		Creds:     credentials.NewStaticV4(c.AccessKey, c.SecretKey.Reveal(), ""),
		Secure:    !c.Insecure,
		Region:    c.Region,
		Transport: c.Transport,
	})
	if err != nil {
		return nil, fmt.Errorf("opening bucket %s at %s: %w", c.Bucket, c.Endpoint, err)
	}
	return &Bucket{core, c.Bucket}, nil
}

// fault turns the store's answers into the sentinels of storage.
func fault(doing, key string, err error) error {
	var resp minio.ErrorResponse
	if !errors.As(err, &resp) {
		return fmt.Errorf("%s %s: %w", doing, key, err)
	}
	switch {
	case resp.StatusCode == http.StatusPreconditionFailed:
		return fmt.Errorf("%w: %s", storage.ErrExist, key)
	case resp.Code == minio.NoSuchKey || resp.Code == "NoSuchUpload":
		return fmt.Errorf("%s %s: %w", doing, key, storage.ErrNotExist)
	case resp.Code == "XMinioStorageFull" || resp.StatusCode == http.StatusInsufficientStorage:
		return fmt.Errorf("%s %s: %w: %w", doing, key, storage.ErrNoSpace, err)
	}
	return fmt.Errorf("%s %s: %w", doing, key, err)
}

// once is for what becomes visible: it must not replace anything. Content is
// not hashed a second time for the signature; readers verify what they get.
func once() minio.PutObjectOptions {
	o := minio.PutObjectOptions{ContentType: "application/octet-stream", DisableContentSha256: true}
	o.SetMatchETagExcept("*")
	return o
}

// whole is the largest content that Create sends in one request.
const whole = 16 << 20

// Create implements storage.Bucket.
func (b *Bucket) Create(ctx context.Context, key string, r io.Reader) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	if known, ok := r.(*bytes.Reader); ok && known.Len() <= whole {
		return b.put(ctx, key, known, int64(known.Len()))
	}
	buf := make([]byte, 0, 64<<10)
	first := bytes.NewBuffer(buf)
	if _, err := io.Copy(first, io.LimitReader(r, whole)); err != nil {
		return fmt.Errorf("reading the content of %s: %w", key, err)
	}
	if first.Len() < whole {
		return b.put(ctx, key, bytes.NewReader(first.Bytes()), int64(first.Len()))
	}
	return b.createLarge(ctx, key, first.Bytes(), r)
}

func (b *Bucket) put(ctx context.Context, key string, r io.Reader, size int64) error {
	if _, err := b.core.PutObject(ctx, b.name, key, r, size, "", "", once()); err != nil {
		return fault("storing", key, err)
	}
	return nil
}

// createLarge sends parts, the first of which was read already.
func (b *Bucket) createLarge(ctx context.Context, key string, part []byte, r io.Reader) (err error) {
	id, err := b.Begin(ctx, key)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.Abort(context.WithoutCancel(ctx), key, id))
		}
	}()
	var parts []storage.Part
	for off := int64(0); len(part) > 0; {
		p, err := b.PutPart(ctx, key, id, len(parts)+1, off, part)
		if err != nil {
			return err
		}
		parts = append(parts, p)
		off += p.Size
		n, err := io.ReadFull(r, part[:cap(part)][:min(whole, cap(part))])
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("reading the content of %s: %w", key, err)
		}
		part = part[:n]
	}
	return b.Complete(ctx, key, id, parts)
}

// Open implements storage.Bucket.
func (b *Bucket) Open(ctx context.Context, key string, off, n int64) (io.ReadCloser, error) {
	if err := storage.CheckKey(key); err != nil {
		return nil, err
	}
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
	return r, nil
}

// openChecked asks for the size first: S3 has no empty ranges.
func (b *Bucket) openChecked(ctx context.Context, key string, off, n int64) (io.ReadCloser, error) {
	info, err := b.Stat(ctx, key)
	if err != nil {
		return nil, err
	}
	if off < 0 || off > info.Size {
		return nil, &storage.RangeError{Off: off, N: n, Size: info.Size}
	}
	if n == 0 || off == info.Size {
		return io.NopCloser(bytes.NewReader(nil)), nil
	}
	return b.Open(ctx, key, off, info.Size-off)
}

// Stat implements storage.Bucket.
func (b *Bucket) Stat(ctx context.Context, key string) (storage.Info, error) {
	if err := storage.CheckKey(key); err != nil {
		return storage.Info{}, err
	}
	o, err := b.core.StatObject(ctx, b.name, key, minio.StatObjectOptions{})
	if err != nil {
		return storage.Info{}, fault("looking up", key, err)
	}
	return storage.Info{Key: key, Size: o.Size, Modified: o.LastModified.Unix()}, nil
}

// List implements storage.Bucket.
func (b *Bucket) List(ctx context.Context, prefix string, fn func(storage.Info) error) error {
	if err := storage.CheckPrefix(prefix); err != nil {
		return err
	}
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

// Delete implements storage.Bucket.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := storage.CheckKey(key); err != nil {
		return err
	}
	err := b.core.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{})
	if err == nil {
		return nil
	}
	if err = fault("deleting", key, err); errors.Is(err, storage.ErrNotExist) {
		return nil
	}
	return err
}
