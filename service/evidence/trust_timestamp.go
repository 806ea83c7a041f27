package evidence

import "crypto/x509"

// maxStampRoots bounds the roots of time-stamping authorities in a trust file.
const maxStampRoots = 64

// VerifyTimeStamp checks an RFC 3161 token (DER) over the root of a batch the
// way Check does, against roots in PEM, one of which must lead to its authority.
func VerifyTimeStamp(token []byte, root [32]byte, roots []string) error {
	if len(roots) == 0 {
		return faultf("timestamp_roots", "there are none")
	}
	t, err := newStampTrust(roots)
	if err != nil {
		return err
	}
	said, err := t.verify(token, root)
	if err == nil && !said.named {
		return faultf("token.certificates", "the signer's does not lead to a trusted root")
	}
	return err
}

func newStampTrust(trusted []string) (*stampTrust, error) {
	if len(trusted) > maxStampRoots {
		return nil, faultf("timestamp_roots", "are more than %d", maxStampRoots)
	}
	t := &stampTrust{pool: x509.NewCertPool(), known: map[[32]byte]stampIssuers{}}
	for i, text := range trusted {
		cert, err := parseCertificate([]byte(text))
		if err != nil {
			return nil, faultf("timestamp_roots", "certificate %d: %v", i+1, err)
		}
		t.roots = append(t.roots, cert)
		t.pool.AddCert(cert)
	}
	return t, nil
}

// stampRootsOf are the roots in a trust file, which may have none. An empty
// list is refused: it would have a second spelling.
func stampRootsOf(f *fields) []string {
	if !f.has("timestamp_roots") {
		return nil
	}
	roots := f.texts("timestamp_roots")
	if len(roots) == 0 {
		f.fail("timestamp_roots", "is empty: leave it out")
	}
	if _, err := newStampTrust(roots); err != nil {
		f.fail("timestamp_roots", "%v", err)
	}
	return roots
}
