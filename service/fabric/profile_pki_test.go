package fabric

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pki is a certificate authority, and a folder for what it issues.
type pki struct {
	*testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newPKI(t *testing.T) *pki {
	p := &pki{T: t, dir: t.TempDir()}
	year := 365 * 24 * time.Hour
	p.cert, p.key = p.issue("ca", time.Now().Add(-time.Hour), time.Now().Add(10*year))
	return p
}

// issue writes name.pem and name.key; without an authority yet, it signs itself.
func (p *pki) issue(name string, from, until time.Time) (*x509.Certificate, *ecdsa.PrivateKey) {
	p.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: from, NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, BasicConstraintsValid: true, IsCA: p.cert == nil,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	parent, signer := p.cert, p.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		p.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		p.Fatal(err)
	}
	p.write(name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	p.write(name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})))
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		p.Fatal(err)
	}
	return cert, key
}

// valid issues a certificate for a year.
func (p *pki) valid(name string) {
	p.issue(name, time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0))
}

func (p *pki) path(name string) string { return filepath.Join(p.dir, name) }

func (p *pki) write(name, text string) string {
	p.Helper()
	if err := os.WriteFile(p.path(name), []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
	return p.path(name)
}

// server is a TLS configuration for a node called name.
func (p *pki) server(name string) *tls.Config {
	p.Helper()
	p.valid(name)
	pair, err := tls.LoadX509KeyPair(p.path(name+".pem"), p.path(name+".key"))
	if err != nil {
		p.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h2"}}
}

// profile writes a profile of one member with one peer, and the orderers
// that listen at these addresses.
func (p *pki) profile(orderers ...string) string {
	p.Helper()
	p.valid("service")
	var names, nodes strings.Builder
	for i, addr := range orderers {
		fmt.Fprintf(&names, "      - orderer%d\n", i)
		fmt.Fprintf(&nodes, "  orderer%d: {url: 'grpcs://%s', tlsCACerts: {path: %s}}\n", i, addr, p.path("ca.pem"))
	}
	return p.write("profile.yaml", fmt.Sprintf(`name: pledge
client: {organization: ExchangeMSP}
channels:
  pledge:
    orderers:
%s    peers:
      Peer.Exchange: {}
organizations:
  ExchangeMSP:
    mspid: ExchangeMSP
    cryptoPath: %s
    peers: [Peer.Exchange]
    users: {service: {cert: {path: %s}, key: {path: %s}}}
orderers:
%speers:
  Peer.Exchange: {url: 'grpcs://127.0.0.1:1', tlsCACerts: {path: %s}}
`, names.String(), p.dir, p.path("service.pem"), p.path("service.key"), nodes.String(), p.path("ca.pem")))
}

// edit replaces a piece of the profile, which must be there.
func (p *pki) edit(old, text string) {
	p.Helper()
	raw, err := os.ReadFile(p.path("profile.yaml"))
	if err != nil {
		p.Fatal(err)
	}
	if !strings.Contains(string(raw), old) {
		p.Fatalf("no %q in the profile:\n%s", old, raw)
	}
	p.write("profile.yaml", strings.ReplaceAll(string(raw), old, text))
}
