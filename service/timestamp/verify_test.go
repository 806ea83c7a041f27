package timestamp_test

import (
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"testing"

	"github.com/datapledge/datapledge/service/timestamp"
	"github.com/datapledge/datapledge/service/timestamp/stamptest"
)

var root = sha256.Sum256([]byte("root"))

func TestTokens(t *testing.T) {
	for _, c := range stamptest.Cases {
		t.Run(c.Name, func(t *testing.T) {
			der, a := c.Make(t, root)
			token, err := timestamp.Trust{Roots: []*x509.Certificate{a.Root}}.Verify(der, sha256.Sum256(root[:]))
			if c.Holds && (err != nil || token.Authority != "test authority" || token.Time.Unix() != stamptest.At.Unix()) {
				t.Errorf("got %+v, %v", token, err)
			}
			if !c.Holds && !errors.Is(err, timestamp.ErrToken) {
				t.Errorf("got %v, want %v", err, timestamp.ErrToken)
			}
		})
	}
}
