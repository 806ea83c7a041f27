package stamptest

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"testing"
	"time"
)

// Case is a token over a root, and the authority's root that is trusted.
type Case struct {
	Name  string
	Make  func(t testing.TB, root [32]byte) (token []byte, trusted *Authority)
	Holds bool // else every verifier must refuse it
}

// plain is a case that differs from a good one in its token alone.
func plain(name string, change func(*Token)) Case {
	return Case{name, func(t testing.TB, root [32]byte) ([]byte, *Authority) {
		a := New(t, ECDSA(t), nil)
		return a.Stamp(t, root, change), a
	}, false}
}

// by is a case that differs in the signer's certificate.
func by(name string, change func(*x509.Certificate)) Case {
	return Case{name, func(t testing.TB, root [32]byte) ([]byte, *Authority) {
		a := New(t, ECDSA(t), change)
		return a.Stamp(t, root, nil), a
	}, false}
}

func purpose(critical bool, usages ...asn1.ObjectIdentifier) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.ExtraExtensions = []pkix.Extension{Purpose(critical, usages...)} }
}

func good(name string, key func(testing.TB) crypto.Signer, change func(*Token)) Case {
	return Case{name, func(t testing.TB, root [32]byte) ([]byte, *Authority) {
		a := New(t, key(t), nil)
		return a.Stamp(t, root, change), a
	}, true}
}

// critical is an extension of TSTInfo that must be understood.
var critical = der(0xa1, der(0x30, []byte{6, 3, 0x2a, 3, 4, 1, 1, 0xff, 4, 0}))

// Cases are all that a verifier must tell apart.
var Cases = []Case{
	good("ECDSA", ECDSA, nil),
	good("ECDSA with SHA-384", ECDSA, func(p *Token) { p.Hash = crypto.SHA384 }),
	good("RSA", RSA, nil),
	good("RSA with SHA-512", RSA, func(p *Token) { p.Hash = crypto.SHA512 }),
	good("named by SHA-1", ECDSA, func(p *Token) { p.OldName = true }),
	good("a fraction of a second", ECDSA, func(p *Token) { p.Time = "20260301120000.25Z" }),
	{"another root", func(t testing.TB, root [32]byte) ([]byte, *Authority) {
		return New(t, ECDSA(t), nil).Stamp(t, root, nil), New(t, ECDSA(t), nil)
	}, false},
	{"another signer's certificate", func(t testing.TB, root [32]byte) ([]byte, *Authority) {
		a, b := New(t, ECDSA(t), nil), New(t, ECDSA(t), nil)
		a.Key = b.Key
		return a.Stamp(t, root, nil), a
	}, false},
	by("expired before", func(c *x509.Certificate) { c.NotAfter = At.Add(-time.Second) }),
	by("not good yet", func(c *x509.Certificate) { c.NotBefore = At.Add(time.Second) }),
	by("for a server", purpose(true, ServerAuth)),
	by("for a server, too", purpose(true, Stamping, ServerAuth)),
	by("for something unknown, too", purpose(true, Stamping, asn1.ObjectIdentifier{1, 2, 3})),
	by("not critical", purpose(false, Stamping)),
	by("for anything", func(c *x509.Certificate) { c.ExtraExtensions = nil }),
	by("a key that signs certificates", func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageCertSign }),
	plain("altered time", func(p *Token) {
		p.Touch = func(info []byte) []byte {
			return bytes.Replace(info, []byte("20260301120000Z"), []byte("20250301120000Z"), 1)
		}
	}),
	plain("altered imprint", func(p *Token) { p.Imprint = sum(crypto.SHA256, []byte("something else")) }),
	plain("short imprint", func(p *Token) { p.Imprint = p.Imprint[:16] }),
	plain("no certificates", func(p *Token) { p.Certs = nil }),
	plain("the certificate twice", func(p *Token) { p.Certs = append(p.Certs, p.Certs[0]) }),
	plain("two signers", func(p *Token) { p.Signers = 2 }),
	plain("no signer", func(p *Token) { p.Signers = 0 }),
	plain("nothing signed but the content", func(p *Token) { p.Unsigned = true }),
	plain("an attribute twice", func(p *Token) { p.Twice = true }),
	plain("another content", func(p *Token) { p.Kind = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1} }),
	plain("another content signed", func(p *Token) { p.Signed = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1} }),
	plain("SHA-1", func(p *Token) { p.Hash = crypto.SHA1 }),
	plain("version 2", func(p *Token) { p.Version = 2 }),
	plain("an extension that must be understood", func(p *Token) { p.Extra = critical }),
	plain("a time that is none", func(p *Token) { p.Time = "20261301120000Z" }),
	plain("a time of a place", func(p *Token) { p.Time = "20260301120000+0800" }),
	{"named another certificate", func(t testing.TB, root [32]byte) ([]byte, *Authority) {
		a := New(t, ECDSA(t), nil)
		return a.Stamp(t, root, func(p *Token) { p.Named = a.Root }), a
	}, false},
	{"named another certificate by SHA-1", func(t testing.TB, root [32]byte) ([]byte, *Authority) {
		a := New(t, ECDSA(t), nil)
		return a.Stamp(t, root, func(p *Token) { p.Named, p.OldName = a.Root, true }), a
	}, false},
	besides("a key that takes long to verify with", 16384, 65537),
	besides("an exponent that takes long to verify with", 2048, 1<<31-1),
}

// besides is a case with a certificate in the token that nobody needs.
func besides(name string, bits uint, exponent int) Case {
	return Case{name, func(t testing.TB, root [32]byte) ([]byte, *Authority) {
		a := New(t, ECDSA(t), nil)
		return a.Stamp(t, root, func(p *Token) { p.Certs = append(p.Certs, a.Slow(t, bits, exponent)) }), a
	}, false}
}
