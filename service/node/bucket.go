package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/dir"
	"github.com/datapledge/datapledge/storage/mem"
)

func openBucket(c Config) (storage.Bucket, error) {
	if c.Bucket.Kind == "mem" {
		return &mem.Bucket{}, nil
	}
	b, err := dir.Open(c.bucketPath(), time.Now)
	if err != nil {
		return nil, fmt.Errorf("opening the bucket: %w", err)
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
			known, last = errors.Join(probeFolder(data), probeBucket(context.WithoutCancel(ctx), b)), time.Now()
		}
		return known
	}
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
