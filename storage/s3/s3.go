// Package s3 is a storage.Bucket in an S3 store, over minio-go.
//
// Write-once is the store's own If-None-Match: *, on whole objects and on the
// completion of those in parts. Where the bucket keeps versions (Object Lock
// needs them) an object that is deleted goes with all its versions: a delete
// marker alone would say that something is gone which is there.
package s3

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
)

// Config says where a bucket is. Secrets come from files, or from the caller.
type Config struct {
	// Endpoint is host:port, or a URL without a path.
	Endpoint string
	Bucket   string
	Region   string // us-east-1 when empty

	AccessKey string
	SecretKey storage.Secret
	// AccessKeyFile and SecretKeyFile are read anew every minute, so that keys
	// can be changed while the service runs.
	AccessKeyFile, SecretKeyFile string

	CAFile   string // PEM; nobody else is trusted when it is named
	Insecure bool   // plain http
	Lock     Lock
	// Timeout bounds every wait for the store: a connection, an answer, the
	// next bytes. 30 s when zero.
	Timeout time.Duration

	Transport http.RoundTripper // instead of our own: for tests
	Now       func() time.Time  // time.Now when nil
}

// The modes of a Lock. In governance mode a privileged user of the store can
// still remove an object; in compliance mode nobody can.
const (
	LockNone       = "none"
	LockGovernance = "governance"
	LockCompliance = "compliance"
)

// Lock is how long the objects of datasets are retained by Object Lock, in
// days from when they were stored.
type Lock struct {
	Mode string // LockNone when empty
	Days int
}

// Check says what is wrong with it.
func (l Lock) Check() error {
	switch l.Mode {
	case "", LockNone:
		if l.Days != 0 {
			return fmt.Errorf("lock: without a mode there are no days")
		}
	case LockGovernance, LockCompliance:
		if l.Days < 1 || l.Days > 36500 {
			return fmt.Errorf("lock: %d days are not between 1 and 36500", l.Days)
		}
	default:
		return fmt.Errorf("lock: %q is neither governance nor compliance nor none", l.Mode)
	}
	return nil
}

func (l Lock) on() bool { return l.Mode == LockGovernance || l.Mode == LockCompliance }

// Bucket is one bucket of an S3 store.
type Bucket struct {
	core   *minio.Core
	name   string
	region string
	url    string // of the store
	lock   Lock
	web    http.RoundTripper
	now    func() time.Time

	mu        sync.Mutex
	versioned versioning
	lists     *bool // the store lists uploads by any prefix; nil: not known yet
}

var (
	_ storage.Bucket    = (*Bucket)(nil)
	_ storage.Holder    = (*Bucket)(nil)
	_ storage.Retainer  = (*Bucket)(nil)
	_ storage.Diagnoser = (*Bucket)(nil)
)

// retries is how often a request is sent at most that gets no answer, or one
// that says later: some four seconds.
const retries = 5

// Open connects to nothing yet: the first call does.
func Open(c Config) (*Bucket, error) {
	b, err := open(c)
	if err != nil {
		return nil, fmt.Errorf("opening bucket %s at %s: %w", c.Bucket, c.Endpoint, err)
	}
	return b, nil
}

func open(c Config) (*Bucket, error) {
	endpoint, err := c.endpoint()
	if err != nil {
		return nil, err
	}
	if err := c.Lock.Check(); err != nil {
		return nil, err
	}
	creds, err := c.credentials()
	if err != nil {
		return nil, err
	}
	web, err := c.transport()
	if err != nil {
		return nil, err
	}
	if c.Region == "" {
		c.Region = "us-east-1"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	core, err := minio.NewCore(endpoint, &minio.Options{Creds: creds, Secure: !c.Insecure, Region: c.Region, Transport: web,
		MaxRetries: retries, BucketLookup: minio.BucketLookupAuto})
	if err != nil {
		return nil, err
	}
	return &Bucket{core: core, name: c.Bucket, region: c.Region, url: core.EndpointURL().String(), lock: c.Lock, web: web, now: c.Now}, nil
}

// endpoint refuses to send keys and content in the clear by accident.
func (c Config) endpoint() (string, error) {
	scheme, host, found := strings.Cut(c.Endpoint, "://")
	if !found {
		return c.Endpoint, nil
	}
	switch {
	case scheme == "http" && !c.Insecure:
		return "", fmt.Errorf("%s is not encrypted: use https, or say insecure", c.Endpoint)
	case scheme == "https" && c.Insecure:
		return "", fmt.Errorf("%s is encrypted, but insecure was asked for", c.Endpoint)
	case scheme != "http" && scheme != "https":
		return "", fmt.Errorf("%s is neither https nor http", c.Endpoint)
	}
	return strings.TrimSuffix(host, "/"), nil
}
