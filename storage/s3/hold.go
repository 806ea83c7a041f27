package s3

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

const (
	retainHeader = "X-Amz-Object-Lock-Retain-Until-Date"
	modeHeader   = "X-Amz-Object-Lock-Mode"
)

// SetHold implements storage.Holder.
func (b *Bucket) SetHold(ctx context.Context, key string, on bool) error {
	if err := checkKey(key); err != nil {
		return err
	}
	status := minio.LegalHoldDisabled
	if on {
		status = minio.LegalHoldEnabled
	}
	err := b.core.PutObjectLegalHold(ctx, b.name, key, minio.PutObjectLegalHoldOptions{Status: &status})
	return b.lockFault(ctx, "holding", key, err)
}

// Held implements storage.Holder.
func (b *Bucket) Held(ctx context.Context, key string) (bool, error) {
	if err := checkKey(key); err != nil {
		return false, err
	}
	status, err := b.core.GetObjectLegalHold(ctx, b.name, key, minio.GetObjectLegalHoldOptions{})
	if hasCode(err, "NoSuchObjectLockConfiguration") {
		return false, nil // there never was one
	}
	err = b.lockFault(ctx, "looking up the hold of", key, err)
	if errors.Is(err, storage.ErrNoHold) {
		_, err = b.stat(ctx, key, "")
		return false, err
	}
	return err == nil && status != nil && *status == minio.LegalHoldEnabled, err
}

// lockFault names a bucket without Object Lock as such. Its refusal has the
// same code as those of other mistakes.
func (b *Bucket) lockFault(ctx context.Context, doing, key string, err error) error {
	if err == nil {
		return nil
	}
	if hasCode(err, "InvalidRequest", "NotImplemented", "InvalidBucketObjectLockConfiguration") {
		if locks, look := b.hasLock(ctx); look == nil && !locks {
			return fmt.Errorf("%s %s: %w: bucket %s has no Object Lock", doing, key, storage.ErrNoHold, b.name)
		}
	}
	return fault(doing, key, err)
}

func (b *Bucket) hasLock(ctx context.Context) (bool, error) {
	status, _, _, _, err := b.core.GetObjectLockConfig(ctx, b.name)
	if hasCode(err, "ObjectLockConfigurationNotFoundError", "NotImplemented") {
		return false, nil
	}
	if err != nil {
		return false, fault("asking for the Object Lock of", b.name, err)
	}
	return status == "Enabled", nil
}

// Retention implements storage.Retainer.
func (b *Bucket) Retention() string {
	if !b.lock.on() {
		return ""
	}
	return fmt.Sprintf("%s-%d", b.lock.Mode, b.lock.Days)
}

// Retain implements storage.Retainer.
func (b *Bucket) Retain(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if !b.lock.on() {
		return nil
	}
	o, err := b.stat(ctx, key, "")
	if err != nil {
		return err
	}
	until := o.LastModified.UTC().AddDate(0, 0, b.lock.Days).Truncate(time.Second)
	mode := strings.ToLower(o.Metadata.Get(modeHeader))
	enough := !retainedUntil(o).Before(until) && (mode == b.lock.Mode || mode == LockCompliance)
	if enough || !until.After(b.now()) {
		return nil
	}
	return b.retain(ctx, key, o, until)
}

// retain never shortens a period, nor weakens compliance to governance: stores
// refuse both, and what is there is more than was asked for.
func (b *Bucket) retain(ctx context.Context, key string, o minio.ObjectInfo, until time.Time) error {
	mode := minio.RetentionMode(strings.ToUpper(b.lock.Mode))
	if have := retainedUntil(o); have.After(until) {
		until = have.UTC()
	}
	if strings.EqualFold(o.Metadata.Get(modeHeader), LockCompliance) {
		mode = minio.Compliance
	}
	err := b.core.PutObjectRetention(ctx, b.name, key, minio.PutObjectRetentionOptions{Mode: &mode, RetainUntilDate: &until, VersionID: o.VersionID})
	return b.lockFault(ctx, "retaining", key, err)
}

// retainedUntil is from the headers of the object: minio-go cannot read what
// versitygw answers to the question itself. Zero: not at all.
func retainedUntil(o minio.ObjectInfo) time.Time {
	t, err := time.Parse(time.RFC3339, o.Metadata.Get(retainHeader))
	if err != nil {
		return time.Time{}
	}
	return t
}
