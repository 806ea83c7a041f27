package s3_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/datapledge/datapledge/storage"
	"github.com/datapledge/datapledge/storage/s3"
	"github.com/datapledge/datapledge/storage/s3/s3servers"
)

// wantFinding wants that the last look, and only that, failed as it should.
func wantFinding(t *testing.T, found []storage.Finding, check, cause, remedy string) {
	t.Helper()
	if len(found) == 0 {
		t.Fatal("nothing was looked at")
	}
	last := found[len(found)-1]
	if (check == "") != last.OK || check != "" && last.Check != check || !strings.Contains(last.Cause, cause) || !strings.Contains(last.Remedy, remedy) {
		t.Errorf("got %+v, want %s with %q and %q", last, check, cause, remedy)
	}
	for _, f := range found[:len(found)-1] {
		if !f.OK || f.Cause != "" {
			t.Errorf("got %+v before the last", f)
		}
	}
	if (storage.Wrong(found) == nil) != (check == "") {
		t.Errorf("got %v", storage.Wrong(found))
	}
}

// Every mistake of an operator is named, with what to do about it.
func TestDiagnose(t *testing.T) {
	s3servers.Each(t, func(t *testing.T, s *s3servers.Server) {
		for name, lock := range map[string]bool{"locked": true, "plain": false} {
			if err := s3.Create(t.Context(), configOf(s, name), lock); err != nil {
				t.Fatal(err)
			}
		}
		later := func(d time.Duration) func() time.Time { return func() time.Time { return time.Now().Add(d) } }
		for _, c := range []struct {
			name                 string
			change               func(*s3.Config)
			check, cause, remedy string
		}{
			{"good with lock", func(c *s3.Config) { c.Lock = governance }, "", "", ""},
			{"good without", func(c *s3.Config) { c.Bucket = "plain" }, "", "", ""},
			{"no bucket", func(c *s3.Config) { c.Bucket = "elsewhere" }, "bucket", "no bucket elsewhere", "bucket.create"},
			{"wrong secret", func(c *s3.Config) { c.SecretKey = storage.NewSecret("another-secret") }, "access", "secret key", "file of the secret key"},
			{"unknown key", func(c *s3.Config) { c.AccessKey = "nobody-here" }, "access", "access key", "file of the access key"},
			{"no lock", func(c *s3.Config) { c.Bucket, c.Lock = "plain", governance }, "lock", "no Object Lock", "lock.mode"},
			{"clock behind", func(c *s3.Config) { c.Now = later(-6 * time.Minute) }, "clock", "behind that of the store", "NTP"},
			{"clock before", func(c *s3.Config) { c.Now = later(6 * time.Minute) }, "clock", "before that of the store", "NTP"},
			{"clock near", func(c *s3.Config) { c.Now = later(4 * time.Minute) }, "", "", ""},
			{"not trusted", func(c *s3.Config) { c.CAFile = "" }, "endpoint", "not trusted", "ca_file"},
			{"nobody listens", func(c *s3.Config) { c.Endpoint = "127.0.0.1:1" }, "endpoint", "cannot be reached", "bucket.endpoint"},
		} {
			t.Run(c.name, func(t *testing.T) {
				conf := configOf(s, "locked")
				c.change(&conf)
				wantFinding(t, opened(t, conf).Diagnose(t.Context()), c.check, c.cause, c.remedy)
			})
		}
		wantUntouched(t, s)
	})
}

