package evidence

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"time"
)

// identity is an X.509 certificate of a node or a client of a member.
type identity struct{ cert *x509.Certificate }

func (i *identity) same(other *identity) bool { return bytes.Equal(i.cert.Raw, other.cert.Raw) }

// parseCertificate reads one certificate in PEM, and nothing beside it.
func parseCertificate(data []byte) (*x509.Certificate, error) {
	p, rest := pem.Decode(data)
	if p == nil || p.Type != "CERTIFICATE" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("is not one certificate in PEM")
	}
	return x509.ParseCertificate(p.Bytes)
}

// signed says whether the key of the certificate signed message, the way Fabric
// does: ECDSA over SHA-256 with s in its lower half, or Ed25519.
func (i *identity) signed(message, sig []byte) bool {
	switch key := i.cert.PublicKey.(type) {
	case *ecdsa.PublicKey:
		sum := sha256.Sum256(message)
		return lowS(key, sig) && ecdsa.VerifyASN1(key, sum[:], sig)
	case ed25519.PublicKey:
		return ed25519.Verify(key, message, sig)
	}
	return false
}

// lowS refuses the second spelling that every ECDSA signature has.
func lowS(key *ecdsa.PublicKey, sig []byte) bool {
	var v struct{ R, S *big.Int }
	rest, err := asn1.Unmarshal(sig, &v)
	half := new(big.Int).Rsh(key.Curve.Params().N, 1)
	return err == nil && len(rest) == 0 && v.S.Cmp(half) <= 0
}

// member is an institution of the consortium as the checker knows it.
type member struct {
	TrustMember
	roots, between *x509.CertPool
}

// issued is nil when the member's own authorities issued the certificate. Its
// validity in time is left out, as Fabric's peers do: there is no trusted
// clock in a block, and an expired certificate must not unmake what it
// signed while it was good. So the chain is looked at as of its first second.
func (m *member) issued(cert *x509.Certificate) error {
	if cert.IsCA {
		return errors.New("is the certificate of an authority, not of a node")
	}
	_, err := cert.Verify(x509.VerifyOptions{Roots: m.roots, Intermediates: m.between,
		CurrentTime: cert.NotBefore.Add(time.Second), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	if err != nil {
		return errors.New("was not issued by an authority of " + m.MSP)
	}
	return nil
}

// isPeer says whether the certificate is that of a peer, where the member
// tells its nodes apart (NodeOUs).
func (m *member) isPeer(cert *x509.Certificate) bool {
	return m.PeerOU == "" || slices.Contains(cert.Subject.OrganizationalUnit, m.PeerOU)
}

// institutions are the members by their MSP id. They keep what was found
// about a serialized identity: a package has few, each many times.
type institutions struct {
	members map[string]*member
	known   map[string]*known
}

type known struct {
	member   *member
	identity *identity
	err      error
}

// who reads an msp.SerializedIdentity and finds its member.
func (s *institutions) who(serialized []byte) (*member, *identity, error) {
	key := string(serialized)
	if s.known[key] == nil {
		k := &known{}
		k.member, k.identity, k.err = s.identify(serialized)
		s.known[key] = k
	}
	k := s.known[key]
	return k.member, k.identity, k.err
}

func (s *institutions) identify(serialized []byte) (*member, *identity, error) {
	var name string
	var data []byte
	if err := scan(serialized, textOf(1, &name), bytesOf(2, &data)); err != nil {
		return nil, nil, err
	}
	m := s.members[name]
	if m == nil {
		return nil, nil, faultf("", "%.80q is no trusted member", name)
	}
	cert, err := parseCertificate(data)
	if err != nil {
		return nil, nil, faultf("", "the certificate of a node of %s: %v", name, err)
	}
	if err := m.issued(cert); err != nil {
		return nil, nil, faultf("", "the certificate %.80q %v", cert.Subject.CommonName, err)
	}
	return m, &identity{cert}, nil
}
