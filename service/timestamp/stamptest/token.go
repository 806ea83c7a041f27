package stamptest

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"slices"
	"testing"
)

// Token is what a token is put together from. Each field may be changed.
type Token struct {
	Hash    crypto.Hash
	Kind    asn1.ObjectIdentifier // of the content
	Signed  asn1.ObjectIdentifier // the same, as signed
	Version int                   // of TSTInfo
	Policy  asn1.ObjectIdentifier
	Imprint []byte
	Time    string // GeneralizedTime
	Nonce   *big.Int
	// Extra is put at the end of TSTInfo: DER.
	Extra []byte
	// Named is the certificate that the signed attribute names by its digest.
	Named   *x509.Certificate
	OldName bool // by SHA-1, RFC 2634
	Certs   []*x509.Certificate
	Signers int
	Twice   bool // an attribute stands twice
	// Touch changes TSTInfo after it was signed.
	Touch func(info []byte) []byte
	// Unsigned leaves the signed attributes out, and signs the content alone.
	Unsigned bool
}

var (
	oidTSTInfo = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 1, 4}
	hashOIDs   = map[crypto.Hash]asn1.ObjectIdentifier{crypto.SHA1: {1, 3, 14, 3, 2, 26}, crypto.SHA256: {2, 16, 840, 1, 101, 3, 4, 2, 1},
		crypto.SHA384: {2, 16, 840, 1, 101, 3, 4, 2, 2}, crypto.SHA512: {2, 16, 840, 1, 101, 3, 4, 2, 3}}
	ecdsaOIDs = map[crypto.Hash]asn1.ObjectIdentifier{crypto.SHA1: {1, 2, 840, 10045, 4, 1}, crypto.SHA256: {1, 2, 840, 10045, 4, 3, 2},
		crypto.SHA384: {1, 2, 840, 10045, 4, 3, 3}, crypto.SHA512: {1, 2, 840, 10045, 4, 3, 4}}
)

// Stamp makes a token over the SHA-256 of root, but for what change does.
func (a *Authority) Stamp(t testing.TB, root [32]byte, change func(*Token)) []byte {
	t.Helper()
	p := &Token{Hash: crypto.SHA256, Kind: oidTSTInfo, Signed: oidTSTInfo, Version: 1, Policy: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 2},
		Imprint: sum(crypto.SHA256, root[:]), Time: At.Format("20060102150405Z"), Named: a.Cert, Certs: []*x509.Certificate{a.Cert}, Signers: 1}
	if change != nil {
		change(p)
	}
	info := p.info(t)
	attributes := p.attributes(t, info)
	signed := der(0x31, attributes...)
	if p.Unsigned {
		signed = info
	}
	signer := a.signer(t, p, attributes, signed)
	if p.Touch != nil {
		info = p.Touch(slices.Clone(info))
	}
	var certs [][]byte
	for _, c := range p.Certs {
		certs = append(certs, c.Raw)
	}
	data := [][]byte{integer(t, 3), der(0x31, algorithm(t, p.Hash)), der(0x30, oid(t, p.Kind), der(0xa0, der(0x04, info)))}
	if certs != nil {
		data = append(data, der(0xa0, certs...))
	}
	data = append(data, der(0x31, slices.Repeat([][]byte{signer}, p.Signers)...))
	return der(0x30, oid(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}), der(0xa0, der(0x30, data...)))
}

func (p *Token) info(t testing.TB) []byte {
	parts := [][]byte{integer(t, int64(p.Version)), oid(t, p.Policy), der(0x30, algorithm(t, crypto.SHA256), der(0x04, p.Imprint)),
		integer(t, 77), der(0x18, []byte(p.Time))}
	if p.Nonce != nil {
		parts = append(parts, marshal(t, p.Nonce))
	}
	return der(0x30, append(parts, p.Extra)...)
}

// attributes are in the order of DER.
func (p *Token) attributes(t testing.TB, info []byte) [][]byte {
	name := der(0x30, der(0x30, der(0x30, der(0x04, sum(p.Hash, p.Named.Raw)))))
	id := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 47}
	if p.Hash != crypto.SHA256 {
		name = der(0x30, der(0x30, der(0x30, algorithm(t, p.Hash), der(0x04, sum(p.Hash, p.Named.Raw)))))
	}
	if p.OldName {
		digest := sha1.Sum(p.Named.Raw)
		id, name = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 16, 2, 12}, der(0x30, der(0x30, der(0x30, der(0x04, digest[:]))))
	}
	list := [][]byte{
		der(0x30, oid(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}), der(0x31, oid(t, p.Signed))),
		der(0x30, oid(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}), der(0x31, der(0x04, sum(p.Hash, info)))),
		der(0x30, oid(t, id), der(0x31, name)),
	}
	if p.Twice {
		list = append(list, list[1])
	}
	slices.SortFunc(list, bytes.Compare)
	return list
}

func (a *Authority) signer(t testing.TB, p *Token, attributes [][]byte, signed []byte) []byte {
	sig, err := a.Key.Sign(rand.Reader, sum(p.Hash, signed), p.Hash)
	if err != nil {
		t.Fatal(err)
	}
	how := der(0x30, oid(t, ecdsaOIDs[p.Hash]))
	if _, ok := a.Key.Public().(*rsa.PublicKey); ok {
		how = der(0x30, oid(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}), []byte{5, 0})
	}
	parts := [][]byte{integer(t, 1), der(0x30, a.Cert.RawIssuer, marshal(t, a.Cert.SerialNumber)), algorithm(t, p.Hash)}
	if !p.Unsigned {
		parts = append(parts, der(0xa0, attributes...))
	}
	return der(0x30, append(parts, how, der(0x04, sig))...)
}

func sum(hash crypto.Hash, data []byte) []byte {
	h := hash.New()
	h.Write(data)
	return h.Sum(nil)
}

func algorithm(t testing.TB, hash crypto.Hash) []byte { return der(0x30, oid(t, hashOIDs[hash])) }

func oid(t testing.TB, id asn1.ObjectIdentifier) []byte { return marshal(t, id) }

func integer(t testing.TB, n int64) []byte { return marshal(t, big.NewInt(n)) }

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	data, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// der is an element of that tag byte.
func der(tag byte, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	out := []byte{tag}
	switch n := len(body); {
	case n < 0x80:
		out = append(out, byte(n))
	case n < 0x100:
		out = append(out, 0x81, byte(n))
	default:
		out = append(out, 0x82, byte(n>>8), byte(n))
	}
	return append(out, body...)
}
