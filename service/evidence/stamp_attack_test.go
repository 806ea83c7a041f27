package evidence_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/datapledge/datapledge/service/timestamp/stamptest"
)

// tokenIn puts a token into the part of the block that the tests change.
func (s *stamped) tokenIn(t *testing.T, f contents, der []byte) {
	f.edit(t, stampFile(s.at), func(m map[string]any) { m["token"] = base64.RawURLEncoding.EncodeToString(der) })
}

func saying(change func(m map[string]any)) func(*testing.T, *stamped, contents) {
	return func(t *testing.T, s *stamped, f contents) { f.edit(t, stampFile(s.at), change) }
}

func tokenOf(token func(t *testing.T, s *stamped) []byte) func(*testing.T, *stamped, contents) {
	return func(t *testing.T, s *stamped, f contents) { s.tokenIn(t, f, token(t, s)) }
}

func tokenBut(change func(*stamptest.Token)) func(*testing.T, *stamped, contents) {
	return tokenOf(func(t *testing.T, s *stamped) []byte { return s.authority.Stamp(t, s.run.Root(), change) })
}

const tooLong = "a token of over 64 KiB"

// stampAttacks are done to the files of a sound package; each must be found.
var stampAttacks = map[string]func(t *testing.T, s *stamped, f contents){
	"another channel":  saying(func(m map[string]any) { m["channel"] = "other" }),
	"another range":    saying(func(m map[string]any) { m["first"] = 1 }),
	"a longer range":   saying(func(m map[string]any) { m["last"] = 1 << 40 }),
	"not in range":     saying(func(m map[string]any) { m["last"] = 0 }),
	"after its range":  saying(func(m map[string]any) { m["first"] = 9 }),
	"no path":          saying(func(m map[string]any) { m["path"] = []string{} }),
	"a long path":      saying(func(m map[string]any) { m["path"] = append(m["path"].([]any), strings.Repeat("0", 64)) }),
	"another path":     saying(func(m map[string]any) { m["path"].([]any)[0] = strings.Repeat("0", 64) }),
	"no digests":       saying(func(m map[string]any) { m["path"] = []int{1} }),
	"no list":          saying(func(m map[string]any) { m["path"] = "" }),
	"no token":         saying(func(m map[string]any) { m["token"] = "" }),
	"padding":          saying(func(m map[string]any) { m["token"] = m["token"].(string) + "=" }),
	"a line break":     saying(func(m map[string]any) { m["token"] = m["token"].(string) + "\n" }),
	"more":             saying(func(m map[string]any) { m["more"] = 1 }),
	"version 2":        saying(func(m map[string]any) { m["v"] = 2 }),
	"of another block": func(t *testing.T, s *stamped, f contents) { f[stampFile(s.at)] = s.part(t, s.at+1) },
	"not canonical":    func(t *testing.T, s *stamped, f contents) { f[stampFile(s.at)] = append(f[stampFile(s.at)], '\n') },
	"of a block not here": func(t *testing.T, s *stamped, f contents) {
		f[stampFile(99)] = f[stampFile(s.at)]
	},
	"a token over another root": tokenOf(func(t *testing.T, s *stamped) []byte { return s.authority.Stamp(t, [32]byte{1}, nil) }),
	"a token cut off":           tokenOf(func(_ *testing.T, s *stamped) []byte { return s.token[:len(s.token)-1] }),
	"a byte after the token":    tokenOf(func(_ *testing.T, s *stamped) []byte { return append(slices.Clone(s.token), 0) }),
	"a token signed wrongly": tokenOf(func(_ *testing.T, s *stamped) []byte {
		return append(slices.Clone(s.token[:len(s.token)-1]), s.token[len(s.token)-1]^1)
	}),
	tooLong:                       tokenBut(func(p *stamptest.Token) { p.Nonce = new(big.Int).Lsh(big.NewInt(1), 8<<16) }),
	"more than 16 certificates":   tokenBut(func(p *stamptest.Token) { p.Certs = slices.Repeat(p.Certs, 17) }),
	"an element after a nonce":    tokenBut(func(p *stamptest.Token) { p.Nonce, p.Extra = big.NewInt(1), []byte{2, 1, 1} }),
	"a fraction with a zero":      tokenBut(func(p *stamptest.Token) { p.Time = "20260301120000.250Z" }),
	"a fraction of ten digits":    tokenBut(func(p *stamptest.Token) { p.Time = "20260301120000.1234567891Z" }),
	"a time that moved, unsigned": tokenBut(func(p *stamptest.Token) { p.Touch = movedBack }),
}

// movedBack changes the year at the end of TSTInfo.
func movedBack(info []byte) []byte {
	return slices.Concat(info[:len(info)-15], []byte("2016"), info[len(info)-11:])
}

// way is an authority with another one between it and its root.
type way struct {
	root, between *x509.Certificate
	*stamptest.Authority
}

// authorityBelow makes the certificates of a way, but for what change does to
// their templates, of the root, the one between and the authority's own.
func authorityBelow(t testing.TB, change func(root, between, own *x509.Certificate)) way {
	t.Helper()
	keys := []crypto.Signer{stamptest.ECDSA(t), stamptest.ECDSA(t), stamptest.ECDSA(t)}
	list := []*x509.Certificate{dated(1, "far root"), dated(2, "between"), dated(3, "far authority")}
	for _, c := range list[:2] {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	}
	list[2].KeyUsage, list[2].ExtraExtensions = x509.KeyUsageDigitalSignature, []pkix.Extension{stamptest.Purpose(true, stamptest.Stamping)}
	if change != nil {
		change(list[0], list[1], list[2])
	}
	root := certify(t, list[0], list[0], keys[0].Public(), keys[0])
	between := certify(t, list[1], root, keys[1].Public(), keys[0])
	own := certify(t, list[2], between, keys[2].Public(), keys[1])
	return way{root, between, &stamptest.Authority{Root: root, Cert: own, Key: keys[2]}}
}

