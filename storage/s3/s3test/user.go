package s3test

import (
	"context"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// UserPut is what somebody with the same parts and no product would do: one
// PutObject of a stream of unknown length, with minio-go as it comes.
func UserPut(ctx context.Context, endpoint, key string, r io.Reader) error {
	c, err := minio.New(endpoint, &minio.Options{Creds: credentials.NewStaticV4("key", "secret", ""), Region: "us-east-1"})
	if err != nil {
		return fmt.Errorf("connecting to %s: %w", endpoint, err)
	}
	if _, err := c.PutObject(ctx, "bucket", key, r, -1, minio.PutObjectOptions{}); err != nil {
		return fmt.Errorf("putting %s: %w", key, err)
	}
	return nil
}
