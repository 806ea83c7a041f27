package node

import (
	"context"
	"errors"
	"fmt"
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

// probe asks for an object that is never there: the answer that it is not
// says that the bucket answers.
func probe(b storage.Bucket) func(context.Context) error {
	return func(ctx context.Context) error {
		if _, err := b.Stat(ctx, "probe/none"); err != nil && !errors.Is(err, storage.ErrNotExist) {
			return err
		}
		return nil
	}
}