func dated(serial int64, name string) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: name}, NotBefore: stamptest.At.AddDate(-1, 0, 0), NotAfter: stamptest.At.AddDate(1, 0, 0)}
}

func certify(t testing.TB, c, by *x509.Certificate, public crypto.PublicKey, key crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, by, public, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// stamp is a token with the whole way in it.
func (w way) stamp(t testing.TB, root [32]byte, change func(*stamptest.Token)) []byte {
	return w.Stamp(t, root, func(p *stamptest.Token) {
		p.Certs = append(p.Certs, w.between)
		if change != nil {
			change(p)
		}
	})
}

// What a token is worth to a reader.
const (
	proven   = "proven"
	unjudged = "not judged"
	wrong    = "wrong"
)

// wayCase is a token and the root that is trusted; worth is what must come out.
type wayCase struct {
	worth string
	make  func(t testing.TB, root [32]byte) (token []byte, trusted *x509.Certificate)
}

func wayBut(worth string, change func(root, between, own *x509.Certificate)) wayCase {
	return wayCase{worth, func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
		w := authorityBelow(t, change)
		return w.stamp(t, root, nil), w.root
	}}
}

// strangers are of an authority that the trust file does not name.
func strangers(worth string, change func(*stamptest.Token)) wayCase {
	return wayCase{worth, func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
		w := authorityBelow(t, nil)
		return w.stamp(t, root, change), authorityBelow(t, nil).root
	}}
}

var over = stamptest.At.Add(-time.Second)

// wayCases are about who is believed.
var wayCases = map[string]wayCase{
	"one authority between":    wayBut(proven, nil),
	"the one between was over": wayBut(wrong, func(_, between, _ *x509.Certificate) { between.NotAfter = over }),
	"the root was over":        wayBut(wrong, func(root, _, _ *x509.Certificate) { root.NotAfter = over }),
	"the one between is none":  wayBut(wrong, func(_, between, _ *x509.Certificate) { between.IsCA, between.KeyUsage = false, 0 }),
	"the one between for servers": wayBut(wrong, func(_, between, _ *x509.Certificate) {
		between.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}),
	"no path length left": wayBut(wrong, func(root, _, _ *x509.Certificate) { root.MaxPathLenZero = true }),
	"the one between left out": {unjudged, func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
		w := authorityBelow(t, nil)
		return w.Stamp(t, root, nil), w.root
	}},
	"the one between trusted": {proven, func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
		w := authorityBelow(t, nil)
		return w.Stamp(t, root, nil), w.between
	}},
	"the signer's own trusted": {proven, func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
		w := authorityBelow(t, nil)
		return w.Stamp(t, root, nil), w.Cert
	}},
	"the one between under another root": {unjudged, func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
		w := authorityBelow(t, nil)
		return w.stamp(t, root, nil), authorityBelow(t, func(c, _, _ *x509.Certificate) { c.Subject.CommonName = "x" }).root
	}},
	"forged in the name of a root": {wrong, func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
		w := authorityBelow(t, nil)
		return forgedBelow(t, w.root).Stamp(t, root, nil), w.root
	}},
	"a stranger's":                   strangers(unjudged, nil),
	"a stranger's, altered":          strangers(wrong, func(p *stamptest.Token) { p.Touch = movedBack }),
	"a stranger's, of another root":  strangers(wrong, func(p *stamptest.Token) { p.Imprint = make([]byte, 32) }),
	"a stranger's, by SHA-1":         strangers(wrong, func(p *stamptest.Token) { p.Hash = crypto.SHA1 }),
	"a stranger's, after its end":    strangers(wrong, func(p *stamptest.Token) { p.Time = "20300101000000Z" }),
	"a stranger's, before its start": strangers(wrong, func(p *stamptest.Token) { p.Time = "20160101000000Z" }),
	"a nonce":                        {proven, honestBut(func(p *stamptest.Token) { p.Nonce = big.NewInt(1 << 40) })},
	"a certificate that nobody needs": {proven, func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
		w, other := authorityBelow(t, nil), authorityBelow(t, nil)
		return w.stamp(t, root, func(p *stamptest.Token) { p.Certs = append(p.Certs, other.between) }), w.root
	}},
	"a short RSA key": {wrong, func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
		key, err := rsa.GenerateKey(rand.Reader, 1024)
		if err != nil {
			t.Fatal(err)
		}
		a := stamptest.New(t, key, nil)
		return a.Stamp(t, root, nil), a.Root
	}},
}

// forgedBelow is an authority whose certificate names a root and the root's very
// key, and was signed with another.
func forgedBelow(t testing.TB, root *x509.Certificate) *stamptest.Authority {
	t.Helper()
	key, again, own := stamptest.ECDSA(t), *root, dated(9, "forged authority")
	own.KeyUsage, own.ExtraExtensions = x509.KeyUsageDigitalSignature, []pkix.Extension{stamptest.Purpose(true, stamptest.Stamping)}
	again.PublicKey = key.Public()
	return &stamptest.Authority{Root: root, Cert: certify(t, own, &again, key.Public(), key), Key: key}
}

func honestBut(change func(*stamptest.Token)) func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
	return func(t testing.TB, root [32]byte) ([]byte, *x509.Certificate) {
		w := authorityBelow(t, nil)
		return w.stamp(t, root, change), w.root
	}
}

func pemOf(cert *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
}
