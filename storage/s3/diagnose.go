package s3

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

// maxSkew is what S3 stores tolerate between their clock and that of a request.
const maxSkew = 5 * time.Minute

// Diagnose implements storage.Diagnoser. It goes on as far as it makes sense:
// nothing can be said of the bucket behind a store that cannot be reached.
func (b *Bucket) Diagnose(ctx context.Context) []storage.Finding {
	var found []storage.Finding
	for _, look := range []func(context.Context) storage.Finding{b.lookEndpoint, b.lookClock, b.lookAccess, b.lookLock, b.lookWrites, b.lookOnce, b.lookParts, b.lookHold} {
		f := look(ctx)
		found = append(found, f)
		if !f.OK {
			break
		}
	}
	return found
}

func good(check string) storage.Finding { return storage.Finding{Check: check, OK: true} }

func wrong(check, cause, remedy string) storage.Finding {
	return storage.Finding{Check: check, Cause: cause, Remedy: remedy}
}

// lookEndpoint asks without keys, so that what goes wrong is about the way.
func (b *Bucket) lookEndpoint(ctx context.Context) storage.Finding {
	if _, err := b.greet(ctx); err != nil {
		cause, remedy := b.wayCause(err)
		return wrong("endpoint", cause, remedy)
	}
	return good("endpoint")
}

func (b *Bucket) greet(ctx context.Context) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := b.web.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	return resp, resp.Body.Close()
}

// lookClock compares with the store's clock: requests are signed with a time.
func (b *Bucket) lookClock(ctx context.Context) storage.Finding {
	resp, err := b.greet(ctx)
	if err != nil {
		cause, remedy := b.wayCause(err)
		return wrong("clock", cause, remedy)
	}
	theirs, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return good("clock") // it does not say
	}
	if skew := b.now().Sub(theirs).Round(time.Second); skew.Abs() > maxSkew {
		return wrong("clock", fmt.Sprintf("this machine's clock is %s that of the store", apart(skew)),
			"set both clocks by NTP; the store refuses requests that are more than 5 minutes off")
	}
	return good("clock")
}

func apart(skew time.Duration) string {
	if skew < 0 {
		return fmt.Sprintf("%s behind", -skew)
	}
	return fmt.Sprintf("%s before", skew)
}

// missingBucket is the check that fails where there is no bucket.
const missingBucket = "bucket"

// lookAccess lists one object: unlike other questions it is answered with a
// reason.
func (b *Bucket) lookAccess(ctx context.Context) storage.Finding {
	for o := range b.core.Client.ListObjects(ctx, b.name, minio.ListObjectsOptions{MaxKeys: 1, Prefix: "probe/"}) {
		if o.Err != nil {
			f := b.refused("access", "list", o.Err)
			if hasCode(o.Err, "NoSuchBucket") {
				f.Check = missingBucket
			}
			return f
		}
	}
	return good("access")
}

// lookWrites stores, reads and removes an object.
func (b *Bucket) lookWrites(ctx context.Context) storage.Finding {
	key := trialKey()
	err := b.put(ctx, key, []byte(key))
	if err != nil {
		return b.refused("write", "write", err)
	}
	if err := b.remove(ctx, key); err != nil {
		return b.refused("write", "delete", err)
	}
	return good("write")
}

func trialKey() string { return "probe/" + strings.ToLower(rand.Text()) }

// lookOnce: a store that does not know If-None-Match replaces what is there.
func (b *Bucket) lookOnce(ctx context.Context) (f storage.Finding) {
	key := trialKey()
	defer b.clear(ctx, "write-once", key, &f)
	if err := b.put(ctx, key, []byte("one")); err != nil {
		return b.refused("write-once", "write", err)
	}
	return b.honours("write-once", b.put(ctx, key, []byte("two")))
}

func (b *Bucket) honours(check string, err error) storage.Finding {
	switch {
	case errors.Is(err, storage.ErrExist):
		return good(check)
	case err != nil:
		return b.refused(check, "write", err)
	}
	return wrong(check, "the store ignores If-None-Match: it replaces objects",
		"use a store that knows conditional writes (AWS S3, MinIO, versitygw)")
}

// lookParts completes an object in parts over one that is there.
func (b *Bucket) lookParts(ctx context.Context) (f storage.Finding) {
	const check = "write-once in parts"
	key := trialKey()
	defer b.clear(ctx, check, key, &f)
	id, err := b.Begin(ctx, key)
	if err != nil {
		return b.refused(check, "write", err)
	}
	defer func() { _ = b.Abort(context.WithoutCancel(ctx), key, id) }() // the sweep finds it otherwise
	p, err := b.PutPart(ctx, key, id, 1, 0, []byte("part"))
	if err == nil {
		err = b.put(ctx, key, []byte("whole"))
	}
	if err != nil {
		return b.refused(check, "write", err)
	}
	return b.honours(check, b.Complete(ctx, key, id, []storage.Part{p}))
}

// clear removes a trial object; that it stays is a finding too.
func (b *Bucket) clear(ctx context.Context, check, key string, f *storage.Finding) {
	if err := b.remove(context.WithoutCancel(ctx), key); err != nil && f.OK {
		*f = b.refused(check, "delete", err)
	}
}

// lookLock, before anything is written: what was configured must be what the bucket can do. A period that
// the bucket itself gives every object would keep what is only working state.
func (b *Bucket) lookLock(ctx context.Context) storage.Finding {
	status, mode, validity, unit, err := b.core.GetObjectLockConfig(ctx, b.name)
	if hasCode(err, "ObjectLockConfigurationNotFoundError", "NotImplemented") {
		if !b.lock.on() {
			return good("lock")
		}
		return wrong("lock", "bucket "+b.name+" has no Object Lock, and lock is configured",
			"make a bucket with Object Lock (bucket.create does when there is none), or set lock.mode to none")
	}
	if err != nil {
		return b.refused("lock", "read the lock configuration", err)
	}
	if mode != nil && *mode != "" && validity != nil && unit != nil {
		return wrong("lock", fmt.Sprintf("bucket %s itself retains every object (%s, %d %s)", b.name, *mode, *validity, *unit),
			"remove the bucket's default retention: working state must go; set lock here instead")
	}
	if status != "Enabled" && b.lock.on() {
		return wrong("lock", "the Object Lock of bucket "+b.name+" is not enabled", "enable it, or set lock.mode to none")
	}
	return good("lock")
}

// lookHold tries the right to it, where there is something to try.
func (b *Bucket) lookHold(ctx context.Context) (f storage.Finding) {
	if !b.lock.on() {
		return good("hold")
	}
	key := trialKey()
	defer b.clear(ctx, "hold", key, &f)
	err := b.put(ctx, key, nil)
	if err != nil {
		return b.refused("hold", "write", err)
	}
	if err = b.SetHold(ctx, key, true); err == nil {
		err = b.SetHold(context.WithoutCancel(ctx), key, false)
	}
	if err != nil {
		return b.refused("hold", "set a legal hold", err)
	}
	return good("hold")
}
