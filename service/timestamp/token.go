// Package timestamp has blocks of the ledger stamped by a time-stamping
// authority (TSA, RFC 3161): somebody who neither runs the ledger nor knows
// what is on it says when a batch of blocks existed. The stamps stand beside
// the ledger. That an authority is away keeps no command from taking effect.
package timestamp

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

// ErrToken: the token does not prove what was asked for.
var ErrToken = errors.New("the time stamp does not verify")

// MaxToken bounds a token, in bytes. Usual ones have 1 to 8 KB.
const MaxToken = 64 << 10

// Token is a time stamp that was verified.
type Token struct {
	DER       []byte    // CMS ContentInfo
	Time      time.Time // genTime, UTC
	Authority string    // the name in its certificate
	Policy    string    // dotted OID
	Serial    *big.Int
	Nonce     *big.Int // nil when it has none
}

// Trust says whose time stamps are believed.
type Trust struct {
	Roots  []*x509.Certificate
	Policy string // dotted OID that every token must have; any when empty
}

// ParseRoots reads certificates of authorities, in PEM, and nothing else.
func ParseRoots(data []byte) ([]*x509.Certificate, error) {
	var roots []*x509.Certificate
	for {
		var p *pem.Block
		if p, data = pem.Decode(data); p == nil {
			break
		}
		if p.Type != "CERTIFICATE" {
			return nil, fmt.Errorf("%.40q is no certificate", p.Type)
		}
		cert, err := x509.ParseCertificate(p.Bytes)
		if err != nil {
			return nil, fmt.Errorf("reading certificate %d: %w", len(roots)+1, err)
		}
		roots = append(roots, cert)
	}
	if len(roots) == 0 || strings.TrimSpace(string(data)) != "" {
		return nil, errors.New("certificates in PEM are needed, and nothing else")
	}
	return roots, nil
}

func (t Trust) check() error {
	if len(t.Roots) == 0 {
		return errors.New("root certificates are needed: without them anybody could be the authority")
	}
	if _, err := parseOID(t.Policy); err != nil && t.Policy != "" {
		return fmt.Errorf("policy %.80q: %w", t.Policy, err)
	}
	return nil
}

// parseOID reads "1.2.3".
func parseOID(text string) (asn1.ObjectIdentifier, error) {
	var oid asn1.ObjectIdentifier
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || strconv.FormatUint(n, 10) != part {
			return nil, errors.New("is not an object identifier like 1.2.3")
		}
		oid = append(oid, int(n))
	}
	if len(oid) < 2 || oid[0] > 2 || oid[0] < 2 && oid[1] > 39 {
		return nil, errors.New("is not an object identifier like 1.2.3")
	}
	return oid, nil
}

// Verify reads a TimeStampToken (RFC 3161, section 2.4.2) over imprint, which
// is a SHA-256. It must be signed by one signer whose certificate it carries,
// was good at genTime, leads to the roots and is for time stamping only. An
// error is ErrToken.
func (t Trust) Verify(der []byte, imprint [32]byte) (Token, error) {
	token, err := t.verify(der, imprint)
	if err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	return token, nil
}

func (t Trust) verify(der []byte, imprint [32]byte) (Token, error) {
	if err := t.check(); err != nil {
		return Token{}, err
	}
	if len(der) > MaxToken {
		return Token{}, fmt.Errorf("it has more than %d bytes", MaxToken)
	}
	p7, err := pkcs7.Parse(der)
	if err != nil {
		return Token{}, err
	}
	if slices.ContainsFunc(p7.Certificates, tooSlow) {
		return Token{}, fmt.Errorf("it has a certificate with an RSA key of over %d bits, or with an exponent over %d", maxRSA, maxExponent)
	}
	// Parse checks the signature only of a token that carries certificates,
	// and no chain at all: both is done below.
	stamp, err := timestamp.Parse(der)
	if err != nil {
		return Token{}, err
	}
	signer, err := signerOf(p7)
	if err != nil {
		return Token{}, err
	}
	info, err := infoOf(der, p7.Content)
	if err != nil {
		return Token{}, err
	}
	if err := errors.Join(signedAttributes(p7, signer), t.content(info, stamp, imprint), t.chain(p7, signer, stamp.Time)); err != nil {
		return Token{}, err
	}
	return Token{DER: der, Time: stamp.Time.UTC(), Authority: nameOf(signer), Policy: stamp.Policy.String(),
		Serial: stamp.SerialNumber, Nonce: stamp.Nonce}, nil
}

// nameOf is what people call the holder of a certificate.
func nameOf(cert *x509.Certificate) string {
	if name := cert.Subject.CommonName; name != "" {
		return name
	}
	return cert.Subject.String()
}
