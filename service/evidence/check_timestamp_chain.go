package evidence

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"slices"
	"time"
)

// maxAuthorities bounds the different sets of certificates in the tokens of a
// package: to look for the way to a root takes many signatures.
const maxAuthorities = 256

// stampTrust is what is believed of time-stamping authorities, and what was
// found out about those that came up.
type stampTrust struct {
	roots []*x509.Certificate
	pool  *x509.CertPool
	known map[[32]byte]stampIssuers // by the certificates of a token
}

// stampIssuers are the certificates of a token on a way from the signer's to a
// trusted root.
type stampIssuers struct {
	named   bool // there is such a way
	between *x509.CertPool
}

// issued says whether a trusted root leads to the certificate; when one does,
// the chain must be good at that time. Whether a certificate was revoked is not
// to be seen offline.
func (t *stampTrust) issued(cert *x509.Certificate, certs []*x509.Certificate, at time.Time) (bool, error) {
	by, err := t.issuers(cert, certs)
	if err != nil || !by.named {
		return false, err
	}
	_, err = cert.Verify(x509.VerifyOptions{Roots: t.pool, Intermediates: by.between, CurrentTime: at,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageTimeStamping}})
	if err != nil {
		return false, faultf("token.certificates", "the chain from the signer's to a trusted root was not good at %s", at.Format(time.RFC3339))
	}
	return true, nil
}

// issuers looks once at each set of certificates: authorities put the same into
// all of their tokens.
func (t *stampTrust) issuers(cert *x509.Certificate, certs []*x509.Certificate) (stampIssuers, error) {
	h := sha256.New()
	for _, c := range append([]*x509.Certificate{cert}, certs...) {
		h.Write(c.Raw)
	}
	key := [32]byte(h.Sum(nil))
	if by, ok := t.known[key]; ok {
		return by, nil
	}
	if len(t.known) == maxAuthorities {
		return stampIssuers{}, faultf("token.certificates", "are the %dth different set in the package", maxAuthorities+1)
	}
	by, err := t.find(cert, certs)
	if err == nil {
		t.known[key] = by
	}
	return by, err
}

// find goes by signatures alone: what a way to a root is worth is judged when
// there is one.
func (t *stampTrust) find(cert *x509.Certificate, certs []*x509.Certificate) (stampIssuers, error) {
	reached := []*x509.Certificate{cert}
	issuers := map[*x509.Certificate][]*x509.Certificate{} // of a reached one, in the token
	leads := map[*x509.Certificate]bool{cert: slices.ContainsFunc(t.roots, cert.Equal)}
	for i := 0; i < len(reached); i++ {
		c := reached[i]
		rooted, err := t.rooted(c)
		if err != nil {
			return stampIssuers{}, err
		}
		leads[c] = leads[c] || rooted
		for _, by := range certs {
			if by != c && issuedBy(c, by) {
				issuers[c] = append(issuers[c], by)
				if !slices.Contains(reached, by) {
					reached = append(reached, by)
				}
			}
		}
	}
	return waysToRoots(reached, issuers, leads), nil
}

// waysToRoots keeps what leads to a root by others that do.
func waysToRoots(reached []*x509.Certificate, issuers map[*x509.Certificate][]*x509.Certificate, leads map[*x509.Certificate]bool) stampIssuers {
	for range reached { // no way is longer
		for _, c := range reached {
			leads[c] = leads[c] || slices.ContainsFunc(issuers[c], func(by *x509.Certificate) bool { return leads[by] })
		}
	}
	by := stampIssuers{leads[reached[0]], x509.NewCertPool()}
	for _, c := range reached[1:] {
		if leads[c] {
			by.between.AddCert(c)
		}
	}
	return by
}

// rooted says whether a trusted root issued a certificate. One that names a
// trusted root, and its very key, and was not signed with it, is forged.
func (t *stampTrust) rooted(cert *x509.Certificate) (found bool, err error) {
	for _, root := range t.roots {
		switch {
		case issuedBy(cert, root):
			found = true
		case bytes.Equal(cert.RawIssuer, root.RawSubject) && len(root.SubjectKeyId) > 0 && bytes.Equal(cert.AuthorityKeyId, root.SubjectKeyId):
			return false, faultf("token.certificates", "one names a trusted root as its issuer, which did not sign it")
		}
	}
	return found, nil
}

func issuedBy(cert, by *x509.Certificate) bool {
	return bytes.Equal(cert.RawIssuer, by.RawSubject) && by.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil
}
