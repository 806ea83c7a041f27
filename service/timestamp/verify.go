package timestamp

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1" // of RFC 2634's ESSCertID only, beside a chain that is checked
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/digitorus/pkcs7"
	"github.com/digitorus/timestamp"
)

var (
	oidTSTInfo       = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	oidSigningCert   = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12} // RFC 2634
	oidSigningCertV2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47} // RFC 5035
	oidExtKeyUsage   = asn1.ObjectIdentifier{2, 5, 29, 37}
)

// digests are those that a signer may use.
var digests = map[string]crypto.Hash{
	pkcs7.OIDDigestAlgorithmSHA256.String(): crypto.SHA256,
	pkcs7.OIDDigestAlgorithmSHA384.String(): crypto.SHA384,
	pkcs7.OIDDigestAlgorithmSHA512.String(): crypto.SHA512,
}

// signerOf is the certificate of the one signer.
func signerOf(p7 *pkcs7.PKCS7) (*x509.Certificate, error) {
	if len(p7.Signers) != 1 {
		return nil, fmt.Errorf("it has %d signers, not one", len(p7.Signers))
	}
	s := p7.Signers[0]
	if _, ok := digests[s.DigestAlgorithm.Algorithm.String()]; !ok {
		return nil, fmt.Errorf("the digest algorithm %v is not SHA-256, SHA-384 or SHA-512", s.DigestAlgorithm.Algorithm)
	}
	var found *x509.Certificate
	for _, cert := range p7.Certificates {
		if !bytes.Equal(cert.RawIssuer, s.IssuerAndSerialNumber.IssuerName.FullBytes) || cert.SerialNumber.Cmp(s.IssuerAndSerialNumber.SerialNumber) != 0 {
			continue
		}
		if found != nil {
			return nil, errors.New("two certificates claim to be the signer's")
		}
		found = cert
	}
	if found == nil {
		return nil, errors.New("the signer's certificate is missing")
	}
	return found, nil
}

// signedAttributes must be there, name the content and the certificate, and
// stand once each: what is not among them the signature does not cover. The
// library compared the digest of the content.
func signedAttributes(p7 *pkcs7.PKCS7, signer *x509.Certificate) error {
	single := map[string][]byte{}
	for _, a := range p7.Signers[0].AuthenticatedAttributes {
		id := a.Type.String()
		if _, twice := single[id]; twice {
			return fmt.Errorf("the signed attribute %s stands twice", id)
		}
		var value asn1.RawValue
		if rest, err := asn1.Unmarshal(a.Value.Bytes, &value); err != nil || len(rest) > 0 {
			return fmt.Errorf("the signed attribute %s has not one value", id)
		}
		single[id] = a.Value.Bytes
	}
	var kind asn1.ObjectIdentifier
	if _, err := asn1.Unmarshal(single[pkcs7.OIDAttributeContentType.String()], &kind); err != nil || !kind.Equal(oidTSTInfo) {
		return errors.New("the signed content type is not TSTInfo")
	}
	if single[pkcs7.OIDAttributeMessageDigest.String()] == nil {
		return errors.New("the digest of the content is not signed")
	}
	return namesSigner(single[oidSigningCert.String()], single[oidSigningCertV2.String()], signer)
}

// certIDs is a SigningCertificate, or a SigningCertificateV2 (RFC 5035): the
// first one is the signer's.
type certIDs struct {
	Certs    []asn1.RawValue
	Policies asn1.RawValue `asn1:"optional"`
}

// certID is an ESSCertID.
type certID struct {
	Hash   []byte
	Serial asn1.RawValue `asn1:"optional"`
}

// certIDv2 is an ESSCertIDv2 that names its digest algorithm. One that does not
// is written like an ESSCertID, and means SHA-256.
type certIDv2 struct {
	Algorithm pkix.AlgorithmIdentifier
	Hash      []byte
	Serial    asn1.RawValue `asn1:"optional"`
}

// namesSigner wants the certificate named by its digest, so that no other
// one for the same key can be put in its place (RFC 5816).
func namesSigner(v1, v2 []byte, signer *x509.Certificate) error {
	if v1 == nil && v2 == nil {
		return errors.New("the signer's certificate is not signed (ESSCertID)")
	}
	if v1 != nil {
		sum := sha1.Sum(signer.Raw)
		if id, _ := firstID(v1); !bytes.Equal(id.Hash, sum[:]) {
			return errors.New("the signed ESSCertID is not that of the signer's certificate")
		}
	}
	if v2 == nil {
		return nil
	}
	id, hash := firstID(v2)
	if hash == 0 {
		return errors.New("the signed ESSCertIDv2 cannot be read")
	}
	h := hash.New()
	h.Write(signer.Raw)
	if !bytes.Equal(h.Sum(nil), id.Hash) {
		return errors.New("the signed ESSCertIDv2 is not that of the signer's certificate")
	}
	return nil
}

