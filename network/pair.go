package network

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"path/filepath"
	"time"
)

// pairLife is how long certificates made here are good, as long as those of
// cryptogen. It is a trial's: members renew theirs at their own CA.
const pairLife = 10 * 365 * 24 * time.Hour

// pair makes a TLS certificate of the member's TLS CA and its key, unless
// they are there: name.crt and name.key.
func (l layout) pair(m Member, base string, use x509.ExtKeyUsage, host string) error {
	if exists(base+".crt") && exists(base+".key") {
		return nil
	}
	ca, err := l.tlsAuthority(m)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	cert, err := sign(ca, key, use, host)
	if err != nil {
		return fmt.Errorf("signing the certificate of %s: %w", host, err)
	}
	return writePair(base, key, cert)
}

// tlsAuthority is the TLS CA of a member, as cryptogen left it.
func (l layout) tlsAuthority(m Member) (tls.Certificate, error) {
	ca, err := tls.LoadX509KeyPair(l.tlsCA(m), filepath.Join(filepath.Dir(l.tlsCA(m)), "priv_sk"))
	if err != nil {
		return ca, fmt.Errorf("reading the TLS CA of %s: %w", m.MSP, err)
	}
	return ca, nil
}

func sign(ca tls.Certificate, key *ecdsa.PrivateKey, use x509.ExtKeyUsage, host string) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	cert := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: host},
		NotBefore: now.Add(-5 * time.Minute), NotAfter: now.Add(pairLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{use},
		DNSNames: []string{host, "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	return x509.CreateCertificate(rand.Reader, cert, ca.Leaf, key.Public(), ca.PrivateKey)
}

func writePair(base string, key *ecdsa.PrivateKey, cert []byte) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(
		writeFile(base+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600),
		writeFile(base+".crt", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}), 0o644))
}
