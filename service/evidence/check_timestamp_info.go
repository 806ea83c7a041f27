package evidence

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"slices"
	"strings"
	"time"
)

// parseTSTInfo reads what the authority says (RFC 3161, section 2.4.2): that it
// saw root by the time that is returned.
func parseTSTInfo(content []byte, root [32]byte) (time.Time, error) {
	d := only("token.tst_info", content, asn1.TagSequence)
	d.version(1)
	d.oid() // the policy
	imprint := d.in("token.tst_info.imprint", asn1.TagSequence)
	kind := imprint.algorithm()
	if sum := imprint.octets(); kind != oidSHA256 || !bytes.Equal(sum, sumOf(crypto.SHA256, root[:])) {
		imprint.fail("is not the SHA-256 of the root over these blocks")
	}
	d.end(imprint)
	d.integer() // the serial number
	at, ok := parseGenTime(string(d.take(asn1.ClassUniversal, asn1.TagGeneralizedTime, false).Bytes))
	if !ok {
		d.fail("has no time as RFC 3161 wants it")
	}
	d.optionals()
	return at, d.done()
}

// optionals passes accuracy, ordering, nonce and the authority's name, which
// prove nothing here, and refuses an extension that must be understood.
func (d *der) optionals() {
	for _, tag := range []int{asn1.TagSequence, asn1.TagBoolean, asn1.TagInteger} {
		if d.has(asn1.ClassUniversal, tag) {
			d.take(asn1.ClassUniversal, tag, tag == asn1.TagSequence)
		}
	}
	if d.has(asn1.ClassContextSpecific, 0) {
		d.take(asn1.ClassContextSpecific, 0, true)
	}
	if !d.has(asn1.ClassContextSpecific, 1) {
		return
	}
	list := d.context("token.tst_info.extensions", 1)
	for len(list.items) > 0 && list.err == nil {
		e := list.in(list.field, asn1.TagSequence)
		id := e.oid()
		if e.has(asn1.ClassUniversal, asn1.TagBoolean) {
			e.fail("%s is critical, and unknown", id)
		}
		e.octets()
		list.end(e)
	}
	d.end(list)
}

// parseGenTime reads YYYYMMDDhhmmss[.s…]Z, the fraction without zeros at its
// end and no finer than nanoseconds.
func parseGenTime(text string) (time.Time, bool) {
	body, zulu := strings.CutSuffix(text, "Z")
	whole, fraction, broken := strings.Cut(body, ".")
	if !zulu || len(whole) != 14 || broken && (fraction == "" || len(fraction) > 9 || strings.HasSuffix(fraction, "0")) {
		return time.Time{}, false
	}
	if strings.Trim(whole+fraction, "0123456789") != "" {
		return time.Time{}, false
	}
	at, err := time.Parse("20060102150405", whole)
	for unit := 100 * time.Millisecond; fraction != ""; unit /= 10 {
		at, fraction = at.Add(time.Duration(fraction[0]-'0')*unit), fraction[1:]
	}
	return at, err == nil
}

// stampSignatures are the signature algorithms, each with its digest; a plain
// RSA goes with the signer's.
var stampSignatures = map[string]struct {
	rsa  bool
	hash crypto.Hash
}{
	"1.2.840.113549.1.1.1":  {true, 0},
	"1.2.840.113549.1.1.11": {true, crypto.SHA256},
	"1.2.840.113549.1.1.12": {true, crypto.SHA384},
	"1.2.840.113549.1.1.13": {true, crypto.SHA512},
	"1.2.840.10045.4.3.2":   {false, crypto.SHA256},
	"1.2.840.10045.4.3.3":   {false, crypto.SHA384},
	"1.2.840.10045.4.3.4":   {false, crypto.SHA512},
}

// Bits and exponent of an RSA key. Whoever makes a package chooses the keys in
// it: without upper bounds one token could keep the checker busy for minutes.
const (
	minRSA      = 2048
	maxRSA      = 8192
	maxExponent = 1<<16 + 1 // what authorities use
)

// tooSlow is a key with which to verify takes long.
func tooSlow(cert *x509.Certificate) bool {
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	return ok && (key.N.BitLen() > maxRSA || key.E > maxExponent)
}

func (s signerInfo) verify(cert *x509.Certificate) error {
	how, known := stampSignatures[s.algorithm]
	hash := how.hash
	if hash == 0 {
		hash = stampDigests[s.digest]
	}
	if !known || hash == 0 || how.rsa && hash != stampDigests[s.digest] {
		return faultf("token.signer", "signs in a way that is unknown: %s with %s", s.algorithm, s.digest)
	}
	var good bool
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		good = how.rsa && key.N.BitLen() >= minRSA && rsa.VerifyPKCS1v15(key, hash, sumOf(hash, s.attributes), s.signature) == nil
	case *ecdsa.PublicKey:
		good = !how.rsa && ecdsa.VerifyASN1(key, sumOf(hash, s.attributes), s.signature)
	}
	if !good {
		return faultf("token.signer", "the signature does not verify")
	}
	return nil
}

var oidExtKeyUsage = asn1.ObjectIdentifier{2, 5, 29, 37}

// forStampsOnly is RFC 3161, section 2.3: a critical extended key usage, time
// stamping and no other.
func forStampsOnly(cert *x509.Certificate) error {
	var critical bool
	for _, e := range cert.Extensions {
		critical = critical || e.Id.Equal(oidExtKeyUsage) && e.Critical
	}
	alone := len(cert.UnknownExtKeyUsage) == 0 && slices.Equal(cert.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping})
	if !critical || !alone {
		return faultf("token.certificates", "the signer's is not, critically, for time stamping alone")
	}
	if cert.KeyUsage&^(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) != 0 {
		return faultf("token.certificates", "the signer's key is for other uses, too")
	}
	return nil
}

// goodAt is for every authority, also one that nobody named: none signs with a
// certificate that is over, or not good yet.
func goodAt(cert *x509.Certificate, at time.Time) error {
	if at.Before(cert.NotBefore) || at.After(cert.NotAfter) {
		return faultf("token.certificates", "the signer's was not good at %s", at.Format(time.RFC3339))
	}
	return nil
}
