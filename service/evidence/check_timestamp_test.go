package evidence_test

import (
	"crypto/sha256"
	"testing"

	"github.com/datapledge/datapledge/service/evidence"
	"github.com/datapledge/datapledge/service/timestamp/stamptest"
)

var stampedRoot = sha256.Sum256([]byte("root"))

func TestTokens(t *testing.T) {
	for _, c := range stamptest.Cases {
		t.Run(c.Name, func(t *testing.T) {
			token, a := c.Make(t, stampedRoot)
			err := evidence.VerifyTimeStamp(token, stampedRoot, []string{a.RootPEM()})
			if (err == nil) != c.Holds {
				t.Errorf("got %v", err)
			}
		})
	}
}
