package s3_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/s3"
	"github.com/datapledge/datapledge/storage/s3/s3servers"
)

// operator is somebody else with the keys of the store.
type operator struct {
	t      *testing.T
	bucket string
	c      *minio.Client
}

func operate(t *testing.T, s *s3servers.Server, bucket string) operator {
	t.Helper()
	text, err := os.ReadFile(s.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	c, err := minio.New(s.Endpoint, &minio.Options{Creds: credentials.NewStaticV4(s3servers.AccessKey, s3servers.SecretKey, ""), Secure: true,
		Region: "us-east-1", Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	return operator{t, bucket, c}
}

// cover puts another content over an object, as a new version.
func (o operator) cover(key string) {
	o.t.Helper()
	_, err := o.c.PutObject(context.Background(), o.bucket, key, strings.NewReader("forged"), 6, minio.PutObjectOptions{})
	if err != nil {
		o.t.Fatal(err)
	}
}

// hide puts a delete marker over an object.
func (o operator) hide(key string) {
	o.t.Helper()
	if err := o.c.RemoveObject(context.Background(), o.bucket, key, minio.RemoveObjectOptions{}); err != nil {
		o.t.Fatal(err)
	}
}

// versions counts those of a key, with delete markers.
func (o operator) versions(key string) (n int, newest string) {
	o.t.Helper()
	for v := range o.c.ListObjects(context.Background(), o.bucket, minio.ListObjectsOptions{Prefix: key, Recursive: true, WithVersions: true}) {
		if v.Err != nil {
			o.t.Fatal(v.Err)
		}
		n++
		if v.IsLatest {
			newest = v.VersionID
		}
	}
	return n, newest
}

func (o operator) removeVersion(key, version string) error {
	return o.c.RemoveObject(context.Background(), o.bucket, key, minio.RemoveObjectOptions{VersionID: version})
}

func lockedBucket(t *testing.T, s *s3servers.Server, lock s3.Lock) (*s3.Bucket, operator) {
	t.Helper()
	c := configOf(s, "locked-"+strings.ToLower(strings.ReplaceAll(t.Name()[strings.LastIndex(t.Name(), "/")+1:], "_", "-")))
	c.Lock = lock
	return made(t, c, true), operate(t, s, c.Bucket)
}

// What is deleted is gone with all that was ever under its key; a delete marker
// would leave it there.
func TestDeleteLeavesNoVersion(t *testing.T) {
	s3servers.Each(t, func(t *testing.T, s *s3servers.Server) {
		b, o := lockedBucket(t, s, s3.Lock{})
		if err := b.Create(t.Context(), "k", strings.NewReader("one")); err != nil {
			t.Fatal(err)
		}
		o.cover("k")
		o.hide("k")
		o.cover("k")
		if err := b.Delete(t.Context(), "k"); err != nil {
			t.Fatal(err)
		}
		if n, _ := o.versions("k"); n != 0 {
			t.Errorf("%d versions are still there", n)
		}
		if err := b.Create(t.Context(), "k", strings.NewReader("two")); err != nil {
			t.Errorf("after a delete: %v", err)
		}
	})
}

// Retention keeps an object; a longer one is not shortened.
func TestRetention(t *testing.T) {
	s3servers.Each(t, func(t *testing.T, s *s3servers.Server) {
		for _, mode := range []string{s3.LockGovernance, s3.LockCompliance} {
			t.Run(mode, func(t *testing.T) {
				b, o := lockedBucket(t, s, s3.Lock{Mode: mode, Days: 2})
				if err := b.Create(t.Context(), "k", strings.NewReader("content")); err != nil {
					t.Fatal(err)
				}
				for range 2 {
					if err := b.Retain(t.Context(), "k"); err != nil {
						t.Fatal(err)
					}
				}
				if err := b.Delete(t.Context(), "k"); !errors.Is(err, storage.ErrHeld) {
					t.Errorf("got %v, want ErrHeld", err)
				}
				_, newest := o.versions("k")
				if err := o.removeVersion("k", newest); err == nil {
					t.Error("the operator removed it")
				}
				wantRetained(t, b, o, mode, 2*24*time.Hour)
				c := configOf(s, o.bucket)
				c.Lock = s3.Lock{Mode: s3.LockGovernance, Days: 1}
				if err := opened(t, c).Retain(t.Context(), "k"); err != nil {
					t.Error(err)
				}
				wantRetained(t, b, o, mode, 2*24*time.Hour)
				if err := b.Retain(t.Context(), "none"); !errors.Is(err, storage.ErrNotExist) {
					t.Errorf("got %v, want ErrNotExist", err)
				}
			})
		}
	})
}

func wantRetained(t *testing.T, b *s3.Bucket, o operator, mode string, d time.Duration) {
	t.Helper()
	info, err := o.c.StatObject(t.Context(), o.bucket, "k", minio.StatObjectOptions{})
	if err != nil {
		t.Fatal(err)
	}
	until, err := time.Parse(time.RFC3339, info.Metadata.Get("X-Amz-Object-Lock-Retain-Until-Date"))
	if off := until.Sub(info.LastModified.Add(d)); err != nil || off.Abs() > time.Minute || !strings.EqualFold(info.Metadata.Get("X-Amz-Object-Lock-Mode"), mode) {
		t.Errorf("got %v %v, %v; want %s for %v", info.Metadata, until, err, mode, d)
	}
}

// What was asked for and cannot be is said.
func TestBucketWithoutLock(t *testing.T) {
	s3servers.Each(t, func(t *testing.T, s *s3servers.Server) {
		c := configOf(s, "plain")
		c.Lock = governance
		b := made(t, c, false)
		if err := b.Create(t.Context(), "k", strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
		if err := b.Retain(t.Context(), "k"); !errors.Is(err, storage.ErrNoHold) {
			t.Errorf("retaining: got %v, want ErrNoHold", err)
		}
		if err := b.SetHold(t.Context(), "k", true); !errors.Is(err, storage.ErrNoHold) {
			t.Errorf("holding: got %v, want ErrNoHold", err)
		}
		if err := s3.Create(t.Context(), c, true); !errors.Is(err, storage.ErrNoHold) {
			t.Errorf("making it again with the lock: got %v, want ErrNoHold", err)
		}
	})
}

// Whoever has the keys of the store can cover and hide, but not unnoticed, and
// not for good.
func TestTamperingIsNoticedAndUndone(t *testing.T) {
	s3servers.Each(t, func(t *testing.T, s *s3servers.Server) {
		b, o := lockedBucket(t, s, s3.Lock{Mode: s3.LockCompliance, Days: 1})
		v, sealed := dataset(t, b)
		if err := v.Retain(t.Context(), sealed.Fingerprint, "owner"); err != nil {
			t.Fatal(err)
		}
		check := func() (bool, error) {
			r, err := v.Check(t.Context(), sealed.Fingerprint, "owner", storage.CheckOptions{Full: true, Files: sealed.Files})
			return r.OK, err
		}
		for _, key := range keys(t, b, "sealed/") {
			for how, tamper := range map[string]func(string){"cover": o.cover, "hide": o.hide} {
				tamper(key)
				if ok, err := check(); ok {
					t.Errorf("%s of %s: %v, want it noticed", how, key, err)
				}
				if err := b.Delete(t.Context(), key); !errors.Is(err, storage.ErrHeld) {
					t.Errorf("deleting %s: got %v, want ErrHeld", key, err)
				}
				if n, newest := o.versions(key); n > 1 {
					if err := o.removeVersion(key, newest); err != nil {
						t.Fatal(err)
					}
				}
				if ok, err := check(); !ok || err != nil {
					t.Errorf("%s of %s, and undone: %v, %v", how, key, ok, err)
				}
			}
		}
	})
}

func keys(t *testing.T, b storage.Bucket, prefix string) (found []string) {
	t.Helper()
	err := b.List(t.Context(), prefix, func(i storage.Info) error { found = append(found, i.Key); return nil })
	if err != nil || len(found) == 0 {
		t.Fatalf("listing %s: %v, %v", prefix, found, err)
	}
	return found
}

func newVault(t *testing.T, b storage.Bucket) *storage.Vault {
	t.Helper()
	id, err := storage.NewIdentity(false)
	if err != nil {
		t.Fatal(err)
	}
	v, err := storage.NewVault(b, id, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// dataset seals a file of 3 MiB.
func dataset(t *testing.T, b storage.Bucket) (*storage.Vault, storage.Sealed) {
	t.Helper()
	v := newVault(t, b)
	u, err := v.Begin(t.Context(), "owner", nil)
	if err == nil {
		_, err = v.Write(t.Context(), u.ID, storage.WriteRequest{Path: "f", Size: -1, Body: bytes.NewReader(make([]byte, 3<<20))})
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := v.Seal(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v, s
}
