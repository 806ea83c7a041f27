package fabric

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io/fs"
	"time"
)

// soon is how long before its end a certificate is worth a remark.
const soon = 30 * 24 * time.Hour

// certificate checks that a certificate is there, can be read, and is valid.
func (c *checker) certificate(check string, f pemFile) (*x509.Certificate, bool) {
	raw, ok := c.file(check, "certificate", f)
	if !ok {
		return nil, false
	}
	block, _ := pem.Decode(raw)
	if block == nil || block.Type != "CERTIFICATE" {
		c.fail(check, "put the certificate there in PEM form", "%s does not hold a PEM certificate", f)
		return nil, false
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		c.fail(check, "copy the certificate again from the member's CA", "%s: %v", f, err)
		return nil, false
	}
	return cert, c.dates(check, f, cert)
}

func (c *checker) dates(check string, f pemFile, cert *x509.Certificate) bool {
	switch {
	case c.now.After(cert.NotAfter):
		c.fail(check, "have the member's CA issue another one, and put it in its place; if that date is still to come, correct this machine's clock", "%s: the certificate of %q expired on %s", f, cert.Subject.CommonName, cert.NotAfter.Format(time.RFC3339))
		return false
	case c.now.Before(cert.NotBefore):
		c.fail(check, "correct this machine's clock; if it is right, have the member's CA issue another one", "%s: the certificate of %q is not valid before %s", f, cert.Subject.CommonName, cert.NotBefore.Format(time.RFC3339))
		return false
	case c.now.Add(soon).After(cert.NotAfter):
		c.ok(check, "the certificate expires on "+cert.NotAfter.Format(time.RFC3339))
	default:
		c.ok(check, "")
	}
	return true
}

// keyPair checks a certificate, its key, and that they belong together.
func (c *checker) keyPair(check string, p keyPair) {
	if _, ok := c.certificate(check, p.Cert); !ok {
		return
	}
	cert, _ := p.Cert.read()
	key, ok := c.file(check+", key", "private key", p.Key)
	if !ok {
		return
	}
	if block, _ := pem.Decode(key); block == nil {
		c.fail(check+", key", "put the private key there in PEM form", "%s does not hold a PEM key", p.Key)
		return
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		c.fail(check+", key", "put the key there for which the certificate was issued", "%s does not belong to the certificate %s: %v", p.Key, p.Cert, err)
		return
	}
	if _, ok := pair.PrivateKey.(crypto.Signer); ok {
		c.ok(check+", key", "")
	}
}

// file reads a PEM file, or says why it cannot.
func (c *checker) file(check, what string, f pemFile) ([]byte, bool) {
	raw, err := f.read()
	switch {
	case err == nil:
		return raw, true
	case errors.Is(err, fs.ErrNotExist):
		c.fail(check, "put it there, or correct the path in the profile", "the %s %s does not exist", what, f)
	case errors.Is(err, fs.ErrPermission):
		c.fail(check, "let the user that runs this program read it", "the %s %s may not be read", what, f)
	default:
		c.fail(check, "name the file in the profile", "the %s cannot be read: %v", what, err)
	}
	return nil, false
}
