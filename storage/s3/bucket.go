package s3

import (
	"context"
	"fmt"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

// Create makes the bucket, with Object Lock when asked for, unless it is
// there. One that is there without the lock is an error (ErrNoHold): it cannot
// be added later in every store.
func Create(ctx context.Context, c Config, objectLock bool) error {
	b, err := Open(c)
	if err != nil {
		return err
	}
	defer b.Close()
	err = b.core.MakeBucket(ctx, b.name, minio.MakeBucketOptions{Region: b.region, ObjectLocking: objectLock})
	if err != nil && !hasCode(err, "BucketAlreadyOwnedByYou", "BucketAlreadyExists") {
		return fault("making bucket", b.name, err)
	}
	if !objectLock {
		return nil
	}
	locks, err := b.hasLock(ctx)
	if err == nil && !locks {
		err = fmt.Errorf("%w: bucket %s is there without Object Lock", storage.ErrNoHold, b.name)
	}
	return err
}

// Missing: all that a diagnosis found wrong is that there is no bucket.
func Missing(found []storage.Finding) bool {
	return len(found) > 0 && found[len(found)-1].Check == missingBucket
}
