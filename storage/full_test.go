package storage_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/datapledge/datapledge/storage"
)

// fullBucket takes no object until its reserve is released or, with pieces,
// until an object in parts was aborted.
type fullBucket struct {
	storage.Bucket
	full, pieces bool
	released     int
}

func (b *fullBucket) Create(ctx context.Context, key string, r io.Reader) error {
	if b.full {
		return fmt.Errorf("storing %s: %w", key, storage.ErrNoSpace)
	}
	return b.Bucket.Create(ctx, key, r)
}

func (b *fullBucket) Abort(ctx context.Context, key, id string) error {
	b.full = b.full && !b.pieces
	return b.Bucket.Abort(ctx, key, id)
}

func (b *fullBucket) SetAside() error { return nil }
func (b *fullBucket) Release() error  { b.full, b.released = false, b.released+1; return nil }

// TestAbandonOnFullBucket frees pieces first, and the reserve only without any.
func TestAbandonOnFullBucket(t *testing.T) {
	for _, pieces := range []bool{false, true} {
		f := newFixture(t)
		b := &fullBucket{Bucket: f.bucket, pieces: pieces}
		v := vault(t, b, f.custodian, func() time.Time { return f.now })
		id := f.begin()
		_, err := v.Write(t.Context(), id, storage.WriteRequest{Path: "a", Size: part + 9, Body: bytes.NewReader(content(part))})
		if err != nil {
			t.Fatal(err)
		}
		b.full = true
		if err := v.Abort(t.Context(), id); err != nil {
			t.Errorf("pieces %v: %v", pieces, err)
		}
		if got := f.keysLike("sealed/"); len(got) != 0 || (b.released == 0) != pieces {
			t.Errorf("pieces %v: left %v, released %d times", pieces, got, b.released)
		}
	}
}
