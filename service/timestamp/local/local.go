// Package local is a time-stamping authority (RFC 3161) for tests and trials.
// Its time is this machine's clock and its root certificate its own: a stamp
// from it says no more than whoever runs it does.
package local

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// Policy is under which it stamps: an identifier for examples (RFC 5612).
var Policy = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1}

// Names in the certificates.
const (
	rootName   = "datapledge trial root"
	signerName = "datapledge trial time stamps"
)

// life is how long the certificates are good.
const life = 10 * 365 * 24 * time.Hour

// Authority signs time stamps. It is safe for concurrent use.
type Authority struct {
	root, cert *x509.Certificate
	key        crypto.Signer
	now        func() time.Time
}

// New makes an authority whose keys are gone when the process ends. Its
// certificates are good from a day before now.
func New(now func() time.Time) (*Authority, error) {
	files, err := newFiles(now())
	if err != nil {
		return nil, err
	}
	return files.authority(now)
}

// Open makes an authority in a folder, or takes the one that is there.
func Open(dir string, now func() time.Time) (*Authority, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the authority's folder: %w", err)
	}
	path := filepath.Join(dir, "authority.pem")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(dir, path, now)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the authority: %w", err)
	}
	var f files
	if f.root, f.cert, f.key = split(data); f.key == nil {
		return nil, fmt.Errorf("%s is damaged: move it away, and a new authority is made", path)
	}
	return f.authority(now)
}

// RootFile is where Open leaves the certificate that others trust.
func RootFile(dir string) string { return filepath.Join(dir, "root.pem") }

func create(dir, path string, now func() time.Time) (*Authority, error) {
	f, err := newFiles(now())
	if err != nil {
		return nil, err
	}
	a, err := f.authority(now)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(RootFile(dir), a.RootPEM(), 0o644); err != nil {
		return nil, fmt.Errorf("writing the root certificate: %w", err)
	}
	if err := os.WriteFile(path+".part", f.pem(), 0o600); err != nil {
		return nil, fmt.Errorf("writing the authority: %w", err)
	}
	return a, os.Rename(path+".part", path)
}

// files are DER: root certificate, certificate, PKCS #8 key of the latter. The
// root's key is thrown away once it has signed.
type files struct{ root, cert, key []byte }

var kinds = [3]string{"CERTIFICATE", "CERTIFICATE", "PRIVATE KEY"}

func (f files) pem() (out []byte) {
	for i, der := range [][]byte{f.root, f.cert, f.key} {
		out = append(out, pem.EncodeToMemory(&pem.Block{Type: kinds[i], Bytes: der})...)
	}
	return out
}

func split(data []byte) (root, cert, key []byte) {
	var der [3][]byte
	for i := range der {
		var p *pem.Block
		if p, data = pem.Decode(data); p == nil || p.Type != kinds[i] {
			return nil, nil, nil
		}
		der[i] = p.Bytes
	}
	return der[0], der[1], der[2]
}

func (f files) authority(now func() time.Time) (*Authority, error) {
	root, err := x509.ParseCertificate(f.root)
	if err != nil {
		return nil, fmt.Errorf("reading the root certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(f.cert)
	if err != nil {
		return nil, fmt.Errorf("reading the authority's certificate: %w", err)
	}
	key, err := x509.ParsePKCS8PrivateKey(f.key)
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return nil, errors.New("reading the authority's key: it is not a PKCS #8 key that signs")
	}
	return &Authority{root, cert, signer, now}, nil
}

// Root is the certificate to trust.
func (a *Authority) Root() *x509.Certificate { return a.root }

// RootPEM is the certificate to trust, in PEM.
func (a *Authority) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kinds[0], Bytes: a.root.Raw})
}

func newFiles(now time.Time) (f files, err error) {
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return f, fmt.Errorf("making the root's key: %w", err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return f, fmt.Errorf("making the authority's key: %w", err)
	}
	top := template(rootName, now)
	top.IsCA, top.BasicConstraintsValid, top.KeyUsage = true, true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign
	if f.root, err = x509.CreateCertificate(rand.Reader, top, top, rootKey.Public(), rootKey); err != nil {
		return f, fmt.Errorf("signing the root certificate: %w", err)
	}
	own := template(signerName, now)
	own.KeyUsage, own.ExtraExtensions = x509.KeyUsageDigitalSignature, []pkix.Extension{stampsOnly}
	if f.cert, err = x509.CreateCertificate(rand.Reader, own, top, key.Public(), rootKey); err != nil {
		return f, fmt.Errorf("signing the authority's certificate: %w", err)
	}
	f.key, err = x509.MarshalPKCS8PrivateKey(key)
	return f, err
}

// stampsOnly is the critical extended key usage that RFC 3161, section 2.3,
// wants: id-kp-timeStamping and no other.
var stampsOnly = pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true,
	Value: []byte{0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08}}

func template(name string, now time.Time) *x509.Certificate {
	serial := make([]byte, 16)
	_, _ = rand.Read(serial) // never fails
	return &x509.Certificate{SerialNumber: new(big.Int).SetBytes(serial), Subject: pkix.Name{CommonName: name, Organization: []string{"datapledge (trial)"}},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(life)}
}
