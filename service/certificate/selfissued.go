package certificate

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"time"
)

// How long self-issued certificates live. The signing one is renewed before
// its end; the authority stays, so that those who trust it need not do so anew.
const (
	authorityLife = 20 * 365 * 24 * time.Hour
	signerLife    = 2 * 365 * 24 * time.Hour
	renewEarly    = 30 * 24 * time.Hour
)

const (
	authorityFile = "certificate-authority.pem"
	signerFile    = "certificate-signer.pem"
)

// selfIssued is the signer of the key folder, made or renewed as needed.
func selfIssued(o *Options) (*signer, error) {
	path := filepath.Join(o.KeyDir, signerFile)
	s, err := readSigner(path, path)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the self-issued certificate for PDF files: %w; move the file away to have a new one made", err)
	case err == nil:
		if s.selfIssued = true; !s.due(o.Now()) {
			return s, nil
		}
	}
	if s, err = issue(o); err != nil {
		return nil, fmt.Errorf("making a certificate for PDF files: %w", err)
	}
	if err := keep(path, s); err != nil {
		return nil, fmt.Errorf("keeping the certificate for PDF files: %w", err)
	}
	o.Logger.Info("made a self-issued certificate that signs PDF files; no reader trusts it by itself",
		"file", path, "sha256", s.digest(), "until", s.chain[0].NotAfter.UTC().Format(time.RFC3339))
	return s, nil
}

// issue has the authority of the key folder sign a new key.
func issue(o *Options) (*signer, error) {
	ca, err := authority(o)
	if err != nil {
		return nil, err
	}
	t := template(o, name(o.Issuer, " (self-issued)"), signerLife)
	t.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment
	s, err := newSigner(t, ca)
	if err != nil {
		return nil, err
	}
	s.chain, s.selfIssued = append(s.chain, ca.chain[0]), true
	return s, nil
}

func authority(o *Options) (*signer, error) {
	path := filepath.Join(o.KeyDir, authorityFile)
	ca, err := readSigner(path, path)
	if err == nil && o.Now().Add(signerLife).Before(ca.chain[0].NotAfter) {
		return ca, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	t := template(o, name(o.Issuer, " (self-issued root)"), authorityLife)
	t.IsCA, t.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageCRLSign|x509.KeyUsageDigitalSignature
	if ca, err = newSigner(t, nil); err != nil {
		return nil, err
	}
	return ca, keep(path, ca)
}

func template(o *Options, subject string, life time.Duration) *x509.Certificate {
	now := o.Now().UTC().Truncate(time.Second)
	serial := make([]byte, 16)
	_, _ = rand.Read(serial) // never fails: it ends the program
	return &x509.Certificate{SerialNumber: new(big.Int).SetBytes(serial), Subject: pkix.Name{CommonName: subject},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(life), BasicConstraintsValid: true}
}

// newSigner makes a key and its certificate; without a parent it signs itself.
func newSigner(t *x509.Certificate, parent *signer) (*signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	issuer, issuerKey := t, crypto.Signer(key)
	if parent != nil {
		issuer, issuerKey = parent.chain[0], parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, issuer, key.Public(), issuerKey)
	if err != nil {
		return nil, err
	}
	c, err := x509.ParseCertificate(der)
	return &signer{chain: []*x509.Certificate{c}, key: key}, err
}

// keep writes chain and key into a file, whole or not at all, mode 0600.
func keep(path string, s *signer) error {
	key, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	for _, c := range s.chain {
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}) // into memory: cannot fail
	}
	_ = pem.Encode(&out, &pem.Block{Type: "PRIVATE KEY", Bytes: key})
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return replace(path, out.Bytes())
}

// replace writes a file of mode 0600, whole or not at all.
func replace(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".certificate-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// name is an organisation's name with an addition, within the 64 characters
// of a common name (RFC 5280, ub-common-name).
func name(issuer, addition string) string {
	if issuer == "" {
		issuer = "datapledge"
	}
	all := []rune(issuer)
	return string(all[:min(len(all), 64-len(addition))]) + addition
}
