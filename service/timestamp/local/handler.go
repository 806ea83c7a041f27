package local

import (
	"crypto"
	"crypto/x509"
	"errors"
	"io"
	"net/http"

	"github.com/digitorus/timestamp"
)

// maxQuery bounds a query, in bytes.
const maxQuery = 16 << 10

// ServeHTTP answers time-stamp queries (RFC 3161, section 3.4).
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "POST a query of type application/timestamp-query (RFC 3161)", http.StatusBadRequest)
		return
	}
	query, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuery))
	if err != nil {
		http.Error(w, "the query is too long", http.StatusRequestEntityTooLarge)
		return
	}
	reply, err := a.Reply(query)
	if err != nil {
		http.Error(w, "the query cannot be answered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(reply) // a caller that left asks again
}

// Reply answers one query, both in DER. What cannot be stamped gets a
// rejection.
func (a *Authority) Reply(query []byte) ([]byte, error) {
	q, err := timestamp.ParseRequest(query)
	switch {
	case err != nil:
		return timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.BadDataFormat)
	case q.HashAlgorithm != crypto.SHA256 || len(q.HashedMessage) != crypto.SHA256.Size():
		return timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.BadAlgorithm)
	case len(q.TSAPolicyOID) > 0 && !q.TSAPolicyOID.Equal(Policy):
		return timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.UnacceptedPolicy)
	case len(q.Extensions) > 0:
		return timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.UnacceptedExtension)
	}
	now := a.now().UTC()
	if now.Before(a.cert.NotBefore) || now.After(a.cert.NotAfter) {
		return nil, errors.New("the authority's certificate is not good now")
	}
	stamp := timestamp.Timestamp{HashAlgorithm: q.HashAlgorithm, HashedMessage: q.HashedMessage, Time: now, Nonce: q.Nonce,
		Policy: Policy, AddTSACertificate: q.Certificates, Certificates: []*x509.Certificate{}}
	return stamp.CreateResponseWithOpts(a.cert, a.key, crypto.SHA256)
}
