package evidence_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/hyperledger/fabric-protos-go/msp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"

	"github.com/datapledge/datapledge/service/evidence"
)

// node has a certificate of its member's authority: a peer, an orderer, a
// client.
type node struct {
	msp  string
	pem  []byte
	key  *ecdsa.PrivateKey
	high bool // sign with the other, forbidden half of s
}

func (n *node) serialized() []byte {
	return encode(&msp.SerializedIdentity{Mspid: n.msp, IdBytes: n.pem})
}

func (n *node) sign(parts ...[]byte) []byte {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	der, err := n.key.Sign(nil, h.Sum(nil), crypto.SHA256) // RFC 6979: repeats
	if err != nil {
		panic(err)
	}
	var sig struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &sig); err != nil {
		panic(err)
	}
	order := n.key.Curve.Params().N
	if high := sig.S.Cmp(new(big.Int).Rsh(order, 1)) > 0; high != n.high {
		sig.S.Sub(order, sig.S)
	}
	der, err = asn1.Marshal(sig)
	if err != nil {
		panic(err)
	}
	return der
}

func encode(m protoadapt.MessageV1) []byte {
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(protoadapt.MessageV2Of(m))
	if err != nil {
		panic(err)
	}
	return b
}

// org is a member of the synthetic consortium.
type org struct {
	role, party, msp      string
	ca                    *node
	caCert                *x509.Certificate
	peer, client, orderer *node
}

func newOrg(t testing.TB, role, party, name string) *org {
	t.Helper()
	o := &org{role: role, party: party, msp: name}
	o.ca = &node{msp: name}
	o.ca.key, o.caCert, o.ca.pem = issue(t, nil, nil, "ca."+role, "", true)
	for _, kind := range []string{"peer", "client", "orderer"} {
		n := o.issue(t, kind)
		switch kind {
		case "peer":
			o.peer = n
		case "client":
			o.client = n
		default:
			o.orderer = n
		}
	}
	return o
}

func (o *org) issue(t testing.TB, ou string) *node {
	n := &node{msp: o.msp}
	n.key, _, n.pem = issue(t, o.caCert, o.ca.key, ou+"0."+o.role, ou, false)
	return n
}

// long is when the certificates of these tests were good: they have expired.
var long = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

func issue(t testing.TB, parent *x509.Certificate, by *ecdsa.PrivateKey, name, ou string, ca bool) (*ecdsa.PrivateKey, *x509.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: long, NotAfter: long.AddDate(1, 0, 0),
		IsCA: ca, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature}
	if ca {
		c.KeyUsage |= x509.KeyUsageCertSign
	}
	if ou != "" {
		c.Subject.OrganizationalUnit = []string{ou}
	}
	if parent == nil {
		parent, by = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return key, c, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func (o *org) trusted() evidence.TrustMember {
	return evidence.TrustMember{Party: o.party, MSP: o.msp, Name: o.role, Roles: []string{o.role}}
}

func decode(raw []byte, m protoadapt.MessageV1) {
	if err := proto.Unmarshal(raw, protoadapt.MessageV2Of(m)); err != nil {
		panic(err)
	}
}
