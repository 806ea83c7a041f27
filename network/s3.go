package network

import (
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/datapledge/datapledge/pledge"
)

// s3Files makes what the storage server and its clients need: a certificate
// of the exchange's TLS CA, and random keys that nobody but the owner of the
// folder reads.
func (l layout) s3Files() error {
	custodian, _ := l.Member(pledge.RoleExchange)
	ca, err := os.ReadFile(l.tlsCA(custodian))
	if err != nil {
		return fmt.Errorf("reading the TLS CA of the storage: %w", err)
	}
	return errors.Join(
		l.pair(custodian, l.node(s3Name, "tls", "server"), x509.ExtKeyUsageServerAuth, l.Storage.Host),
		os.MkdirAll(l.node(s3Name, "data"), 0o700),
		os.MkdirAll(l.node(s3Name, "versions"), 0o700),
		writeFile(l.path("s3", "ca.pem"), ca, 0o644),
		writeFile(l.path("s3", "endpoint"), []byte("https://"+local(l.Storage.Port)+"\n"), 0o644),
		secret(l.path("s3", "access-key")),
		secret(l.path("s3", "secret-key")))
}

// secret makes a file with 26 random characters (130 bits), once.
func secret(path string) error {
	if exists(path) {
		return nil
	}
	return writeFile(path, []byte(rand.Text()+"\n"), 0o600)
}

// addS3 runs the storage server on a folder, with the versions that Object
// Lock needs. The keys go by environment: a command line is everybody's.
func (r *Running) addS3() error {
	access, err := os.ReadFile(r.l.path("s3", "access-key"))
	if err != nil {
		return err
	}
	key, err := os.ReadFile(r.l.path("s3", "secret-key"))
	if err != nil {
		return err
	}
	r.add(program{name: s3Name, path: r.tools.versitygw,
		env: environment("ROOT_ACCESS_KEY="+strings.TrimSpace(string(access)), "ROOT_SECRET_KEY="+strings.TrimSpace(string(key))),
		args: []string{"--port", local(r.l.Storage.Port), "--region", r.l.Storage.Region, "--quiet", "--health", "/health",
			"--cert", r.l.node(s3Name, "tls", "server.crt"), "--key", r.l.node(s3Name, "tls", "server.key"),
			"posix", "--versioning-dir", r.l.node(s3Name, "versions"), r.l.node(s3Name, "data")}})
	return nil
}
