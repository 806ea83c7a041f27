package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/dir"
	"github.com/datapledge/datapledge/storage/mem"
	"github.com/datapledge/datapledge/storage/s3"
)

func openBucket(ctx context.Context, c Config, log *slog.Logger) (storage.Bucket, error) {
	switch c.Bucket.Kind {
	case bucketMem:
		return &mem.Bucket{}, nil
	case bucketS3:
		return openS3(ctx, c.Bucket, log)
	}
	b, err := dir.Open(c.bucketPath(), c.now)
	if err != nil {
		return nil, fmt.Errorf("opening the bucket: %w", err)
	}
	return b, nil
}

// startLook bounds how long a start looks at a store.
const startLook = 10 * time.Second

// openS3 logs what is wrong with a bucket and goes on: the ledger takes
// commands without it, /readyz says so, and it may come back by itself.
func openS3(ctx context.Context, c Bucket, log *slog.Logger) (storage.Bucket, error) {
	b, err := s3.Open(c.s3())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startLook)
	defer cancel()
	if c.Create {
		if err := s3.Create(ctx, c.s3(), c.locks()); err != nil {
			log.ErrorContext(ctx, "the bucket was not made", "bucket", c.Bucket, "error", err)
		}
	}
	for _, f := range b.Diagnose(ctx) {
		if !f.OK {
			log.ErrorContext(ctx, "the bucket is not usable", "check", f.Check, "cause", f.Cause, "remedy", f.Remedy)
		}
	}
	return b, nil
}

const (
	probeKey  = "probe/write"
	probeSize = 64 << 10
	// probeAge is how long an answer holds: anybody may ask for it, and each
	// makes the disk write.
	probeAge = 2 * time.Second
)

// probe says whether bucket and data folder take a small write. To read is not
// enough: a full disk, or a folder that is gone, answers that nothing is there.
func probe(b storage.Bucket, data string) func(context.Context) error {
	var mu sync.Mutex
	var last time.Time
	var known error
	return func(ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		if last.IsZero() || time.Since(last) > probeAge {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startLook)
			known, last = errors.Join(probeFolder(data), explain(ctx, b, probeBucket(ctx, b))), time.Now()
			cancel()
		}
		return known
	}
}

// explain asks a bucket that can tell why it does not work.
func explain(ctx context.Context, b storage.Bucket, err error) error {
	d, ok := b.(storage.Diagnoser)
	if err == nil || !ok || errors.Is(err, storage.ErrNoSpace) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), startLook)
	defer cancel()
	return errors.Join(storage.Wrong(d.Diagnose(ctx)), err)
}

// probeBucket replaces what a probe that was cut off left behind. One that is
// there again is that of another process: the bucket takes writes.
func probeBucket(ctx context.Context, b storage.Bucket) error {
	err := putProbe(ctx, b)
	if errors.Is(err, storage.ErrExist) {
		if err := b.Delete(ctx, probeKey); err != nil {
			return err
		}
		if err = putProbe(ctx, b); errors.Is(err, storage.ErrExist) {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return b.Delete(ctx, probeKey)
}

func putProbe(ctx context.Context, b storage.Bucket) error {
	return b.Create(ctx, probeKey, bytes.NewReader(make([]byte, probeSize)))
}

// probeFolder is for the disk of the ledger, which may be another one.
func probeFolder(path string) error {
	f, err := os.CreateTemp(path, ".probe-*")
	if err != nil {
		return noSpace(err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(make([]byte, probeSize))
	if err == nil {
		err = f.Sync()
	}
	return noSpace(errors.Join(err, f.Close()))
}

func noSpace(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("writing to the data folder: %w: %w", storage.ErrNoSpace, err)
	}
	return err
}
