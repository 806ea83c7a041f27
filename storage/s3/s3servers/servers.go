// Package s3servers runs real S3 servers as processes on loopback, with TLS,
// for tests. The folder DATAPLEDGE_TEST_TOOLS holds the programs versitygw and
// minio.
package s3servers

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
)

// The key of the owner of every server here.
const (
	AccessKey = "datapledge-test"
	SecretKey = "datapledge-test-secret"
)

// Kinds are the servers that there are, by the name of the program.
var Kinds = []string{"versitygw", "minio"}

// Server is a process that a test owns.
type Server struct {
	Kind     string
	Endpoint string // host:port, for https
	CAFile   string // whom its certificate is from
	Dir      string // all that it keeps

	t    testing.TB
	args []string
	env  []string
	cmd  *exec.Cmd
	log  *os.File
}

// Start runs a server until the test ends. It skips the test where there is no
// program, and fails it where DATAPLEDGE_TEST_REQUIRE names s3.
func Start(t testing.TB, kind string) *Server {
	t.Helper()
	bin := program(t, kind)
	s := &Server{Kind: kind, Dir: t.TempDir(), t: t}
	cert, key := s.certificate()
	s.Endpoint = needs.Address(t)
	switch kind {
	case "versitygw":
		s.gateway(bin, cert, key)
	default:
		s.minio(bin, cert, key)
	}
	var err error
	if s.log, err = os.Create(s.path("log")); err != nil {
		t.Fatal(err)
	}
	s.Run()
	t.Cleanup(func() {
		s.Kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", kind, s.tail())
		}
		_ = s.log.Close() // only a log
	})
	return s
}

// Each runs a test against every kind of server.
func Each(t *testing.T, test func(t *testing.T, s *Server)) {
	for _, kind := range Kinds {
		t.Run(kind, func(t *testing.T) { test(t, Start(t, kind)) })
	}
}

func program(t testing.TB, kind string) string {
	t.Helper()
	dir := os.Getenv("DATAPLEDGE_TEST_TOOLS")
	if dir == "" {
		needs.Missing(t, "s3", "DATAPLEDGE_TEST_TOOLS is not set")
	}
	bin := filepath.Join(dir, kind)
	if _, err := os.Stat(bin); err != nil {
		needs.Missing(t, "s3", err)
	}
	return bin
}

func (s *Server) path(elem ...string) string {
	return filepath.Join(append([]string{s.Dir}, elem...)...)
}

func (s *Server) mkdir(elem ...string) string {
	p := s.path(elem...)
	if err := os.MkdirAll(p, 0o700); err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *Server) gateway(bin, cert, key string) {
	s.args = []string{bin, "--quiet", "--port", s.Endpoint, "--cert", cert, "--key", key, "--access", AccessKey, "--secret", SecretKey,
		"--iam-dir", s.mkdir("iam"), "posix", "--versioning-dir", s.mkdir("versions"), s.mkdir("data")}
}

func (s *Server) minio(bin, cert, key string) {
	certs := s.mkdir("certs")
	for from, to := range map[string]string{cert: "public.crt", key: "private.key"} {
		if err := os.Rename(from, filepath.Join(certs, to)); err != nil {
			s.t.Fatal(err)
		}
	}
	console := needs.Address(s.t)
	s.args = []string{bin, "server", "--quiet", "--anonymous", "--certs-dir", certs, "--address", s.Endpoint, "--console-address", console, s.mkdir("data")}
	s.env = []string{"MINIO_ROOT_USER=" + AccessKey, "MINIO_ROOT_PASSWORD=" + SecretKey, "MINIO_BROWSER=off", "MINIO_UPDATE=off", "MINIO_CI_CD=1",
		"HOME=" + s.Dir}
}

// Run starts the process, again after a Kill, and waits until it answers.
func (s *Server) Run() {
	s.t.Helper()
	s.cmd = exec.Command(s.args[0], s.args[1:]...)
	s.cmd.Env = append(os.Environ(), s.env...)
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	deadline := time.Now().Add(60 * time.Second)
	for !s.answers() {
		if time.Now().After(deadline) {
			s.t.Fatalf("%s does not answer:\n%s", s.Kind, s.tail())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// Kill ends the process at once, as a power cut would.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // it may have ended by itself
	_ = s.cmd.Wait()         // always "killed"
	s.cmd = nil
}

// Up says whether the process is meant to run.
func (s *Server) Up() bool { return s.cmd != nil }

// PID of the running process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

func (s *Server) answers() bool {
	pool := x509.NewCertPool()
	text, err := os.ReadFile(s.CAFile)
	if err != nil || !pool.AppendCertsFromPEM(text) {
		s.t.Fatal("the certificate cannot be read: ", err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+s.Endpoint+"/", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close() // not read
	return resp.StatusCode < http.StatusInternalServerError
}

func (s *Server) tail() []byte {
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		return []byte(err.Error())
	}
	const last = 4000
	return bytes.TrimSpace(text[max(0, len(text)-last):])
}

// Stranger adds a user who may do nothing, and returns its secret key. Only
// versitygw can be asked for one with what is at hand.
func (s *Server) Stranger(name string) (secret string) {
	s.t.Helper()
	secret = "secret-of-" + name
	out, err := exec.Command(s.args[0], "admin", "--allow-insecure", "--access", AccessKey, "--secret", SecretKey,
		"--endpoint-url", "https://"+s.Endpoint, "create-user", "--access", name, "--secret", secret, "--role", "user").CombinedOutput()
	if err != nil {
		s.t.Fatal(fmt.Errorf("adding a user: %w: %s", err, out))
	}
	return secret
}
