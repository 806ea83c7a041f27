package s3_test

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/mem"
	"github.com/datapledge/datapledge/storage/s3"
	"github.com/datapledge/datapledge/storage/s3/s3test"
	"github.com/datapledge/datapledge/storage/storagetest"
)

func TestBucket(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storage.Bucket {
		// Parts come without their place: S3 joins them in order.
		server := httptest.NewServer(s3test.Handler(&inOrder{}))
		t.Cleanup(server.Close)
		return open(t, strings.TrimPrefix(server.URL, "http://"), "bucket", "key", "secret")
	})
}

// inOrder is a bucket in memory that gives parts their place when they are joined.
type inOrder struct {
	mem.Bucket
}

func (b *inOrder) Complete(ctx context.Context, key, id string, parts []storage.Part) error {
	have, err := b.Parts(ctx, key, id)
	if err != nil {
		return err
	}
	off := int64(0)
	for _, p := range have {
		again, err := b.Move(key, id, p.N, off)
		if err != nil {
			return err
		}
		off += again.Size
	}
	return b.Bucket.Complete(ctx, key, id, parts)
}

func open(t *testing.T, endpoint, bucket, key, secret string) storage.Bucket {
	t.Helper()
	b, err := s3.Open(s3.Config{Endpoint: endpoint, Bucket: bucket, Region: "us-east-1", AccessKey: key,
		SecretKey: storage.NewSecret(secret), Insecure: true})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCreateLarge sends in parts what it cannot hold, and leaves nothing when
// it breaks.
func TestCreateLarge(t *testing.T) {
	server := httptest.NewServer(s3test.Handler(&inOrder{}))
	defer server.Close()
	b := open(t, strings.TrimPrefix(server.URL, "http://"), "bucket", "key", "secret")
	for _, n := range []int64{16<<20 - 1, 16 << 20, 16<<20 + 1, 33 << 20} {
		key := fmt.Sprint("k", n)
		if err := b.Create(t.Context(), key, io.LimitReader(zeros{}, n)); err != nil {
			t.Fatal(err)
		}
		if info, err := b.Stat(t.Context(), key); err != nil || info.Size != n {
			t.Errorf("%d bytes: got %+v, %v", n, info, err)
		}
	}
	if err := b.Create(t.Context(), "broken", io.MultiReader(io.LimitReader(zeros{}, 20<<20), broken{})); err == nil {
		t.Error("a broken reader made an object")
	}
	err := b.Unfinished(t.Context(), "", func(key, _ string, _ int64) error { return fmt.Errorf("%s is left over", key) })
	if err != nil {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, fmt.Errorf("reader broke") }
