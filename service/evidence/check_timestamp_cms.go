package evidence

import (
	"bytes"
	"crypto"
	"crypto/sha1" // of RFC 2634's ESSCertID only, beside a chain that is checked
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/asn1"
	"time"
)

// Object identifiers of RFC 5652, RFC 3161 and RFC 5035.
const (
	oidSignedData    = "1.2.840.113549.1.7.2"
	oidTSTInfo       = "1.2.840.113549.1.9.16.1.4"
	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
	oidSigningCert   = "1.2.840.113549.1.9.16.2.12"
	oidSigningCertV2 = "1.2.840.113549.1.9.16.2.47"
	oidSHA256        = "2.16.840.1.101.3.4.2.1"
)

// stampDigests are the digests that an authority may use.
var stampDigests = map[string]crypto.Hash{
	oidSHA256: crypto.SHA256, "2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512,
}

// maxCertificates bounds those in a token.
const maxCertificates = 16

// signedData is a token as CMS has it (RFC 5652, section 5.1).
type signedData struct {
	content []byte // TSTInfo
	certs   []*x509.Certificate
	signer  signerInfo
}

// signerInfo is the one signer (section 5.3).
type signerInfo struct {
	issuer, serial        []byte // of its certificate: DER of the name, content of the INTEGER
	digest, algorithm     string
	attributes, signature []byte // the attributes as they are signed
	signed                map[string][]byte
}

// stampSaid is what a sound token says.
type stampSaid struct {
	at        time.Time // by which the authority had seen the root
	authority string    // the name in its certificate
	named     bool      // a trusted root leads to that certificate
}

// verify says what a token over root says.
func (t *stampTrust) verify(token []byte, root [32]byte) (said stampSaid, err error) {
	s, err := parseSignedData(token)
	if err != nil {
		return said, err
	}
	cert, err := s.certificate()
	if err != nil {
		return said, err
	}
	if said.at, err = parseTSTInfo(s.content, root); err != nil {
		return said, err
	}
	if err := firstOf(s.attributes(cert), s.signer.verify(cert), forStampsOnly(cert), goodAt(cert, said.at)); err != nil {
		return said, err
	}
	if said.authority = cert.Subject.CommonName; said.authority == "" {
		said.authority = cert.Subject.String()
	}
	said.named, err = t.issued(cert, s.certs, said.at)
	return said, err
}

func parseSignedData(token []byte) (s signedData, err error) {
	if len(token) > maxStamp {
		return s, faultf("token", "has more than %d bytes", maxStamp)
	}
	info := only("token", token, asn1.TagSequence)
	kind := info.oid()
	if kind != oidSignedData {
		info.fail("is not CMS signed data but %s", kind)
	}
	outer := info.context("token", 0)
	outer.end(outer.signedData(&s))
	info.end(outer)
	return s, info.done()
}

func (d *der) signedData(s *signedData) *der {
	d = d.in("token.signed_data", asn1.TagSequence)
	d.version(3)
	algorithms := d.in(d.field, asn1.TagSet)
	listed := algorithms.algorithm()
	d.end(algorithms)
	s.content = d.encapsulated()
	if d.has(asn1.ClassContextSpecific, 0) {
		s.certs = d.certificates()
	}
	if d.has(asn1.ClassContextSpecific, 1) { // revocation lists, which are not used
		d.take(asn1.ClassContextSpecific, 1, true)
	}
	signers := d.in("token.signer_infos", asn1.TagSet)
	s.signer = signers.signerInfo()
	d.end(signers)
	if listed != s.signer.digest {
		d.fail("lists another digest than the signer used")
	}
	return d
}

func (d *der) encapsulated() []byte {
	e := d.in("token.content", asn1.TagSequence)
	if kind := e.oid(); kind != oidTSTInfo {
		e.fail("is not TSTInfo but %s", kind)
	}
	wrap := e.context(e.field, 0)
	content := wrap.octets()
	e.end(wrap)
	d.end(e)
	return content
}

func (d *der) certificates() (certs []*x509.Certificate) {
	set := d.context("token.certificates", 0)
	for len(set.items) > 0 && set.err == nil {
		raw := set.take(asn1.ClassUniversal, asn1.TagSequence, true)
		cert, err := x509.ParseCertificate(raw.FullBytes)
		if err != nil || len(certs) == maxCertificates || tooSlow(cert) {
			set.fail("cannot be read, are more than %d, or have RSA keys of over %d bits or with an exponent over %d", maxCertificates, maxRSA, maxExponent)
			break
		}
		certs = append(certs, cert)
	}
	d.end(set)
	return certs
}

func (d *der) signerInfo() (s signerInfo) {
	i := d.in("token.signer", asn1.TagSequence)
	i.version(1) // named by issuer and serial number
	id := i.in(i.field, asn1.TagSequence)
	s.issuer, s.serial = id.take(asn1.ClassUniversal, asn1.TagSequence, true).FullBytes, id.integer()
	i.end(id)
	s.digest = i.algorithm()
	signed := i.take(asn1.ClassContextSpecific, 0, true)
	if len(signed.FullBytes) > 0 {
		s.attributes = append([]byte{0x31}, signed.FullBytes[1:]...) // signed as SET OF (section 5.4)
	}
	s.signed = i.signedAttributes(signed.Bytes)
	s.algorithm, s.signature = i.algorithm(), i.octets()
	if i.has(asn1.ClassContextSpecific, 1) { // not signed, so not used
		i.take(asn1.ClassContextSpecific, 1, true)
	}
	d.end(i)
	return s
}

