package secondreader

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func certificate(text string) (*x509.Certificate, error) {
	b, _ := pem.Decode([]byte(text))
	if b == nil {
		return nil, errors.New("no PEM")
	}
	return x509.ParseCertificate(b.Bytes)
}

// verifies says whether a certificate's key signed the parts.
func verifies(text string, sig []byte, parts ...[]byte) bool {
	cert, err := certificate(text)
	if err != nil {
		return false
	}
	data := slices.Concat(parts...)
	switch public := cert.PublicKey.(type) {
	case ed25519.PublicKey:
		return ed25519.Verify(public, data, sig)
	case *ecdsa.PublicKey:
		var rs struct{ R, S *big.Int }
		rest, err := asn1.Unmarshal(sig, &rs)
		digest := sha256.Sum256(data)
		return err == nil && len(rest) == 0 && low(rs.S, public.Curve) && ecdsa.VerifyASN1(public, digest[:], sig)
	}
	return false
}

// issued says whether an authority of the member issued a certificate.
func (m member) issued(text string) (*x509.Certificate, bool) {
	cert, err := certificate(text)
	if err != nil || cert.IsCA {
		return nil, false
	}
	pool := func(list []string) *x509.CertPool {
		p := x509.NewCertPool()
		for _, t := range list {
			p.AppendCertsFromPEM([]byte(t))
		}
		return p
	}
	_, err = cert.Verify(x509.VerifyOptions{Roots: pool(m.roots), Intermediates: pool(m.intermediates), CurrentTime: cert.NotBefore,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}})
	return cert, err == nil
}

// identity is a member's id and the certificate of whoever acts for it.
func (c *chain) identity(raw []byte) (msp, text string, m member, ok bool) {
	var err error
	id := open(raw, &err)
	msp, text = id.text(1), id.text(2)
	named := slices.ContainsFunc(c.trust.objects("members"), func(t object) bool { return t.text("msp") == msp })
	return msp, text, member{}, err == nil && named
}

var policyWords = regexp.MustCompile(`^([1-9][0-9]*) members((?:, one of them [a-z]+(?: or [a-z]+)*)*)$`)

// satisfied says whether these members are enough by the policy.
func (c *chain) satisfied(msps map[string]bool) bool {
	words := policyWords.FindStringSubmatch(c.trust.text("endorsement_policy"))
	if words == nil {
		return false
	}
	n, err := strconv.Atoi(words[1])
	if err != nil || len(msps) < n {
		return false
	}
	for _, clause := range strings.Split(words[2], ", one of them ")[1:] {
		if !c.oneHas(msps, strings.Split(clause, " or ")) {
			return false
		}
	}
	return true
}

func (c *chain) oneHas(msps map[string]bool, roles []string) bool {
	for _, t := range c.trust.objects("members") {
		for _, role := range t.texts("roles") {
			if msps[t.text("msp")] && slices.Contains(roles, role) {
				return true
			}
		}
	}
	return false
}
