package s3_test

import (
	"fmt"
	"testing"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/s3"
	"github.com/datapledge/datapledge/storage/s3/s3servers"
	"github.com/datapledge/datapledge/storage/storagetest"
)

func configOf(s *s3servers.Server, bucket string) s3.Config {
	return s3.Config{Endpoint: "https://" + s.Endpoint, Bucket: bucket, AccessKey: s3servers.AccessKey,
		SecretKey: storage.NewSecret(s3servers.SecretKey), CAFile: s.CAFile}
}

// made opens a bucket that is made first.
func made(t *testing.T, c s3.Config, objectLock bool) *s3.Bucket {
	t.Helper()
	if err := s3.Create(t.Context(), c, objectLock); err != nil {
		t.Fatal(err)
	}
	return opened(t, c)
}

func opened(t *testing.T, c s3.Config) *s3.Bucket {
	t.Helper()
	b, err := s3.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

var governance = s3.Lock{Mode: s3.LockGovernance, Days: 1}

// The suite against real servers, with and without versions and Object Lock.
func TestServers(t *testing.T) {
	s3servers.Each(t, func(t *testing.T, s *s3servers.Server) {
		n := 0
		for name, lock := range map[string]s3.Lock{"plain": {}, "locked": governance} {
			t.Run(name, func(t *testing.T) {
				storagetest.Run(t, func(t *testing.T) storage.Bucket {
					n++
					c := configOf(s, fmt.Sprintf("suite-%s-%d", name, n))
					c.Lock = lock
					return made(t, c, lock != s3.Lock{})
				})
			})
		}
	})
}
