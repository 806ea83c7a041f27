// Package stamptest makes time-stamp tokens for tests, good ones and every kind
// of bad one, from nothing but encoding/asn1: neither verifier's own reading of
// the standards is used.
package stamptest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha256" // the digests that tokens use
	_ "crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"testing"
	"time"
)

// At is when everything here happens.
var At = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Authority is a root and a signer below it.
type Authority struct {
	Root, Cert *x509.Certificate
	Key        crypto.Signer
	rootKey    crypto.Signer
}

// Purpose is an extended key usage extension.
func Purpose(critical bool, usages ...asn1.ObjectIdentifier) pkix.Extension {
	value, err := asn1.Marshal(usages)
	if err != nil {
		panic(err)
	}
	return pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: critical, Value: value}
}

// Extended key usages.
var (
	Stamping   = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 8}
	ServerAuth = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 1}
)

// New makes an authority as RFC 3161 wants it, but for what change does to
// the template of the signer's certificate.
func New(t testing.TB, key crypto.Signer, change func(*x509.Certificate)) *Authority {
	t.Helper()
	a := &Authority{Key: key, rootKey: ECDSA(t)}
	top := template(1, "test root")
	top.IsCA, top.BasicConstraintsValid, top.KeyUsage = true, true, x509.KeyUsageCertSign
	a.Root = a.issue(t, top, top, a.rootKey.Public())
	own := template(2, "test authority")
	own.KeyUsage, own.ExtraExtensions = x509.KeyUsageDigitalSignature, []pkix.Extension{Purpose(true, Stamping)}
	if change != nil {
		change(own)
	}
	a.Cert = a.issue(t, own, a.Root, key.Public())
	return a
}

// Slow is a certificate below the root with an RSA key of that many bits, whose
// private half nobody has.
func (a *Authority) Slow(t testing.TB, bits uint, exponent int) *x509.Certificate {
	t.Helper()
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return a.issue(t, template(3, "slow"), a.Root, &rsa.PublicKey{N: n.SetBit(n, 0, 1), E: exponent})
}

// RootPEM is the root as a trust file has it.
func (a *Authority) RootPEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw}))
}

func template(serial int64, name string) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name},
		NotBefore: At.AddDate(-1, 0, 0), NotAfter: At.AddDate(1, 0, 0)}
}

func (a *Authority) issue(t testing.TB, c, parent *x509.Certificate, public crypto.PublicKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, parent, public, a.rootKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// ECDSA makes a key on P-256.
func ECDSA(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// RSA makes a key of 2048 bits.
func RSA(t testing.TB) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
