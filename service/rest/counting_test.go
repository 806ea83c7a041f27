package rest_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"

	"github.com/datapledge/datapledge/storage"
)

// counting is a bucket that counts the bytes read of sealed files, and can be
// made to fail once or to get stuck.
type counting struct {
	storage.Bucket
	read   atomic.Int64
	failAt atomic.Int64  // the operation that fails, counted down to 0; negative: it has
	stuck  atomic.Bool   // sealed files are not read until the caller is gone
	opened chan struct{} // told of each stuck one
}

var errBroken = errors.New("the bucket broke")

func (b *counting) step() error {
	for {
		n := b.failAt.Load()
		switch {
		case n <= 0:
			return nil
		case n == 1 && b.failAt.CompareAndSwap(1, -1):
			return errBroken
		case n > 1 && b.failAt.CompareAndSwap(n, n-1):
			return nil
		}
	}
}

func (b *counting) Create(ctx context.Context, key string, r io.Reader) error {
	if err := b.step(); err != nil {
		return err
	}
	return b.Bucket.Create(ctx, key, r)
}

func (b *counting) Open(ctx context.Context, key string, off, n int64) (io.ReadCloser, error) {
	if err := b.step(); err != nil {
		return nil, err
	}
	isFile := strings.HasPrefix(key, "sealed/") && strings.HasSuffix(key, "-0001.age")
	if isFile && b.stuck.Load() {
		b.opened <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	r, err := b.Bucket.Open(ctx, key, off, n)
	if err != nil || !isFile {
		return r, err
	}
	return &countedReader{r, &b.read}, nil
}

type countedReader struct {
	io.ReadCloser
	n *atomic.Int64
}

func (r *countedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.n.Add(int64(n))
	return n, err
}
