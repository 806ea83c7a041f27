package certificate

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/datapledge/datapledge/service"
)

// signer is who signs the files: a chain, leaf first, and the leaf's key.
type signer struct {
	chain      []*x509.Certificate
	key        crypto.Signer
	selfIssued bool
}

// digest is the SHA-256 of the leaf, by which a self-issued one is recognised.
func (s *signer) digest() string {
	sum := sha256.Sum256(s.chain[0].Raw)
	return hex.EncodeToString(sum[:])
}

// signerStore keeps the signer until it runs out.
type signerStore struct {
	mu     sync.Mutex
	signer *signer
}

// get is the signer that is good now. A self-issued one is renewed in time; a
// configured one is read again, as somebody may have put a new one there.
func (s *signerStore) get(o *Options) (*signer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.signer != nil && !s.signer.due(o.Now()) {
		return s.signer, nil
	}
	load := loadSigner
	if o.CertFile == "" && o.KeyFile == "" {
		load = selfIssued
	}
	found, err := load(o)
	if err != nil {
		return nil, err
	}
	s.signer = found
	return found, nil
}

func (s *signer) due(now time.Time) bool {
	leaf := s.chain[0]
	if s.selfIssued {
		return now.After(leaf.NotAfter.Add(-renewEarly))
	}
	return now.Before(leaf.NotBefore) || now.After(leaf.NotAfter)
}

// inForce refuses to sign with what has run out: no reader would believe it.
func (s *signer) inForce(now time.Time) error {
	leaf := s.chain[0]
	switch {
	case now.After(leaf.NotAfter):
		return &service.Trouble{Cause: "the certificate that signs PDF files ran out on " + leaf.NotAfter.UTC().Format(time.DateOnly),
			Remedy: "put a new one where certificates.cert_file points"}
	case now.Before(leaf.NotBefore):
		return &service.Trouble{Cause: "the certificate that signs PDF files is not valid before " + leaf.NotBefore.UTC().Format(time.RFC3339),
			Remedy: "set the clock right, or wait"}
	}
	return nil
}

// loadSigner reads the configured files.
func loadSigner(o *Options) (*signer, error) {
	s, err := readSigner(o.CertFile, o.KeyFile)
	if err != nil {
		return nil, &service.Trouble{Cause: "the certificate or key that signs PDF files cannot be used",
			Remedy: "certificates.cert_file must be a PEM chain, leaf first, and certificates.key_file the leaf's P-256 or RSA key in PEM", Err: err}
	}
	return s, nil
}

func readSigner(certFile, keyFile string) (*signer, error) {
	chain, err := readChain(certFile)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", certFile, err)
	}
	key, err := readKey(keyFile)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", keyFile, err)
	}
	s := &signer{chain: chain, key: key}
	return s, s.check()
}

// check refuses keys that the signature format or common sense does not know.
func (s *signer) check() error {
	leaf := s.chain[0]
	switch k := s.key.Public().(type) {
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() || !k.Equal(leaf.PublicKey) {
			return errors.New("the key is not the P-256 key of the first certificate")
		}
	case *rsa.PublicKey:
		if k.N.BitLen() < 2048 || !k.Equal(leaf.PublicKey) {
			return errors.New("the key is not the RSA key of the first certificate, of 2048 bits or more")
		}
	default:
		return fmt.Errorf("a key of type %T does not sign PDF files", k)
	}
	if leaf.KeyUsage != 0 && leaf.KeyUsage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return errors.New("the first certificate is not for signatures")
	}
	return nil
}

func readChain(path string) (chain []*x509.Certificate, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, err
		}
		if n := len(chain); n > 0 && !bytes.Equal(chain[n-1].RawIssuer, c.RawSubject) {
			return nil, fmt.Errorf("certificate %d did not issue the one before it", n+1)
		}
		chain = append(chain, c)
	}
	if len(chain) == 0 {
		return nil, errors.New("it holds no certificate")
	}
	return chain, nil
}

func readKey(path string) (crypto.Signer, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
		switch block.Type {
		case "PRIVATE KEY":
			key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
			if s, ok := key.(crypto.Signer); ok {
				return s, err
			}
			return nil, err
		case "EC PRIVATE KEY":
			return x509.ParseECPrivateKey(block.Bytes)
		case "RSA PRIVATE KEY":
			return x509.ParsePKCS1PrivateKey(block.Bytes)
		}
	}
	return nil, errors.New("it holds no private key in clear PEM")
}