// signedAttributes are those of the signer by their identifiers: each once,
// with one value.
func (d *der) signedAttributes(data []byte) map[string][]byte {
	set, out := derOf("token.signed_attributes", data), map[string][]byte{}
	for len(set.items) > 0 && set.err == nil {
		a := set.in(set.field, asn1.TagSequence)
		id := a.oid()
		values := a.in(set.field, asn1.TagSet)
		if out[id] != nil || len(values.items) != 1 {
			set.fail("%s stands twice, or has not one value", id)
			break
		}
		out[id] = values.items[0].FullBytes
		set.end(a)
		set.adopt(values)
	}
	d.end(set)
	return out
}

// certificate is the signer's, which must be in the token, once.
func (s signedData) certificate() (found *x509.Certificate, err error) {
	for _, cert := range s.certs {
		serial, err := asn1.Marshal(cert.SerialNumber)
		if err != nil || !bytes.Equal(cert.RawIssuer, s.signer.issuer) || !bytes.HasSuffix(serial, s.signer.serial) || len(serial) != len(s.signer.serial)+2 {
			continue
		}
		if found != nil {
			return nil, faultf("token.certificates", "two claim to be the signer's")
		}
		found = cert
	}
	if found == nil {
		return nil, faultf("token.certificates", "the signer's is missing")
	}
	return found, nil
}

// attributes wants what is signed to be the content and the certificate.
func (s signedData) attributes(cert *x509.Certificate) error {
	kind := derOf("token.signed_attributes", s.signer.signed[oidContentType])
	if kind.oid() != oidTSTInfo {
		kind.fail("name another content type than TSTInfo")
	}
	digest := derOf("token.signed_attributes", s.signer.signed[oidMessageDigest])
	hash, ok := stampDigests[s.signer.digest]
	if sum := digest.octets(); !ok || !bytes.Equal(sum, sumOf(hash, s.content)) {
		digest.fail("have not the digest of the content")
	}
	return firstOf(kind.error(), digest.error(), s.signer.names(cert))
}

// sumOf is nil for a digest that no authority may use.
func sumOf(hash crypto.Hash, data []byte) []byte {
	if hash == 0 {
		return nil
	}
	h := hash.New()
	h.Write(data)
	return h.Sum(nil)
}

// names wants the certificate named by its digest (RFC 5816), so that no other
// one for the same key can take its place.
func (s signerInfo) names(cert *x509.Certificate) error {
	v1, v2 := s.signed[oidSigningCert], s.signed[oidSigningCertV2]
	if v1 == nil && v2 == nil {
		return faultf("token.signed_attributes", "do not name the signer's certificate (ESSCertID)")
	}
	var err error
	if v1 != nil {
		sum := sha1.Sum(cert.Raw)
		err = namesCertificate(v1, cert, func(*der) []byte { return sum[:] })
	}
	if v2 != nil && err == nil {
		err = namesCertificate(v2, cert, func(id *der) []byte {
			if id.has(asn1.ClassUniversal, asn1.TagSequence) {
				return sumOf(stampDigests[id.algorithm()], cert.Raw)
			}
			return sumOf(crypto.SHA256, cert.Raw)
		})
	}
	return err
}

func namesCertificate(value []byte, cert *x509.Certificate, sum func(*der) []byte) error {
	list := only("token.signed_attributes", value, asn1.TagSequence)
	certs := list.in(list.field, asn1.TagSequence)
	id := certs.in(list.field, asn1.TagSequence) // the first is the signer's, others its issuers'
	want := sum(id)
	if got := id.octets(); want == nil || !bytes.Equal(got, want) {
		id.fail("name another certificate than the signer's (ESSCertID)")
	}
	if id.has(asn1.ClassUniversal, asn1.TagSequence) {
		id.issuerSerial(cert)
	}
	certs.end(id)
	list.adopt(certs)
	if list.has(asn1.ClassUniversal, asn1.TagSequence) { // policies
		list.take(asn1.ClassUniversal, asn1.TagSequence, true)
	}
	return list.done()
}

func (d *der) issuerSerial(cert *x509.Certificate) {
	i := d.in(d.field, asn1.TagSequence)
	names := i.in(d.field, asn1.TagSequence)
	name := names.context(d.field, 4)
	serial, err := asn1.Marshal(cert.SerialNumber)
	raw := name.take(asn1.ClassUniversal, asn1.TagSequence, true).FullBytes
	if number := i.integer(); err != nil || !bytes.Equal(raw, cert.RawIssuer) || !bytes.Equal(number, serial[2:]) {
		d.fail("name another issuer than the certificate's")
	}
	names.end(name)
	i.end(names)
	d.end(i)
}