// firstID is the first in a list, with its digest algorithm; 0 when it cannot be
// read.
func firstID(value []byte) (certID, crypto.Hash) {
	var list certIDs
	if _, err := asn1.Unmarshal(value, &list); err != nil || len(list.Certs) == 0 {
		return certID{}, 0
	}
	raw := list.Certs[0].FullBytes
	var plain certID
	if _, err := asn1.Unmarshal(raw, &plain); err == nil {
		return plain, crypto.SHA256
	}
	var named certIDv2
	if _, err := asn1.Unmarshal(raw, &named); err != nil {
		return certID{}, 0
	}
	return certID{named.Hash, named.Serial}, digests[named.Algorithm.Algorithm.String()]
}

// tstInfo is what the library does not tell.
type tstInfo struct {
	Version int
	Policy  asn1.ObjectIdentifier
	Imprint asn1.RawValue
	Serial  *big.Int
	Time    asn1.RawValue
}

// infoOf reads TSTInfo once more: all of its bytes, and that it is one.
func infoOf(token, content []byte) (info tstInfo, err error) {
	var outer struct {
		Kind asn1.ObjectIdentifier
		Data struct {
			Version    int
			Algorithms asn1.RawValue `asn1:"set"`
			Content    struct {
				Kind asn1.ObjectIdentifier
				Data asn1.RawValue
			}
		} `asn1:"explicit,tag:0"`
	}
	if rest, err := asn1.Unmarshal(token, &outer); err != nil || len(rest) > 0 || !outer.Data.Content.Kind.Equal(oidTSTInfo) {
		return info, errors.New("the content is not TSTInfo")
	}
	rest, err := asn1.Unmarshal(content, &info)
	switch {
	case err != nil:
		return info, err
	case len(rest) > 0:
		return info, errors.New("something follows TSTInfo")
	case !bytes.HasSuffix(info.Time.Bytes, []byte("Z")):
		return info, errors.New("its time is not in UTC")
	}
	return info, nil
}

func (t Trust) content(info tstInfo, stamp *timestamp.Timestamp, imprint [32]byte) error {
	switch {
	case info.Version != 1:
		return fmt.Errorf("TSTInfo has version %d", info.Version)
	case stamp.HashAlgorithm != crypto.SHA256 || !bytes.Equal(stamp.HashedMessage, imprint[:]):
		return errors.New("it stamps something else: the imprint differs")
	case t.Policy != "" && t.Policy != stamp.Policy.String():
		return fmt.Errorf("its policy is %v, wanted is %s", stamp.Policy, t.Policy)
	}
	for _, e := range stamp.Extensions {
		if e.Critical {
			return fmt.Errorf("TSTInfo has the critical extension %v, which is unknown", e.Id)
		}
	}
	return nil
}

// chain leads from the signer to a trusted root at the time of the stamp. RFC
// 3161, section 2.3, wants the certificate for nothing but time stamping.
func (t Trust) chain(p7 *pkcs7.PKCS7, signer *x509.Certificate, at time.Time) error {
	switch signer.PublicKey.(type) {
	case *rsa.PublicKey, *ecdsa.PublicKey:
	default:
		return errors.New("the signer's key is neither RSA nor ECDSA")
	}
	if err := forStampsOnly(signer); err != nil {
		return err
	}
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	for _, root := range t.Roots {
		roots.AddCert(root)
	}
	for _, cert := range p7.Certificates {
		between.AddCert(cert)
	}
	_, err := signer.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	return err
}

// Bounds of the bits and of the exponent of RSA keys, which the authority
// chooses: with greater ones it could keep the service busy for minutes.
const (
	maxRSA      = 8192
	maxExponent = 1<<16 + 1 // what authorities use
)

func tooSlow(cert *x509.Certificate) bool {
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	return ok && (key.N.BitLen() > maxRSA || key.E > maxExponent)
}

func forStampsOnly(cert *x509.Certificate) error {
	i := slices.IndexFunc(cert.Extensions, func(e pkix.Extension) bool { return e.Id.Equal(oidExtKeyUsage) })
	switch {
	case i < 0 || !cert.Extensions[i].Critical:
		return errors.New("the signer's certificate has no critical extended key usage")
	case len(cert.UnknownExtKeyUsage) > 0 || !slices.Equal(cert.ExtKeyUsage, []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}):
		return errors.New("the signer's certificate is not for time stamping alone")
	case cert.KeyUsage&^(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) != 0:
		return errors.New("the signer's key is for other uses, too")
	}
	return nil
}