// wantUntouched: not a version, nor a delete marker, nor an upload is left.
func wantUntouched(t *testing.T, s *s3servers.Server) {
	t.Helper()
	for _, bucket := range []string{"locked", "plain"} {
		if n, _ := operate(t, s, bucket).versions(""); n != 0 {
			t.Errorf("the diagnosis left %d versions in %s", n, bucket)
		}
		err := opened(t, configOf(s, bucket)).Unfinished(t.Context(), "", func(key, _ string, _ int64) error {
			t.Errorf("the diagnosis left upload %s in %s", key, bucket)
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func TestDiagnoseStranger(t *testing.T) {
	s := s3servers.Start(t, "versitygw")
	c := configOf(s, "locked")
	if err := s3.Create(t.Context(), c, true); err != nil {
		t.Fatal(err)
	}
	c.AccessKey, c.SecretKey = "stranger", storage.NewSecret(s.Stranger("stranger"))
	wantFinding(t, opened(t, c).Diagnose(t.Context()), "access", "may not list", "rights")
}

func TestDiagnoseDefaultRetention(t *testing.T) {
	s3servers.Each(t, func(t *testing.T, s *s3servers.Server) {
		c := configOf(s, "default")
		if err := s3.Create(t.Context(), c, true); err != nil {
			t.Fatal(err)
		}
		mode, days, unit := minio.Governance, uint(1), minio.Days
		if err := operate(t, s, "default").c.SetObjectLockConfig(t.Context(), "default", &mode, &days, &unit); err != nil {
			t.Fatal(err)
		}
		found := opened(t, c).Diagnose(t.Context())
		wantFinding(t, found, "lock", "itself retains every object", "default retention")
	})
}

func TestDiagnoseWithoutTLS(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	b := opened(t, s3.Config{Endpoint: plain.Listener.Addr().String(), Bucket: "bucket", AccessKey: "key", SecretKey: storage.NewSecret("secret")})
	wantFinding(t, b.Diagnose(t.Context()), "endpoint", "does not speak TLS", "certificate")
}

func TestDiagnoseSilence(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	conf := s3.Config{Endpoint: l.Addr().String(), Insecure: true, Bucket: "bucket", AccessKey: "key", SecretKey: storage.NewSecret("secret"), Timeout: 50 * time.Millisecond}
	wantFinding(t, opened(t, conf).Diagnose(t.Context()), "endpoint", "does not answer in time", "firewall")
	conf.Timeout = 0
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	wantFinding(t, opened(t, conf).Diagnose(ctx), "endpoint", "does not answer in time", "firewall")
}

// A store that ignores conditions replaces objects: it is not for us.
func TestDiagnoseReplacingStore(t *testing.T) {
	for check, which := range map[string]func(*http.Request) bool{"write-once": isPut, "write-once in parts": isJoin} {
		b := trouble(t, func(r *http.Request) (*http.Response, error) {
			if which(r) {
				r = r.Clone(r.Context())
				r.Header.Del("If-None-Match")
			}
			return http.DefaultTransport.RoundTrip(r)
		})
		wantFinding(t, b.Diagnose(t.Context()), check, "ignores If-None-Match", "conditional")
	}
	b := trouble(t, http.DefaultTransport.RoundTrip)
	wantFinding(t, b.Diagnose(t.Context()), "", "", "")
}

// What only an answer of the store tells.
func TestDiagnoseAnswers(t *testing.T) {
	for code, want := range map[string]string{"RequestTimeTooSkewed": "5 minutes apart", "AuthorizationHeaderMalformed": "region",
		"XMinioStorageFull": "full", "Surprise": "Surprise"} {
		b := trouble(t, func(r *http.Request) (*http.Response, error) {
			if isPut(r) {
				return answer(r, http.StatusForbidden, code), nil
			}
			return http.DefaultTransport.RoundTrip(r)
		})
		wantFinding(t, b.Diagnose(t.Context()), "write", want, "")
	}
}

// Keys do not go over the wire in the clear by accident, and files must be whole.
func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]s3.Config{
		"plain http":     {Endpoint: "http://127.0.0.1:9000"},
		"not insecure":   {Endpoint: "https://127.0.0.1:9000", Insecure: true},
		"other scheme":   {Endpoint: "ftp://127.0.0.1:9000"},
		"no CA":          {Endpoint: "127.0.0.1:9000", CAFile: "none.pem"},
		"no certificate": {Endpoint: "127.0.0.1:9000", CAFile: "diagnose_test.go"},
		"no key file":    {Endpoint: "127.0.0.1:9000", AccessKeyFile: "none", SecretKeyFile: "none"},
		"half of a key":  {Endpoint: "127.0.0.1:9000", AccessKeyFile: "diagnose_test.go"},
		"not a key":      {Endpoint: "127.0.0.1:9000", AccessKeyFile: "diagnose_test.go", SecretKeyFile: "diagnose_test.go"},
		"lock mode":      {Endpoint: "127.0.0.1:9000", Lock: s3.Lock{Mode: "forever", Days: 1}},
		"lock days":      {Endpoint: "127.0.0.1:9000", Lock: s3.Lock{Mode: s3.LockGovernance}},
		"days alone":     {Endpoint: "127.0.0.1:9000", Lock: s3.Lock{Days: 1}},
	} {
		c.Bucket = "bucket"
		if _, err := s3.Open(c); err == nil {
			t.Errorf("%s: was opened", name)
		}
	}
}
