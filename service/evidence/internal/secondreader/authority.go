package secondreader

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha1"
	_ "crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"
)

const oidSHA256 = "2.16.840.1.101.3.4.2.1"

var stampDigests = map[string]crypto.Hash{oidSHA256: crypto.SHA256, "2.16.840.1.101.3.4.2.2": crypto.SHA384, "2.16.840.1.101.3.4.2.3": crypto.SHA512}

func digest(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}

// stampRoots reads the roots of a trust file.
func stampRoots(o object) (roots []*x509.Certificate, err error) {
	v, has := o["timestamp_roots"]
	list, ok := v.([]any)
	if has && (!ok || len(list) == 0 || len(list) > 64) {
		return nil, errors.New("timestamp_roots")
	}
	for _, text := range o.texts("timestamp_roots") {
		cert, err := certificate(text)
		if err != nil {
			return nil, err
		}
		roots = append(roots, cert)
	}
	return roots, nil
}

// certificates are those in the token, and the signer's.
func (t *token) certificates() (certs []*x509.Certificate, own *x509.Certificate, err error) {
	list, err := elements(t.Certificates.Bytes)
	if err != nil || len(list) > 16 {
		return nil, nil, fmt.Errorf("too many certificates: %v", err)
	}
	for _, raw := range list {
		cert, err := x509.ParseCertificate(raw.FullBytes)
		if err != nil {
			return nil, nil, err
		}
		if key, ok := cert.PublicKey.(*rsa.PublicKey); ok && (key.N.BitLen() > 8192 || key.E > 65537) {
			return nil, nil, errors.New("a key that takes long")
		}
		serial, err := asn1.Marshal(cert.SerialNumber)
		if err == nil && bytes.Equal(cert.RawIssuer, t.signer.ID.Issuer.FullBytes) && bytes.Equal(serial, t.signer.ID.Serial.FullBytes) {
			if own != nil {
				return nil, nil, errors.New("two of the signer")
			}
			own = cert
		}
		certs = append(certs, cert)
	}
	return certs, own, must(own != nil, "no certificate of the signer")
}

type attribute struct {
	ID     asn1.ObjectIdentifier
	Values []asn1.RawValue `asn1:"set"`
}

func (t *token) attributes() (map[string][]byte, error) {
	list, err := elements(t.signer.Signed.Bytes)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, raw := range list {
		var a attribute
		if err := exact(raw.FullBytes, &a); err != nil || len(a.Values) != 1 || out[a.ID.String()] != nil {
			return nil, fmt.Errorf("an attribute twice, or without one value: %v", err)
		}
		out[a.ID.String()] = a.Values[0].FullBytes
	}
	return out, nil
}

// names wants content and certificate named in what is signed.
func (t *token) names(own *x509.Certificate) error {
	a, err := t.attributes()
	if err != nil {
		return err
	}
	h, known := stampDigests[t.signer.Digest.ID.String()]
	if !known {
		return errors.New("an unknown digest")
	}
	kind, err := asn1.Marshal(t.Content.Type)
	if err != nil {
		return err
	}
	sum := slices.Concat([]byte{4, byte(h.Size())}, digest(h, t.info))
	v1, v2 := a["1.2.840.113549.1.9.16.2.12"], a["1.2.840.113549.1.9.16.2.47"]
	if !bytes.Equal(a["1.2.840.113549.1.9.3"], kind) || !bytes.Equal(a["1.2.840.113549.1.9.4"], sum) || v1 == nil && v2 == nil {
		return errors.New("another content is signed, or no certificate named")
	}
	return errors.Join(namedBy(v1, own, false), namedBy(v2, own, true))
}

// namedBy looks at a SigningCertificate, or a SigningCertificateV2.
func namedBy(value []byte, own *x509.Certificate, second bool) error {
	if value == nil {
		return nil
	}
	outer, err := inSequence(value)
	if err != nil || len(outer) < 1 || len(outer) > 2 || len(outer) == 2 && outer[1].FullBytes[0] != 0x30 {
		return fmt.Errorf("no list of certificates: %v", err)
	}
	ids, err := inSequence(outer[0].FullBytes)
	if err != nil || len(ids) == 0 {
		return fmt.Errorf("no certificate named: %v", err)
	}
	id, err := inSequence(ids[0].FullBytes)
	if err != nil {
		return err
	}
	h := crypto.SHA256
	if second && len(id) > 0 && id[0].FullBytes[0] == 0x30 {
		var a algorithm
		_, err := asn1.Unmarshal(id[0].FullBytes, &a)
		again, worse := asn1.Marshal(a)
		if h = stampDigests[a.ID.String()]; err != nil || worse != nil || h == 0 || !plain(a) || !bytes.Equal(again, id[0].FullBytes) {
			return fmt.Errorf("named by an unknown digest: %v", err)
		}
		id = id[1:]
	}
	want := sha1.Sum(own.Raw)
	sum := want[:]
	if second {
		sum = digest(h, own.Raw)
	}
	if len(id) == 0 || len(id) > 2 || !bytes.Equal(id[0].FullBytes, slices.Concat([]byte{4, byte(len(sum))}, sum)) {
		return errors.New("another certificate is named")
	}
	return issuerSerial(id[1:], own)
}

