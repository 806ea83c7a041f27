package s3

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

// versioning is whether the bucket keeps versions, as far as that is known.
type versioning struct {
	on    bool
	asked time.Time
}

// versioningLife is how long an answer holds: an operator may turn it on.
const versioningLife = time.Minute

func (b *Bucket) keepsVersions(ctx context.Context) (bool, error) {
	b.mu.Lock()
	known := b.versioned
	b.mu.Unlock()
	if time.Since(known.asked) < versioningLife {
		return known.on, nil
	}
	v, err := b.core.GetBucketVersioning(ctx, b.name)
	if err != nil && !hasCode(err, "NotImplemented", "VersioningNotConfigured") {
		return false, fault("asking for the versioning of", b.name, err)
	}
	known = versioning{v.Status != "", time.Now()} // suspended: there may be old ones
	b.mu.Lock()
	b.versioned = known
	b.mu.Unlock()
	return known.on, nil
}

// Delete implements storage.Bucket. ErrHeld when a hold or a retention period
// keeps the object, or any version of it.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return b.remove(ctx, key)
}

// remove takes every version, the newest last: until that goes, the object is
// there as before, and no older one can come forward.
func (b *Bucket) remove(ctx context.Context, key string) error {
	versions := []string{""}
	on, err := b.keepsVersions(ctx)
	if err == nil && on {
		versions, err = b.versions(ctx, key)
	}
	if err != nil {
		return err
	}
	for _, v := range versions {
		if err := b.removeVersion(ctx, key, v); err != nil {
			return err
		}
	}
	return nil
}

// versions lists those of one key, and delete markers, the newest last.
func (b *Bucket) versions(ctx context.Context, key string) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var ids []string
	newest := ""
	for o := range b.core.Client.ListObjects(ctx, b.name, minio.ListObjectsOptions{Prefix: key, Recursive: true, WithVersions: true}) {
		switch {
		case o.Err != nil:
			return nil, fault("listing the versions of", key, o.Err)
		case o.Key != key:
		case o.IsLatest:
			newest = o.VersionID
		default:
			ids = append(ids, o.VersionID)
		}
	}
	if newest != "" {
		ids = append(ids, newest)
	}
	return ids, ctx.Err()
}

func (b *Bucket) removeVersion(ctx context.Context, key, version string) error {
	err := b.core.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{VersionID: version})
	if err == nil {
		return nil
	}
	err = fault("deleting", key, err)
	switch {
	case errors.Is(err, storage.ErrNotExist):
		return nil
	case b.keptBack(ctx, key, version):
		return fmt.Errorf("deleting %s: %w: %w", key, storage.ErrHeld, err)
	}
	return err
}

// keptBack looks at the object itself: stores name this refusal differently,
// and some as they do a missing permission.
func (b *Bucket) keptBack(ctx context.Context, key, version string) bool {
	o, err := b.core.StatObject(ctx, b.name, key, minio.StatObjectOptions{VersionID: version})
	if err != nil {
		return false
	}
	return o.Metadata.Get(holdHeader) == "ON" || retainedUntil(o).After(b.now())
}
