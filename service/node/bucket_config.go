package node

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/s3"
)

// The kinds of bucket.
const (
	bucketDir = "dir"
	bucketMem = "mem"
	bucketS3  = "s3"
)

// Bucket is where sealed datasets are kept.
type Bucket struct {
	// Kind is "dir" (a folder), "mem" (gone when the process ends) or "s3".
	Kind string `json:"kind"`
	// Path of the folder; <data>/bucket when empty.
	Path string `json:"path"`

	// What follows is for s3 only. Endpoint is host:port or an https URL.
	Endpoint string `json:"endpoint,omitempty"`
	Bucket   string `json:"bucket,omitempty"`
	Region   string `json:"region,omitempty"`
	// CAFile holds who vouches for the store, in PEM; the system's own list
	// counts when it is empty.
	CAFile string `json:"ca_file,omitempty"`
	// AccessKeyFile and SecretKeyFile hold one line each. They are read anew
	// every minute.
	AccessKeyFile string `json:"access_key_file,omitempty"`
	SecretKeyFile string `json:"secret_key_file,omitempty"`
	// Insecure allows plain http: only for a trial.
	Insecure bool `json:"insecure,omitempty"`
	Lock     Lock `json:"lock,omitzero"`
	// Create makes the bucket at the start when there is none, with Object
	// Lock when Lock has a mode.
	Create bool `json:"create,omitempty"`
}

// Lock is how long nobody can remove the objects of a notarized dataset. The
// legal hold of a live pledge needs a bucket with Object Lock, but no mode.
type Lock struct {
	Mode string `json:"mode"` // governance, compliance or none
	Days int    `json:"days"`
}

func (b Bucket) check() (faults []error) {
	fault := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	local := b
	local.Path = ""
	switch b.Kind {
	case bucketDir:
		fault(local != Bucket{Kind: bucketDir}, "bucket: a folder has only a path")
	case bucketMem:
		fault(b.Path != "", "bucket.path: a bucket in memory has none")
		fault(local != Bucket{Kind: bucketMem}, "bucket: a bucket in memory has nothing but its kind")
	case bucketS3:
		fault(b.Path != "", "bucket.path: a bucket in a store has none")
		fault(b.Endpoint == "", "bucket.endpoint: host:port of the store is needed")
		fault(b.Bucket == "", "bucket.bucket: a name is needed")
		fault(b.AccessKeyFile == "" || b.SecretKeyFile == "", "bucket.access_key_file, bucket.secret_key_file: files with the keys are needed")
		fault(b.Insecure && b.CAFile != "", "bucket.ca_file: plain http has no certificates")
		err := s3.Lock(b.Lock).Check()
		fault(err != nil, "bucket.%v", err)
	default:
		fault(true, "bucket.kind: %q is neither dir nor mem nor s3", b.Kind)
	}
	return faults
}

func (b Bucket) s3() s3.Config {
	return s3.Config{Endpoint: b.Endpoint, Bucket: b.Bucket, Region: b.Region, CAFile: b.CAFile,
		AccessKeyFile: b.AccessKeyFile, SecretKeyFile: b.SecretKeyFile, Insecure: b.Insecure, Lock: s3.Lock(b.Lock)}
}

// locks: the bucket is made with Object Lock.
func (b Bucket) locks() bool { return b.Lock.Mode != "" && b.Lock.Mode != s3.LockNone }

func (c Config) bucketPath() string {
	if c.Bucket.Path != "" {
		return c.Bucket.Path
	}
	return filepath.Join(c.Data, "bucket")
}

// CheckBucket looks at the bucket that the configuration names, beyond what
// Check can tell. It makes nothing: a bucket that the start would make is
// reported as missing only when it would not. Folders are not looked at.
func (c Config) CheckBucket(ctx context.Context) ([]storage.Finding, error) {
	if c.Bucket.Kind != bucketS3 {
		return nil, nil
	}
	b, err := s3.Open(c.Bucket.s3())
	if err != nil {
		return nil, err
	}
	defer b.Close()
	found := b.Diagnose(ctx)
	if c.Bucket.Create && s3.Missing(found) {
		found = found[:len(found)-1]
	}
	return found, storage.Wrong(found)
}
