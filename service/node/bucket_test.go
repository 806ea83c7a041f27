package node_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/datapledge/datapledge/service/node"
	"github.com/datapledge/datapledge/storage/s3/s3servers"
)

// Every config that we ship is decoded and checked.
func TestShippedConfigs(t *testing.T) {
	paths, err := filepath.Glob("config*.example.json")
	if err != nil || len(paths) < 2 {
		t.Fatalf("got %v, %v, want several", paths, err)
	}
	for _, path := range paths {
		if _, err := node.Load(path); err != nil {
			t.Error(err)
		}
	}
}

// Each fault of the bucket's part is named, and what is right passes.
func TestBucketConfig(t *testing.T) {
	for want, change := range map[string]func(*node.Bucket){
		"bucket.kind":                    func(b *node.Bucket) { b.Kind = "tape" },
		"bucket.path":                    func(b *node.Bucket) { b.Path = "x" },
		"bucket.endpoint":                func(b *node.Bucket) { b.Endpoint = "" },
		"bucket.bucket":                  func(b *node.Bucket) { b.Bucket = "" },
		"bucket.access_key_file":         func(b *node.Bucket) { b.AccessKeyFile = "" },
		"secret_key_file":                func(b *node.Bucket) { b.SecretKeyFile = "" },
		"bucket.ca_file":                 func(b *node.Bucket) { b.Insecure = true },
		"bucket.lock":                    func(b *node.Bucket) { b.Lock.Mode = "forever" },
		"neither governance":             func(b *node.Bucket) { b.Lock.Mode = "Governance" },
		"days are not":                   func(b *node.Bucket) { b.Lock.Days = 0 },
		"without a mode":                 func(b *node.Bucket) { b.Lock.Mode = "none" },
		"a folder has only a path":       func(b *node.Bucket) { b.Kind = "dir" },
		"in memory has nothing but":      func(b *node.Bucket) { b.Kind = "mem" },
		"a bucket in memory has none":    func(b *node.Bucket) { *b = node.Bucket{Kind: "mem", Path: "x"} },
		"":                               func(*node.Bucket) {},
		"36501 days are not between 1 a": func(b *node.Bucket) { b.Lock.Days = 36501 },
	} {
		c := node.Default()
		c.Bucket = node.Bucket{Kind: "s3", Endpoint: "127.0.0.1:9000", Bucket: "b", CAFile: "ca", AccessKeyFile: "a", SecretKeyFile: "s",
			Lock: node.Lock{Mode: "compliance", Days: 1}}
		change(&c.Bucket)
		err := c.Check()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want word of %q", err, want)
		}
	}
}

func keyFiles(t *testing.T, secret string) (access, secretFile string) {
	t.Helper()
	dir := t.TempDir()
	access, secretFile = filepath.Join(dir, "access-key"), filepath.Join(dir, "secret-key")
	for path, text := range map[string]string{access: s3servers.AccessKey, secretFile: secret} {
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return access, secretFile
}

// A node whose bucket is in a store makes it when it is told to, and is ready.
func TestNodeOnS3(t *testing.T) {
	s := s3servers.Start(t, "versitygw")
	c := config(t)
	access, secret := keyFiles(t, s3servers.SecretKey)
	c.Bucket = node.Bucket{Kind: "s3", Endpoint: s.Endpoint, Bucket: "datapledge", CAFile: s.CAFile, AccessKeyFile: access, SecretKeyFile: secret,
		Lock: node.Lock{Mode: "governance", Days: 1}}
	if _, err := c.CheckBucket(t.Context()); err == nil || !strings.Contains(err.Error(), "no bucket datapledge") {
		t.Errorf("got %v, want word of the missing bucket", err)
	}
	c.Bucket.Create = true
	if found, err := c.CheckBucket(t.Context()); err != nil || len(found) == 0 {
		t.Errorf("got %v, %v, want it left to the start", found, err)
	}
	var log bytes.Buffer
	n := open(t, c, &log)
	defer closed(t, n)
	if strings.Contains(log.String(), "bucket") {
		t.Errorf("got %s", log.String())
	}
	c.Bucket.Create = false
	if found, err := c.CheckBucket(t.Context()); err != nil || len(found) < 5 {
		t.Errorf("got %v, %v, want it good", found, err)
	}
	ready := func() string {
		w := httptest.NewRecorder()
		n.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return w.Body.String()
	}
	if body := ready(); !strings.Contains(body, `"ready":true`) {
		t.Fatal(body)
	}
}

// What is wrong with the store keeps no node from starting; /readyz says what
// to do, and no address.
func TestReadyzNamesTheRemedy(t *testing.T) {
	s := s3servers.Start(t, "versitygw")
	c := config(t)
	access, secret := keyFiles(t, "not the secret")
	c.Bucket = node.Bucket{Kind: "s3", Endpoint: s.Endpoint, Bucket: "datapledge", CAFile: s.CAFile, AccessKeyFile: access, SecretKeyFile: secret}
	n := open(t, c, io.Discard)
	defer closed(t, n)
	w := httptest.NewRecorder()
	n.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	body := w.Body.String()
	if w.Code != http.StatusServiceUnavailable || !strings.Contains(body, "correct the file of the secret key") || strings.Contains(body, s.Endpoint) {
		t.Errorf("got %d %s", w.Code, body)
	}
}
