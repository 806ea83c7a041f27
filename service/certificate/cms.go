package certificate

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"fmt"
	"slices"
)

var (
	oidData           = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSignedData     = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidContentType    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidMessageDigest  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningCertV2  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	oidTimeStampToken = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 14}
	oidSHA256         = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECDSASHA256    = asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 2}
	oidRSA            = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}
)

// ASN.1 tags that der takes (X.690).
const (
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagNull     = 0x05
	tagSequence = 0x30
	tagSet      = 0x31
	tagContext0 = 0xa0
	tagContext1 = 0xa1
)

// signature is a detached CMS signature (RFC 5652) as CAdES and PAdES baseline
// want it: its signed attributes are content type, digest and the signing
// certificate (RFC 5035), and no signing time, which stands in the PDF (ETSI
// EN 319 142-1, 6.3).
type signature struct {
	who   *signer
	attrs [][]byte
	value []byte
}

// newSignature signs the SHA-256 digest of the content.
func newSignature(who *signer, digest []byte) (*signature, error) {
	certificate := sha256.Sum256(who.chain[0].Raw)
	s := &signature{who: who, attrs: [][]byte{
		attribute(oidContentType, oid(oidData)),
		attribute(oidMessageDigest, der(tagOctets, digest)),
		attribute(oidSigningCertV2, der(tagSequence, der(tagSequence, der(tagSequence, der(tagOctets, certificate[:]))))),
	}}
	slices.SortFunc(s.attrs, bytes.Compare) // DER orders the members of a set
	signed := sha256.Sum256(der(tagSet, s.attrs...))
	value, err := who.key.Sign(rand.Reader, signed[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	s.value = value
	return s, nil
}

// encode writes the ContentInfo, with a time-stamp token over the signature's
// value where there is one.
func (s *signature) encode(token []byte) []byte {
	leaf := s.who.chain[0]
	serial, _ := asn1.Marshal(leaf.SerialNumber) // an integer: cannot fail
	info := [][]byte{
		der(tagInteger, []byte{1}),
		der(tagSequence, leaf.RawIssuer, serial),
		der(tagSequence, oid(oidSHA256)),
		der(tagContext0, s.attrs...),
		s.algorithm(),
		der(tagOctets, s.value),
	}
	if token != nil {
		info = append(info, der(tagContext1, attribute(oidTimeStampToken, token)))
	}
	return der(tagSequence, oid(oidSignedData), der(tagContext0, der(tagSequence,
		der(tagInteger, []byte{1}),
		der(tagSet, der(tagSequence, oid(oidSHA256))),
		der(tagSequence, oid(oidData)),
		der(tagContext0, s.certificates()...),
		der(tagSet, der(tagSequence, info...)),
	)))
}

func (s *signature) algorithm() []byte {
	if _, ok := s.who.key.Public().(*ecdsa.PublicKey); ok {
		return der(tagSequence, oid(oidECDSASHA256))
	}
	return der(tagSequence, oid(oidRSA), der(tagNull))
}

func (s *signature) certificates() (all [][]byte) {
	for _, c := range s.who.chain {
		all = append(all, c.Raw)
	}
	return all
}

func attribute(kind asn1.ObjectIdentifier, value []byte) []byte {
	return der(tagSequence, oid(kind), der(tagSet, value))
}

func oid(o asn1.ObjectIdentifier) []byte {
	b, _ := asn1.Marshal(o) // ours: cannot fail
	return b
}

// der writes a value with its tag and length.
func der(tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	out := []byte{tag}
	switch n := len(content); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	case n < 0x10000:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default:
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, content...)
}