func issuerSerial(id []asn1.RawValue, own *x509.Certificate) error {
	if len(id) == 0 {
		return nil
	}
	want, err := asn1.Marshal(struct {
		Names  []asn1.RawValue
		Serial any
	}{[]asn1.RawValue{{Class: asn1.ClassContextSpecific, Tag: 4, IsCompound: true, Bytes: own.RawIssuer}}, own.SerialNumber})
	return errors.Join(err, must(bytes.Equal(want, id[0].FullBytes), "another issuer or number is named"))
}

// inSequence are the elements of the one SEQUENCE in data.
func inSequence(data []byte) ([]asn1.RawValue, error) {
	list, err := elements(data)
	if err != nil || len(list) != 1 || list[0].FullBytes[0] != 0x30 {
		return nil, fmt.Errorf("no sequence: %v", err)
	}
	return elements(list[0].Bytes)
}

func (t *token) signedBy(own *x509.Certificate) error {
	if len(t.signer.Signed.FullBytes) == 0 {
		return errors.New("nothing is signed")
	}
	text := slices.Concat([]byte{0x31}, t.signer.Signed.FullBytes[1:])
	mine := stampDigests[t.signer.Digest.ID.String()]
	sig, id := t.signer.Signature, t.signer.Algorithm.ID.String()
	switch key := own.PublicKey.(type) {
	case *rsa.PublicKey:
		with := map[string]crypto.Hash{"1.2.840.113549.1.1.1": mine, "1.2.840.113549.1.1.11": crypto.SHA256, "1.2.840.113549.1.1.12": crypto.SHA384, "1.2.840.113549.1.1.13": crypto.SHA512}[id]
		return must(mine != 0 && with == mine && key.N.BitLen() >= 2048 && rsa.VerifyPKCS1v15(key, mine, digest(mine, text), sig) == nil, "a bad signature")
	case *ecdsa.PublicKey:
		with := map[string]crypto.Hash{"1.2.840.10045.4.3.2": crypto.SHA256, "1.2.840.10045.4.3.3": crypto.SHA384, "1.2.840.10045.4.3.4": crypto.SHA512}[id]
		return must(with != 0 && ecdsa.VerifyASN1(key, digest(with, text), sig), "a bad signature")
	}
	return errors.New("a key that cannot stamp")
}

func forStamps(own *x509.Certificate, at time.Time) error {
	i := slices.IndexFunc(own.Extensions, func(e pkix.Extension) bool { return e.Id.String() == "2.5.29.37" })
	return must(i >= 0 && own.Extensions[i].Critical && len(own.UnknownExtKeyUsage) == 0 && len(own.ExtKeyUsage) == 1 && own.ExtKeyUsage[0] == x509.ExtKeyUsageTimeStamping &&
		own.KeyUsage&^(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 && !at.Before(own.NotBefore) && !at.After(own.NotAfter), "not the certificate of an authority, then")
}

func issued(c, by *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, by.RawSubject) && by.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// leadsTo tries each way to a root. There may be none.
func leadsTo(own *x509.Certificate, certs, roots []*x509.Certificate, at time.Time) error {
	above := []*x509.Certificate{own}
	for i := 0; i < len(above); i++ {
		for _, by := range certs {
			if issued(above[i], by) && !slices.ContainsFunc(above, by.Equal) {
				above = append(above, by)
			}
		}
	}
	anchors, between, way := x509.NewCertPool(), x509.NewCertPool(), false
	for _, root := range roots {
		anchors.AddCert(root)
		for _, c := range above {
			between.AddCert(c)
			way = way || issued(c, root) || own.Equal(root)
			if !issued(c, root) && bytes.Equal(c.RawIssuer, root.RawSubject) && len(root.SubjectKeyId) > 0 && bytes.Equal(c.AuthorityKeyId, root.SubjectKeyId) {
				return errors.New("forged in the name of a root")
			}
		}
	}
	if !way {
		return nil
	}
	_, err := own.Verify(x509.VerifyOptions{Roots: anchors, Intermediates: between, CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	return err
}
