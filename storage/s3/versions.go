package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
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

// keptBack asks the object itself: stores name this refusal differently, and
// some as they do a missing permission.
func (b *Bucket) keptBack(ctx context.Context, key, version string) bool {
	hold, err := b.core.GetObjectLegalHold(ctx, b.name, key, minio.GetObjectLegalHoldOptions{VersionID: version})
	if err == nil && hold != nil && *hold == minio.LegalHoldEnabled {
		return true
	}
	until, err := b.retention(ctx, key, version)
	return err == nil && until.After(b.now())
}

// retention asks by hand: minio-go refuses the element that versitygw answers
// with, and that names no period in the headers of older versions.
func (b *Bucket) retention(ctx context.Context, key, version string) (time.Time, error) {
	ask := url.Values{"retention": {""}}
	if version != "" {
		ask.Set("versionId", version)
	}
	u, err := b.core.Presign(ctx, http.MethodGet, b.name, key, time.Minute, ask)
	if err != nil {
		return time.Time{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return time.Time{}, err
	}
	resp, err := b.web.RoundTrip(req)
	if err != nil {
		return time.Time{}, err
	}
	defer resp.Body.Close()
	var answer struct{ RetainUntilDate time.Time }
	if resp.StatusCode == http.StatusOK {
		err = xml.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&answer)
	}
	return answer.RetainUntilDate, err
}
