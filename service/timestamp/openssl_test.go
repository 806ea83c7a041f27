package timestamp_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/internal/needs"
	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/timestamp"
	"github.com/datapledge/datapledge/service/timestamp/stamptest"
)

// openssl runs it in a folder.
func openssl(t testing.TB, dir string, args ...string) (string, error) {
	t.Helper()
	c := exec.CommandContext(t.Context(), needs.Program(t, "openssl", "openssl"), args...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	return string(out), err
}

func write(t testing.TB, dir, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// opensslTakes says whether "openssl ts -verify" does, as of the token's time.
func opensslTakes(t testing.TB, token []byte, digest [32]byte, roots []byte, at time.Time) bool {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "token", token)
	write(t, dir, "roots", roots)
	out, err := openssl(t, dir, "ts", "-verify", "-digest", hex.EncodeToString(digest[:]), "-in", "token", "-token_in", "-CAfile", "roots",
		"-attime", fmt.Sprint(at.Unix()))
	return err == nil && strings.Contains(out, "Verification: OK")
}

func TestOpenSSLTakesOurTokens(t *testing.T) {
	a := newAuthority(t)
	token, err := a.client(t).Stamp(t.Context(), root)
	if err != nil {
		t.Fatal(err)
	}
	if !opensslTakes(t, token.DER, root, a.RootPEM(), token.Time) {
		t.Error("openssl refuses the token of the trial authority")
	}
	if opensslTakes(t, token.DER, [32]byte{1}, a.RootPEM(), token.Time) || opensslTakes(t, token.DER, root, newAuthority(t).RootPEM(), token.Time) {
		t.Error("openssl takes anything")
	}
}

// What the tests make as good tokens openssl takes, too.
func TestOpenSSLTakesGoodTokens(t *testing.T) {
	for _, c := range stamptest.Cases {
		if !c.Holds {
			continue
		}
		der, a := c.Make(t, root)
		if !opensslTakes(t, der, sha256.Sum256(root[:]), []byte(a.RootPEM()), stamptest.At) {
			t.Errorf("%s: openssl refuses it", c.Name)
		}
	}
}

const tsaConfig = `[tsa]
default_tsa = here
[here]
serial = serial
signer_digest = %s
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1, millisecs:500
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = %s
clock_precision_digits = 3
`

// Tokens that openssl makes as the authority pass both verifiers.
func TestTokensOfOpenSSL(t *testing.T) {
	for _, c := range []struct{ key, digest, named string }{
		{"rsa:2048", "sha256", "sha256"}, {"rsa:3072", "sha512", "sha1"}, {"ec", "sha384", "sha384"},
	} {
		t.Run(c.key+" "+c.digest+" "+c.named, func(t *testing.T) {
			server, roots := opensslAuthority(t, c.key, fmt.Sprintf(tsaConfig, c.digest, c.named))
			list, err := timestamp.ParseRoots(roots)
			if err != nil {
				t.Fatal(err)
			}
			client, err := timestamp.NewClient(server.URL, timestamp.Trust{Roots: list, Policy: "1.2.3.4.1"}, nil, time.Now)
			if err != nil {
				t.Fatal(err)
			}
			token, err := client.Stamp(t.Context(), sha256.Sum256(root[:]))
			if err != nil || token.Authority != "openssl authority" {
				t.Fatalf("got %q, %v", token.Authority, err)
			}
			if err := evidence.VerifyTimeStamp(token.DER, root, []string{string(roots)}); err != nil {
				t.Errorf("the checker of evidence: %v", err)
			}
			bad := bytes.Clone(token.DER)
			bad[len(bad)-9] ^= 1
			if evidence.VerifyTimeStamp(bad, root, []string{string(roots)}) == nil {
				t.Error("a changed signature passes")
			}
		})
	}
}

// opensslAuthority is "openssl ts -reply" behind HTTP.
func opensslAuthority(t testing.TB, key, config string) (*httptest.Server, []byte) {
	t.Helper()
	dir := t.TempDir()
	args := []string{"req", "-x509", "-newkey", key, "-noenc", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30", "-subj", "/CN=openssl authority",
		"-addext", "extendedKeyUsage=critical,timeStamping", "-addext", "keyUsage=critical,digitalSignature", "-addext", "basicConstraints=critical,CA:FALSE"}
	if key == "ec" {
		args = append(args, "-pkeyopt", "ec_paramgen_curve:P-384")
	}
	if out, err := openssl(t, dir, args...); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	write(t, dir, "serial", []byte("01\n"))
	write(t, dir, "tsa.cnf", []byte(config))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var query bytes.Buffer
		_, _ = query.ReadFrom(r.Body)
		write(t, dir, "query", query.Bytes())
		if out, err := openssl(t, dir, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-signer", "cert.pem", "-inkey", "key.pem", "-out", "reply"); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		data, err := os.ReadFile(filepath.Join(dir, "reply"))
		if err != nil {
			t.Error(err)
		}
		reply(data)(w, r)
	}))
	t.Cleanup(server.Close)
	roots, err := os.ReadFile(filepath.Join(dir, "cert.pem"))
	if p, _ := pem.Decode(roots); err != nil || p == nil {
		t.Fatalf("no certificate: %v", err)
	}
	return server, roots
}
